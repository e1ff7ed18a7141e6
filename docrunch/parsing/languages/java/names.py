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
    names=frozenset({"identifier", "type_identifier", "scoped_type_identifier", "this", "super"}),
    marks={"array_access": ("array", "[]")},
)
BUILTIN_TYPES = frozenset(b"var".split())
_COMMENTS = frozenset({"line_comment", "block_comment"})
_TYPE_ARGUMENTS = re.compile(r"<[^<>]*>")
_ANNOTATION = re.compile(r"@[\w.]+(?:\s*\([^()]*\))?\s*")
_TESTS = frozenset({"Test", "ParameterizedTest", "RepeatedTest", "TestFactory", "TestTemplate"})


def chain(walk: Walk, node: Node) -> tuple[str, ...]:
    """The chain of an expression; ``Outer.super.m()`` is read as ``super.m()`` of the type around."""
    found = chain_of(walk.text, node, RULES, walk.chains)
    if any("." in part for part in found):  # new a.B(), (a.B) x
        return tuple(piece for part in found for piece in one_line(part).replace(" ", "").split("."))
    return found


def type_parameters(walk: Walk, node: Node) -> tuple[Param, ...]:
    """Of a type, method or constructor; of several bounds the first one counts."""
    written = node.child_by_field_name("type_parameters")
    found: list[Param] = []
    for child in written.named_children if written is not None else ():
        parts = [each for each in child.named_children if each.type in ("type_identifier", "type_bound")]
        if child.type == "type_parameter" and parts:
            bound = parts[1].named_children[0] if len(parts) > 1 and parts[1].named_child_count else None
            found.append(Param(walk.read(parts[0]), type_text(walk, bound)))
    return tuple(found)


def type_arguments(walk: Walk, type_: Node) -> tuple[str, ...]:
    """``("K", "V")`` of ``Map<K, V>``."""
    if type_.type != "generic_type":
        return ()
    arguments = type_.named_children[-1]
    return tuple(type_text(walk, each) for each in arguments.named_children if each.type not in _COMMENTS)


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


def parameter(walk: Walk, node: Node) -> tuple[Node | None, str]:
    """Name and type of a parameter as written; no name for what is none, no type for a lambda's bare names."""
    if node.type == "identifier":
        return node, ""
    if node.type == "formal_parameter":
        type_ = type_text(walk, node.child_by_field_name("type"))
        return node.child_by_field_name("name"), type_ + ("[]" if node.child_by_field_name("dimensions") else "")
    if node.type != "spread_parameter":
        return None, ""
    declarator = next((each for each in node.named_children if each.type == "variable_declarator"), None)
    written = next((each for each in node.named_children if each.type not in _NO_TYPES), None)
    return declarator.child_by_field_name("name") if declarator is not None else None, type_text(walk, written) + "..."


def read_parameters(walk: Walk, parameters: Node | None) -> tuple[Param, ...]:
    """Parameters in order; names become local and are bound to their types. Receivers (``Foo this``) are left out."""
    found: list[Param] = []
    for child in parameters.named_children if parameters is not None else ():
        name, type_ = parameter(walk, child)
        if name is None:
            continue
        word = walk.read(name)
        found.append(Param(word, type_))
        if type_:
            walk.bind((word,), name, type_=type_.replace("...", "[]"))
        else:
            walk.bind((word,), name, value=("?",))
    walk.make_local([param.name for param in found])
    return tuple(found)


_NO_TYPES = frozenset({"modifiers", "variable_declarator", "line_comment", "block_comment"})
