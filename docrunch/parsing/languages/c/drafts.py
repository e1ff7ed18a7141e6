"""Symbols of C and C++: their extent with template heads and blanked macros, words in front, visibility."""

import re

from docrunch.parsing.draft import Draft
from docrunch.parsing.languages.c.documentation import document
from docrunch.parsing.languages.c.walk import CWalk
from docrunch.parsing.model import SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import TYPE_KINDS
from docrunch.parsing.wording import signature

_WORDS = {
    b"static": "static",
    b"inline": "inline",
    b"__inline": "inline",
    b"__inline__": "inline",
    b"__forceinline": "inline",
    b"extern": "extern",
    b"virtual": "virtual",
    b"explicit": "explicit",
    b"constexpr": "constexpr",
    b"consteval": "constexpr",
    b"mutable": "mutable",
    b"thread_local": "thread_local",
}
_WORD = re.compile(rb"[A-Za-z_]\w*")
_HEAD_CHARACTERS = 600
_STATIC = re.compile(r"(?:^|_)(?:STATIC|LOCAL|PRIVATE)(?:_|$)")
_INLINE = re.compile(r"(?:^|_)(?:FORCE_?)?INLINE(?:_|$)")


def new(
    walk: CWalk,
    name: str,
    kind: SymbolKind,
    at: Node,
    whole: Node,
    head_end: int,
    *,
    prefix: str = "",
    parent: int | None = None,
    spelled: str = "",
) -> Draft:
    """A draft with extent, modifiers, visibility, signature and documentation.

    Args:
        head_end: where the body starts.
        prefix: what stands between the enclosing symbol's path and the name ("Foo." of ``Foo::bar``).
        spelled: the name in the path, where that is another.
        parent: index of the enclosing symbol, where that is not the open one.
    """
    around = walk.scope if parent is None else parent
    local = f"{prefix}{spelled or name}".replace(".", "…") if spelled else f"{prefix}{name}"
    if around >= 0:
        local = f"{walk.symbols[around].local_name}.{local}"
    outer = _head_of_template(walk, whole)
    draft = Draft(name, kind, local, around, at.start_point[0] + 1, outer)
    start = walk.attributes.before(walk.parsed, outer.start_byte) if walk.attributes.all else outer.start_byte
    if start < outer.start_byte:
        draft.start_line -= walk.text.count(b"\n", start, outer.start_byte)
        draft.start_byte = start
    hidden = walk.attributes.within(start, head_end) if walk.attributes.all else []
    draft.decorators = tuple(hidden)
    draft.modifiers = _modifiers(walk, whole.start_byte, at.start_byte, hidden)
    if whole.start_byte < walk.hidden_end and "static" not in draft.modifiers:
        draft.modifiers.append("static")
    draft.exported = _exported(walk, draft.modifiers, around)
    head = walk.slice(start, min(head_end, start + _HEAD_CHARACTERS))
    draft.signature = signature(head).rstrip(" {;=,")
    return draft


def _head_of_template(walk: CWalk, whole: Node) -> Node:
    """The outermost template head in front of a definition, else the definition itself."""
    outer = whole
    start = whole.start_byte
    for template in walk.templates:
        if template.start_byte <= start and template.end_byte >= whole.end_byte:
            outer = template
            break
    return outer


def take_templates(walk: CWalk) -> None:
    """Parameters of the template heads in front become local to the open definition."""
    for template in walk.templates:
        walk.make_local([walk.read(name).lstrip(".& ") for name in _parameters_of(template)])
    walk.templates.clear()


def see_template(walk: CWalk, template: Node) -> None:
    """A template head whose definition comes next."""
    walk.templates = [each for each in walk.templates if each.end_byte > template.start_byte]
    walk.templates.append(template)
    for name in _parameters_of(template):
        walk.seen.add(name.start_byte)


def _parameters_of(template: Node) -> list[Node]:
    """The names of the parameters of a template head."""
    found: list[Node] = []
    parameters = template.child_by_field_name("parameters")
    for child in parameters.named_children if parameters is not None else ():
        name = child.child_by_field_name("name") or child.child_by_field_name("declarator")
        if name is None:
            name = next((each for each in child.named_children if each.type == "type_identifier"), None)
        if name is not None:
            found.append(name)
    return found


def _modifiers(walk: CWalk, start: int, end: int, hidden: list[str]) -> list[str]:
    words = walk.parsed[start : min(end, start + _HEAD_CHARACTERS)]
    known = walk.heads.get(words)
    if known is None:
        known = walk.heads[words] = [_WORDS[word] for word in _WORD.findall(words) if word in _WORDS]
    found = known.copy()
    for name in hidden:
        upper = name.upper()
        if _STATIC.search(upper):
            found.append("static")
        if _INLINE.search(upper):
            found.append("inline")
    return found


def _exported(walk: CWalk, words: list[str], around: int) -> bool:
    """What others can name: not static at file level, not private in a type, not in an anonymous namespace."""
    if around < 0:
        return "static" not in words
    parent = walk.symbols[around]
    if parent.kind in TYPE_KINDS:
        return parent.exported and walk.access.get(around, True)
    return parent.exported and parent.kind is SymbolKind.NAMESPACE and "static" not in words


def documented(walk: CWalk, draft: Draft) -> Draft:
    document(walk, draft)
    return draft
