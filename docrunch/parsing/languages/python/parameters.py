"""Python parameter lists."""

from docrunch.parsing.model import Param
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk
from docrunch.parsing.wording import default, one_line

_SKIPPED = frozenset({"comment", "keyword_separator", "positional_separator"})


def read_parameters(walk: Walk, parameters: Node) -> tuple[Param, ...]:
    """Parameters in order, ``*args`` and ``**kwargs`` with their stars; annotated ones become bindings."""
    found: list[Param] = []
    names: list[str] = []
    for child in parameters.named_children:
        kind = child.type
        if kind == "identifier":
            found.append(Param(walk.read(child)))
        elif kind in _SKIPPED:
            continue
        elif kind == "typed_parameter":
            type_ = _field(walk, child, "type")
            found.append(Param(walk.read(child.named_child(0)), type_))
        elif kind in ("default_parameter", "typed_default_parameter"):
            value = child.child_by_field_name("value")
            found.append(
                Param(
                    _field(walk, child, "name"),
                    _field(walk, child, "type"),
                    default(walk.read(value)) if value is not None else "",
                )
            )
        else:
            found.append(Param(one_line(walk.read(child))))
        name = found[-1].name.lstrip("*")
        names.append(name)
        if found[-1].type and not found[-1].name.startswith("*"):
            walk.bind((name,), child, type_=found[-1].type)
    walk.make_local(names)
    return tuple(found)


def _field(walk: Walk, node: Node, name: str) -> str:
    found = node.child_by_field_name(name)
    return one_line(walk.read(found)) if found is not None else ""
