"""Chains, visibility, attributes, documentation and parameters of Rust items."""

import re

from docrunch.parsing.chains import ChainRules, chain_of
from docrunch.parsing.draft import Draft
from docrunch.parsing.model import Param
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk
from docrunch.parsing.wording import one_line

RULES = ChainRules(
    members={
        "field_expression": ("value", "field"),
        "scoped_identifier": ("path", "name"),
        "scoped_type_identifier": ("path", "name"),
    },
    calls={"call_expression": "function", "macro_invocation": "macro"},
    wrappers={
        "generic_function": "function",
        "generic_type": "type",
        "generic_type_with_turbofish": "type",
        "await_expression": "",
        "parenthesized_expression": "",
        "reference_expression": "value",
        "reference_type": "type",
    },
    names=frozenset({"identifier", "type_identifier", "self", "super", "crate", "primitive_type"}),
    marks={"index_expression": ("", "[]"), "try_expression": ("", "[?]")},
)
LOWER_NAME = re.compile(r"\b[a-z_][A-Za-z0-9_]*\b(?!\s*(?:::|!|\())")
_GAP = re.compile(rb"(?:\s|//[^\n]*\n|/\*.*?\*/)*+\Z", re.DOTALL)
_ATTRIBUTE = re.compile(r"#!?\[\s*([\w:]+)")


def chain(walk: Walk, node: Node) -> tuple[str, ...]:
    return chain_of(walk.text, node, RULES, walk.chains)


def take_attributes(walk: Walk, node: Node) -> list[Node]:
    """The attributes directly in front of an item, in order."""
    found: list[Node] = []
    start = node.start_byte
    for attribute in reversed(walk.decorators):
        if attribute.end_byte > start or _GAP.match(walk.text, attribute.end_byte, start) is None:
            break
        found.append(attribute)
        start = attribute.start_byte
    walk.decorators.clear()
    found.reverse()
    return found


def attach(walk: Walk, draft: Draft, node: Node) -> list[str]:
    """Give a draft its attributes and documentation; returns the attributes as written."""
    attributes = take_attributes(walk, node)
    written = [walk.read(attribute) for attribute in attributes]
    draft.decorators = tuple(found[1] for text in written if (found := _ATTRIBUTE.match(text)) is not None)
    item_line = draft.start_line
    if attributes:
        draft.start_byte = attributes[0].start_byte
        draft.start_line = attributes[0].start_point[0] + 1
    _document(walk, draft, item_line)
    return written


def _document(walk: Walk, draft: Draft, item_line: int) -> None:
    comments = walk.comments.above(draft.start_line)
    if item_line != draft.start_line:
        comments += walk.comments.above(item_line)
    texts: list[str] = []
    lines: list[int] = []
    for comment in comments:
        cleaned = doc_lines(walk.slice(comment.start_byte, comment.end_byte), "///", "/**")
        if cleaned is not None:
            texts.extend(cleaned)
            lines += [comment.start_line, comment.end_line]
    if lines:
        draft.doc = "\n".join(texts).strip()
        draft.doc_line, draft.doc_end_line = lines[0], lines[-1]


def doc_lines(raw: str, line_mark: str, block_mark: str) -> list[str] | None:
    """Lines of a doc comment without its marks, ``None`` for an ordinary comment."""
    if raw.startswith(line_mark) and not raw.startswith("////"):
        return [raw[3:].removeprefix(" ").rstrip()]
    if raw.startswith(block_mark) and not raw.startswith(("/***", "/**/")):
        inner = raw[3:].removesuffix("*/").strip("\n").split("\n")
        return [line.strip().removeprefix("*").removeprefix(" ").rstrip() for line in inner]
    return None


def is_pub(walk: Walk, node: Node) -> bool:
    """Declared ``pub`` without restriction (``pub(crate)`` is not part of the public surface)."""
    start = node.start_byte
    return walk.text.startswith(b"pub", start) and walk.text[start + 3 : start + 5].lstrip()[:1] not in (b"(", b"")


def read_type_parameters(walk: Walk, owner: Node) -> tuple[Param, ...]:
    """``<T: Bound, U>``; lifetimes and constants left out."""
    written = owner.child_by_field_name("type_parameters")
    found: list[Param] = []
    for child in written.named_children if written is not None else ():
        name = child.child_by_field_name("name")
        if child.type != "type_parameter" or name is None:
            continue
        bounds = child.child_by_field_name("bounds")
        bound = one_line(walk.read(bounds)).lstrip(": ") if bounds is not None else ""
        found.append(Param(walk.read(name), bound))
    return tuple(found)


def read_parameters(walk: Walk, parameters: Node) -> tuple[Param, ...]:
    """Parameters in order; ``&mut self`` is the name "self" with the type ``&mut Self``."""
    found: list[Param] = []
    for child in parameters.named_children:
        if child.type == "self_parameter":
            written = one_line(walk.read(child))
            found.append(Param("self", written.replace("self", "Self") if written.startswith("&") else ""))
        elif child.type == "parameter":
            pattern, type_node = child.child_by_field_name("pattern"), child.child_by_field_name("type")
            name = one_line(walk.read(pattern)).removeprefix("mut ") if pattern is not None else "_"
            type_ = one_line(walk.read(type_node)) if type_node is not None else ""
            found.append(Param(name, type_))
            walk.make_local(LOWER_NAME.findall(name))
            if pattern is not None and pattern.type == "identifier" and type_:
                walk.bind((name,), child, type_=type_)
    return tuple(found)
