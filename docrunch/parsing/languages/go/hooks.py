"""Go: declarations with their comments, receivers, embedded types, bindings."""

import re

from docrunch.parsing.chains import ChainRules, chain_of
from docrunch.parsing.draft import Draft
from docrunch.parsing.entries.tables import marked_names, passing
from docrunch.parsing.languages.go.documentation import comment_above
from docrunch.parsing.languages.go.entries import GoReader, add_entries
from docrunch.parsing.languages.go.parameters import read_parameters, read_type_parameters, receiver_type
from docrunch.parsing.model import Base, Import, SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Handler, Walk
from docrunch.parsing.wording import one_line, signature

RULES = ChainRules(
    members={"selector_expression": ("operand", "field"), "qualified_type": ("package", "name")},
    calls={"call_expression": "function", "composite_literal": "type"},
    wrappers={"parenthesized_expression": "", "type_instantiation_expression": "type"},
    names=frozenset({"identifier", "package_identifier", "type_identifier"}),
    marks={"index_expression": ("operand", "[]")},
)
_VALUES = ("call_expression", "identifier", "selector_expression", "index_expression")
_READER = GoReader(RULES)
_MARKED = marked_names("go")
_PASSING = passing("go")
_NAME = re.compile(r"[^\W\d]\w*")
_BUILTIN_TYPES = frozenset(
    b"any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string "
    b"uint uint8 uint16 uint32 uint64 uintptr".split()
)
_TEST = re.compile(r"(?:Test|Benchmark|Fuzz|Example)(?:[^a-z]|$)")


def on_function(walk: Walk, node: Node) -> None:
    name_node = node.child_by_field_name("name")
    if name_node is None:
        return
    name = walk.read(name_node)
    receiver_node = node.child_by_field_name("receiver") if node.type == "method_declaration" else None
    receiver = receiver_type(walk, receiver_node) if receiver_node is not None else ""
    kind = SymbolKind.FUNCTION if node.type == "function_declaration" else SymbolKind.METHOD
    local_name = f"{receiver}.{name}" if receiver else walk.local_path(name)
    draft = Draft(name, kind, local_name, walk.scope, name_node.start_point[0] + 1, node)
    draft.receiver = receiver
    body = node.child_by_field_name("body")
    draft.complexity = 1 if body is not None else 0
    draft.signature = signature(walk.slice(node.start_byte, body.start_byte if body is not None else node.end_byte))
    draft.exported = name[:1].isupper() and (not receiver or receiver[:1].isupper()) and _parent_exported(walk)
    result = node.child_by_field_name("result")
    draft.returns = one_line(walk.read(result)) if result is not None else ""
    draft.type_params = read_type_parameters(walk, node)
    comment_above(walk, draft, draft.start_line)
    if kind is SymbolKind.FUNCTION and _TEST.match(name):
        draft.modifiers.append("test")
    if kind is SymbolKind.FUNCTION and name == "main" and walk.package == "main" and walk.scope < 0:
        walk.entry_point = True
    walk.open(draft)
    if receiver_node is not None:
        read_parameters(walk, receiver_node)
    parameters = node.child_by_field_name("parameters")
    draft.params = read_parameters(walk, parameters) if parameters is not None else ()
    if result is not None and result.type == "parameter_list":
        read_parameters(walk, result)


def _parent_exported(walk: Walk) -> bool:
    parent = walk.parent
    return parent is None or (parent.exported and not parent.complexity)


def on_declaration(walk: Walk, node: Node) -> None:
    walk.declaration = node


def _whole(walk: Walk, node: Node) -> Node:
    """The declaration where it holds this one specification, else the specification."""
    declaration = walk.declaration
    if declaration is None or not declaration.start_byte <= node.start_byte < declaration.end_byte:
        return node
    return declaration if declaration.end_byte == node.end_byte else node


def on_type(walk: Walk, node: Node) -> None:
    name_node, written = node.child_by_field_name("name"), node.child_by_field_name("type")
    if name_node is None or written is None:
        return
    walk.seen.add(name_node.start_byte)
    name = walk.read(name_node)
    kinds = {"struct_type": SymbolKind.STRUCT, "interface_type": SymbolKind.INTERFACE}
    kind = kinds.get(written.type, SymbolKind.TYPE) if node.type == "type_spec" else SymbolKind.TYPE
    draft = Draft(name, kind, walk.local_path(name), walk.scope, name_node.start_point[0] + 1, _whole(walk, node))
    draft.exported = name[:1].isupper() and _parent_exported(walk)
    raw = walk.slice(node.start_byte, min(node.end_byte, node.start_byte + 600))
    head = raw.split("{", 1)[0] if kind is not SymbolKind.TYPE else raw
    draft.signature = signature(("type " + head).rstrip())
    if kind is SymbolKind.TYPE:
        draft.type = one_line(walk.slice(written.start_byte, min(written.end_byte, written.start_byte + 300)))
    draft.type_params = read_type_parameters(walk, node)
    comment_above(walk, draft, draft.start_line)
    if kind is SymbolKind.INTERFACE:
        draft.bases = tuple(
            Base(one_line(walk.read(child)), child.start_point[0] + 1, "inherits")
            for child in written.named_children
            if child.type == "type_elem" and re.fullmatch(r"[\w.]+", walk.read(child))
        )
    walk.open(draft)


