"""The name of a repository and the link to it (architecture §4.1)."""

import re

from docrunch.errors import UsageError
from docrunch.ids import strip_archive_suffix
from docrunch.source.gitconfig import origin_url, repository_of, web_url
from docrunch.source.layout import GitLayout
from docrunch.source.model import SourceKind
from docrunch.source.spec import SourceSpec

MAX_NAME = 200


def given_name(name: str | None) -> str | None:
    """
    Raises:
        UsageError: ``--name`` cannot be a name.
    """
    if name is None:
        return None
    name = name.strip()
    if not re.fullmatch(r"[\w][\w./ +@-]*", name) or len(name) > MAX_NAME or ".." in name:
        raise UsageError(
            f"--name {name!r} is not usable", hint="Use letters, digits and . _ - /, beginning with a letter or digit."
        )
    return name


def repository_name(spec: SourceSpec, name: str | None, layout: GitLayout | None = None) -> str:
    """``--name``, else origin as ``host/owner/name``, else the basename without archive suffix."""
    given = given_name(name)
    if given is not None:
        return given
    if spec.kind is SourceKind.REMOTE:
        return spec.url.repository
    origin = origin_url(layout.config) if layout is not None else None
    return (repository_of(origin) if origin else None) or _basename(spec, layout)


def link_url(spec: SourceSpec, layout: GitLayout | None = None) -> str | None:
    """https address without credentials, or None where none is known."""
    if spec.kind is SourceKind.REMOTE:
        return spec.url.web
    origin = origin_url(layout.config) if layout is not None else None
    return web_url(origin) if origin else None


def _basename(spec: SourceSpec, layout: GitLayout | None) -> str:
    base = strip_archive_suffix(spec.path.name)
    if layout is not None and layout.bare:
        base = spec.path.parent.name if base == ".git" else base.removesuffix(".git")
    cleaned = re.sub(r"[^\w. +@-]+", "-", base).strip(" -.")
    return cleaned[:MAX_NAME] or "repository"
