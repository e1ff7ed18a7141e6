"""Names, types, modifiers and parameters of C#."""

import re

from docrunch.parsing.chains import ChainRules, chain_of
from docrunch.parsing.model import Param
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk
from docrunch.parsing.wording import default, one_line

RULES = ChainRules(
    members={
        "member_access_expression": ("expression", "name"),
        "conditional_access_expression": ("condition", ""),
        "qualified_name": ("qualifier", "name"),
        "alias_qualified_name": ("alias", "name"),
    },
    # A cast is an instance of the type it names, exactly like what a constructor returns.
    calls={
        "invocation_expression": "function",
        "object_creation_expression": "type",
        "cast_expression": "type",
        "as_expression": "right",
    },
    wrappers={
        "parenthesized_expression": "",
        "await_expression": "",
        "postfix_unary_expression": "",
        "nullable_type": "type",
        "ref_expression": "",
        "checked_expression": "",
    },
    names=frozenset({"identifier", "generic_name", "predefined_type", "this", "base"}),
)
_TYPE_ARGUMENTS = re.compile(r"<[^<>]*>")
_TESTS = frozenset(
    {"Test", "TestCase", "TestCaseSource", "Theory", "Fact", "TestMethod", "DataTestMethod", "SkippableFact"}
)


def chain(walk: Walk, node: Node) -> tuple[str, ...]:
    found = chain_of(walk.text, node, RULES, walk.chains)
    for part in found:
        if not part.isidentifier() and part != "?":
            return tuple([_part(part) for part in found if part != "global"])
    return found[1:] if found[0] == "global" and len(found) > 1 else found


def _part(part: str) -> str:
    """``Create<int>()`` → ``Create()``, ``.Maybe`` (after ``?``) → ``Maybe``, ``@class`` → ``class``."""
    called = part.endswith("()")
    name = part.removesuffix("()").split("<", 1)[0].strip(" .@\r\n\t")
    if not name.isidentifier():
        return "?"
    return name + "()" if called else name


def name_of(walk: Walk, node: Node) -> str:
    return walk.read(node).removeprefix("@")


def type_text(walk: Walk, node: Node | None) -> str:
    """A type as written in one line; "" for ``var``."""
    return one_line(walk.read(node)) if node is not None and node.type != "implicit_type" else ""


def bare(written: str) -> str:
    """``a.b.C`` from ``global::a.b.C<Map<K, V>>.D[]?``: type arguments, dimensions and marks removed."""
    while "<" in written:
        shorter = _TYPE_ARGUMENTS.sub("", written)
        if shorter == written:
            break
        written = shorter
    return written.split("[", 1)[0].removeprefix("global::").replace("@", "").strip(" ?*")


def modifiers(walk: Walk, node: Node) -> tuple[list[str], tuple[str, ...], bool]:
    """(modifier words, attributes without brackets and arguments, whether one of them marks a test)."""
    words: list[str] = []
    attributes: list[str] = []
    for child in node.children:
        kind = child.type
        if kind == "modifier":
            words.append(walk.read(child))
        elif kind == "attribute_list":
            for attribute in child.named_children:
                name = attribute.child_by_field_name("name")
                if name is not None:
                    attributes.append(bare(walk.read(name)))
        elif words or not kind.startswith("comment"):
            break
    test = any(name.rsplit(".", 1)[-1].removesuffix("Attribute") in _TESTS for name in attributes)
    return words, tuple(attributes), test


def head_start(node: Node) -> int:
    """First byte of a declaration behind its attributes."""
    for child in node.children:
        if child.type not in ("attribute_list", "comment"):
            return child.start_byte
    return node.start_byte


def read_parameters(walk: Walk, parameters: Node | None) -> tuple[Param, ...]:
    """Parameters in order, ``this``, ``ref``, ``out``, ``in`` and ``params`` in front of the type; names become local
    and are bound to their types.
    """
    if parameters is None:
        return ()
    found: list[Param] = []
    for child in parameters.named_children:
        if child.type == "parameter":
            name, type_ = child.child_by_field_name("name"), child.child_by_field_name("type")
            if name is not None:
                words = [walk.read(each) for each in child.children if each.type == "modifier"]
                found.append(_parameter(walk, name, type_, words, _default(walk, child)))
    name, type_ = parameters.child_by_field_name("name"), parameters.child_by_field_name("type")
    if name is not None and name.type == "identifier":  # the array of `params` stands in the list itself
        found.append(_parameter(walk, name, type_, ["params"], ""))
    walk.make_local([param.name for param in found])
    return tuple(found)


def _parameter(walk: Walk, name: Node, type_: Node | None, words: list[str], written: str) -> Param:
    word, held = name_of(walk, name), type_text(walk, type_)
    if held:
        walk.bind((word,), name, type_=held)
    return Param(word, " ".join([*words, held]) if held else "", written)


def _default(walk: Walk, parameter: Node) -> str:
    children = parameter.children
    for at, child in enumerate(children):
        if child.type == "=" and at + 1 < len(children):
            return default(walk.read(children[at + 1]))
    return ""
