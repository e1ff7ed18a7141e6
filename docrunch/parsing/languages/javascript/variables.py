"""Declarations and assignments: variables, constants, functions by assignment, CommonJS exports."""

from docrunch.parsing.languages.javascript.classes import open_class
from docrunch.parsing.languages.javascript.define import declaration_of, define
from docrunch.parsing.languages.javascript.functions import VALUES, open_function
from docrunch.parsing.languages.javascript.modules import require_declarator
from docrunch.parsing.languages.javascript.names import FUNCTIONS, chain, pattern_names, type_text
from docrunch.parsing.model import SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk


def on_variable(walk: Walk, node: Node) -> None:
    if node.type != "variable_declarator":
        walk.declaration = node
        return
    name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    if name is None:
        return
    annotation = node.child_by_field_name("type")
    called = walk.read(name)
    if value is not None and require_declarator(walk, name, value):
        if walk.scope >= 0 or walk.anonymous_end > node.start_byte:
            walk.make_local(pattern_names(called))
        return
    if name.type != "identifier":
        walk.make_local(pattern_names(called))
        if value is not None and value.type in VALUES and annotation is None:
            _bind_pattern(walk, name, chain(walk, value))
        return
    if value is not None and value.type in FUNCTIONS:
        open_function(walk, called, SymbolKind.FUNCTION, name, node, value)
        return
    if value is not None and value.type == "class":
        open_class(walk, called, name, node, value)
        return
    _bind(walk, (called,), name, annotation, value)
    if walk.in_callable() or walk.anonymous_end > node.start_byte:
        walk.make_local([called])
        return
    _plain_variable(walk, node, name, value, annotation)


def _plain_variable(walk: Walk, node: Node, name: Node, value: Node | None, annotation: Node | None) -> None:
    declaration = declaration_of(walk, node)
    constant = declaration is not None and walk.text.startswith(b"const", declaration.start_byte)
    draft = define(walk, walk.read(name), SymbolKind.CONSTANT if constant else SymbolKind.VARIABLE, name, node)
    draft.modifiers = [modifier for modifier in draft.modifiers if modifier != "const"]
    draft.type = type_text(walk, annotation)
    walk.add(draft)
    if value is not None and value.type == "object":
        walk.enter(len(walk.symbols) - 1, value.end_byte)  # its methods belong to it


def _bind(walk: Walk, target: tuple[str, ...], at: Node, annotation: Node | None, value: Node | None) -> None:
    if annotation is not None:
        walk.bind(target, at, type_=type_text(walk, annotation))
    elif value is not None and value.type in VALUES:
        held = chain(walk, value)
        if "?" not in held:
            walk.bind(target, at, value=held)


def _bind_pattern(walk: Walk, pattern: Node, value: tuple[str, ...]) -> None:
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


def on_loop(walk: Walk, node: Node) -> None:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None:
        return
    walk.make_local(pattern_names(walk.read(left)))
    operator = node.child_by_field_name("operator")
    if right is None or right.type not in VALUES or operator is None or walk.read(operator) != "of":
        return
    items = (*chain(walk, right), "[]")
    if left.type == "identifier" and "?" not in items:
        walk.bind((walk.read(left),), left, value=items)
    elif left.type in ("array_pattern", "object_pattern"):
        _bind_pattern(walk, left, items)


def on_assignment(walk: Walk, node: Node) -> None:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return
    if left.type != "member_expression":
        return
    target = chain(walk, left)
    if "?" in target:
        return
    if target[0] in ("module", "exports") and _commonjs(walk, node, target, left, right):
        return
    walk.refer("write", target, left)
    if right.type in FUNCTIONS and len(target) > 1 and target[0] not in ("window", "globalThis"):
        _function_by_assignment(walk, node, target, left, right)
    else:
        _bind(walk, target, left, None, right)


def _function_by_assignment(walk: Walk, node: Node, target: tuple[str, ...], left: Node, right: Node) -> None:
    """``Type.prototype.method = function …`` and ``object.name = function …``."""
    owner = [part for part in target[:-1] if part not in ("prototype", "this")]
    name = target[-1]
    local = ".".join([*owner, name]) if owner else walk.local_path(name)
    at = left.child_by_field_name("property") or left
    open_function(walk, name, SymbolKind.METHOD, at, node, right, local_name=local)
    draft = walk.symbols[-1]
    draft.receiver = ".".join(owner)
    draft.exported = walk.scope >= 0 and draft.parent < 0 and not name.startswith("_")


def _commonjs(walk: Walk, node: Node, target: tuple[str, ...], left: Node, right: Node) -> bool:
    """``module.exports = x``, ``module.exports = {a, b: c}``, ``exports.x = y``. False for other targets."""
    path = target[1:] if target[0] == "exports" else target[2:] if target[:2] == ("module", "exports") else None
    if path is None or len(path) > 1 or (target[0] == "exports" and not path):
        return False
    public = path[0] if path else "default"
    if right.type in FUNCTIONS or right.type == "class":
        named = right.child_by_field_name("name")
        called = walk.read(named) if named is not None else public
        at = (left.child_by_field_name("property") if path else None) or left
        walk.exports.append((public, called))
        if right.type == "class":
            open_class(walk, called, named or at, node, right)
        else:
            open_function(walk, called, SymbolKind.FUNCTION, named or at, node, right)
        walk.symbols[-1].exported = True
    elif right.type == "object" and not path:
        walk.exports.extend(_object_exports(walk, right))
    elif right.type in ("identifier", "member_expression"):
        held = chain(walk, right)
        walk.exports.append((public, ".".join(held) if "?" not in held else public))
        if held[-1] != "?":
            walk.refer("use", held, right)
    elif path:
        walk.exports.append((public, public))
        _exported_value(walk, node, left, public, right)
    return True


def _exported_value(walk: Walk, node: Node, left: Node, public: str, right: Node) -> None:
    if walk.scope < 0 and right.type not in ("assignment_expression", "unary_expression"):
        at = left.child_by_field_name("property") or left
        draft = define(walk, public, SymbolKind.CONSTANT, at, node)
        draft.exported = True
        walk.add(draft)
        _bind(walk, (public,), at, None, right)


def _object_exports(walk: Walk, value: Node) -> list[tuple[str, str]]:
    found = []
    for child in value.named_children:
        if child.type == "shorthand_property_identifier":
            found.append((walk.read(child), walk.read(child)))
        elif child.type == "pair":
            key, held = child.child_by_field_name("key"), child.child_by_field_name("value")
            if key is not None and held is not None:
                name = walk.read(key).strip("\"'")
                found.append((name, walk.read(held) if held.type == "identifier" else name))
        elif child.type == "method_definition" and (key := child.child_by_field_name("name")) is not None:
            found.append((walk.read(key), walk.read(key)))
    return found


def on_local(walk: Walk, node: Node) -> None:
    """Names that patterns and anonymous functions introduce."""
    if node.type in FUNCTIONS:
        if walk.scope >= 0 and walk.symbols[walk.scope].complexity and node.end_byte == walk.scope_end:
            return  # the function of the open symbol itself
        walk.anonymous_end = max(walk.anonymous_end, node.end_byte)
        parameters = node.child_by_field_name("parameters") or node.child_by_field_name("parameter")
        if parameters is not None:
            walk.make_local(pattern_names(walk.read(parameters)))
    else:
        walk.make_local(pattern_names(walk.read(node)))
