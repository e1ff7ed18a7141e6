"""Names, chains, heads and parameters of JavaScript and TypeScript."""

import re
from functools import lru_cache

from docrunch.parsing.chains import ChainRules, chain_of
from docrunch.parsing.model import Param, SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk
from docrunch.parsing.wording import default, one_line

RULES = ChainRules(
    members={"member_expression": ("object", "property"), "nested_identifier": ("object", "property")},
    calls={"call_expression": "function", "new_expression": "constructor"},
    wrappers={
        "await_expression": "",
        "parenthesized_expression": "",
        "non_null_expression": "",
        "as_expression": "",
        "satisfies_expression": "",
        "instantiation_expression": "",
    },
    names=frozenset({"identifier", "this", "super", "import", "shorthand_property_identifier", "property_identifier"}),
    marks={"subscript_expression": ("object", "[]")},
)
FUNCTIONS = frozenset({"arrow_function", "function_expression", "generator_function"})
IDENTIFIER = re.compile(r"[A-Za-z_$\u0080-\uffff][\w$]*")
_MODIFIERS = frozenset(
    {"async", "static", "abstract", "readonly", "private", "protected", "public", "override", "declare", "const"}
)
_ACCESSORS = {"get": "getter", "set": "setter"}
_HEAD_CHARACTERS = 200
_DEFAULT = re.compile(r"=[^,}\]]*")
_KEY = re.compile(r"[\w$]+\s*:(?!:)")


def chain(walk: Walk, node: Node) -> tuple[str, ...]:
    return chain_of(walk.text, node, RULES, walk.chains)


def property_name(walk: Walk, node: Node) -> str:
    """``x``, ``#x``, ``"x-y"`` without quotes, ``[Symbol.iterator]`` as written."""
    return one_line(walk.read(node)).strip("\"'")


def pattern_names(source: str) -> list[str]:
    """Names that a binding pattern introduces: keys and default values left out."""
    return IDENTIFIER.findall(_KEY.sub("", _DEFAULT.sub("", source)) if "{" in source or "=" in source else source)


def type_text(walk: Walk, node: Node | None) -> str:
    return one_line(walk.read(node).lstrip(":")) if node is not None else ""


def head_modifiers(walk: Walk, start: int, name_start: int) -> list[str]:
    """Modifier words between the start of a definition and its name."""
    if start == name_start:
        return []
    return list(_modifiers(walk.slice(start, name_start)[-_HEAD_CHARACTERS:]))


@lru_cache(maxsize=1024)
def _modifiers(head: str) -> tuple[str, ...]:
    words = head.replace("*", " * ").split()
    found = [word for word in words if word in _MODIFIERS]
    found += [_ACCESSORS[word] for word in words if word in _ACCESSORS]
    if "*" in words:
        found.append("generator")
    return tuple(found)


def read_parameters(walk: Walk, owner: Node) -> tuple[Param, ...]:
    """Parameters of a function-like node; annotated ones and parameter properties become bindings.

    The scope must already be that of the function.
    """
    parameters = owner.child_by_field_name("parameters")
    if parameters is None:
        single = owner.child_by_field_name("parameter")  # x => …
        if single is None:
            return ()
        walk.make_local([walk.read(single)])
        return (Param(walk.read(single)),)
    found = []
    for child in parameters.named_children:
        if child.type in ("comment", "decorator"):
            continue
        pattern, annotation, value = parts(child)
        type_ = type_text(walk, annotation)
        written = one_line(walk.read(pattern))
        found.append(
            Param(written, type_, default(walk.read(value)) if value is not None and value.id != pattern.id else "")
        )
        walk.make_local(pattern_names(written.removeprefix("...")))
        if type_ and pattern.type == "identifier":
            walk.bind((written,), child, type_=type_)
        elif type_ and pattern.type in ("object_pattern", "array_pattern"):
            pattern_members(walk, pattern, len(found), type_)
    return tuple(found)


def bind_pattern(walk: Walk, pattern: Node, value: tuple[str, ...]) -> None:
    """``{a, b: c} = value`` and ``[a, b] = value``; patterns inside patterns are left out."""
    if "?" in value:
        return
    for at, child in enumerate(pattern.named_children):
        part, name = f"[{at}]", child
        if child.type == "shorthand_property_identifier_pattern":
            part = walk.read(child)
        elif child.type == "pair_pattern":
            key, held = child.child_by_field_name("key"), child.child_by_field_name("value")
            if key is None or held is None or key.type != "property_identifier":
                continue
            part, name = walk.read(key), held
        elif pattern.type != "array_pattern":
            continue
        if name.type in ("identifier", "shorthand_property_identifier_pattern"):
            walk.bind((walk.read(name),), name, value=(*value, part))


def pattern_members(walk: Walk, pattern: Node, at: int, type_: str) -> str:
    """``{a, b}: Options`` as a parameter: its members are those of something nameless that has the type.

    Returns: how that is called.
    """
    nameless = f"{{}}{at}"
    walk.bind((nameless,), pattern, type_=type_)
    bind_pattern(walk, pattern, (nameless,))
    return nameless


def read_type_parameters(walk: Walk, owner: Node) -> tuple[Param, ...]:
    """``<T extends Bound = Default>``."""
    written = owner.child_by_field_name("type_parameters")
    found: list[Param] = []
    for child in written.named_children if written is not None else ():
        name = child.child_by_field_name("name")
        if child.type == "type_parameter" and name is not None:
            bound, default_type = child.child_by_field_name("constraint"), child.child_by_field_name("value")
            found.append(
                Param(
                    walk.read(name),
                    type_text(walk, bound).removeprefix("extends").strip(),
                    type_text(walk, default_type).lstrip("= "),
                )
            )
    return tuple(found)


def type_arguments(walk: Walk, written: Node | None) -> tuple[str, ...]:
    return tuple(type_text(walk, child) for child in written.named_children) if written is not None else ()


def parts(parameter: Node) -> tuple[Node, Node | None, Node | None]:
    """Pattern, annotation and default value. One look at the children where they are plain, since each look-up by
    field goes through them again."""
    if parameter.type == "identifier":
        return parameter, None, None
    children = parameter.children
    if len(children) == 2 and children[1].type == "type_annotation":
        return children[0], children[1], None
    field = parameter.child_by_field_name
    pattern = field("pattern") or field("left") or parameter
    return pattern, field("type"), field("value") or field("right")


def is_type(kind: SymbolKind) -> bool:
    return kind in (SymbolKind.CLASS, SymbolKind.INTERFACE, SymbolKind.ENUM)
