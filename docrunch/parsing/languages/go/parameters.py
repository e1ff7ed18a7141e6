"""Go parameter lists and receivers."""

import re

from docrunch.parsing.model import Param
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk
from docrunch.parsing.wording import one_line

_TYPES = frozenset(
    {
        "type_identifier",
        "pointer_type",
        "qualified_type",
        "slice_type",
        "interface_type",
        "function_type",
        "map_type",
        "generic_type",
        "channel_type",
    }
)
_RECEIVER = re.compile(r"\(\s*(?:\w+\s+)?\*?\s*(\w+)")


def receiver_type(walk: Walk, parameters: Node) -> str:
    """``T`` from ``(t *T[K])`` and ``(T)``."""
    found = _RECEIVER.match(walk.read(parameters))
    return found[1] if found is not None else ""


def read_parameters(walk: Walk, parameters: Node) -> tuple[Param, ...]:
    """Parameters in order; names become local and bound to their types. Unnamed ones have the name "_"."""
    found: list[Param] = []
    for child in parameters.named_children:
        if child.type not in ("parameter_declaration", "variadic_parameter_declaration"):
            continue
        name_nodes, type_node = _names_and_type(child)
        type_ = one_line(walk.read(type_node)) if type_node is not None else ""
        if child.type == "variadic_parameter_declaration":
            type_ = "..." + type_
        if not name_nodes:
            found.append(Param("_", type_))
            continue
        names = [walk.read(name) for name in name_nodes]
        for name in names:
            found.append(Param(name, type_))
            if name != "_":
                walk.bind((name,), child, type_=type_)
        walk.make_local(names)
    return tuple(found)


def read_type_parameters(walk: Walk, owner: Node) -> tuple[Param, ...]:
    """``[K comparable, V any]``."""
    written = owner.child_by_field_name("type_parameters")
    found: list[Param] = []
    for child in written.named_children if written is not None else ():
        bound = child.child_by_field_name("type")
        names = [walk.read(name) for name in child.children_by_field_name("name") if name.is_named]
        found += [Param(name, one_line(walk.read(bound)) if bound is not None else "") for name in names]
    return tuple(found)


def _names_and_type(declaration: Node) -> tuple[list[Node], Node | None]:
    """One look at the children where they are plain, since each look-up by field goes through them again."""
    *names, last = declaration.named_children or (declaration,)
    if last.type in _TYPES and all(name.type == "identifier" for name in names):
        return names, last
    written = [name for name in declaration.children_by_field_name("name") if name.is_named]
    return written, declaration.child_by_field_name("type")
