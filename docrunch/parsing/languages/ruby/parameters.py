"""Parameters of Ruby's methods, blocks and lambdas."""

from docrunch.parsing.languages.ruby.names import make_local
from docrunch.parsing.model import Param
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk
from docrunch.parsing.wording import default, one_line

UNKNOWN = ("?",)
_PREFIXES = {
    "splat_parameter": "*",
    "hash_splat_parameter": "**",
    "block_parameter": "&",
}


def read_parameters(walk: Walk, parameters: Node | None) -> tuple[Param, ...]:
    """Parameters in order: ``a``, ``b`` with a default, ``*c``, ``d:``, ``**e``, ``&f``."""
    found: list[Param] = []
    for child in parameters.named_children if parameters is not None else ():
        kind = child.type
        if kind == "comment":
            continue
        name_node = child.child_by_field_name("name")
        if kind == "identifier":
            found.append(Param(walk.read(child)))
        elif name_node is None:
            found.append(Param(_PREFIXES.get(kind, "") or one_line(walk.read(child))))
        else:
            value = child.child_by_field_name("value")
            written = default(walk.read(value)) if value is not None else ""
            name = _PREFIXES.get(kind, "") + walk.read(name_node)
            found.append(Param(name + (":" if kind == "keyword_parameter" else ""), default=written))
    return tuple(found)


def enter_parameters(walk: Walk, parameters: Node | None, params: tuple[Param, ...]) -> None:
    """Parameters are locals of the method that is open; described ones hold what the comment says."""
    for param in params:
        name = bare(param.name)
        make_local(walk, name)
        if param.type and param.name[0] not in "*&" and parameters is not None:
            walk.bind((name,), parameters, type_=param.type)
    for child in parameters.named_children if parameters is not None else ():
        if child.type == "destructured_parameter":
            names_in(walk, child)


def bare(name: str) -> str:
    return name.lstrip("*&").removesuffix(":")


def names_in(walk: Walk, pattern: Node) -> None:
    """Every name of a pattern is a local that may hold anything."""
    level = [pattern]
    while level:
        inner: list[Node] = []
        for node in level:
            if node.type == "identifier":
                _unknown(walk, node)
            elif node.type == "keyword_pattern" and node.child_by_field_name("value") is None:
                key = node.child_by_field_name("key")
                if key is not None:
                    _unknown(walk, key)
            elif node.type in _VALUES:
                for field in ("name", "key"):
                    named = node.child_by_field_name(field)
                    if named is not None and named.type == "identifier":
                        _unknown(walk, named)
            else:
                inner += node.named_children
        level = inner


def _unknown(walk: Walk, node: Node) -> None:
    name = walk.read(node)
    make_local(walk, name)
    walk.bind((name,), node, value=UNKNOWN)


_VALUES = frozenset({"optional_parameter", "keyword_parameter"})
