"""GNU make: targets, what they need, variables, included files."""

import re

from docrunch.parsing.draft import Draft
from docrunch.parsing.model import Import, SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Handler, Walk
from docrunch.parsing.wording import signature

_PLAIN = re.compile(r"[\w./+@-]+\Z")
_NAME = re.compile(r"[\w.-]+\Z")
_MAKE = re.compile(rb"\$[({]MAKE[)}]((?:\s+[\w./+=:-]+)*)")
_PATH = re.compile(r"[\w./*+-]+\Z")
_HEAD_CHARACTERS = 300


def on_rule(walk: Walk, node: Node) -> None:
    """The first plain target of a rule is its scope; several rules of one target are one symbol."""
    targets = next((child for child in node.named_children if child.type == "targets"), None)
    names = [(child, walk.read(child)) for child in targets.named_children] if targets is not None else []
    plain = [(child, name) for child, name in names if _PLAIN.match(name)]
    if not plain or (plain[0][1].startswith(".") and plain[0][1].isupper()):
        return  # .PHONY and its like, patterns, names made of variables
    indices = [_target(walk, node, child, name) for child, name in plain]
    walk.enter(indices[0], node.end_byte)
    for field in ("normal", "order_only"):
        needed = node.child_by_field_name(field)
        for child in needed.named_children if needed is not None else ():
            name = walk.read(child)
            if child.type == "word" and _PLAIN.match(name):
                walk.refer("use", (name,), child)


def _target(walk: Walk, node: Node, at: Node, name: str) -> int:
    known = walk.extra.get(f"target {name}")
    if known is not None:
        return int(known[0])
    draft = Draft(name, SymbolKind.TARGET, name, -1, at.start_point[0] + 1, node)
    head = walk.slice(node.start_byte, min(node.end_byte, node.start_byte + _HEAD_CHARACTERS)).split("\n", 1)[0]
    draft.signature = signature(head.split("##", 1)[0].rstrip())
    draft.exported = not name.startswith(".")
    _document(walk, draft, node)
    index = walk.add(draft)
    walk.extra[f"target {name}"] = [str(index)]
    return index


def _document(walk: Walk, draft: Draft, node: Node) -> None:
    """``target: needs ## what it does``, else the comment lines directly above."""
    beside = next((child for child in node.named_children if child.type == "comment"), None)
    if beside is not None and beside.start_point[0] == node.start_point[0]:
        draft.doc = walk.read(beside).lstrip("#").strip()
        draft.doc_line = draft.doc_end_line = beside.start_point[0] + 1
        return
    found = walk.comments.above(draft.start_line)
    if found:
        texts = (walk.slice(comment.start_byte, comment.end_byte).lstrip("#").strip() for comment in found)
        draft.doc = "\n".join(texts).strip()
        draft.doc_line, draft.doc_end_line = found[0].start_line, found[-1].end_line


def on_variable(walk: Walk, node: Node) -> None:
    name_node = node.child_by_field_name("name")
    name = walk.read(name_node).strip() if name_node is not None else ""
    if name_node is None or not _NAME.match(name) or name in walk.defined or walk.scope >= 0:
        return
    walk.defined.add(name)
    draft = Draft(name, SymbolKind.VARIABLE, name, -1, name_node.start_point[0] + 1, node)
    head = walk.slice(node.start_byte, min(node.end_byte, node.start_byte + _HEAD_CHARACTERS))
    draft.signature = signature(head.split("\n", 1)[0])
    draft.exported = True
    found = walk.comments.above(draft.start_line)
    if found:
        texts = (walk.slice(comment.start_byte, comment.end_byte).lstrip("#").strip() for comment in found)
        draft.doc = "\n".join(texts).strip()
        draft.doc_line, draft.doc_end_line = found[0].start_line, found[-1].end_line
    walk.add(draft)


def on_use(walk: Walk, node: Node) -> None:
    name_node = node.named_child(0) if node.named_child_count else None
    name = walk.read(name_node) if name_node is not None else ""
    if _NAME.match(name) and name != "MAKE":
        walk.refer("use", (name,), node)


def on_call(walk: Walk, node: Node) -> None:
    """``$(MAKE) target`` runs a target of this makefile; with ``-C`` it is another one's."""
    raw = walk.text[node.start_byte : node.end_byte]
    for found in _MAKE.finditer(raw) if b"MAKE" in raw else ():
        words = found[1].decode("utf-8", "replace").split()
        if any(word.startswith("-") for word in words):
            continue
        for word in words:
            if "=" not in word:
                walk.refer("call", (word,), node)


def on_import(walk: Walk, node: Node) -> None:
    listed = node.child_by_field_name("filenames")
    for child in listed.named_children if listed is not None else ():
        path = walk.read(child)
        if _PATH.match(path):
            walk.imports.append(Import(path, node.start_point[0] + 1, "*"))


def on_comment(walk: Walk, node: Node) -> None:
    walk.comments.add(node)


def finish(walk: Walk, root: Node) -> None:
    """A makefile is run by hand: it is an entry point where it has targets."""
    walk.entry_point = any(draft.kind is SymbolKind.TARGET for draft in walk.symbols)


HANDLERS: dict[str, Handler] = {
    "definition.function": on_rule,
    "definition.variable": on_variable,
    "reference.use": on_use,
    "reference.call": on_call,
    "import": on_import,
    "comment": on_comment,
}
