"""PHP parameter lists, those of closures included."""

from docrunch.parsing.draft import Draft
from docrunch.parsing.languages.php.names import attributes, type_text, words
from docrunch.parsing.model import Param, SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk
from docrunch.parsing.wording import default, signature

_UNKNOWN = ("?",)


def read_parameters(walk: Walk, parameters: Node | None) -> tuple[Param, ...]:
    """Parameters in order: ``$x``, ``&$x``, ``...$x``."""
    found: list[Param] = []
    for child in parameters.named_children if parameters is not None else ():
        name_node = child.child_by_field_name("name")
        if name_node is None or child.type == "comment":
            continue
        name = walk.read(name_node)
        if child.type == "variadic_parameter":
            name = "..." + name
        if child.child_by_field_name("reference_modifier") is not None:
            name = "&" + name
        value = child.child_by_field_name("default_value")
        found.append(
            Param(
                name,
                type_text(walk, child.child_by_field_name("type")),
                default(walk.read(value)) if value is not None else "",
            )
        )
    return tuple(found)


def bind_parameters(walk: Walk, params: tuple[Param, ...], at: Node) -> None:
    """What parameters hold in the symbol that is open; those of a closure share its scope."""
    for param in params:
        name = param.name.lstrip("&.")
        if param.type and not param.name.startswith("..."):
            walk.bind((name,), at, type_=param.type)
        else:
            walk.bind((name,), at, value=_UNKNOWN)


def on_closure(walk: Walk, node: Node) -> None:
    """Its parameters share the scope around it; what it returns is not what the function around it returns."""
    walk.anonymous_end = max(walk.anonymous_end, node.end_byte)
    bind_parameters(walk, read_parameters(walk, node.child_by_field_name("parameters")), node)


def promoted(walk: Walk, parameters: Node | None, params: tuple[Param, ...], owner: int) -> None:
    """Constructor parameters with a visibility are properties of the class ``owner``."""
    types = {param.name.lstrip("&."): param for param in params}
    parent = walk.symbols[owner]
    for child in parameters.named_children if parameters is not None else ():
        name_node = child.child_by_field_name("name")
        if child.type != "property_promotion_parameter" or name_node is None:
            continue
        name = walk.read(name_node).lstrip("&")
        draft = Draft(
            name, SymbolKind.PROPERTY, f"{parent.local_name}.{name}", owner, name_node.start_point[0] + 1, child
        )
        draft.modifiers = words(child) or ["public"]
        draft.decorators = attributes(walk, child)
        draft.exported = parent.exported and "private" not in draft.modifiers
        draft.signature = signature(walk.read(child))
        param = types.get(name)
        draft.type, draft.doc = (param.type, param.doc) if param is not None else ("", "")
        walk.add(draft)
