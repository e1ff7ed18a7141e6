"""Paths by pattern, as people write them for files that are ignored: ``src/**/*.py``, ``*.md``, ``src/shop``."""

import re
from collections.abc import Callable, Sequence
from fnmatch import translate

MAX_GLOB = 1_000  # characters
_DEEP = "**"
_WILD = frozenset("*?")
Fits = Callable[[str], object]


def matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a path is meant. ``*`` and ``?`` stand for what is within a folder, ``**`` for any folders.

    A pattern without them names a file or a folder; one without ``/`` fits at any depth. Everything for "" and ".".
    Time is proportional to pattern and path, whatever the pattern.
    """
    pattern = pattern.removeprefix("./").rstrip("/")
    if pattern in ("", "."):
        return lambda path: True
    if not _WILD & set(pattern):
        return lambda path: f"{path}/".startswith(f"{pattern}/")
    parts = pattern.split("/") if "/" in pattern else [_DEEP, pattern]
    parts = [part for before, part in zip(["", *parts], parts, strict=False) if part != _DEEP or before != _DEEP]
    steps = [None if part == _DEEP else _part(part) for part in parts]
    return lambda path: _fits(steps, path.split("/"))


def _part(pattern: str) -> Fits:
    """One name of a path. `fnmatch` makes expressions that do not backtrack; brackets are themselves here."""
    return re.compile(translate(pattern.replace("[", "[[]"))).match


def _fits(steps: Sequence[Fits | None], names: Sequence[str]) -> bool:
    """``None`` is any number of folders; at the end at least one name."""
    reached = {0}  # steps that are done before the next name
    for name in names:
        reached = _past_deep(steps, reached)
        following = set()
        for step in reached:
            if step == len(steps):
                continue
            fits = steps[step]
            if fits is None:
                following.add(step)
            elif fits(name):
                following.add(step + 1)
        reached = following
    last = len(steps)
    return last in reached or (bool(steps) and steps[-1] is None and last - 1 in reached)


def _past_deep(steps: Sequence[Fits | None], reached: set[int]) -> set[int]:
    """A ``**`` may stand for no folder."""
    found = set(reached)
    for step in sorted(reached):
        while step < len(steps) - 1 and steps[step] is None:
            step += 1
            found.add(step)
    return found
