"""A real git server over HTTPS on this machine: `git http-backend` behind a certificate of our own authority."""

import base64
import os
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from docrunch.source.policy import HostToken, SourcePolicy

TOKEN = "tok-" + "en-of-the-test"


class GitServer:
    """Serves the bare repositories below ``root``; ``/private/…`` asks for the token, ``/moved/…`` redirects."""

    def __init__(self, root: Path, ca_file: Path, port: int) -> None:
        self.root = root
        self.ca_file = ca_file
        self.port = port
        self.requests: list[tuple[str, str]] = []  # path, Authorization header

    def policy(self, *, token: str | None = None, **fields: object) -> SourcePolicy:
        tokens = (HostToken(host="localhost", token=token),) if token else ()
        settings: dict[str, object] = {
            "allow_hosts": ("localhost",),
            "allow_private": True,
            "ports": (self.port,),
            "ca_file": str(self.ca_file),
            "tokens": tokens,
        }
        return SourcePolicy(**{**settings, **fields})  # type: ignore[arg-type]

    def url(self, path: str) -> str:
        return f"https://localhost:{self.port}/{path}"

    def git(self, *arguments: str, cwd: Path) -> str:
        settings = ["-c", "user.name=A", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]
        env = {"PATH": os.environ["PATH"], "HOME": str(self.root), "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(
            ["git", *settings, *arguments], cwd=cwd, env=env, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()


def _certificate(folder: Path) -> tuple[Path, Path]:
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return key, cert


def _handler(server: GitServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def log_message(self, format: str, *args: object) -> None:
            return

        def do_GET(self) -> None:
            self._serve(b"")

        def do_POST(self) -> None:
            self._serve(self._body())

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding", "") != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length", "0")))
            parts = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            return b"".join(parts)

        def _serve(self, body: bytes) -> None:
            server.requests.append((self.path, self.headers.get("Authorization", "")))
            if self.path.startswith("/moved/"):
                self.send_response(302)
                self.send_header("Location", server.url(self.path.removeprefix("/moved/")))
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif self.path.startswith("/slow/"):
                time.sleep(30)
            elif self.path.startswith("/private/") and not self._authorised():
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="git"')
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self._backend(body)

        def _authorised(self) -> bool:
            expected = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
            return self.headers.get("Authorization") == f"Basic {expected}"

        def _backend(self, body: bytes) -> None:
            path, _, query = self.path.partition("?")
            env = {
                "PATH": os.environ["PATH"],
                "HOME": str(server.root),
                "GIT_PROJECT_ROOT": str(server.root),
                "GIT_HTTP_EXPORT_ALL": "1",
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "REQUEST_METHOD": self.command,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "CONTENT_LENGTH": str(len(body)),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": "safe.directory",
                "GIT_CONFIG_VALUE_0": "*",
            }
            done = subprocess.run(["git", "http-backend"], input=body, env=env, capture_output=True, check=False)
            head, _, content = done.stdout.partition(b"\r\n\r\n")
            headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
            self.send_response(int(headers.pop("Status", "200").split()[0]))
            headers["Content-Length"] = str(len(content))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

    return Handler


@pytest.fixture(scope="session")
def git_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitServer]:
    folder = tmp_path_factory.mktemp("tls")
    root = tmp_path_factory.mktemp("served")
    key, cert = _certificate(folder)
    server = GitServer(root, cert, 0)
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server))
    http.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    http.socket = context.wrap_socket(http.socket, server_side=True)
    server.port = http.server_address[1]
    _make_repositories(server)
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    yield server
    http.shutdown()
    http.server_close()


def _make_repositories(server: GitServer) -> None:
    work = server.root / "work"
    work.mkdir()
    server.git("init", "-q", cwd=work)
    for number in (1, 2, 3):
        (work / "a.py").write_text(f"v = {number}\n")
        (work / "big.bin").write_bytes(os.urandom(300_000))
        server.git("add", "-A", cwd=work)
        server.git("commit", "-q", "-m", str(number), cwd=work)
        server.git("tag", "-a", f"v{number}", "-m", "t", cwd=work)
    server.git("branch", "topic/x", "v1", cwd=work)
    for name in ("owner/name.git", "private/name.git"):
        server.git("clone", "-q", "--bare", str(work), str(server.root / name), cwd=server.root)
    server.git("init", "-q", "--bare", str(server.root / "owner/empty.git"), cwd=server.root)
