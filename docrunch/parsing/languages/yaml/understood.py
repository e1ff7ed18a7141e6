"""GitHub Actions, GitLab CI and compose files: jobs and services are blocks, and they name each other and files.

What a file is follows from its keys, never from its path, which facts do not know.
"""

import re
from collections.abc import Sequence

from docrunch.parsing.keys import Keys
from docrunch.parsing.languages.yaml.lines import Entry
from docrunch.parsing.model import Import, Reference

Found = Sequence[tuple[Entry, int]]
_GITLAB_ONLY = frozenset({"stages", "include", "variables", "default", "image", "workflow", "cache", "before_script"})
_LIST = re.compile(r"[^\[\],\s\"']+")


def add(keys: Keys, found: Found) -> None:
    """Args: every entry with the innermost symbol around it."""
    top = {entry.path[0] for entry, _ in found}
    if "jobs" in top and ("on" in top or "true" in top):
        _github(keys, found)
    elif "services" in top and any(e.path[0] == "services" and e.path[-1] in ("image", "build") for e, _ in found):
        _compose(keys, found)
    elif "runs" in top and any(entry.path == ("runs", "using") for entry, _ in found):
        _uses(keys, found)
    elif any(len(entry.path) == 2 and entry.path[1] == "script" for entry, _ in found):
        _gitlab(keys, found)


def _github(keys: Keys, found: Found) -> None:
    titles = {entry.path[1]: entry for entry, _ in found if len(entry.path) == 3 and _is_job(entry, "name")}
    for entry, symbol in found:
        if len(entry.path) == 2 and entry.path[0] == "jobs" and entry.is_key:
            title = titles.get(entry.path[1])
            doc = (title.value.strip("\"'"), keys.lines.at(title.start)) if title is not None else ("", 0)
            keys.become(symbol, entry.path[1], doc)
        elif _is_job(entry, "needs"):
            _name(keys, entry, symbol, entry.value)
    _uses(keys, found)


def _is_job(entry: Entry, key: str) -> bool:
    return len(entry.path) > 2 and entry.path[0] == "jobs" and entry.path[2] == key


def _uses(keys: Keys, found: Found) -> None:
    """Actions: ``./…`` is a place in the repository, the rest is outside."""
    for entry, symbol in found:
        if entry.path[-1] != "uses" or not entry.is_key:
            continue
        used = entry.value.strip("\"'")
        line = keys.lines.at(entry.start)
        if used.startswith("./"):
            keys.references.append(Reference("link", ("/" + used[2:],), line, symbol))
        elif used and not used.startswith("docker:") and "${" not in used:
            keys.imports.append(Import(used.split("@", 1)[0], line, dynamic=True))


def _gitlab(keys: Keys, found: Found) -> None:
    scripted = {entry.path[0] for entry, _ in found if len(entry.path) == 2 and entry.path[1] in ("script", "trigger")}
    for entry, symbol in found:
        head = entry.path[0]
        if len(entry.path) == 1 and entry.is_key and head not in _GITLAB_ONLY:
            if head in scripted or head.startswith("."):
                keys.become(symbol, head)
        elif len(entry.path) > 1 and entry.path[1] in ("needs", "extends", "dependencies"):
            if entry.path[-1] not in ("artifacts", "optional", "pipeline", "project", "ref"):
                _name(keys, entry, symbol, entry.value)
        elif (
            head == "include"
            and entry.path[-1] in ("local", "include", "[]")
            and entry.value.startswith(("/", "'/", '"/'))
        ):
            keys.references.append(Reference("link", (entry.value.strip("\"'"),), keys.lines.at(entry.start), -1))


def _compose(keys: Keys, found: Found) -> None:
    for entry, symbol in found:
        path = entry.path
        if path[0] != "services" or len(path) < 2:
            continue
        if len(path) == 2 and entry.is_key:
            keys.become(symbol, path[1])
        elif len(path) > 2 and path[2] in ("depends_on", "links", "extends") and path[-1] not in ("condition", "file"):
            names = path[3] if path[2] == "depends_on" and len(path) == 4 and path[3] != "[]" else entry.value
            _name(keys, entry, symbol, names.split(":", 1)[0])
        elif path[2:] in (("build",), ("build", "context"), ("env_file",), ("env_file", "[]")) and entry.value:
            target = entry.value.strip("\"'")
            if "$" not in target and ":" not in target:
                keys.references.append(Reference("link", (target,), keys.lines.at(entry.start), symbol))


def _name(keys: Keys, entry: Entry, symbol: int, value: str) -> None:
    """A job or service that another one names; several in brackets."""
    for name in _LIST.findall(value):
        keys.references.append(Reference("use", (name,), keys.lines.at(entry.start), symbol))
