"""Java: types and their members, Javadoc, bindings of locals and patterns, references."""

from docrunch.parsing import docstrings
from docrunch.parsing.draft import Draft
from docrunch.parsing.entries.tables import marked_names
from docrunch.parsing.javadoc import javadoc_above, javadoc_before
from docrunch.parsing.languages.java.arguments import described
from docrunch.parsing.languages.java.entries import JavaReader, add_entries
from docrunch.parsing.languages.java.names import (
    BUILTIN_TYPES,
    bare,
    chain,
    modifiers,
    parameter,
    read_parameters,
    type_arguments,
    type_parameters,
    type_text,
)
from docrunch.parsing.model import Base, Import, Param, SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.tables import jpa
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
    draft.type_params = type_parameters(walk, node)
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
    draft.trait = walk.nameless_type(node.start_byte) if walk.nameless else ""
    draft.exported = not draft.trait and _exported(walk, draft.modifiers)
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
                found.append(Base(name, type_.start_point[0] + 1, relation, type_arguments(walk, type_)))
    return found


def _components(walk: Walk, node: Node) -> None:
    """The components of a record are its fields; their accessors have their names."""
    parameters = node.child_by_field_name("parameters")
    record = walk.symbols[walk.scope]
    for child in parameters.named_children if parameters is not None else ():
        name_node, type_ = parameter(walk, child)
        if name_node is None or not type_:
            continue
        draft = _draft(walk, child, name_node, SymbolKind.PROPERTY)
        draft.type = type_.replace("...", "[]")
        draft.signature = signature(walk.read(child))
        draft.exported = record.exported
        walk.add(draft)
        record.params = (*record.params, Param(draft.name, type_))
    record.params, _ = docstrings.apply(record.doc, record.params)


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
    draft.type_params = type_parameters(walk, node)
    if parent is not None and _is_junit3(draft, parent):
        draft.modifiers.append("test")
    if draft.name == "main" and "static" in draft.modifiers and draft.returns == "void":
        walk.entry_point = True
    walk.open(draft)
    draft.params = read_parameters(walk, node.child_by_field_name("parameters"))
    if node.type == "compact_constructor_declaration" and parent is not None:
        draft.params = parent.params
    javadoc_above(walk, draft)


def _is_junit3(draft: Draft, parent: Draft) -> bool:
    if not draft.name.startswith("test") or draft.returns != "void" or "public" not in draft.modifiers:
        return False
    return any(base.name.endswith("TestCase") for base in parent.bases)


def on_member(walk: Walk, node: Node) -> None:
    if node.type == "enum_constant":
        _enum_constant(walk, node)
        return
    type_ = type_text(walk, node.child_by_field_name("type"))
    words, decorators, _ = modifiers(walk, node)
    parent = walk.parent
    in_interface = parent is not None and parent.kind is SymbolKind.INTERFACE
    constant = in_interface or {"static", "final"} <= set(words)
    trait = walk.nameless_type(node.start_byte) if walk.nameless else ""
    declarators = node.children_by_field_name("declarator")
    for declarator in declarators:
        name_node = declarator.child_by_field_name("name")
        if name_node is None:
            continue
        name = walk.read(name_node)
        kind = SymbolKind.CONSTANT if constant else SymbolKind.PROPERTY
        draft = Draft(name, kind, walk.local_path(name), walk.scope, name_node.start_point[0] + 1, node)
        draft.modifiers, draft.decorators, draft.trait = list(words), decorators, trait
        draft.exported = not trait and _exported(walk, words)
        draft.type = type_ + ("[]" if declarator.child_by_field_name("dimensions") is not None else "")
        draft.signature = _head(walk, node)
        javadoc_above(walk, draft)
        if len(declarators) == 1:
            walk.open(draft)  # what its initialiser calls, and the methods of a nameless class there, are its own
        else:
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
    walk.open(draft)


