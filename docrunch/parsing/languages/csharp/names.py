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
    marks={"element_access_expression": ("expression", "[]")},
    types=frozenset({"object_creation_expression", "cast_expression", "as_expression"}),
)
_ODD = re.compile(r"[^\w()\[\]?:]")
_TYPE_ARGUMENTS = re.compile(r"<[^<>]*>")
_TESTS = frozenset(
    {"Test", "TestCase", "TestCaseSource", "Theory", "Fact", "TestMethod", "DataTestMethod", "SkippableFact"}
)


def chain(walk: Walk, node: Node) -> tuple[str, ...]:
    found = chain_of(walk.text, node, RULES, walk.chains)
    for part in found:
        if _ODD.search(part) is not None:
            found = tuple([_part(part) for part in found])
            break
    return found[1:] if found[0] == "global" and len(found) > 1 else found


def _part(part: str) -> str:
    """``Create<int>()`` → ``Create()``, ``:Box<int>`` → ``:Box`1``, ``.Maybe`` (after ``?``) → ``Maybe``."""
    called = "()" if part.endswith("()") else ""
    written, _, arguments = part.removesuffix("()").partition("<")
    mark = ":" if written[:1] == ":" else ""
    name = written.strip(": .@\r\n\t")
    if name == "[]":
        return name + called
    if not name.isidentifier():
        return "?"
    arity = f"`{_arity(arguments)}" if mark and arguments else ""
    return f"{mark}{name}{arity}{called}"


def _arity(arguments: str) -> int:
    """How many type arguments ``A, B<C, D>>`` lists."""
    depth, count = 0, 1
    for character in arguments.removesuffix(">"):
        if character in "<([":
            depth += 1
        elif character in ">)]":
            depth -= 1
        elif character == "," and not depth:
            count += 1
    return count


def type_chain(written: str) -> tuple[str, ...]:
    """The chain of a type as written: ``global::a.Box<int>[]`` → ("a", ":Box`1"). Arrays and the like are dropped."""
    head, _, arguments = written.partition("<")
    parts = [part.strip(" @?*\r\n\t") for part in head.removeprefix("global::").split("[", 1)[0].split(".")]
    if not all(part.isidentifier() for part in parts):
        return tuple(":" * (at == len(parts) - 1) + part for at, part in enumerate(bare(written).split(".")))
    end = arguments.rfind(">")
    outer = arguments[: end + 1] if end >= 0 else arguments
    rest = arguments[end + 1 :] if end >= 0 else ""
    if rest.strip(" ?*[],").startswith("."):  # ``Outer<T>.Inner``
        return (*parts, *type_chain(rest.strip(" ?*").removeprefix(".")))
    parts[-1] = f":{parts[-1]}`{_arity(outer)}" if arguments else ":" + parts[-1]
    return tuple(parts)


def type_arguments(written: str) -> tuple[str, ...]:
    """``("K", "V")`` of ``Map<K, V>``."""
    _, _, inner = written.partition("<")
    found: list[str] = []
    depth = start = 0
    inner = inner.rstrip().removesuffix(">")
    for at, character in enumerate(inner):
        if character in "<([":
            depth += 1
        elif character in ">)]":
            depth -= 1
        elif character == "," and not depth:
            found.append(inner[start:at].strip())
            start = at + 1
    last = inner[start:].strip()
    return (*found, last) if last else tuple(found)


def type_parameters(walk: Walk, node: Node) -> tuple[Param, ...]:
    """Of a type, delegate or method, each with the first type that a ``where`` clause asks for."""
    listed = next((child for child in node.named_children if child.type == "type_parameter_list"), None)
    if listed is None:
        return ()
    bounds: dict[str, str] = {}
    for clause in node.named_children:
        if clause.type != "type_parameter_constraints_clause" or not clause.named_child_count:
            continue
        for constraint in clause.named_children[1:]:
            type_ = constraint.child_by_field_name("type")
            if type_ is not None:
                bounds.setdefault(walk.read(clause.named_children[0]), type_text(walk, type_))
    names = [child.child_by_field_name("name") for child in listed.named_children if child.type == "type_parameter"]
    return tuple(Param(word, bounds.get(word, "")) for name in names if name is not None and (word := walk.read(name)))


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
        if child.type not in ("attribute_list", "comment") and not child.type.startswith("preproc"):
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
