"""TypeScript parameter properties: ``constructor(private readonly client: Client)`` declares a field."""

from docrunch.parsing.draft import Draft
from docrunch.parsing.languages.javascript.names import head_modifiers, type_text
from docrunch.parsing.model import SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk
from docrunch.parsing.wording import signature


def parameter_properties(walk: Walk, constructor: Node, class_index: int) -> None:
    """Fields that the parameters of a constructor declare, and what they hold."""
    parameters = constructor.child_by_field_name("parameters")
    if parameters is None or class_index < 0:
        return
    owner = walk.symbols[class_index]
    for child in parameters.named_children:
        pattern = child.child_by_field_name("pattern")
        if pattern is None or pattern.type != "identifier":
            continue
        modifiers = head_modifiers(walk, child.start_byte, pattern.start_byte)
        if not modifiers:
            continue
        name = walk.read(pattern)
        line = pattern.start_point[0] + 1
        draft = Draft(name, SymbolKind.PROPERTY, f"{owner.local_name}.{name}", class_index, line, child)
        draft.modifiers = modifiers
        draft.type = type_text(walk, child.child_by_field_name("type"))
        draft.signature = signature(walk.read(child))
        draft.exported = owner.exported and "private" not in modifiers
        walk.add(draft)
        if draft.type:
            walk.bind(("this", name), child, type_=draft.type)
