"""What Ruby's locals, instance variables and constants hold, as far as syntax shows.

Every assignment of a local counts: one that shows nothing makes the name unknown, since a wrong type gives wrong
edges. `forget_unknown` drops what says nothing at all.
"""

from docrunch.parsing.languages.ruby.declarations import add_superclass, fields, on_constant, open_type
from docrunch.parsing.languages.ruby.names import chain, constant_parts, make_local
from docrunch.parsing.languages.ruby.parameters import UNKNOWN, names_in
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import CALLABLE_KINDS, Walk

_SILENT = frozenset({"nil", "array", "hash"})  # what people initialise with before they know
_CHOICES = 8  # branches of one expression that are looked at
_MAKERS = {
    ("Struct", "new"): "class",
    ("Class", "new"): "class",
    ("Module", "new"): "module",
    ("Data", "define"): "class",
}
_WITH_MORE = frozenset({"each_with_index", "each_with_object", "map_with_index"})
_ITERATOR_WORDS = """
    each map flat_map select filter reject find detect all? any? none? one? sort_by group_by partition min_by max_by
    sum each_entry reverse_each collect find_all filter_map take_while drop_while find_index count uniq to_h
    index_by delete_if keep_if select! reject! map!
"""
ITERATORS = _WITH_MORE | frozenset(_ITERATOR_WORDS.split())
_WRITABLE = frozenset({"instance_variable", "class_variable"})


def on_assignment(walk: Walk, node: Node) -> None:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None:
        return
    kind = left.type
    if kind in ("constant", "scope_resolution"):
        _constant(walk, node, left, right)
    elif kind == "identifier":
        name = walk.read(left)
        if node.type == "operator_assignment" and _operator(node) not in ("||=", "&&="):
            make_local(walk, name)
            return
        _hold(walk, (name,), left, right)
        make_local(walk, name)
    elif kind in _WRITABLE:
        _hold(walk, chain(walk, left), left, right)
    elif kind == "call":
        _set(walk, node, left)
    elif kind == "left_assignment_list":
        _several(walk, node, left)


def _operator(node: Node) -> str:
    operator = node.child_by_field_name("operator")
    return operator.type if operator is not None else "="


def _constant(walk: Walk, node: Node, left: Node, right: Node | None) -> None:
    walk.seen.add(left.start_byte)
    parts = constant_parts(walk, left)
    parent = walk.parent
    if not parts or (parent is not None and parent.kind in CALLABLE_KINDS):
        return
    made = _made(walk, right)
    if made and right is not None:
        walk.seen.update((-right.end_byte, right.start_byte))  # the call that makes the class
        draft = open_type(walk, node, left, parts, made[1])
        if made[0] in ("Struct", "Data"):
            fields(walk, right)
            add_superclass(walk, draft, right.child_by_field_name("receiver") or right)
        else:
            arguments = right.child_by_field_name("arguments")
            if arguments is not None and arguments.named_child_count and made[1] == "class":
                add_superclass(walk, draft, arguments.named_children[0])
        return
    on_constant(walk, node, left, parts)
    if len(parts) == 1:
        _hold(walk, parts, left, right)


def _made(walk: Walk, right: Node | None) -> tuple[str, str] | None:
    """("Struct", "class") for ``Struct.new(…)`` and the like."""
    if right is None or right.type != "call":
        return None
    receiver, method = right.child_by_field_name("receiver"), right.child_by_field_name("method")
    if receiver is None or method is None or receiver.type not in ("constant", "scope_resolution"):
        return None
    maker = walk.read(receiver).removeprefix("::")
    kind = _MAKERS.get((maker, walk.read(method)))
    return (maker, kind) if kind is not None else None


def _hold(walk: Walk, target: tuple[str, ...], at: Node, value: Node | None) -> None:
    for branch in _branches(value):
        if branch.type in _SILENT:
            continue
        held = chain(walk, branch)
        if held != target:
            walk.bind(target, at, value=UNKNOWN if "?" in held else held)