def on_field(walk: Walk, node: Node) -> None:
    parent = walk.parent
    type_node = node.child_by_field_name("type")
    if parent is None or parent.kind is not SymbolKind.STRUCT or type_node is None:
        return
    type_ = one_line(walk.read(type_node))
    names = [child for child in node.children_by_field_name("name") if child.is_named]
    if names:
        for name in names:
            _field(walk, node, walk.read(name), name, type_)
        return
    plain = type_.lstrip("*").split("[", 1)[0]
    parent.bases = (*parent.bases, Base(plain, node.start_point[0] + 1, "inherits"))
    _field(walk, node, plain.rsplit(".", 1)[-1], type_node, type_)


def _field(walk: Walk, node: Node, name: str, at: Node, type_: str) -> None:
    draft = Draft(name, SymbolKind.PROPERTY, walk.local_path(name), walk.scope, at.start_point[0] + 1, node)
    draft.type = type_
    draft.signature = signature(walk.read(node))
    draft.exported = name[:1].isupper() and _parent_exported(walk)
    parent = walk.parent
    if parent is None or draft.start_line > parent.line:
        comment_above(walk, draft, draft.start_line)
    walk.add(draft)


def on_variable(walk: Walk, node: Node) -> None:
    if node.type in ("const_declaration", "var_declaration"):
        walk.declaration = node
        return
    names = [(child, walk.read(child)) for child in node.children_by_field_name("name") if child.is_named]
    type_node, value = node.child_by_field_name("type"), node.child_by_field_name("value")
    type_ = one_line(walk.read(type_node)) if type_node is not None else ""
    values = value.named_children if value is not None else []
    _bind_names(walk, [child for child, _ in names], values, type_)
    if walk.in_callable():
        walk.make_local([name for _, name in names])
        return
    kind = SymbolKind.CONSTANT if node.type == "const_spec" else SymbolKind.VARIABLE
    word = "const " if kind is SymbolKind.CONSTANT else "var "
    for child, name in names:
        if name == "_":
            continue
        draft = Draft(name, kind, walk.local_path(name), walk.scope, child.start_point[0] + 1, _whole(walk, node))
        draft.type = type_
        draft.signature = signature(word + walk.slice(node.start_byte, min(node.end_byte, node.start_byte + 600)))
        draft.exported = name[:1].isupper()
        comment_above(walk, draft, draft.start_line)
        walk.add(draft)


def _bind_names(walk: Walk, names: list[Node], values: list[Node], type_: str) -> None:
    for index, name in enumerate(names):
        if name.type == "selector_expression":
            target = chain_of(walk.text, name, RULES, walk.chains)
        else:
            target = (walk.read(name),)
        if "?" in target or target == ("_",):
            continue
        if type_:
            walk.bind(target, name, type_=type_)
        elif len(values) == len(names):
            _bind_value(walk, target, name, values[index])
        elif len(values) == 1:
            _bind_part(walk, target, name, values[0], index)


def _bind_part(walk: Walk, target: tuple[str, ...], at: Node, value: Node, index: int) -> None:
    """``a, err := f()``, ``v, ok := m[k]``, ``t, ok := x.(T)``."""
    if value.type == "call_expression":
        held = chain_of(walk.text, value, RULES, walk.chains)
        if "?" not in held:
            walk.bind(target, at, value=(*held, f"[{index}]"))
    elif index == 0:
        _bind_value(walk, target, at, value)


def _bind_value(walk: Walk, target: tuple[str, ...], at: Node, value: Node) -> None:
    """``x := T{}`` and ``x := &T{}`` say the type; a call, name or selector says where it comes from."""
    pointer = ""
    if value.type == "unary_expression" and (operand := value.child_by_field_name("operand")) is not None:
        pointer, value = ("*", operand) if operand.type == "composite_literal" else ("", value)
    if value.type == "composite_literal":
        made = value.child_by_field_name("type")
        if made is not None:
            walk.bind(target, at, type_=pointer + one_line(walk.read(made)))
    elif value.type == "type_assertion_expression":
        asserted = value.child_by_field_name("type")
        if asserted is not None:
            walk.bind(target, at, type_=one_line(walk.read(asserted)))
    elif value.type in _VALUES:
        held = chain_of(walk.text, value, RULES, walk.chains)
        if "?" not in held:
            walk.bind(target, at, value=held)


