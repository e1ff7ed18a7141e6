"""What the arguments of a call are, as far as syntax says: it tells overloads apart.

Notation (`model.Reference.labels`): "=" and a type as written where syntax shows it (literals, casts, arrays, classes),
"->" a lambda or method reference, "null", else the parts of a chain joined by dots, "?" for what is none of these.
"""

from docrunch.parsing.languages.java.names import chain, type_text
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk

_MOST = 8  # arguments; calls with more are told apart by their number
_LITERALS = {
    "string_literal": "=String",
    "text_block": "=String",
    "character_literal": "=char",
    "true": "=boolean",
    "false": "=boolean",
    "instanceof_expression": "=boolean",
    "class_literal": "=Class",
    "null_literal": "null",
    "lambda_expression": "->",
    "method_reference": "->",
}
_INTEGERS = frozenset(
    {"decimal_integer_literal", "hex_integer_literal", "octal_integer_literal", "binary_integer_literal"}
)
_COMMENTS = frozenset({"line_comment", "block_comment"})
_TRUTH = frozenset({"==", "!=", "<", ">", "<=", ">=", "&&", "||"})
_CHAINS = frozenset(
    {"identifier", "field_access", "method_invocation", "object_creation_expression", "this", "array_access"}
)


def described(walk: Walk, arguments: Node | None) -> tuple[str, ...]:
    """One word for each argument; () where none says anything."""
    given = [each for each in arguments.named_children if each.type not in _COMMENTS] if arguments is not None else []
    if not given or len(given) > _MOST:
        return ()
    words = tuple([_word(walk, each) for each in given])
    return words if any(word != "?" for word in words) else ()


def _word(walk: Walk, node: Node) -> str:
    kind = node.type
    if kind in _CHAINS:
        parts = chain(walk, node)
        return ".".join(parts) if "?" not in parts else "?"
    if kind in _LITERALS:
        return _LITERALS[kind]
    text = walk.text[node.start_byte : node.end_byte]
    if kind in _INTEGERS:
        return "=long" if text[-1:] in b"lL" else "=int"
    if kind == "decimal_floating_point_literal":
        return "=float" if text[-1:] in b"fF" else "=double"
    if kind == "cast_expression":
        return "=" + type_text(walk, node.child_by_field_name("type"))
    if kind == "array_creation_expression":
        return _array(walk, node)
    if kind == "parenthesized_expression" and node.named_child_count:
        inner = node.named_children[0]
        return _word(walk, inner) if inner.type != "parenthesized_expression" else "?"
    return _operation(walk, node)


def _array(walk: Walk, node: Node) -> str:
    depth = sum(1 for child in node.children if child.type == "dimensions_expr")
    depth += sum(walk.read(child).count("[") for child in node.children if child.type == "dimensions")
    return "=" + type_text(walk, node.child_by_field_name("type")) + "[]" * depth


def _operation(walk: Walk, node: Node) -> str:
    if node.type == "unary_expression":
        return "=boolean" if node.children[0].type == "!" else _number(walk, node)
    if node.type != "binary_expression" or len(node.children) != 3:
        return "?"
    if node.children[1].type in _TRUTH:
        return "=boolean"
    if node.children[1].type != "+":
        return "?"
    left, right = node.children[0], node.children[2]
    while left.type == "binary_expression" and len(left.children) == 3 and right.type != "string_literal":
        left, right = left.children[0], left.children[2]
    return "=String" if "string_literal" in (left.type, right.type) else "?"


def _number(walk: Walk, node: Node) -> str:
    inner = node.named_children[-1] if node.named_child_count else node
    return _word(walk, inner) if inner.type in _INTEGERS or inner.type == "decimal_floating_point_literal" else "?"
