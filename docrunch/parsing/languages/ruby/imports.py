"""``require``, ``require_relative``, ``autoload`` and ``load`` with literal paths."""

import re

from docrunch.parsing.languages.ruby.names import literal
from docrunch.parsing.model import Import
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk

_EXPANDED = re.compile(
    r"^(?:::)?File\.expand_path\(?\s*(['\"])([^'\"#]+)\1\s*,\s*(__FILE__|__dir__|File\.dirname\(__FILE__\))\s*\)?$"
)
_JOINED = re.compile(
    r"^(?:::)?File\.join\(\s*(?:__dir__|File\.dirname\(__FILE__\))\s*((?:,\s*(['\"])[^'\"#]+\2\s*)+)\)$"
)
_ADDED = re.compile(r"^(?:__dir__|File\.dirname\(__FILE__\))\s*\+\s*(['\"])/?([^'\"#]+)\1$")
_PIECE = re.compile(r"['\"]([^'\"#]+)['\"]")
_CHARACTERS = 300
LOADERS = frozenset({"require", "require_relative", "load", "autoload"})


def on_require(walk: Walk, node: Node, word: str, arguments: Node) -> None:
    """``level`` 1 marks a path that starts at this file."""
    listed = arguments.named_children
    place = 1 if word == "autoload" else 0
    if len(listed) <= place:
        return
    argument = listed[place]
    path, level = literal(walk, argument), 1 if word == "require_relative" else 0
    if not path:
        path, level = _computed(
            walk.slice(argument.start_byte, min(argument.end_byte, argument.start_byte + _CHARACTERS))
        )
    elif path.startswith("./") and level == 0:
        path = path[2:]
    if path:
        line = node.start_point[0] + 1
        walk.imports.append(Import(path, line, level=level, scope=walk.scope, dynamic=word in ("load", "autoload")))


def _computed(written: str) -> tuple[str, int]:
    """A path put together from the place of this file, relative to its directory."""
    written = written.strip()
    if (found := _EXPANDED.match(written)) is not None:
        path = found[2]
        if found[3] == "__FILE__":
            return (path[3:], 1) if path.startswith("../") else ("", 0)
        return path, 1
    if (found := _JOINED.match(written)) is not None:
        return "/".join(piece.strip("/") for piece in _PIECE.findall(found[1])), 1
    if (found := _ADDED.match(written)) is not None:
        return found[2], 1
    return "", 0
