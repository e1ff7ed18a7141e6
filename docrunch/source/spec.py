"""A source as a person writes it: what kind of thing it is, and nothing read from it yet."""

import os
import re
from pathlib import Path

import msgspec

from docrunch.errors import SourceNotFound, SourceRefused, UsageError
from docrunch.source.address import GitUrl, parse_git_url
from docrunch.source.model import SourceKind

ARCHIVE_SUFFIXES = (".zip", ".tar.gz", ".tgz")
WORKTREE_REF = "@worktree"
SOURCE_REF = "@source"

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://|([A-Za-z][A-Za-z0-9+.-]*)::")
_SCP_LIKE = re.compile(r"(?:[\w.-]+@)?([\w-]+(?:\.[\w-]+)+):(?!/)([\w./-]+)")
_HOST_AND_PATH = re.compile(r"[\w-]+(\.[\w-]+)+/[\w.-]+/[\w./-]+")


class SourceSpec(msgspec.Struct, frozen=True):
    """``location`` is an absolute host path, or the URL. It never enters exported bytes."""

    kind: SourceKind  # GIT, REMOTE, DIRECTORY or ARCHIVE; the working tree is asked for by the ref `@worktree`
    location: str

    @property
    def path(self) -> Path:
        return Path(self.location)

    @property
    def url(self) -> GitUrl:
        return parse_git_url(self.location)


def parse_spec(text: str, *, cwd: Path) -> SourceSpec:
    """Understand ``SOURCE`` of the command line: path of a checkout, directory or archive, or https git URL.

    Raises:
        UsageError: empty, or looks like an option.
        SourceNotFound: nothing is there.
        SourceRefused: an address of a kind that is never fetched.
    """
    text = text.strip()
    if not text or "\0" in text or "\n" in text:
        raise UsageError("the source is empty or not one line", hint="Give a path, an archive or an https git URL.")
    if text.startswith("-"):
        raise UsageError(f"{text!r} looks like an option, not a source", hint=f"For a path of that name write ./{text}")
    if text.lower().startswith("https://"):
        url = parse_git_url(text)
        return SourceSpec(kind=SourceKind.REMOTE, location=url.text)
    _refuse_other_addresses(text, cwd)
    path = _absolute(text, cwd)
    if path.is_dir():
        return SourceSpec(kind=_directory_kind(path), location=str(path))
    if path.is_file():
        return _archive(path)
    if path.exists():
        raise SourceRefused(f"{text} is neither a directory nor an archive")
    shown = _without_credentials(text)
    raise SourceNotFound(f"there is nothing at {shown}", hint=_missing_hint(shown))


def _refuse_other_addresses(text: str, cwd: Path) -> None:
    scheme = _SCHEME.match(text)
    if scheme:
        name = (scheme.group(1) or scheme.group(2)).lower()
        raise SourceRefused(
            f"addresses of the kind {name!r} are never fetched",
            hint="Use a path, an archive, or an https:// git URL.",
        )
    scp_like = _SCP_LIKE.fullmatch(text)
    if scp_like and not os.path.lexists(cwd / text):
        path = scp_like.group(2).removesuffix(".git")
        raise SourceRefused(
            "git over ssh is not fetched",
            hint=f"Use https://{scp_like.group(1)}/{path} with DOCRUNCH_GIT_TOKENS for a private repository.",
        )


def _absolute(text: str, cwd: Path) -> Path:
    try:
        path = (cwd / Path(text).expanduser()).resolve()
        path.exists()
    except (OSError, RuntimeError, ValueError):  # too long, a loop of links, an unknown ~user
        shown = _without_credentials(text)[:80]
        raise SourceNotFound(f"{shown} is not a usable path", hint=_missing_hint(shown)) from None
    return path


def _without_credentials(text: str) -> str:
    """A mistyped URL is taken for a path, and messages reach logs."""
    return re.sub(r"[^/\s]*@(?=[\w.-]+[/:])", "***@", text)


def _archive(path: Path) -> SourceSpec:
    if not path.name.lower().endswith(ARCHIVE_SUFFIXES):
        raise SourceRefused(
            f"{path.name} is a file of an unknown kind",
            hint=f"Archives end in {', '.join(ARCHIVE_SUFFIXES)}; for one file, scan its directory with --include.",
        )
    return SourceSpec(kind=SourceKind.ARCHIVE, location=str(path))


def _directory_kind(path: Path) -> SourceKind:
    is_bare = (path / "HEAD").is_file() and (path / "objects").is_dir() and (path / "refs").is_dir()
    has_git = (path / ".git").exists() or (path / ".git").is_symlink()
    return SourceKind.GIT if has_git or is_bare else SourceKind.DIRECTORY


def _missing_hint(text: str) -> str:
    if _HOST_AND_PATH.fullmatch(text):
        return f"For a repository on a server write https://{text}"
    if re.fullmatch(r"[\w-]+/[\w.-]+", text):
        return f"For a repository on a server write its whole address, for example https://github.com/{text}"
    return "Check the path; it is taken relative to the current directory."