def on_assignment(walk: Walk, node: Node) -> None:
    children = node.children
    if len(children) == 3:  # cheaper than two look-ups by field
        left: Node | None = children[0]
        right: Node | None = children[2]
    else:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return
    names = [child for child in left.named_children if child.type in ("identifier", "selector_expression")]
    if node.type == "short_var_declaration":
        walk.make_local([walk.read(child) for child in names])
    for child in names:
        if child.type == "selector_expression":
            target = chain_of(walk.text, child, RULES, walk.chains)
            if "?" not in target:
                walk.refer("write", target, child)
    _bind_names(walk, names, right.named_children, "")


def on_loop(walk: Walk, node: Node) -> None:
    """``for k, v := range x``: of slices, arrays, maps and channels only the values are told apart."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None:
        return
    walk.make_local(_NAME.findall(walk.read(left)))
    names = left.named_children
    if right is None or right.type not in _VALUES or len(names) != 2 or names[1].type != "identifier":
        return
    held = chain_of(walk.text, right, RULES, walk.chains)
    if "?" not in held and walk.text[names[1].start_byte : names[1].end_byte] != b"_":
        walk.bind((walk.read(names[1]),), names[1], value=(*held, "[]"))


def on_local(walk: Walk, node: Node) -> None:
    if node.type == "parameter_list":  # of a function literal: its names hide those outside
        read_parameters(walk, node)
        return
    walk.make_local(_NAME.findall(walk.read(node)))


def on_call(walk: Walk, node: Node) -> None:
    children = node.children
    if len(children) == 2:  # no type arguments, no comment; cheaper than two look-ups by field
        function: Node | None = children[0]
        arguments: Node | None = children[1]
    else:
        function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if function is None or arguments is None:
        return
    chain = chain_of(walk.text, function, RULES, walk.chains)
    raw = walk.text[arguments.start_byte : arguments.end_byte]
    plain = raw == b"()" or (b"..." not in raw and b"//" not in raw and b"/*" not in raw)
    walk.refer("call", chain, node, arguments.named_child_count if plain else -1)
    if chain[-1] in _MARKED or (arguments.named_child_count and "routing" in walk.extra):
        walk.mark(chain, node)


def on_entry(walk: Walk, node: Node) -> None:
    """A literal of a type from elsewhere: a command of cobra, say."""
    type_ = node.child_by_field_name("type")
    if type_ is not None and walk.text[type_.start_byte : type_.end_byte] == b"cobra.Command":
        walk.mark(("cobra", "Command"), node)


def on_use(walk: Walk, node: Node) -> None:
    chain = chain_of(walk.text, node, RULES, walk.chains)
    if chain[-1] != "?" and chain != ("_",):
        walk.refer("use", chain, node)


def on_type_use(walk: Walk, node: Node) -> None:
    start = node.start_byte
    written = walk.text[start : node.end_byte]
    if written in _BUILTIN_TYPES or start in walk.seen:
        return
    if node.type == "qualified_type":
        name = node.child_by_field_name("name")
        if name is not None:
            walk.seen.add(name.start_byte)
    walk.refer_type(written, node)


def on_import(walk: Walk, node: Node) -> None:
    path, name = node.child_by_field_name("path"), node.child_by_field_name("name")
    if path is not None:
        module = walk.read(path).strip('"`')
        alias = walk.read(name) if name is not None else ""
        imported = "*" if alias == "." else ""
        walk.imports.append(Import(module, node.start_point[0] + 1, imported, "" if imported else alias))
        if module.startswith(_PASSING):
            walk.extra["routing"] = []


def on_package(walk: Walk, node: Node) -> None:
    if node.named_child_count:
        walk.package = walk.read(node.named_child(0))
    draft = Draft(walk.package, SymbolKind.NAMESPACE, "", -1, node.start_point[0] + 1, node)
    comment_above(walk, draft, draft.line)
    walk.doc, walk.doc_line, walk.doc_end_line = draft.doc, draft.doc_line, draft.doc_end_line


def on_comment(walk: Walk, node: Node) -> None:
    walk.comments.add(node)


def on_decision(walk: Walk, node: Node) -> None:
    walk.decide()


def finish(walk: Walk, root: Node) -> None:
    add_entries(walk, _READER)


HANDLERS: dict[str, Handler] = {
    "definition.function": on_function,
    "definition.type": on_declaration,
    "definition.class": on_type,
    "definition.member": on_field,
    "definition.variable": on_variable,
    "reference.call": on_call,
    "reference.use": on_use,
    "reference.type": on_type_use,
    "assignment": on_assignment,
    "local": on_local,
    "loop": on_loop,
    "import": on_import,
    "package": on_package,
    "entry": on_entry,
    "decision": on_decision,
    "comment": on_comment,
}
