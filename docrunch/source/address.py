"""Which network addresses may be fetched: the URL is parsed here, by us, and resolved once (SSRF, DNS rebinding)."""

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout

import msgspec

from docrunch.errors import SourceRefused, Unreachable, UsageError
from docrunch.source.policy import SourcePolicy

MAX_URL = 1024
Resolve = Callable[[str, int], Sequence[str]]

_URL = re.compile(r"https://(?P<authority>[^/?#\\]*)(?P<path>/[^?#\\]*)?(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_PATH = re.compile(r"(?:/[A-Za-z0-9_~.][A-Za-z0-9_~.+-]*)+/?")
_PAGE = re.compile(r"(/[^/]+/[^/]+)/(?:-/)?(?:tree|blob|commit|src)/(.+)")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class GitUrl(msgspec.Struct, frozen=True):
    host: str
    port: int
    path: str  # starts with "/", no trailing "/"

    @property
    def text(self) -> str:
        port = "" if self.port == 443 else f":{self.port}"
        return f"https://{self.host}{port}{self.path}"

    @property
    def repository(self) -> str:
        """``host/owner/name`` in lower case."""
        return f"{self.host}{self.path.removesuffix('.git')}".lower()

    @property
    def web(self) -> str:
        return self.text.removesuffix(".git")


def parse_git_url(text: str) -> GitUrl:
    """
    Raises:
        SourceRefused: the URL has parts that an address of a repository does not need.
        UsageError: it is the address of a page inside a repository.
    """
    found = _URL.fullmatch(text)
    if not found or len(text) > MAX_URL or not text.isascii() or not text.isprintable() or " " in text:
        raise SourceRefused("only plain https:// git URLs in ASCII are fetched")
    authority, path = found["authority"].lower(), found["path"] or ""
    if "@" in authority:
        raise SourceRefused(
            "the URL carries credentials", hint="Remove them and set DOCRUNCH_GIT_TOKENS=host=token instead."
        )
    if found["rest"]:
        raise SourceRefused("a git URL has no query and no fragment")
    host, port = _host_and_port(authority)
    page = _PAGE.fullmatch(path)
    if page:
        raise UsageError(
            "this is the address of a page inside a repository",
            hint=f"Use https://{authority}{page.group(1)} with --ref.",
        )
    if not _PATH.fullmatch(path) or any(part in {".", ".."} for part in path.split("/")):
        raise SourceRefused("the path of the URL is not that of a repository", hint="Write https://host/owner/name.")
    return GitUrl(host=host, port=port, path=path.rstrip("/"))


def _host_and_port(authority: str) -> tuple[str, int]:
    host, colon, port = authority.partition(":")
    if colon and not re.fullmatch(r"[0-9]{1,5}", port):
        raise SourceRefused("the URL names no valid host and port")
    if not _NAME.fullmatch(host):
        raise SourceRefused("the URL names no valid host")
    _refuse_number(host)
    return host, int(port) if colon else 443


def _refuse_number(host: str) -> None:
    """A last label that is a number makes resolvers read the whole as an address (127.1, 0x7f000001, 2130706433)."""
    last = host.rsplit(".", 1)[-1]
    if re.fullmatch(r"0x[0-9a-f]*|[0-9]+", last):
        raise SourceRefused("the URL names a host by number", hint="Use the name of an allowed host.")


def system_resolve(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return sorted({str(item[4][0]) for item in found})


def check_address(
    url: GitUrl, policy: SourcePolicy, *, resolve: Resolve = system_resolve, timeout: float = 4.0
) -> tuple[str, ...]:
    """Addresses to which the connection is to be pinned. Resolved once: later answers of the name do not count.

    Raises:
        SourceRefused: host, port or any one of the addresses is not allowed.
        Unreachable: the name does not resolve in time.
    """
    if url.host not in policy.allow_hosts:
        raise SourceRefused(
            f"{url.host} is not an allowed host (allowed: {', '.join(policy.allow_hosts)})",
            hint="Add it to the setting source.allow_hosts if you trust it.",
        )
    if url.port not in policy.ports:
        raise SourceRefused(f"port {url.port} is not allowed")
    addresses = tuple(_resolve_in_time(url, resolve, timeout))
    if not addresses:
        raise Unreachable(f"{url.host} has no address")
    if not policy.allow_private:
        for address in addresses:
            if not is_public(address):
                raise SourceRefused(f"{url.host} resolves to an address that is not on the public internet")
    return addresses


def _resolve_in_time(url: GitUrl, resolve: Resolve, timeout: float) -> Sequence[str]:
    pool = ThreadPoolExecutor(1, thread_name_prefix="resolve")
    try:
        return pool.submit(resolve, url.host, url.port).result(timeout)
    except FutureTimeout:
        raise Unreachable(f"{url.host} did not resolve within {timeout:g} s") from None
    except OSError:
        raise Unreachable(f"{url.host} does not resolve", hint="Check the name and the network.") from None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def is_public(address: str) -> bool:
    """Whether every address hidden in this one (IPv6-mapped, 6to4, Teredo, NAT64) is a global unicast address."""
    try:
        outer = ipaddress.ip_address(address)
    except ValueError:
        return False
    hidden: list[ipaddress.IPv4Address | ipaddress.IPv6Address | None] = [outer]
    if isinstance(outer, ipaddress.IPv6Address):
        if outer.ipv4_mapped is not None:
            hidden = [outer.ipv4_mapped]
        hidden.append(outer.sixtofour)
        hidden += outer.teredo or ()
        if outer in _NAT64:
            hidden.append(ipaddress.IPv4Address(int(outer) & 0xFFFFFFFF))
    return all(item is None or (item.is_global and not item.is_multicast and not item.is_reserved) for item in hidden)
