"""Fetching over HTTPS from a real server: the right commit, the token for its host only, and an end to everything."""

import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from docrunch.errors import AuthError, LimitExceeded, RefNotFound, SourceNotFound, SourceRefused, Unreachable
from docrunch.options import Limits, ScanOptions
from docrunch.source.model import SourceKind
from docrunch.source.resolve import ProbeStatus, open_source, parse_spec, probe
from docrunch.source.workdir import job_directory

TOKEN = "tok-" + "en-of-the-test"


@pytest.fixture
def fetch(tmp_path: Path, git_server: Any) -> Any:
    def run(path: str, ref: str | None = None, policy: Any = None, limits: Limits | None = None, **more: Any) -> Any:
        spec = parse_spec(git_server.url(path), cwd=tmp_path)
        with job_directory(tmp_path / "jobs") as work:
            return open_source(
                spec,
                ref=ref,
                name=None,
                options=ScanOptions(limits=limits or Limits()),
                policy=policy or git_server.policy(),
                workdir=work,
                detect=lambda path, head: "unknown",
                **more,
            )

    return run


def test_branches_tags_and_commits(fetch: Any, git_server: Any) -> None:
    work = git_server.root / "work"
    shas = {name: git_server.git("rev-parse", f"{name}^{{commit}}", cwd=work) for name in ("v1", "v2", "v3")}
    expected = {
        None: ("v3", "main", True),
        "main": ("v3", "main", True),
        "v2": ("v2", "v2", True),
        "topic/x": ("v1", "topic/x", True),
        shas["v1"]: ("v1", shas["v1"], False),
        shas["v2"]: ("v2", shas["v2"], False),
    }
    for ref, (tag, name, declared) in expected.items():
        tree = fetch("owner/name", ref)
        assert tree.text("a.py") == f"v = {tag[1]}\n".encode(), ref
        assert (tree.source.commit, tree.source.ref, tree.source.declared_ref) == (shas[tag], name, declared), ref
        assert tree.source.kind is SourceKind.REMOTE
        assert tree.source.repository == "localhost/owner/name"
        found = probe(parse_spec(git_server.url("owner/name"), cwd=Path("/")), ref, git_server.policy())
        assert (found.commit, found.ref) == (tree.source.commit, ref or "main")


def test_nothing_is_left_behind(fetch: Any, tmp_path: Path) -> None:
    tree = fetch("owner/name")
    assert list((tmp_path / "jobs").iterdir()) == []
    assert tree.text("a.py") == b"v = 3\n"
    with pytest.raises(RefNotFound):
        fetch("owner/name", "nope")
    assert list((tmp_path / "jobs").iterdir()) == []


def test_private_repositories_need_the_token_of_their_host(fetch: Any, git_server: Any) -> None:
    with pytest.raises(AuthError, match="private"):
        fetch("private/name")
    with pytest.raises(AuthError, match="refused the token"):
        fetch("private/name", policy=git_server.policy(token="wrong-token"))
    assert fetch("private/name", policy=git_server.policy(token=TOKEN)).text("a.py") == b"v = 3\n"


def test_a_token_is_never_sent_to_another_host_nor_shown(fetch: Any, git_server: Any, monkeypatch: Any) -> None:
    from docrunch.source.policy import HostToken

    started: list[list[str]] = []
    real = subprocess.Popen

    def spy(argv: list[str], **fields: Any) -> Any:
        started.append(argv)
        return real(argv, **fields)

    monkeypatch.setattr("docrunch.source.process.subprocess.Popen", spy)
    git_server.requests.clear()
    other = git_server.policy(tokens=(HostToken(host="github.com", token=TOKEN),))
    with pytest.raises(AuthError) as caught:
        fetch("private/name", policy=other)
    assert all(authorization == "" for _, authorization in git_server.requests)
    policy = git_server.policy(token=TOKEN)
    fetch("private/name", policy=policy)
    assert TOKEN not in repr(started) + repr(policy) + str(caught.value)


