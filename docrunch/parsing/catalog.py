"""The languages: which folder describes which files, and what the facts of a language depend on.

Imports no grammar, so inventory and orchestration may use it.
"""

import hashlib
import importlib.metadata
import importlib.util
from functools import cache, lru_cache
from pathlib import Path, PurePosixPath

import msgspec
from identify import identify

from docrunch.parsing.headers import is_cpp

_FOLDER = Path(__file__).parent
_LANGUAGES = _FOLDER / "languages"
_FACTS_SOURCES = ("source/model.py",)  # outside this package, but part of what facts look like
_GENERIC_TAGS = frozenset(
    {"text", "binary", "file", "executable", "non-executable", "directory", "symlink", "socket", "plain-text", "header"}
)
_PREFERRED_TAGS = ("c", "c++", "shell", "yaml", "json", "toml", "xml", "html", "css", "ini", "sql")
UNKNOWN = "unknown"


class LanguageSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One `language.toml`."""

    name: str
    extensions: list[str] = []
    filenames: list[str] = []
    shebangs: list[str] = []
    grammar: str = ""  # module of the grammar wheel; "" where facts come from no grammar
    function: str = "language"
    wheel: str = ""
    hooks: str = ""  # language folder whose hooks.py interprets the captures
    queries: list[str] = []  # "folder/file.scm", joined in this order
    common_names: list[str] = []  # identifiers too common to characterise a body
    sections: bool = False  # a documentation language with headings
    reader: bool = False  # has a reader.py instead of a grammar: a tolerant reader of the text itself


@lru_cache(maxsize=1)
def languages() -> dict[str, LanguageSpec]:
    """Every language with a folder, by key, in key order."""
    return {
        folder.parent.name: msgspec.toml.decode(folder.read_bytes(), type=LanguageSpec)
        for folder in sorted(_LANGUAGES.glob("*/language.toml"))
    }


@lru_cache(maxsize=1)
def _by_name() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    extensions: dict[str, str] = {}
    filenames: dict[str, str] = {}
    shebangs: dict[str, str] = {}
    for key, spec in languages().items():
        extensions.update(dict.fromkeys(spec.extensions, key))
        filenames.update(dict.fromkeys(spec.filenames, key))
        shebangs.update(dict.fromkeys(spec.shebangs, key))
    return extensions, filenames, shebangs


def detect(path: str, head: bytes) -> str:
    """The language of a file from its name and, failing that, the shebang in its first bytes.

    A `.h` file is C or C++ by what it says (`docrunch.parsing.headers`).

    Returns:
        A key of `languages()`, else the most specific tag of `identify`, else ``unknown``.
    """
    extensions, filenames, shebangs = _by_name()
    name = PurePosixPath(path).name
    if name in filenames:
        return filenames[name]
    suffix = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if suffix in extensions:
        return "cpp" if suffix == "h" and is_cpp(head) else extensions[suffix]
    tag = _specific(identify.tags_from_filename(name))
    if tag is not None:
        return tag
    interpreter = _interpreter(head)
    if interpreter in shebangs:
        return shebangs[interpreter]
    return _specific(identify.tags_from_interpreter(interpreter)) or UNKNOWN


def _specific(tags: set[str]) -> str | None:
    candidates = tags - _GENERIC_TAGS
    for preferred in _PREFERRED_TAGS:
        if preferred in candidates:
            return preferred
    return min(candidates, default="plain-text" if "plain-text" in tags else None)


def _interpreter(head: bytes) -> str:
    """``python3`` from ``#!/usr/bin/env -S python3 -u`` and from ``#!/usr/bin/python3``."""
    if not head.startswith(b"#!"):
        return ""
    words = head[2:200].split(b"\n", 1)[0].decode("ascii", "replace").split()
    if words and PurePosixPath(words[0]).name == "env":
        words = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
    return PurePosixPath(words[0]).name if words else ""


def is_parsed(language: str) -> bool:
    """Whether files of the language yield symbols or sections; others are inventoried."""
    spec = languages().get(language)
    return spec is not None and (bool(spec.grammar) or spec.sections or spec.reader)


def query_text(language: str) -> str:
    """The query of a language: its files, joined.

    Raises:
        KeyError: the language has no folder.
    """
    spec = languages()[language]
    return "\n".join((_LANGUAGES / name).read_text("utf-8") for name in spec.queries)


@cache
def extractor_id(language: str) -> str:
    """What the facts of a language depend on besides the text, as 20 hexadecimal characters.

    Covers the sources of this package, the language's folder and those it borrows from, the versions of grammar and
    tree-sitter, and the redactor that made the stored text.
    """
    digest = hashlib.sha256()
    for name, data in _inputs(language):
        digest.update(f"{name}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()[:20]


def _inputs(language: str) -> list[tuple[str, bytes]]:
    spec = languages().get(language)
    found = [(path.name, path.read_bytes()) for path in sorted(_FOLDER.glob("*.py"))]
    for folder in ("entries", "manifests", "tables"):
        files = sorted(path for path in (_FOLDER / folder).iterdir() if path.suffix in (".py", ".toml"))
        found += [(f"{folder}/{path.name}", path.read_bytes()) for path in files]
    found += [(name, (_FOLDER.parent / name).read_bytes()) for name in _FACTS_SOURCES]
    found.append(("redactor", _redactor_id().encode()))
    if spec is None:
        return found
    shared = [name.split("/", 1)[0] for name in spec.queries] + ([spec.hooks] if spec.hooks else [])
    folders = dict.fromkeys([language, *shared])
    for folder in folders:
        files = sorted(path for path in (_LANGUAGES / folder).iterdir() if path.suffix in (".py", ".scm", ".toml"))
        found += [(f"languages/{folder}/{path.name}", path.read_bytes()) for path in files]
    if spec.wheel:
        found += [(wheel, importlib.metadata.version(wheel).encode()) for wheel in ("tree-sitter", spec.wheel)]
    return found


def _redactor_id() -> str:
    from docrunch.security.secrets import REDACTOR_ID

    return str(REDACTOR_ID)
