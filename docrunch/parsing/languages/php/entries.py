"""Entry points of PHP: routes of Laravel and of Symfony's attributes."""

from docrunch.parsing.entries.address import UNKNOWN
from docrunch.parsing.model import Entry
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Mark, Walk

MARKED = frozenset(["get", "post", "put", "patch", "delete", "options", "any", "resource", "apiResource", "group"])
_MAX_CHAIN = 16


def add_entries(walk: Walk) -> None:
    calls = [mark for mark in walk.marks if mark.node.type in ("scoped_call_expression", "member_call_expression")]
    blocks = [
        (mark.node.start_byte, mark.node.end_byte, _prefix(walk, mark.node) or _stated(walk, mark.node))
        for mark in calls
        if mark.chain[-1] == "group" and mark.chain[0].startswith("Route")
    ]
    for mark in calls:
        if mark.chain[0] in ("Route", "Route()") and mark.chain[-1] != "group":
            parts = [prefix for start, end, prefix in blocks if start < mark.node.start_byte < end and prefix]
            _laravel(walk, mark, parts)
    symbols = {(draft.line, draft.name): number for number, draft in enumerate(walk.symbols)}
    attributes = [mark for mark in walk.marks if mark.node.type == "attribute"]
    prefixes = {}
    for mark in attributes:
        number = _decorated(walk, mark.node, symbols)
        if number >= 0:
            prefixes[number] = _keywords(walk, mark.node)
    for mark in attributes:
        _symfony(walk, mark, _decorated(walk, mark.node, symbols), prefixes)


def _laravel(walk: Walk, mark: Mark, prefixes: list[str]) -> None:
    """``Route::get('/users/{id}', [UserController::class, 'show'])``"""
    places = _places(mark.node)
    path = _literal(walk, places[0]) if len(places) > 1 else None
    if path is None:
        return
    parts = [part.strip("/") for part in (*prefixes, path)]
    verb = "RESOURCES" if mark.chain[-1].endswith("esource") else mark.chain[-1].upper()
    label = f"{verb} /{'/'.join(part for part in parts if part)}"
    line = mark.node.start_point[0] + 1
    walk.entries.append(Entry("route", label[:200], line, -1, _handler(walk, places[1]), mark.scope, "laravel"))


def _handler(walk: Walk, node: Node) -> tuple[str, ...]:
    if node.type == "class_constant_access_expression":
        return _class(walk, node)
    if node.type == "array_creation_expression":
        parts = [child.named_children[0] for child in node.named_children if child.named_child_count]
        name = _literal(walk, parts[1]) if len(parts) == 2 else None
        owner = _class(walk, parts[0]) if parts else ()
        return (f"{owner[0]}()", name) if owner and name else ()
    written = _literal(walk, node)
    if written and "@" in written:
        owner_name, _, method = written.partition("@")
        return (f"{owner_name}()", method)
    return ()


def _class(walk: Walk, node: Node) -> tuple[str, ...]:
    """``X::class``"""
    if node.type != "class_constant_access_expression" or not walk.read(node).endswith("::class"):
        return ()
    return (walk.read(node.named_children[0]),)


def _prefix(walk: Walk, call: Node) -> str:
    """Of ``Route::prefix('admin')->group(…)``."""
    current: Node | None = call
    for _ in range(_MAX_CHAIN):
        current = current.child_by_field_name("object") if current is not None else None
        name = current.child_by_field_name("name") if current is not None else None
        if current is None or name is None:
            return ""
        if walk.read(name) == "prefix":
            places = _places(current)
            said = _literal(walk, places[0]) if places else ""
            return UNKNOWN if said is None else said
    return ""


def _stated(walk: Walk, call: Node) -> str:
    """Of ``Route::group(['prefix' => 'admin'], …)``."""
    places = _places(call)
    listed = places[0] if places and places[0].type == "array_creation_expression" else None
    for pair in listed.named_children if listed is not None else ():
        if pair.named_child_count == 2 and _literal(walk, pair.named_children[0]) == "prefix":
            said = _literal(walk, pair.named_children[1])
            return UNKNOWN if said is None else said
    return ""


def _symfony(walk: Walk, mark: Mark, symbol: int, told: dict[int, tuple[str, str]]) -> None:
    """``#[Route('/x', methods: ['GET'])]`` on a method; on a class it stands in front of those of its methods."""
    if symbol < 0 or not walk.symbols[symbol].complexity:
        return
    path, methods = _keywords(walk, mark.node)
    if path == UNKNOWN:
        return
    above = told.get(walk.symbols[symbol].parent, ("", ""))[0]
    parts = [part.strip("/") for part in (above, path)]
    label = f"{methods} /{'/'.join(part for part in parts if part)}".strip()
    walk.entries.append(Entry("route", label[:200], mark.node.start_point[0] + 1, symbol, framework="symfony"))


def _keywords(walk: Walk, attribute: Node) -> tuple[str, str]:
    """Path and methods of an attribute."""
    path, methods = "", ""
    for argument in _arguments(attribute):
        name = argument.child_by_field_name("name")
        value = argument.named_children[-1] if argument.named_child_count else None
        key = walk.read(name) if name is not None else ""
        if value is None:
            continue
        if key == "methods":
            inner = [child.named_children[0] for child in value.named_children if child.named_child_count]
            inner = inner if value.type == "array_creation_expression" else [value]
            methods = ",".join(found for child in inner if (found := _literal(walk, child)))
        elif key in ("", "path"):
            said = _literal(walk, value)
            path = path or (UNKNOWN if said is None else said)
    return path, methods


def _decorated(walk: Walk, attribute: Node, symbols: dict[tuple[int, str], int]) -> int:
    around = (
        attribute.parent.parent.parent if attribute.parent is not None and attribute.parent.parent is not None else None
    )
    name = around.child_by_field_name("name") if around is not None else None
    return symbols.get((name.start_point[0] + 1, walk.read(name)), -1) if name is not None else -1


def _arguments(call: Node) -> list[Node]:
    node = call.child_by_field_name("arguments") or call.child_by_field_name("parameters")
    return [child for child in node.named_children if child.type == "argument"] if node is not None else []


def _places(call: Node) -> list[Node]:
    return [argument.named_children[-1] for argument in _arguments(call) if argument.named_child_count]


def _literal(walk: Walk, node: Node) -> str | None:
    if node.type not in ("string", "encapsed_string"):
        return None
    if any(child.type not in ("string_content", "string_value", "escape_sequence") for child in node.named_children):
        return None
    return walk.read(node)[1:-1]
