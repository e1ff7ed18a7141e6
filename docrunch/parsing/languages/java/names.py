"""Names, types, modifiers and parameters of Java."""

import re

from docrunch.parsing.chains import ChainRules, chain_of
from docrunch.parsing.model import Param
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk
from docrunch.parsing.wording import one_line

RULES = ChainRules(
    members={
        "field_access": ("object", "field"),
        "scoped_identifier": ("scope", "name"),
    },
    # A cast is an instance of the type it names, exactly like what a constructor returns.
    calls={"object_creation_expression": "type", "cast_expression": "type"},
    invocations={"method_invocation": ("object", "name")},
    wrappers={"parenthesized_expression": "", "generic_type": ""},
    names=frozenset({"identifier", "type_identifier", "this", "super"}),
)
BUILTIN_TYPES = frozenset(b"var".split())
_TYPE_ARGUMENTS = re.compile(r"<[^<>]*>")
_ANNOTATION = re.compile(r"@[\w.]+(?:\s*\([^()]*\))?\s*")
_TESTS = frozenset({"Test", "ParameterizedTest", "RepeatedTest", "TestFactory", "TestTemplate"})


def chain(walk: Walk, node: Node) -> tuple[str, ...]:
    return chain_of(walk.text, node, RULES, walk.chains)


def type_text(walk: Walk, node: Node | None) -> str:
    """A type as written in one line, without the annotations on it; "" for ``var``."""
    if node is None:
        return ""
    written = one_line(
        _ANNOTATION.sub("", walk.read(node)) if b"@" in walk.text[node.start_byte : node.end_byte] else walk.read(node)
    )
    return "" if written == "var" else written


def bare(written: str) -> str:
    """``a.b.C`` from ``a.b.C<Map<K, V>>[]``."""
    while "<" in written:
        shorter = _TYPE_ARGUMENTS.sub("", written)
        if shorter == written:
            break
        written = shorter
    return written.replace("[]", "").strip()


def modifiers(walk: Walk, node: Node) -> tuple[list[str], tuple[str, ...], bool]:
    """(modifier words, annotations without "@" and arguments, whether one of them marks a test)."""
    first = node.children[0] if node.child_count else None
    if first is None or first.type != "modifiers":
        return [], (), False
    words: list[str] = []
    annotations: list[str] = []
    for child in first.children:
        if child.type in ("annotation", "marker_annotation"):
            name = child.child_by_field_name("name")
            if name is not None:
                annotations.append(walk.read(name))
        elif not child.is_named:
            words.append(child.type)
    test = any(name.rsplit(".", 1)[-1] in _TESTS for name in annotations)
    return words, tuple(annotations), test


def read_parameters(walk: Walk, parameters: Node | None) -> tuple[Param, ...]:
    """Parameters in order; names become local and are bound to their types. Receivers (``Foo this``) are left out."""
    found: list[Param] = []
    for child in parameters.named_children if parameters is not None else ():
        if child.type == "formal_parameter":
            name, type_ = child.child_by_field_name("name"), type_text(walk, child.child_by_field_name("type"))
        elif child.type == "spread_parameter":
            declarator = next((each for each in child.named_children if each.type == "variable_declarator"), None)
            name = declarator.child_by_field_name("name") if declarator is not None else None
            written = next((each for each in child.named_children if each.type not in _NO_TYPES), None)
            type_ = type_text(walk, written) + "..."
        elif child.type == "identifier":  # of a lambda without types
            name, type_ = child, ""
        else:
            continue
        if name is None:
            continue
        word = walk.read(name)
        found.append(Param(word, type_))
        if type_ and not type_.endswith("..."):
            walk.bind((word,), name, type_=type_)
    walk.make_local([param.name for param in found])
    return tuple(found)


_NO_TYPES = frozenset({"modifiers", "variable_declarator", "line_comment", "block_comment"})
