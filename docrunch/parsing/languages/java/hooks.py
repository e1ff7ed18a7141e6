"""Java: types and their members, Javadoc, bindings of locals and patterns, references."""

from docrunch.parsing.draft import Draft
from docrunch.parsing.entries.tables import marked_names
from docrunch.parsing.languages.java.documentation import javadoc_above, javadoc_before
from docrunch.parsing.languages.java.entries import JavaReader, add_entries
from docrunch.parsing.languages.java.names import BUILTIN_TYPES, bare, chain, modifiers, read_parameters, type_text
from docrunch.parsing.model import Base, Import, SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import TYPE_KINDS, Handler, Walk
from docrunch.parsing.wording import one_line, signature

_KINDS = {
    "class_declaration": SymbolKind.CLASS,
    "record_declaration": SymbolKind.CLASS,
    "interface_declaration": SymbolKind.INTERFACE,
    "annotation_type_declaration": SymbolKind.INTERFACE,
    "enum_declaration": SymbolKind.ENUM,
}
_READER = JavaReader()
_MARKED = marked_names("java")
_HEAD_CHARACTERS = 600


def on_type(walk: Walk, node: Node) -> None:
    name_node = node.child_by_field_name("name")
    if name_node is None:
        return
    kind = _KINDS[node.type]
    draft = _draft(walk, node, name_node, kind)
    draft.signature = _head(walk, node)
    draft.bases = tuple(_bases(walk, node, kind))
    if node.type == "record_declaration":
        draft.modifiers.append("record")
    javadoc_above(walk, draft)
    walk.open(draft)
    if node.type == "record_declaration":
        _components(walk, node)


def _draft(walk: Walk, node: Node, name_node: Node, kind: SymbolKind) -> Draft:
    name = walk.read(name_node)
    draft = Draft(name, kind, walk.local_path(name), walk.scope, name_node.start_point[0] + 1, node)
    draft.modifiers, draft.decorators, test = modifiers(walk, node)
    draft.exported = _exported(walk, draft.modifiers)
    if test:
        draft.modifiers.append("test")
    return draft


def _exported(walk: Walk, words: list[str]) -> bool:
    """Public and protected ones, and what an interface or an enum holds, as far as what is around them is."""
    parent = walk.parent
    if parent is None:
        return "public" in words
    if parent.kind not in TYPE_KINDS or not parent.exported or "private" in words:
        return False
    return parent.kind is SymbolKind.INTERFACE or "public" in words or "protected" in words


def _head(walk: Walk, node: Node) -> str:
    """The declaration without annotations and body."""
    start = node.start_byte
    first = node.children[0]
    if first.type == "modifiers":
        plain = [child for child in first.children if child.type not in ("annotation", "marker_annotation")]
        start = plain[0].start_byte if plain else node.children[1].start_byte
    body = node.child_by_field_name("body")
    end = body.start_byte if body is not None else node.end_byte
    return signature(walk.slice(start, min(end, start + _HEAD_CHARACTERS)).rstrip(" \t\r\n;"))


def _bases(walk: Walk, node: Node, kind: SymbolKind) -> list[Base]:
    found: list[Base] = []
    for child in node.named_children:
        if child.type == "superclass":
            types, relation = child.named_children, "inherits"
        elif child.type in ("super_interfaces", "extends_interfaces"):
            types = child.named_children[0].named_children if child.named_child_count else []
            relation = "inherits" if kind is SymbolKind.INTERFACE else "implements"
        else:
            continue
        for type_ in types:
            name = bare(one_line(walk.read(type_)))
            if name:
                found.append(Base(name, type_.start_point[0] + 1, relation))
    return found


def _components(walk: Walk, node: Node) -> None:
    """The components of a record are its fields; their accessors have their names."""
    parameters = node.child_by_field_name("parameters")
    for child in parameters.named_children if parameters is not None else ():
        name_node = child.child_by_field_name("name")
        if child.type != "formal_parameter" or name_node is None:
            continue
        draft = _draft(walk, child, name_node, SymbolKind.PROPERTY)
        draft.type = type_text(walk, child.child_by_field_name("type"))
        draft.signature = signature(walk.read(child))
        draft.exported = walk.parent is not None and walk.parent.exported
        walk.add(draft)


