"""Chains, labels, types and modifiers of Swift."""

import re

from docrunch.parsing.model import Param
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk
from docrunch.parsing.wording import default, one_line

_PLAIN = re.compile(rb"[^\W\d]\w*(?:[?!]?\.[^\W\d]\w*)*\Z")
_PLAIN_BYTES = 200
_OPENING_BRACKET, _BRACKET = b"[]"
_MAX_PARTS = 32  # as in `docrunch.parsing.chains`
_UNWRAPPED = {
    "try_expression": "expr",
    "await_expression": "expr",
    "postfix_expression": "target",
}
_LAST_OPERANDS = {
    **dict.fromkeys(("additive_expression", "multiplicative_expression", "infix_expression"), "rhs"),
    **dict.fromkeys(("equality_expression", "comparison_expression", "bitwise_operation"), "rhs"),
    **dict.fromkeys(("conjunction_expression", "disjunction_expression"), "rhs"),
    "nil_coalescing_expression": "if_nil",
    "range_expression": "end",
    "ternary_expression": "if_false",
}
_NAMES = frozenset({"simple_identifier", "self_expression", "super_expression", "type_identifier"})
_TYPE_PREFIX = re.compile(
    r"^(?:@\w+(?:\([^()]*\))?\s+|(?:inout|some|any|borrowing|consuming|sending|isolated|__owned|__shared)\s+)+"
)
_TYPE_ARGUMENTS = re.compile(r"<[^<>]*>")
_ACCESS = frozenset({"open", "public", "package", "internal", "fileprivate", "private"})
_ATTRIBUTE_WORDS = """
    available objc objcMembers discardableResult inlinable usableFromInline testable main escaping autoclosure
    convention MainActor Sendable unchecked preconcurrency IBOutlet IBAction IBDesignable IBInspectable
    NSManaged NSCopying UIApplicationMain NSApplicationMain dynamicMemberLookup dynamicCallable propertyWrapper
    resultBuilder frozen unknown nonobjc warn_unqualified_access inline _exported _spi _disfavoredOverload
    _alwaysEmitIntoClient _implementationOnly State Published Binding ObservedObject StateObject
    EnvironmentObject Environment ViewBuilder globalActor attached freestanding backDeployed
    requires_stored_property_inits implementation Test Suite GKInspectable retroactive
"""
BUILTIN_ATTRIBUTES = frozenset(_ATTRIBUTE_WORDS.split())
_COMMENTS = frozenset({"comment", "multiline_comment"})


def chain(walk: Walk, node: Node) -> tuple[str, ...]:
    """The chain of an expression, in the notation of `Reference.chain`. ``.made()`` starts with "?": only the context
    says its type. ``(x as Foo)`` is an instance of Foo, like what a constructor returns.
    """
    start, end = node.start_byte, node.end_byte
    raw = walk.text[start:end] if end - start <= _PLAIN_BYTES else b""
    known = walk.chains.get(raw)
    if known is not None:
        return known
    if _PLAIN.match(raw):
        known = walk.chains[raw] = tuple(raw.decode().replace("?", "").replace("!", "").split("."))
        return known
    parts: list[str] = []
    called = ""
    current: Node | None = node
    while current is not None:
        kind = current.type
        if kind == "nil_coalescing_expression" and not parts and not called:
            current = current.child_by_field_name("value")  # what is left of the alternative says the type
            continue
        if len(parts) >= _MAX_PARTS:
            parts.append("?")
            break
        if kind == "navigation_expression":
            parts.append(_member(walk, current) + called)
            called, current = "", current.child_by_field_name("target")
        elif kind == "call_expression":
            if is_subscript(walk, current):
                parts.append("[]" + called)
                called = ""
            else:
                called = "()"
            current = current.named_child(0)
        elif kind in _UNWRAPPED:
            current = current.child_by_field_name(_UNWRAPPED[kind])
        elif kind == "tuple_expression" and current.named_child_count == 1:
            current = current.named_child(0)
        elif (parts or called) and (operand := _operand(walk, current, kind)) is not None:
            current = operand
        else:
            parts.extend(reversed(_head(walk, current, called)))
            break
    else:
        parts.append("?")
    parts.reverse()
    return tuple(parts)


