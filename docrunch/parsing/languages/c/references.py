"""Calls, uses, using declarations, and what the blanked macros refer to."""

from docrunch.parsing.entries.tables import marked_names
from docrunch.parsing.languages.c.names import bare_type, chain, path
from docrunch.parsing.languages.c.walk import CWalk
from docrunch.parsing.languages.c.words import KEYWORDS
from docrunch.parsing.model import Import, Reference
from docrunch.parsing.parser import Node

_NAME_BYTES = 400
_MARKED = marked_names("cpp")
_NO_CALLS = frozenset({"static_cast", "dynamic_cast", "reinterpret_cast", "const_cast", "defined", "?", "decltype"})


def on_call(walk: CWalk, node: Node) -> None:
    kind = node.type
    if kind == "call_expression":
        function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if function is None or arguments is None:
            return
        if function.type == "qualified_identifier":
            _see(walk, function)
        found = chain(walk, function)
        if found[-1] not in _NO_CALLS:
            walk.refer("call", found, node, _count(walk, arguments))
            if walk.cpp and found[-1] in _MARKED:
                walk.mark(found, node)
        return
    type_ = node.child_by_field_name("type")
    if type_ is None or not walk.cpp or type_.end_byte - type_.start_byte > _NAME_BYTES:
        return
    name = bare_type(walk.read(type_))
    if not name or name.encode() in KEYWORDS:
        return
    arguments = node.child_by_field_name("arguments") or node.child_by_field_name("value")
    walk.refer("call", path(name), node, _count(walk, arguments) if arguments is not None else 0)


def _count(walk: CWalk, arguments: Node) -> int:
    count = arguments.named_child_count
    if not count or walk.text.find(b"/", arguments.start_byte, arguments.end_byte) < 0:  # no comment
        return count
    return sum(1 for child in arguments.children if child.is_named and child.type != "comment")


def _see(walk: CWalk, node: Node) -> None:
    """The parts of a qualified name are read with the whole."""
    current: Node | None = node
    while current is not None:
        walk.seen.add(current.start_byte)
        current = current.child_by_field_name("name") if current.type == "qualified_identifier" else None


def on_use(walk: CWalk, node: Node) -> None:
    start, end = node.start_byte, node.end_byte
    if start in walk.seen or end - start > _NAME_BYTES:
        return
    if node.type == "identifier":
        raw = walk.text[start:end]
        found = walk.chains.get(raw)
        if found is None:
            found = (raw.decode("utf-8", "replace"),)
            if raw:  # broken text has names that are only supposed
                walk.chains[raw] = found
        if not walk.is_local(found[0], walk.scope):
            walk.refer("use", found, node)
        return
    if node.type == "qualified_identifier":
        _see(walk, node)
    found = chain(walk, node)
    if found[-1] != "?" and found[0] != "?":
        walk.refer("use", found, node)


def on_type_use(walk: CWalk, node: Node) -> None:
    start = node.start_byte
    if start in walk.seen or node.end_byte - start > _NAME_BYTES:
        return
    if node.type == "type_identifier":
        walk.refer_type(walk.text[start : node.end_byte], node)
        return
    _see(walk, node)
    found = path(walk.read(node))
    if found[-1] != "?":
        walk.refer("use", found, node)


def on_using(walk: CWalk, node: Node) -> None:
    line = node.start_point[0] + 1
    if node.type == "namespace_alias_definition":
        name = node.child_by_field_name("name")
        target = node.named_children[-1] if node.named_child_count > 1 else None
        if name is not None and target is not None:
            module = "".join(walk.read(target).split())
            walk.imports.append(Import(module, line, alias=walk.read(name), scope=walk.scope))
        return
    words = walk.slice(node.start_byte, min(node.end_byte, node.start_byte + 600)).split()
    written = "".join(walk.read(node.named_children[-1]).split()) if node.named_child_count else ""
    if not written or "enum" in words[:2]:
        return
    walk.seen.add(node.named_children[-1].start_byte)
    if "namespace" in words[:2]:
        walk.imports.append(Import(written, line, "*", scope=walk.scope))
        return
    parts = path(written.removeprefix("typename"))
    if len(parts) > 1:
        walk.imports.append(Import("::".join(parts[:-1]), line, parts[-1], scope=walk.scope))


def add_unseen(walk: CWalk) -> None:
    """Macros that stood alone: calls and uses in the innermost definition around them."""
    alone = [each for each in walk.attributes.all if each.alone and each.name.encode() not in KEYWORDS]
    if not alone:
        return
    scopes = _scopes(walk, [each.start for each in alone])
    for each, scope in zip(alone, scopes, strict=True):
        kind = "call" if each.called else "use"
        walk.references.append(Reference(kind, (each.name,), walk.lines.number(each.start), scope))


def _scopes(walk: CWalk, starts: list[int]) -> list[int]:
    """The innermost symbol around each position; positions and symbols come in source order."""
    found: list[int] = []
    open_: list[int] = []
    order = sorted(range(len(walk.symbols)), key=lambda index: walk.symbols[index].start_byte)
    at = 0
    for start in starts:
        while at < len(order) and walk.symbols[order[at]].start_byte <= start:
            open_.append(order[at])
            at += 1
        open_ = [index for index in open_ if walk.symbols[index].end_byte > start]
        found.append(open_[-1] if open_ else -1)
    return found


def document_file(walk: CWalk) -> None:
    """The comment at the top of the file, where it is a doc comment about the file (Doxygen's `@file`)."""
    comment = walk.comments.first()
    if comment is None:
        return
    raw = walk.slice(comment.start_byte, comment.end_byte)
    if "@file" in raw or "\\file" in raw:
        lines = [line.strip().lstrip("/*!").rstrip("*/").strip() for line in raw.split("\n")]
        walk.doc = "\n".join(line for line in lines).strip()
        walk.doc_line, walk.doc_end_line = comment.start_line, comment.end_line
