"""What package manifests say about installing, running and testing, each statement with its line.

A manifest that cannot be read is not an error: it is listed as unreadable, and the rest of the page stands.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from docrunch.parsing.manifests import tomls
from docrunch.source.model import FileEntry

MAX_MANIFESTS = 12
MAX_COMMANDS = 12  # per manifest and purpose
_MAKE_TARGET = re.compile(r"^([A-Za-z][\w.-]*)\s*:(?!=)")
_SAFE_NAME = re.compile(r"[\w@/.:+-]{1,80}")
_TEST_NAME = re.compile(r"^(?:tests?|check|e2e|spec|unit)(?:$|[:_-])|[:_-]tests?$", re.IGNORECASE)


class Command(msgspec.Struct, frozen=True):
    purpose: str  # install | run | test
    command: str
    path: str
    line: int
    note: str = ""  # what the manifest says it runs, as written


class Manifest(msgspec.Struct, frozen=True):
    path: str
    name: str = ""
    description: str = ""
    description_line: int = 0
    version: str = ""
    requires: str = ""  # the language version it asks for, as written
    requires_line: int = 0
    license: str = ""
    commands: tuple[Command, ...] = ()
    scripts: tuple[tuple[str, str, int], ...] = ()  # (command, target, line): installed entry points
    unreadable: bool = False


def read_manifests(entries: tuple[FileEntry, ...], texts: Mapping[str, bytes]) -> tuple[Manifest, ...]:
    """Manifests of the tree, nearest the root first, at most twelve."""
    found = [e.path for e in entries if e.skip is None and _reader(e.path) is not None and e.path in texts]
    found.sort(key=lambda path: (path.count("/"), path))
    return tuple(_read(path, texts[path]) for path in found[:MAX_MANIFESTS])


def is_manifest(path: str) -> bool:
    return _reader(path) is not None


def _reader(path: str) -> Callable[[str, str], Manifest] | None:
    return _READERS.get(path.rsplit("/", 1)[-1])


def _read(path: str, text: bytes) -> Manifest:
    reader = _reader(path)
    if reader is None:
        return Manifest(path, unreadable=True)
    try:
        return reader(path, text.decode("utf-8"))
    except (ValueError, RecursionError):  # malformed TOML, JSON or UTF-8, or nested beyond reason
        return Manifest(path, unreadable=True)


def _pyproject(path: str, text: str) -> Manifest:
    data = tomls.load(text)
    project, tools = _table(data, "project"), _table(data, "tool")
    poetry = _table(tools, "poetry")
    where = Lines(text)
    commands = [Command("install", "pip install .", path, where.of("[project]", "[tool.poetry]", "[build-system]"))]
    if _table(tools, "pytest"):
        commands.append(Command("test", "pytest", path, where.of("[tool.pytest")))
    if _table(tools, "tox") or _table(tools, "hatch"):
        runner = "tox" if _table(tools, "tox") else "hatch test"
        commands.append(Command("test", runner, path, where.of("[tool.tox", "[tool.hatch")))
    scripts = {**_strings(_table(project, "scripts")), **_strings(_table(poetry, "scripts"))}
    source = project or poetry
    return Manifest(
        path,
        name=_string(source, "name"),
        description=_string(source, "description"),
        description_line=where.of("description"),
        version=_string(source, "version"),
        requires=f"Python {_string(project, 'requires-python')}" if _string(project, "requires-python") else "",
        requires_line=where.of("requires-python"),
        license=_string(source, "license"),
        commands=tuple(commands) if source or _table(data, "build-system") else tuple(commands[1:]),
        scripts=tuple((name, target, where.of(name)) for name, target in sorted(scripts.items()) if _safe(name)),
    )


def _package_json(path: str, text: str) -> Manifest:
    data = msgspec.json.decode(text)
    if not isinstance(data, dict):
        raise ValueError("not an object")
    where = Lines(text)
    installs = "/" not in path or any(_table(data, key) for key in ("scripts", "dependencies", "devDependencies"))
    commands = [Command("install", "npm install", path, where.of('"name"', "{"))] if installs else []
    for name, body in _strings(_table(data, "scripts")).items():
        if _safe(name):
            purpose = "test" if _TEST_NAME.search(name) else "run"
            command = "npm test" if name == "test" else "npm start" if name == "start" else f"npm run {name}"
            commands.append(Command(purpose, command, path, where.of(f'"{name}":', f'"{name}" :'), body))
    bins = data.get("bin")
    scripts = _strings(bins) if isinstance(bins, dict) else {}
    if isinstance(bins, str):
        scripts = {_string(data, "name").rsplit("/", 1)[-1]: bins}
    node = _string(_table(data, "engines"), "node")
    return Manifest(
        path,
        name=_string(data, "name"),
        description=_string(data, "description"),
        description_line=where.of('"description"'),
        version=_string(data, "version"),
        requires=f"Node {node}" if node else "",
        requires_line=where.of('"engines"'),
        license=_string(data, "license"),
        commands=_limited(commands),
        scripts=tuple((n, t, where.of(f'"{n}"', '"bin"')) for n, t in sorted(scripts.items()) if _safe(n)),
    )


def _cargo(path: str, text: str) -> Manifest:
    data = tomls.load(text)
    package = _table(data, "package")
    where = Lines(text)
    line = where.of("[package]", "[workspace]")
    bins = data.get("bin")
    names = [_string(b, "name") for b in bins if isinstance(b, dict)] if isinstance(bins, list) else []
    run = [Command("run", f"cargo run --bin {name}", path, where.of("[[bin]]")) for name in names if _safe(name)]
    return Manifest(
        path,
        name=_string(package, "name"),
        description=_string(package, "description"),
        description_line=where.of("description"),
        version=_string(package, "version"),
        requires=f"Rust {_string(package, 'rust-version')}" if _string(package, "rust-version") else "",
        requires_line=where.of("rust-version"),
        license=_string(package, "license"),
        commands=(
            Command("install", "cargo build", path, line),
            *run,
            Command("test", "cargo test", path, line),
        ),
    )


def _go_mod(path: str, text: str) -> Manifest:
    where = Lines(text)
    module = re.search(r"^module\s+(\S+)", text, re.MULTILINE)
    version = re.search(r"^go\s+(\S+)", text, re.MULTILINE)
    line = where.of("module")
    return Manifest(
        path,
        name=module.group(1).strip('"') if module else "",
        requires=f"Go {version.group(1)}" if version else "",
        requires_line=where.of("go "),
        commands=(
            Command("install", "go build ./...", path, line),
            Command("test", "go test ./...", path, line),
        ),
    )


def _makefile(path: str, text: str) -> Manifest:
    commands: list[Command] = []
    seen: set[str] = set()
    for number, content in enumerate(text.split("\n"), start=1):
        found = _MAKE_TARGET.match(content)
        if found and found.group(1) not in seen and "%" not in content and not found.group(1).isupper():
            name = found.group(1)
            seen.add(name)
            note = content.split("##", 1)[1].strip() if "##" in content else ""
            purpose = "install" if re.match(r"install|setup|build|deps", name) else "run"
            purpose = "test" if _TEST_NAME.search(name) else purpose
            commands.append(Command(purpose, f"make {name}", path, number, note))
    return Manifest(path, commands=_limited(commands))


def _tox(path: str, text: str) -> Manifest:
    return Manifest(path, commands=(Command("test", "tox", path, Lines(text).of("[tox]", "[testenv")),))


def _nox(path: str, text: str) -> Manifest:
    return Manifest(path, commands=(Command("test", "nox", path, Lines(text).of("@nox.session", "import nox")),))


_READERS: dict[str, Callable[[str, str], Manifest]] = {
    "pyproject.toml": _pyproject,
    "package.json": _package_json,
    "Cargo.toml": _cargo,
    "go.mod": _go_mod,
    "Makefile": _makefile,
    "GNUmakefile": _makefile,
    "tox.ini": _tox,
    "noxfile.py": _nox,
}


class Lines:
    """Finds the line of a key: the first line that starts with it, else the first that holds it, else 1."""

    def __init__(self, text: str) -> None:
        self._lines = [line.strip() for line in text.split("\n")]

    def of(self, *keys: str) -> int:
        for key in keys:
            for number, line in enumerate(self._lines, start=1):
                if line.startswith(key):
                    return number
        return next((n for k in keys for n, line in enumerate(self._lines, start=1) if k in line), 1)


def _limited(commands: list[Command]) -> tuple[Command, ...]:
    kept: dict[str, list[Command]] = {}
    for command in commands:
        group = kept.setdefault(command.purpose, [])
        if len(group) < MAX_COMMANDS:
            group.append(command)
    return tuple(command for command in commands if command in kept[command.purpose])


def _safe(name: str) -> bool:
    return _SAFE_NAME.fullmatch(name) is not None


def _table(data: Any, key: str) -> dict[str, Any]:
    found = data.get(key) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


def _string(data: Mapping[str, Any], key: str) -> str:
    found = data.get(key)
    return found if isinstance(found, str) else ""


def _strings(data: Mapping[str, Any]) -> dict[str, str]:
    return {key: value for key, value in data.items() if isinstance(value, str)}