def _operand(walk: Walk, node: Node, kind: str) -> Node | None:
    """The grammar reads ``a + b.c()`` as a call of ``a + b.c``, and ``!a.b()`` as one of ``!a.b``."""
    if kind == "prefix_expression":
        dotted = walk.text[node.start_byte : node.start_byte + 1] in (b".", b"&")
        return None if dotted else node.child_by_field_name("target")
    return node.child_by_field_name(_LAST_OPERANDS[kind]) if kind in _LAST_OPERANDS else None


def _member(walk: Walk, navigation: Node) -> str:
    suffix = navigation.child_by_field_name("suffix")
    name = suffix.child_by_field_name("suffix") if suffix is not None else None
    if name is None:
        return "?"
    word = walk.read(name)
    return f"[{word}]" if word.isdigit() else word.strip("`") or "?"


def _head(walk: Walk, node: Node, called: str) -> list[str]:
    """Where a chain starts."""
    kind = node.type
    if kind in _NAMES:
        return [walk.read(node).strip("`") + called]
    if kind == "constructor_expression":
        made = node.child_by_field_name("constructed_type")
        parts = bare(walk.read(made)).split(".") if made is not None and made.type == "user_type" else ["?"]
        return [*parts[:-1], parts[-1] + "()"] if parts[-1] != "?" and not called else ["?"]
    if kind == "as_expression":
        cast = last_type(node)
        name = bare(type_text(walk.read(cast))) if cast is not None and cast.type == "user_type" else ""
        return [*name.split(".")[:-1], name.rsplit(".", 1)[-1] + "()"] if name and not called else ["?"]
    if kind == "prefix_expression":
        target = node.child_by_field_name("target")
        operator = walk.text[node.start_byte : node.start_byte + 1]
        if target is not None and target.type == "simple_identifier" and operator in (b".", b"&"):
            name = walk.read(target).strip("`")
            return ["?", name + called] if operator == b"." else [name + called]
    return ["?"]


def last_type(node: Node) -> Node | None:
    """The type at the end of a cast."""
    written = node.children_by_field_name("name")
    return written[-1] if written else None


def is_subscript(walk: Walk, call: Node) -> bool:
    """``x[…]`` is a call with brackets to the grammar."""
    return walk.text[call.end_byte - 1] == _BRACKET and walk.text[call.children[-1].start_byte] == _OPENING_BRACKET


def callee(walk: Walk, call: Node, called: Node) -> tuple[str, ...]:
    """The chain of what is called. Args: ``called``: the first child of the call, as it stands there."""
    if called.type == "navigation_expression" or called.type == "simple_identifier":
        return chain(walk, called)
    found = chain(walk, call)
    return (*found[:-1], found[-1].removesuffix("()"))


def labels_of(walk: Walk, call: Node) -> tuple[str, ...] | None:
    """The label of each argument, "" for none, "{" for the first closure behind the parentheses; ``None`` for a
    reference by its full name (``store(_:with:)``).
    """
    suffix = call.child(call.child_count - 1)
    found: list[str] = []
    label = "{"
    for child in suffix.named_children if suffix is not None else ():
        if child.type == "value_arguments":
            start, end = child.start_byte, child.end_byte
            if end - start <= _PLAIN_BYTES and b":" not in (written := walk.text[start:end]):
                if b"/" in written or child.has_error:  # comments, or what the grammar skipped
                    found.extend([""] * sum(1 for each in child.named_children if each.type == "value_argument"))
                else:
                    found.extend([""] * child.named_child_count)
                continue
            for argument in child.named_children:
                if argument.child_by_field_name("reference_specifier") is not None:
                    return None
                if argument.type == "value_argument":
                    name = argument.child_by_field_name("name")
                    found.append(walk.read(name).strip("`") if name is not None else "")
        elif child.type == "lambda_literal":
            found.append(label)
        elif child.type == "simple_identifier":
            label = walk.read(child)
    return tuple(found)


def bare(written: str) -> str:
    """``a.B`` from ``a.B<Map<K, V>>?``."""
    while "<" in written:
        shorter = _TYPE_ARGUMENTS.sub("", written)
        if shorter == written:
            break
        written = shorter
    return "".join(written.split()).rstrip("?!") if "<" not in written else ""


