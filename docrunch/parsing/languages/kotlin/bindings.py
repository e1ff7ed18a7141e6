"""What the variables of Kotlin hold: those of declarations, loops, `when`, catches and lambdas."""

from docrunch.parsing.languages.kotlin.names import (
    TYPES,
    chain,
    child_of,
    declared,
    parameters,
    passed,
    type_text,
    word_of,
)
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk

_LOOP_HEADS = frozenset({"variable_declaration", "multi_variable_declaration", "label", "annotation", "block_comment"})


def on_assignment(walk: Walk, node: Node) -> None:
    kind = node.type
    if kind == "assignment":
        left = node.child_by_field_name("left")
        target = chain(walk, left) if left is not None else ("?",)
        if "?" not in target:
            walk.refer("write", target, node)
    elif kind == "property_declaration":
        _bind(walk, declared(walk, node), value_of(walk, node))
    elif kind == "for_statement":
        iterated = next((child for child in node.named_children if child.type not in _LOOP_HEADS), None)
        _bind(walk, declared(walk, node), iterated, element=True)
    elif kind == "when_subject":
        _bind(walk, declared(walk, node), node.named_children[-1])
    else:  # catch_block
        name = child_of(node, "identifier")
        if name is not None:
            _bind(walk, [(name, type_text(walk, child_of(node, *TYPES)))], None)


def _bind(walk: Walk, variables: list[tuple[Node, str]], value: Node | None, *, element: bool = False) -> None:
    """Where neither type nor value is known, the binding says so: other declarations of the name must not decide."""
    walk.make_local([word_of(walk, name) for name, _ in variables])
    held = chain(walk, value) if value is not None else ("?",)
    if element and held != ("?",):
        held = (*held, "[*]")
    for place, (name, type_) in enumerate(variables):
        if type_:
            walk.bind((word_of(walk, name),), name, type_=type_)
        elif len(variables) == 1 or held == ("?",):
            walk.bind((word_of(walk, name),), name, value=held)
        else:
            walk.bind((word_of(walk, name),), name, value=(*held, f"[{place}]"))


def on_local(walk: Walk, node: Node) -> None:
    if node.type == "lambda_literal":
        _lambda(walk, node)
    elif node.type == "function_value_parameters":
        parameters(walk, node)
    else:
        walk.make_local([word_of(walk, node)])


def _lambda(walk: Walk, node: Node) -> None:
    """Its parameters hold what the function that it is given to is known to pass on."""
    named = child_of(node, "lambda_parameters")
    if named is None and walk.text.find(b"it", node.start_byte, node.end_byte) < 0:
        return
    around = node.parent.parent if node.parent is not None else None
    held = passed(walk, around) if around is not None and around.type == "call_expression" else ("?",)
    variables = declared(walk, named) if named is not None else []
    if named is None:
        walk.make_local(["it"])
        walk.bind(("it",), node, value=held)
    elif len(variables) == 1 and not variables[0][1]:
        word = word_of(walk, variables[0][0])
        walk.make_local([word])
        walk.bind((word,), node, value=held)
    else:
        _bind(walk, variables, None)


def value_of(walk: Walk, node: Node) -> Node | None:
    """What a property holds: its initialiser, what ``by lazy`` makes, the expression of its getter."""
    children = node.children
    for place, child in enumerate(children):
        if child.type == "=" and place + 1 < len(children):
            return children[place + 1]
        if child.type == "property_delegate":
            return _lazy(walk, child)
        if child.type == "getter":
            body = child_of(child, "function_body")
            return body.children[-1] if body is not None and body.children[0].type == "=" else None
    return None


def _lazy(walk: Walk, delegate: Node) -> Node | None:
    call = child_of(delegate, "call_expression")
    if call is None or not walk.text.startswith(b"lazy", call.start_byte):
        return None
    if call.children[-1].type != "annotated_lambda":
        return None
    made = child_of(call.children[-1], "lambda_literal")
    return made.named_children[-1] if made is not None and made.named_child_count else None
