"""What the readers of Python frameworks share: classes, calls and their arguments."""

from collections.abc import Iterator

from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk

MAX_DEPTH = 12  # of blocks around a call that makes a table; deeper is no migration


def classes(walk: Walk, root: Node) -> Iterator[tuple[Node, Node, list[str]]]:
    """(class, body, bases as written) of the classes at the top of a file, with those inside ``if`` and ``try``."""
    for node in statements(root, MAX_DEPTH):
        while node.type == "decorated_definition" and node.child_by_field_name("definition") is not None:
            definition = node.child_by_field_name("definition")
            if definition is None:
                break
            node = definition
        body = node.child_by_field_name("body")
        if node.type == "class_definition" and body is not None:
            supers = node.child_by_field_name("superclasses")
            yield node, body, [walk.read(each) for each in supers.named_children] if supers is not None else []


def statements(block: Node, depth: int) -> Iterator[Node]:
    """The statements of a block and of the blocks inside it, functions and classes not entered."""
    pending = [(node, depth) for node in reversed(block.named_children)]
    while pending:
        node, left = pending.pop()
        yield node
        if left and node.type in _NESTING:
            inner = node.named_children
            pending += [(each, left - 1) for each in reversed(inner)]


_NESTING = frozenset(
    {
        "if_statement",
        "elif_clause",
        "else_clause",
        "try_statement",
        "except_clause",
        "with_statement",
        "for_statement",
        "block",
        "expression_statement",
    }
)


def name_of(walk: Walk, node: Node) -> str:
    found = node.child_by_field_name("name")
    return walk.read(found) if found is not None else ""


def assigned(body: Node) -> Iterator[tuple[Node, Node | None, Node | None]]:
    """(target, annotation, value) of the plain assignments in a body."""
    for statement in body.named_children:
        node = statement.named_child(0) if statement.type == "expression_statement" else None
        if node is not None and node.type == "assignment":
            left = node.child_by_field_name("left")
            if left is not None and left.type == "identifier":
                yield left, node.child_by_field_name("type"), node.child_by_field_name("right")


def function_name(walk: Walk, node: Node | None) -> str:
    """``sa.Column`` for ``sa.Column(…)``, "" for what is no call."""
    if node is None or node.type != "call":
        return ""
    function = node.child_by_field_name("function")
    return walk.read(function) if function is not None and function.type in ("identifier", "attribute") else ""


def arguments(walk: Walk, call: Node) -> tuple[list[Node], dict[str, Node]]:
    """Positional and named arguments of a call."""
    found = call.child_by_field_name("arguments")
    positional: list[Node] = []
    named: dict[str, Node] = {}
    for child in found.named_children if found is not None and found.type == "argument_list" else ():
        if child.type == "keyword_argument":
            value = child.child_by_field_name("value")
            if value is not None:
                named[name_of(walk, child)] = value
        elif child.type != "comment":
            positional.append(child)
    return positional, named


def string(walk: Walk, node: Node | None) -> str:
    """The content of a plain string, "" for anything else."""
    if node is None or node.type != "string" or any(child.type == "interpolation" for child in node.children):
        return ""
    return "".join(walk.read(child) for child in node.named_children if child.type == "string_content")


def strings(walk: Walk, node: Node | None) -> list[str]:
    """The strings in a list, tuple or set, or the one string."""
    if node is None:
        return []
    if node.type == "string":
        return [found] if (found := string(walk, node)) else []
    return [found for child in node.named_children if (found := string(walk, child))]


def is_true(walk: Walk, node: Node | None) -> bool:
    return node is not None and node.type == "true"


def is_false(walk: Walk, node: Node | None) -> bool:
    return node is not None and node.type == "false"


def line_of(node: Node) -> int:
    return node.start_point[0] + 1


def places(walk: Walk) -> dict[tuple[int, str], int]:
    """(line of the name, name) → symbol, for `symbol_at`."""
    return {(each.line, each.name): at for at, each in enumerate(walk.symbols)}


def symbol_at(walk: Walk, node: Node, known: dict[tuple[int, str], int]) -> int:
    """The symbol of a class or function, -1 without."""
    name = node.child_by_field_name("name")
    return known.get((line_of(name), walk.read(name)), -1) if name is not None else -1
