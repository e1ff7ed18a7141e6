"""Declarations and assignments: variables, constants, functions by assignment, CommonJS exports."""

from docrunch.parsing.languages.javascript.classes import open_class
from docrunch.parsing.languages.javascript.define import declaration_of, define
from docrunch.parsing.languages.javascript.frames import ScriptWalk
from docrunch.parsing.languages.javascript.functions import VALUES, open_function
from docrunch.parsing.languages.javascript.modules import require_declarator
from docrunch.parsing.languages.javascript.names import (
    FUNCTIONS,
    bind_pattern,
    chain,
    parts,
    pattern_members,
    pattern_names,
    type_text,
)
from docrunch.parsing.model import SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk


def on_variable(walk: ScriptWalk, node: Node) -> None:
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
            walk.declare(pattern_names(called), name)
        return
    if name.type != "identifier":
        walk.declare(pattern_names(called), name)
        if value is not None and value.type in VALUES and annotation is None:
            bind_pattern(walk, name, chain(walk, value))
        return
    if value is not None and value.type in FUNCTIONS:
        open_function(walk, called, SymbolKind.FUNCTION, name, node, value)
        return
    if value is not None and value.type == "class":
        open_class(walk, called, name, node, value)
        return
    _bind(walk, (called,), name, annotation, value)
    if walk.in_callable() or walk.anonymous_end > node.start_byte:
        walk.declare([called], name)
        return
    _plain_variable(walk, node, name, value, annotation)


def _plain_variable(walk: ScriptWalk, node: Node, name: Node, value: Node | None, annotation: Node | None) -> None:
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


def on_loop(walk: ScriptWalk, node: Node) -> None:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None:
        return
    walk.declare(pattern_names(walk.read(left)), left)
    operator = node.child_by_field_name("operator")
    if right is None or right.type not in VALUES or operator is None or walk.read(operator) != "of":
        return
    items = (*chain(walk, right), "[]")
    if left.type == "identifier" and "?" not in items:
        walk.bind((walk.read(left),), left, value=items)
    elif left.type in ("array_pattern", "object_pattern"):
        bind_pattern(walk, left, items)


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


def on_local(walk: ScriptWalk, node: Node) -> None:
    """Names that patterns and anonymous functions introduce."""
    if node.type in FUNCTIONS:
        if walk.scope >= 0 and walk.symbols[walk.scope].complexity and node.end_byte == walk.scope_end:
            return  # the function of the open symbol itself
        walk.anonymous_end = max(walk.anonymous_end, node.end_byte)
        walk.open_frame(node)
        _bind_parameters(walk, node)
    else:
        walk.declare(pattern_names(walk.read(node)), node)


def _bind_parameters(walk: ScriptWalk, node: Node) -> None:
    """Those of a function without a name: by their annotations, else by what it is passed for."""
    passed = walk.callbacks.pop(node.start_byte, ())
    parameters = node.child_by_field_name("parameters")
    single = node.child_by_field_name("parameter") if parameters is None else None
    found = parameters.named_children if parameters is not None else [single] if single is not None else []
    at = -1
    for child in found:
        if child.type in ("comment", "decorator"):
            continue
        at += 1
        pattern, annotation, _ = parts(child)
        walk.declare(pattern_names(walk.read(pattern).removeprefix("...")), pattern)
        if pattern.type != "identifier":
            if annotation is not None:
                walk.declare([pattern_members(walk, pattern, at, type_text(walk, annotation))], pattern)
            elif passed:
                bind_pattern(walk, pattern, (*passed[:-1], f"({passed[-1]}.{at})"))
        elif annotation is not None:
            walk.bind((walk.read(pattern),), pattern, type_=type_text(walk, annotation))
        elif passed:
            walk.bind((walk.read(pattern),), pattern, value=(*passed[:-1], f"({passed[-1]}.{at})"))