def on_function(walk: Walk, node: Node) -> None:
    name_node = node.child_by_field_name("name")
    if name_node is None:
        return
    constructor = node.type in ("constructor_declaration", "compact_constructor_declaration")
    draft = _draft(walk, node, name_node, SymbolKind.CONSTRUCTOR if constructor else SymbolKind.METHOD)
    body = node.child_by_field_name("body")
    parent = walk.parent
    in_interface = parent is not None and parent.kind is SymbolKind.INTERFACE
    draft.complexity = 1 if body is not None else 0
    if in_interface and body is None:
        draft.modifiers.append("abstract")
    draft.signature = _head(walk, node)
    draft.returns = type_text(walk, node.child_by_field_name("type"))
    if draft.name == "main" and "static" in draft.modifiers and draft.returns == "void":
        walk.entry_point = True
    walk.open(draft)
    draft.params = read_parameters(walk, node.child_by_field_name("parameters"))
    javadoc_above(walk, draft)


def on_member(walk: Walk, node: Node) -> None:
    if node.type == "enum_constant":
        _enum_constant(walk, node)
        return
    type_ = type_text(walk, node.child_by_field_name("type"))
    words, decorators, _ = modifiers(walk, node)
    parent = walk.parent
    in_interface = parent is not None and parent.kind is SymbolKind.INTERFACE
    constant = in_interface or {"static", "final"} <= set(words)
    for declarator in node.children_by_field_name("declarator"):
        name_node = declarator.child_by_field_name("name")
        if name_node is None:
            continue
        name = walk.read(name_node)
        kind = SymbolKind.CONSTANT if constant else SymbolKind.PROPERTY
        draft = Draft(name, kind, walk.local_path(name), walk.scope, name_node.start_point[0] + 1, node)
        draft.modifiers, draft.decorators = list(words), decorators
        draft.exported = _exported(walk, words)
        draft.type = type_ + ("[]" if declarator.child_by_field_name("dimensions") is not None else "")
        draft.signature = _head(walk, node)
        javadoc_above(walk, draft)
        walk.add(draft)


def _enum_constant(walk: Walk, node: Node) -> None:
    name_node = node.child_by_field_name("name")
    if name_node is None:
        return
    draft = _draft(walk, node, name_node, SymbolKind.CONSTANT)
    parent = walk.parent
    draft.exported = parent is not None and parent.exported
    draft.type = parent.name if parent is not None else ""
    draft.modifiers += ["final", "static"]
    draft.signature = _head(walk, node)
    javadoc_above(walk, draft)
    if node.child_by_field_name("body") is not None:
        walk.open(draft)
    else:
        walk.add(draft)


def on_call(walk: Walk, node: Node) -> None:
    arguments = node.child_by_field_name("arguments")
    count = _count(arguments)
    if node.type == "explicit_constructor_invocation":
        target = node.child_by_field_name("constructor")
        if target is not None:
            walk.refer("call", (walk.read(target),), node, count)
        return
    if node.type == "object_creation_expression":
        type_ = node.child_by_field_name("type")
        if type_ is not None:
            _see(walk, type_)
    found = chain(walk, node)
    walk.refer("call", (*found[:-1], found[-1].removesuffix("()")), node, count)


def _count(arguments: Node | None) -> int:
    if arguments is None:
        return -1
    return sum(1 for child in arguments.named_children if child.type not in ("line_comment", "block_comment"))


def _see(walk: Walk, type_: Node) -> None:
    """The name of a type that was read as part of something larger."""
    named = type_.named_children[0] if type_.type == "generic_type" and type_.named_child_count else type_
    walk.seen.add(named.start_byte)


def on_use(walk: Walk, node: Node) -> None:
    if node.type == "method_reference":
        parts = node.named_children
        if len(parts) == 2 and parts[1].type == "identifier":
            walk.refer("use", (*chain(walk, parts[0]), walk.read(parts[1])), node)
        return
    found = chain(walk, node)
    if found[-1] != "?":
        walk.refer("use", found, node)