def _branches(value: Node | None) -> list[Node]:
    """The alternatives of ``a || b`` and ``c ? a : b``."""
    found: list[Node] = []
    waiting = [value] if value is not None else []
    while waiting and len(found) + len(waiting) <= _CHOICES:
        node = waiting.pop()
        kind = node.type
        if kind == "parenthesized_statements" and node.named_child_count == 1:
            waiting.append(node.named_children[0])
        elif kind == "conditional":
            sides = [node.child_by_field_name("consequence"), node.child_by_field_name("alternative")]
            waiting += [side for side in sides if side is not None]
        elif kind == "binary" and _operator(node) in ("||", "or"):
            sides = [node.child_by_field_name("left"), node.child_by_field_name("right")]
            waiting += [side for side in sides if side is not None]
        else:
            found.append(node)
    return found + waiting


def _set(walk: Walk, node: Node, left: Node) -> None:
    """``a.b = c`` calls ``b=``; ``a.b ||= c`` calls ``b`` as well."""
    target = chain(walk, left)
    name = target[-1].removesuffix("()")
    if node.type == "assignment":
        walk.seen.add(-left.end_byte)  # no call of the reader
    if name != "?" and len(target) > 1:
        walk.refer("call", (*target[:-1], name + "="), left.child_by_field_name("method") or left, 1)


def _several(walk: Walk, node: Node, left: Node) -> None:
    for child in left.named_children:
        if child.type == "constant":
            walk.seen.add(child.start_byte)
            parent = walk.parent
            if parent is None or parent.kind not in CALLABLE_KINDS:
                on_constant(walk, node, child, (walk.read(child),))
        elif child.type in _WRITABLE:
            walk.bind(chain(walk, child), child, value=UNKNOWN)
        elif child.type == "call":
            _set(walk, node, child)
        elif child.type in ("identifier", "splat_argument", "rest_assignment", "destructured_left_assignment"):
            names_in(walk, child)


def bind_items(walk: Walk, receiver: Node, method: str, block: Node) -> None:
    """``items.each { |item| … }``: the item is an element of the items. Args: ``method``: one of `ITERATORS`."""
    parameters = block.child_by_field_name("parameters")
    if parameters is None or not parameters.named_child_count:
        return
    first, *others = parameters.named_children
    items = chain(walk, receiver)
    if first.type != "identifier" or "?" in items or (others and method not in _WITH_MORE):
        return
    walk.seen.add(parameters.start_byte)
    name = walk.read(first)
    make_local(walk, name)
    walk.bind((name,), first, value=(*items, "[*]"))
    for other in others:
        names_in(walk, other)


def on_exception(walk: Walk, node: Node) -> None:
    """``rescue A => e``."""
    make_local(walk, walk.read(node))
    walk.bind((walk.read(node),), node, value=UNKNOWN)


def on_return(walk: Walk, node: Node) -> None:
    """What a method gives: the values of ``return``, and its last expression."""
    kind = node.type
    if kind == "comment" or kind == "yield" or not walk.in_callable():
        return
    values: list[Node] = [node]
    if kind == "return":
        listed = node.named_children[0].named_children if node.named_child_count else []
        if not listed:
            return
        values = listed if len(listed) == 1 else []
    branches = [branch for value in values for branch in _branches(_assigned(value))]
    if not branches:
        walk.bind_return(node, UNKNOWN)
    for branch in branches:
        if branch.type not in ("nil", "return"):
            held = chain(walk, branch)
            walk.bind_return(node, UNKNOWN if "?" in held else held)


def _assigned(node: Node) -> Node:
    """``@x ||= Foo.new`` gives what the variable holds."""
    if node.type in ("assignment", "operator_assignment"):
        left = node.child_by_field_name("left")
        if left is not None and left.type in _WRITABLE:
            return left
        return node.child_by_field_name("right") or node
    return node


def forget_unknown(walk: Walk) -> None:
    """Keep the unknown values of a name only beside known ones."""
    known = {(each.scope, each.target) for each in walk.bindings if each.value != UNKNOWN}
    walk.bindings = [each for each in walk.bindings if (each.scope, each.target) in known]
