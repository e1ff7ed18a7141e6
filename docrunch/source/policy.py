"""What a source may be and where it may come from. The defaults are strict; only an operator widens them."""

import re

import msgspec

from docrunch.errors import InvalidConfig

_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")


class HostToken(msgspec.Struct, frozen=True):
    """A credential that is only ever sent to its host. Its text never shows in a ``repr``."""

    host: str
    token: str

    def __repr__(self) -> str:
        return f"HostToken(host={self.host!r}, token='***')"

    def __rich_repr__(self) -> list[tuple[str, str]]:
        return [("host", self.host), ("token", "***")]


class SourcePolicy(msgspec.Struct, frozen=True):
    allow_hosts: tuple[str, ...] = ("github.com", "gitlab.com", "bitbucket.org")
    tokens: tuple[HostToken, ...] = ()
    allow_local: bool = True  # False: only URLs, for servers whose users must not name paths of the server
    allow_private: bool = False  # addresses that are not on the public internet
    ports: tuple[int, ...] = (443,)
    ca_file: str = ""  # PEM bundle instead of the system's
    fetch_seconds: float = 900.0

    def token_for(self, host: str) -> str | None:
        return next((item.token for item in self.tokens if item.host == host), None)


def parse_tokens(text: str) -> tuple[HostToken, ...]:
    """``github.com=…,gitlab.com=…`` (the value of ``DOCRUNCH_GIT_TOKENS``).

    Raises:
        InvalidConfig: without repeating what was given, which may be a secret.
    """
    found: dict[str, HostToken] = {}
    for position, part in enumerate((item.strip() for item in text.split(",")), start=1):
        if not part:
            continue
        host, equals, token = part.partition("=")
        host, token = host.strip().lower(), token.strip()
        if not equals or not _HOST.fullmatch(host) or not token.isascii() or not token.isprintable() or not token:
            raise InvalidConfig(
                f"DOCRUNCH_GIT_TOKENS: item {position} is not HOST=TOKEN",
                hint="Write for example DOCRUNCH_GIT_TOKENS=github.com=TOKEN,gitlab.com=TOKEN.",
            )
        found[host] = HostToken(host=host, token=token)
    return tuple(found[host] for host in sorted(found))