def test_redirects_are_not_followed(fetch: Any, git_server: Any) -> None:
    git_server.requests.clear()
    with pytest.raises(SourceRefused, match="redirects"):
        fetch("moved/owner/name")
    assert {path.split("/")[1] for path, _ in git_server.requests} == {"moved"}


def test_what_is_not_there(fetch: Any) -> None:
    with pytest.raises(SourceNotFound):
        fetch("owner/missing")
    with pytest.raises(RefNotFound, match="nope"):
        fetch("owner/name", "nope")
    with pytest.raises(RefNotFound):
        fetch("owner/name", "0" * 39 + "1")
    with pytest.raises(RefNotFound):
        fetch("owner/empty")


def test_size_and_time_have_ends(fetch: Any, git_server: Any) -> None:
    with pytest.raises(LimitExceeded, match="larger than"):
        fetch("owner/name", limits=Limits(max_archive_bytes=100_000))
    spec = parse_spec(git_server.url("slow/name"), cwd=Path("/"))
    start = time.monotonic()
    found = probe(spec, None, git_server.policy(), timeout=3.0)
    assert time.monotonic() - start < 3.5
    assert found.status is ProbeStatus.UNREACHABLE


def test_an_unknown_authority_is_not_trusted(fetch: Any, git_server: Any) -> None:
    with pytest.raises(Unreachable, match="certificate"):
        fetch("owner/name", policy=git_server.policy(ca_file=""))


def test_the_strict_defaults_refuse_this_server(fetch: Any, git_server: Any) -> None:
    with pytest.raises(SourceRefused, match="allowed host"):
        fetch("owner/name", policy=git_server.policy(allow_hosts=("github.com",)))
    with pytest.raises(SourceRefused, match="port"):
        fetch("owner/name", policy=git_server.policy(ports=(443,)))
    with pytest.raises(SourceRefused, match="public internet"):
        fetch("owner/name", policy=git_server.policy(allow_private=False))


def test_the_connection_goes_to_the_address_that_was_checked(fetch: Any) -> None:
    """A name that answers differently later (DNS rebinding) changes nothing: it is asked once, and pinned."""
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    assert fetch("owner/name", resolve=resolve).text("a.py") == b"v = 3\n"
    assert asked == ["localhost"]
    # Proof that the pin decides and not the name: pinned to a wrong address, the same name is not reached.
    with pytest.raises(Unreachable):
        fetch("owner/name", resolve=lambda host, port: ["127.0.0.9"])


def test_probe_answers_with_the_matching_error(git_server: Any, tmp_path: Path) -> None:
    expected = {
        ("owner/name", None): (ProbeStatus.REACHABLE, None),
        ("owner/name", "v2"): (ProbeStatus.REACHABLE, None),
        ("owner/name", "nope"): (ProbeStatus.MISSING_REF, RefNotFound),
        ("owner/missing", None): (ProbeStatus.MISSING, SourceNotFound),
        ("private/name", None): (ProbeStatus.PRIVATE, AuthError),
        ("moved/owner/name", None): (ProbeStatus.REFUSED, SourceRefused),
    }
    for (path, ref), (status, error) in expected.items():
        start = time.monotonic()
        found = probe(parse_spec(git_server.url(path), cwd=tmp_path), ref, git_server.policy())
        assert found.status is status, path
        assert time.monotonic() - start < 5
        if error is not None:
            with pytest.raises(error):
                found.raise_for_status()
    found = probe(parse_spec("https://localhost:1/owner/name", cwd=tmp_path), None, git_server.policy(ports=(1,)))
    assert found.status is ProbeStatus.UNREACHABLE
    found = probe(parse_spec(git_server.url("owner/name"), cwd=tmp_path), None, git_server.policy(allow_hosts=()))
    assert found.status is ProbeStatus.REFUSED