def arguments_of(walk: Walk, type_: Node) -> tuple[str, ...]:
    """The type arguments of a named type, as written."""
    found = next((child for child in reversed(type_.named_children) if child.type == "type_arguments"), None)
    if found is None:
        return ()
    return tuple(type_text(walk.read(each)) for each in found.named_children if each.type not in _COMMENTS)


def type_text(written: str) -> str:
    """A type in one line, without attributes and what says how it is passed."""
    return _TYPE_PREFIX.sub("", one_line(written).lstrip(": ").strip()).strip()


def annotation(walk: Walk, node: Node | None) -> str:
    return type_text(walk.read(node)) if node is not None else ""


def modifiers(walk: Walk, node: Node) -> tuple[list[str], tuple[str, ...]]:
    """(modifier words, attributes without "@" and arguments)."""
    first = node.child(0)
    if first is None or first.type != "modifiers":
        return [], ()
    words: list[str] = []
    attributes: list[str] = []
    for child in first.children:
        if child.type == "attribute":
            name = child.named_child(0)
            if name is not None:
                attributes.append(bare(walk.read(name)))
                walk.seen.add(name.start_byte)
                if attributes[-1] not in BUILTIN_ATTRIBUTES:
                    walk.refer("use", tuple(attributes[-1].split(".")), name)
        else:
            word = walk.read(child)
            words.append("static" if word == "class" else word.replace(" ", ""))
    return words, tuple(attributes)


def access(words: list[str]) -> str:
    """The access level that modifiers state, "" for none; ``private(set)`` says nothing about reading."""
    for word in words:
        if word in _ACCESS:
            return word
    return ""


def parameters(walk: Walk, node: Node) -> tuple[Param, ...]:
    """Parameters with their labels (``with x``, ``_ x``, ``x`` alone where label and name agree), made local."""
    found: list[Param] = []
    equals = False
    for child in node.children:
        kind = child.type
        if kind == "parameter":
            found.append(_parameter(walk, child))
        elif kind == "..." and found:  # written behind the parameter
            last = found[-1]
            found[-1] = Param(last.name, last.type + "...", last.default)
        elif equals and found:
            found[-1] = Param(found[-1].name, found[-1].type, default(walk.read(child)))
        elif kind == "function_body":
            break
        equals = kind == "="
    for param in found:
        name = param.name.rsplit(" ", 1)[-1]
        walk.make_local([name])
        if param.type:
            type_ = f"[{param.type[:-3]}]" if param.type.endswith("...") else param.type
            walk.bind((name,), node, type_=type_)
    return tuple(found)


def _parameter(walk: Walk, node: Node) -> Param:
    external = node.child_by_field_name("external_name")
    name = node.child_by_field_name("name")
    word = walk.read(name).strip("`") if name is not None else "_"
    colon = None
    for child in node.children:
        if child.type == ":":
            colon = child
            break
    type_ = type_text(walk.slice(colon.end_byte, node.end_byte)) if colon is not None else ""
    return Param(f"{walk.read(external)} {word}" if external is not None else word, type_)


def type_parameters(walk: Walk, node: Node) -> tuple[Param, ...]:
    """Generics with what bounds them, in angle brackets or behind ``where``; their names become local."""
    listed = next((child for child in node.named_children if child.type == "type_parameters"), None)
    if listed is None:
        return ()
    found: dict[str, str] = {}
    for child in listed.named_children:
        if child.type == "type_parameter" and child.named_child_count:
            name, *bound = [each for each in child.named_children if each.type != "type_parameter_modifiers"]
            found[walk.read(name)] = annotation(walk, bound[-1]) if bound else ""
    constraints = next((child for child in node.named_children if child.type == "type_constraints"), None)
    for child in constraints.named_children if constraints is not None and found else ():
        inner = child.named_child(0) if child.named_child_count else None
        name_node = inner.child_by_field_name("constrained_type") if inner is not None else None
        if inner is None or name_node is None or inner.type != "inheritance_constraint":
            continue
        name_text = walk.read(name_node)
        if name_text in found and not found[name_text]:
            found[name_text] = annotation(walk, last_type(inner))
    return tuple(Param(name, bound) for name, bound in found.items())