def on_call(walk: Walk, node: Node) -> None:
    arguments = node.child_by_field_name("arguments")
    count = _count(arguments)
    if node.type == "explicit_constructor_invocation":
        target = node.child_by_field_name("constructor")
        if target is not None:
            walk.refer("call", (walk.read(target),), node, count, described(walk, arguments))
        return
    if node.type == "object_creation_expression":
        type_ = node.child_by_field_name("type")
        if type_ is not None:
            _see(walk, type_)
            body = node.children[-1]
            if body.type == "class_body":
                walk.nameless.append((body.end_byte, walk.scope, bare(one_line(walk.read(type_)))))
                count = -1  # what is named is not what is made
    found = chain(walk, node)
    above = ("super",) if len(node.children) > 5 and any(child.type == "super" for child in node.children[1:]) else ()
    words = described(walk, arguments) if count > 0 else ()
    walk.refer("call", (*found[:-1], *above, found[-1].removesuffix("()")), node, count, words)


def _count(arguments: Node | None) -> int:
    if arguments is None:
        return -1
    return sum(1 for child in arguments.named_children if child.type not in ("line_comment", "block_comment"))


def _see(walk: Walk, type_: Node) -> None:
    """The name of a type that was read as part of something larger."""
    named = type_.named_children[0] if type_.type == "generic_type" and type_.named_child_count else type_
    if named.type == "scoped_type_identifier":
        walk.type_end = named.end_byte
    walk.seen.add(named.start_byte)


def on_use(walk: Walk, node: Node) -> None:
    if node.type == "method_reference":
        _method_reference(walk, node)
        return
    found = chain(walk, node)
    if found[-1] != "?":
        walk.refer("use", found, node)


def _method_reference(walk: Walk, node: Node) -> None:
    """``a::b``, ``A.super::b`` and ``A::new``, which names the type."""
    parts = node.children
    if parts[0].type in ("array_type", "ERROR") or not parts[-1].end_byte > parts[-1].start_byte:
        return
    found = chain(walk, parts[0])
    if parts[-1].type == "identifier":
        walk.refer("use", (*found, walk.read(parts[-1])), node)
    elif parts[-1].type == "new":
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
            dimensions = "[]" if type_ and declarator.child_by_field_name("dimensions") is not None else ""
            value = declarator.child_by_field_name("value")
            _bind(walk, declarator.child_by_field_name("name"), type_ + dimensions, value)
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
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        type_ = type_text(walk, node.child_by_field_name("type"))
        _bind(walk, name, type_, value, element=kind == "enhanced_for_statement")


def _bind(walk: Walk, name_node: Node | None, type_: str, value: Node | None, *, element: bool = False) -> None:
    """Where neither type nor value is known, the binding says so: other declarations of the name must not decide."""
    if name_node is None:
        return
    name = walk.read(name_node)
    walk.make_local([name])
    if type_:
        walk.bind((name,), name_node, type_=type_)
        return
    held = chain(walk, value) if value is not None else ("?",)
    walk.bind((name,), name_node, value=(*held, "[*]") if element else held)


def on_local(walk: Walk, node: Node) -> None:
    if node.type == "type_parameter":
        name = next((child for child in node.named_children if child.type == "type_identifier"), None)
        if name is not None:
            walk.seen.add(name.start_byte)
            walk.make_local([walk.read(name)])
    elif node.type == "identifier":
        _bind(walk, node, "", None)
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
    if name is not None and node.type == "package_declaration":
        walk.package = "".join(walk.read(name).split())
    walk.doc, walk.doc_line, walk.doc_end_line = javadoc_before(walk, node.start_point[0] + 1)


def on_comment(walk: Walk, node: Node) -> None:
    walk.comments.add(node)


def on_decision(walk: Walk, node: Node) -> None:
    walk.decide()


def finish(walk: Walk, root: Node) -> None:
    add_entries(walk, _READER)
    jpa.read(walk, root)


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
