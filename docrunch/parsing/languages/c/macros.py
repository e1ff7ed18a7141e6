"""Macros as symbols, and what their bodies name."""

import re
from collections.abc import Sequence

from docrunch.parsing.draft import Draft
from docrunch.parsing.languages.c.directives import Macro
from docrunch.parsing.languages.c.documentation import document
from docrunch.parsing.languages.c.walk import CWalk
from docrunch.parsing.languages.c.words import KEYWORDS
from docrunch.parsing.model import Param, Reference, SymbolKind
from docrunch.parsing.wording import signature

_CALL = re.compile(rb"(?<![\w.#>])((?:[A-Za-z_]\w*::)*[A-Za-z_]\w*)\s*\(")
_ALIAS = re.compile(rb"\s*\(?\s*((?:[A-Za-z_]\w*::)*[A-Za-z_]\w*)\s*\)?\s*\Z")
_LITERAL = re.compile(rb'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"|\'[^\'\\\n]*+(?:\\.[^\'\\\n]*+)*+\'', re.DOTALL)
_OPENED = re.compile(rb"\b(inline\s+)?namespace\s+([A-Za-z_]\w*)\s*\{")
_NAMED = re.compile(rb"\s*([a-z_]\w*)\s*(?:__attribute__.*)?\Z", re.DOTALL)
_MAX_OPENING = 500  # bytes
_MAX_BODY = 20_000  # bytes of a body that are searched for calls


def define(walk: CWalk, macro: Macro) -> None:
    line = walk.lines.number(macro.start)
    place = walk.lines.place(macro.start, max(macro.end, macro.start + 1))
    draft = Draft(macro.name, SymbolKind.MACRO, macro.name, -1, line, place)
    if macro.params is not None:
        draft.modifiers.append("function")
        draft.params = tuple(Param(name) for name in macro.params)
    draft.signature = signature(walk.slice(macro.start, min(macro.end, macro.start + 600)).replace("\\\n", " "))
    draft.exported = True
    document(walk, draft)
    walk.symbols.append(draft)
    _refer(walk, macro, len(walk.symbols) - 1, line)


def _refer(walk: CWalk, macro: Macro, scope: int, line: int) -> None:
    own = {macro.name.encode(), *(name.removesuffix("...").encode() for name in macro.params or ())}
    body = _LITERAL.sub(lambda found: b" " * len(found[0]), macro.body[:_MAX_BODY])
    alias = _ALIAS.match(body)
    if alias is not None and alias[1] not in own and alias[1] not in KEYWORDS:
        walk.references.append(Reference("use", _parts(alias[1]), line, scope))
        return
    for found in _CALL.finditer(body):
        name = found[1]
        if name in own or name in KEYWORDS:
            continue
        at = line + body.count(b"\n", 0, found.start())
        walk.references.append(Reference("call", _parts(name), at, scope))


def _parts(name: bytes) -> tuple[str, ...]:
    return tuple(name.decode("utf-8", "replace").split("::"))


def namespace_macros(macros: Sequence[Macro]) -> dict[str, str]:
    """Macro → the namespace that it opens or names, inline ones aside; "a.b" where nested."""
    found: dict[str, str] = {}
    for macro in macros:
        if "NAMESPACE" not in macro.name or macro.params is not None or len(macro.body) > _MAX_OPENING:
            continue
        opened = [each[2].decode() for each in _OPENED.finditer(macro.body) if not each[1]]
        named = _NAMED.match(macro.body)
        if opened:
            found.setdefault(macro.name, ".".join(opened))
        elif named is not None:
            found.setdefault(macro.name, named[1].decode())
    return found