def on_type_use(walk: Walk, node: Node) -> None:
    start = node.start_byte
    written = walk.text[start : node.end_byte]
    if start in walk.seen or written in BUILTIN_TYPES or start < walk.type_end:
        return
    if node.type == "scoped_type_identifier":
        walk.type_end = node.end_byte
        written = bare(one_line(written.decode("utf-8", "replace"))).encode()
    walk.refer_type(written, node)


def on_decorator(walk: Walk, node: Node) -> None:
    parts = chain(walk, node)
    walk.refer("use", parts, node)
    if parts[-1] in _MARKED and node.parent is not None:
        walk.mark(parts, node.parent)


def on_assignment(walk: Walk, node: Node) -> None:
    kind = node.type
    if kind == "assignment_expression":
        left = node.child_by_field_name("left")
        if left is not None and left.type == "field_access":
            target = chain(walk, left)
            if "?" not in target:
                walk.refer("write", target, left)
        return
    if kind == "local_variable_declaration":
        type_ = type_text(walk, node.child_by_field_name("type"))
        for declarator in node.children_by_field_name("declarator"):
            _bind(walk, declarator.child_by_field_name("name"), type_, declarator.child_by_field_name("value"))
    elif kind in ("type_pattern", "record_pattern_component"):
        parts = node.named_children
        if len(parts) >= 2:
            _bind(walk, parts[-1], type_text(walk, parts[-2]), None)
    elif kind == "instanceof_expression":
        _bind(walk, node.child_by_field_name("name"), type_text(walk, node.child_by_field_name("right")), None)
    elif kind == "catch_formal_parameter":
        caught = next((child for child in node.named_children if child.type == "catch_type"), None)
        several = caught is None or caught.named_child_count != 1
        _bind(walk, node.child_by_field_name("name"), "" if several else type_text(walk, caught), None)
    else:  # a resource or the variable of an enhanced for
        value = node.child_by_field_name("value") if kind == "resource" else None
        _bind(walk, node.child_by_field_name("name"), type_text(walk, node.child_by_field_name("type")), value)


def _bind(walk: Walk, name_node: Node | None, type_: str, value: Node | None) -> None:
    if name_node is None:
        return
    name = walk.read(name_node)
    walk.make_local([name])
    if type_:
        walk.bind((name,), name_node, type_=type_)
    elif value is not None:
        held = chain(walk, value)
        if "?" not in held:
            walk.bind((name,), name_node, value=held)


def on_local(walk: Walk, node: Node) -> None:
    if node.type == "type_parameter":
        name = next((child for child in node.named_children if child.type == "type_identifier"), None)
        if name is not None:
            walk.seen.add(name.start_byte)
            walk.make_local([walk.read(name)])
    elif node.type == "identifier":
        walk.make_local([walk.read(node)])
    else:
        read_parameters(walk, node)


def on_import(walk: Walk, node: Node) -> None:
    name = next((child for child in node.named_children if child.type in ("scoped_identifier", "identifier")), None)
    if name is None:
        return
    line = node.start_point[0] + 1
    written = "".join(walk.read(name).split())
    if any(child.type == "asterisk" for child in node.named_children):
        walk.imports.append(Import(written, line, "*"))
        return
    module, _, last = written.rpartition(".")
    walk.imports.append(Import(module, line, last))


def on_package(walk: Walk, node: Node) -> None:
    name = next((child for child in node.named_children if child.type in ("scoped_identifier", "identifier")), None)
    if name is not None:
        walk.package = "".join(walk.read(name).split())
    walk.doc, walk.doc_line, walk.doc_end_line = javadoc_before(walk, node.start_point[0] + 1)


def on_comment(walk: Walk, node: Node) -> None:
    walk.comments.add(node)


def on_decision(walk: Walk, node: Node) -> None:
    walk.decide()


def finish(walk: Walk, root: Node) -> None:
    add_entries(walk, _READER)


HANDLERS: dict[str, Handler] = {
    "definition.class": on_type,
    "definition.function": on_function,
    "definition.member": on_member,
    "reference.call": on_call,
    "reference.use": on_use,
    "reference.type": on_type_use,
    "reference.decorator": on_decorator,
    "assignment": on_assignment,
    "local": on_local,
    "import": on_import,
    "package": on_package,
    "decision": on_decision,
    "comment": on_comment,
}
