"""Names, types and chains of PHP.

Variables and properties keep their ``$``, so that ``$this->name`` and ``$this->name()`` are two names; ``$this`` itself
is ``this``. Class names stay as written, backslashes included: ``\\Foo\\Bar::make()`` is ("\\Foo\\Bar", "make").
"""

from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk
from docrunch.parsing.wording import one_line

_MAX_PARTS = 32
_METHOD_CALLS = {
    "member_call_expression": "object",
    "nullsafe_member_call_expression": "object",
    "scoped_call_expression": "scope",
}
_MEMBERS = frozenset({"member_access_expression", "nullsafe_member_access_expression"})
_NAMES = frozenset({"name", "qualified_name", "relative_name", "relative_scope"})
_CLONES = frozenset({"parenthesized_expression", "clone_expression"})
BUILTIN_TYPES = frozenset(
    b"self static parent null true false int float string bool array object mixed void never iterable callable".split()
)
VAGUE_TYPES = frozenset({"", "array", "iterable", "object", "mixed", "callable", "?array", "?object", "?iterable"})


def chain(walk: Walk, node: Node) -> tuple[str, ...]:
    """The chain of an expression, outermost part last; longer ones than 32 parts keep their end behind a "?"."""
    cache = walk.chains
    known = cache.get((node.start_byte, node.end_byte))
    if known is not None:
        return known
    parts: list[str] = []
    inside: list[tuple[tuple[int, int], int]] = []  # (byte range of a call, parts outside it)
    called = ""
    current: Node | None = node
    while current is not None:
        kind = current.type
        if len(parts) >= _MAX_PARTS:
            parts.append("?")
            break
        if kind in _METHOD_CALLS:
            inside.append(((current.start_byte, current.end_byte), len(parts)))
            parts.append(_member(walk, current.child_by_field_name("name")) + "()" + called)
            called = ""
            current = current.child_by_field_name(_METHOD_CALLS[kind])
        elif kind in _MEMBERS:
            name = _member(walk, current.child_by_field_name("name"))
            parts.append(f"${name}{called}" if name != "?" else "?")
            called = ""
            current = current.child_by_field_name("object")
        elif kind == "scoped_property_access_expression":
            name_node = current.child_by_field_name("name")
            plain = name_node is not None and name_node.type == "variable_name"
            parts.append(walk.read(name_node) + called if plain and name_node is not None else "?")
            called = ""
            current = current.child_by_field_name("scope")
        elif kind == "function_call_expression":
            called = "()" + called
            current = current.child_by_field_name("function")
        elif kind == "class_constant_access_expression" and current.named_child_count == 2:
            parts.append(walk.read(current.named_children[1]) + called)
            called = ""
            current = current.named_children[0]
        elif kind == "subscript_expression" and current.named_child_count:
            parts.append("[]" + called)
            called = ""
            current = current.named_children[0]
        elif kind in _CLONES:
            current = current.named_children[0] if current.named_child_count else None
        elif kind == "assignment_expression":
            current = current.child_by_field_name("right")
        else:
            parts.append(_last(walk, current, kind, called))
            break
    parts = [part if part.count("()") < 2 else "?" for part in parts]  # what a returned closure returns is not known
    parts.reverse()
    for span, outer in inside:
        cache[span] = tuple(parts[: len(parts) - outer])
    return tuple(parts) or ("?",)


def _last(walk: Walk, node: Node, kind: str, called: str) -> str:
    if kind == "variable_name":
        name = walk.read(node)
        return (name if name != "$this" else "this") + called
    if kind in _NAMES:
        return walk.read(node) + called
    if kind == "object_creation_expression":
        name = created(walk, node)
        return name + "()" + called if name else "?"
    return "?"


def _member(walk: Walk, node: Node | None) -> str:
    return walk.read(node) if node is not None and node.type == "name" else "?"


def created(walk: Walk, node: Node) -> str:
    """The class of ``new Foo``, "" where it is computed or has no name."""
    for child in node.named_children:
        if child.type in _NAMES:
            return walk.read(child)
        if child.type not in ("comment", "attribute_list"):
            break
    return ""


def type_text(walk: Walk, node: Node | None) -> str:
    return one_line(walk.read(node)) if node is not None else ""


def words(node: Node) -> list[str]:
    """Modifier words of a declaration."""
    found: list[str] = []
    for child in node.children:
        kind = child.type
        if kind.endswith("_modifier"):
            if kind == "visibility_modifier":
                if child.named_child_count == 0:  # not `private(set)`
                    found.append(child.children[0].type)
            elif kind not in ("var_modifier", "reference_modifier"):
                found.append(kind.removesuffix("_modifier"))
    return found


def attributes(walk: Walk, node: Node) -> tuple[str, ...]:
    """Names of the attributes in front of a declaration, without arguments."""
    listed = node.child_by_field_name("attributes")
    if listed is None:
        return ()
    return tuple(
        walk.read(attribute.named_children[0])
        for group in listed.named_children
        for attribute in group.named_children
        if attribute.type == "attribute" and attribute.named_child_count
    )
