"""Where a definition stands: in a type, in an extension of one, in a body, at the top of the file.

An extension is no symbol: its members have the extended type as receiver. The protocols that it adds are told by its
members in turn (`Symbol.trait`), and by the type itself where that is in the same file.
"""

from docrunch.parsing.draft import Draft
from docrunch.parsing.languages.swift.names import access, bare, modifiers
from docrunch.parsing.model import SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import TYPE_KINDS, Walk
from docrunch.parsing.wording import signature

_BODIES = frozenset({"class_body", "enum_class_body", "protocol_body", "source_file"})
_EXPORTED = frozenset({"public", "open"})
_HIDDEN = frozenset({"private", "fileprivate"})
_HEAD_CHARACTERS = 600


def on_extension(walk: Walk, node: Node) -> None:
    name = node.child_by_field_name("name")
    if name is None:
        return
    walk.seen.add(name.start_byte)
    words, _ = modifiers(walk, node)
    receiver = bare(walk.read(name))
    walk.implementations[:] = [(node.end_byte, receiver, access(words))]
    protocols = walk.extra["protocols"] = []
    line = node.start_point[0] + 1
    for child in node.named_children:
        if child.type == "inheritance_specifier" and (protocol := bare(walk.read(child))):
            protocols.append(protocol)
            walk.extra.setdefault("conformances", []).extend((receiver, protocol, str(line)))


def extended(walk: Walk, node: Node) -> str:
    """The type whose extension directly holds an item, "" outside."""
    if not walk.implementations or walk.implementations[-1][0] <= node.start_byte:
        return ""
    end, receiver, _ = walk.implementations[-1]
    return receiver if walk.scope_end > end else ""


def is_member(node: Node) -> bool:
    """Whether a declaration stands in a type, an extension or at the top of the file, and not in a body."""
    return node.parent is not None and node.parent.type in _BODIES


def draft_of(walk: Walk, node: Node, name: str, kind: SymbolKind, at: Node) -> Draft:
    receiver = extended(walk, node)
    local_name = walk.local_path(f"{receiver}.{name}" if receiver else name)
    draft = Draft(name, kind, local_name, walk.scope, at.start_point[0] + 1, node)
    draft.modifiers, draft.decorators = modifiers(walk, node)
    protocols = walk.extra.get("protocols") if receiver else None
    if protocols:
        draft.trait = protocols[0]
        protocols.append(protocols.pop(0))
    draft.receiver = receiver
    if receiver and not access(draft.modifiers) and walk.implementations[-1][2] in _HIDDEN:
        draft.modifiers.append(walk.implementations[-1][2])
    draft.exported = _exported(walk, draft)
    walk.seen.add(at.start_byte)
    return draft


def _exported(walk: Walk, draft: Draft) -> bool:
    level = access(draft.modifiers)
    if draft.receiver:
        return (level or walk.implementations[-1][2]) in _EXPORTED
    parent = walk.parent
    if parent is None:
        return level in _EXPORTED
    if parent.kind not in TYPE_KINDS or not parent.exported:
        return False
    return level in _EXPORTED or parent.kind is SymbolKind.INTERFACE or draft.kind is SymbolKind.CONSTANT


def in_type(walk: Walk, node: Node) -> bool:
    parent = walk.parent
    return bool(extended(walk, node)) or (parent is not None and parent.kind in TYPE_KINDS)


def head(walk: Walk, node: Node, end: int) -> str:
    """The declaration without attributes, up to byte ``end``."""
    start = node.start_byte
    first = node.child(0)
    if first is not None and first.type == "modifiers":
        plain = next((child for child in first.children if child.type != "attribute"), None)
        following = node.child(1)
        start = plain.start_byte if plain is not None else following.start_byte if following is not None else start
    return signature(walk.slice(start, min(end, start + _HEAD_CHARACTERS)).rstrip())
