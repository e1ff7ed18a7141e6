"""Definitions of Scala: packages, types, givens, methods, vals.

The package clauses above a file make its package; each package around it that is visible is bound to `PACKAGE`.
Packages with braces and package objects are namespaces. An object is a class with the modifier ``object``: its name is
shared with the class it accompanies.
"""

import re

from docrunch.parsing.draft import Draft, last_line
from docrunch.parsing.languages.scala.documentation import document
from docrunch.parsing.languages.scala.names import (
    PLAIN_METHOD,
    Parts,
    bare,
    chain,
    head_start,
    modifiers,
    name_of,
    parts_of,
    plain_lists,
    plain_names,
    read_parameters,
    type_arguments,
    type_parameters,
    type_text,
)
from docrunch.parsing.model import Base, Param, SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import TYPE_KINDS, Walk
from docrunch.parsing.wording import one_line, signature

_KINDS = {
    "class_definition": SymbolKind.CLASS,
    "object_definition": SymbolKind.CLASS,
    "trait_definition": SymbolKind.TRAIT,
    "enum_definition": SymbolKind.ENUM,
    "full_enum_case": SymbolKind.CLASS,
    "simple_enum_case": SymbolKind.CONSTANT,
}
_BODIES = frozenset({"template_body", "with_template_body", "enum_body"})
_COMMENTS = frozenset({"comment", "block_comment"})
_HEAD_CHARACTERS = 600
_MAY_FOLLOW = frozenset(b' \t\r\n\f\v/"')  # the last bytes of blocks, comments and strings
PACKAGE = ("<package>",)  # the target of bindings that name a visible package around that of the file


def on_namespace(walk: Walk, node: Node) -> None:
    name_node, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    if name_node is None:
        return
    name = "".join(walk.read(name_node).split()).replace("`", "")
    walk.type_end = max(walk.type_end, name_node.end_byte)
    if node.type == "package_clause" and body is None and walk.scope < 0:
        if walk.package:  # `package a; package b` sees the members of a, `package a.b` does not
            walk.bind(PACKAGE, node, value=(walk.package,))
        walk.package = f"{walk.package}.{name}" if walk.package else name
        return
    draft = Draft(name, SymbolKind.NAMESPACE, walk.local_path(name), walk.scope, name_node.start_point[0] + 1, node)
    draft.signature = signature(walk.slice(node.start_byte, body.start_byte if body is not None else node.end_byte))
    draft.exported = True
    document(walk, draft)
    walk.open(draft)


def on_type(walk: Walk, node: Node) -> None:
    if node.type == "given_definition":
        _given(walk, node)
        return
    name_node = node.child_by_field_name("name")
    if name_node is None:
        return
    kind, parts = node.type, parts_of(node)
    draft = _draft(walk, node, name_node, _KINDS[kind], parts)
    if kind == "object_definition":
        draft.modifiers.append("object")
    elif kind in ("full_enum_case", "simple_enum_case"):
        draft.modifiers.append("case")
        draft.type = walk.parent.name if walk.parent is not None else ""
    draft.signature = _head(walk, node, parts, node.child_by_field_name("body"))
    draft.bases = _bases(walk, node)
    draft.type_params = type_parameters(walk, parts)
    if kind == "full_enum_case" and not draft.bases and walk.parent is not None:
        draft.bases = (Base(walk.parent.name, draft.line, "inherits"),)
    walk.open(draft)
    walk.make_local([param.name for param in draft.type_params])
    draft.params = _constructor(walk, parts, draft)
    document(walk, draft)
    if draft.modifiers and "object" in draft.modifiers and any(base.name == "App" for base in draft.bases):
        walk.entry_point = True


def _draft(walk: Walk, node: Node, name_node: Node, kind: SymbolKind, parts: Parts, name: str = "") -> Draft:
    name = name or name_of(walk, name_node)
    draft = Draft(name, kind, walk.local_path(name), walk.scope, name_node.start_point[0] + 1, node)
    _end_at_token(walk, node, draft)
    draft.modifiers, draft.decorators, test = modifiers(walk, node, parts)
    draft.exported = _exported(walk, draft.modifiers)
    if test:
        draft.modifiers.append("test")
    walk.seen.add(name_node.start_byte)
    return draft


def _end_at_token(walk: Walk, node: Node, draft: Draft) -> None:
    if not _ends_itself(walk.text, draft.end_byte):
        last = _last(node)
        draft.end_byte, draft.end_line = last.end_byte, max(last_line(last), draft.line)


def _ends_itself(text: bytes, end: int) -> bool:
    """Whether a definition surely ends in a token: its last byte is no white space, quote or comment."""
    if text[end - 1] in _MAY_FOLLOW:
        return False
    return text.find(b"//", text.rfind(b"\n", 0, end) + 1, end) < 0


def _last(node: Node) -> Node:
    """The last token: an indented block reaches over what follows it, up to the next one.

    A string that interpolates counts as one: its quotes are no nodes.
    """
    while (count := node.child_count) and node.type != "interpolated_string":
        for at in range(count - 1, -1, -1):
            child = node.child(at)
            if child is not None and child.end_byte > child.start_byte and child.type not in _COMMENTS:
                node = child
                break
        else:
            break
    return node


def _exported(walk: Walk, words: list[str]) -> bool:
    """Everything that is not private, as far as what is around it is."""
    parent = walk.parent
    if "private" in words:
        return False
    if parent is None:
        return True
    return parent.exported and (parent.kind in TYPE_KINDS or parent.kind is SymbolKind.NAMESPACE)


def _head(walk: Walk, node: Node, parts: Parts, body: Node | None) -> str:
    """The definition without annotations and body."""
    start = head_start(parts)
    end = body.start_byte if body is not None else node.end_byte
    end = next((child.start_byte for kind, child in parts if kind == "="), end)  # a comment may follow it
    return signature(walk.slice(start, min(end, start + _HEAD_CHARACTERS)).rstrip(" \t\r\n=:{"))


def _bases(walk: Walk, node: Node) -> tuple[Base, ...]:
    clause = node.child_by_field_name("extend")
    found: list[Base] = []
    for type_ in clause.children_by_field_name("type") if clause is not None else ():
        name = bare(one_line(walk.read(type_))) if type_.is_named else ""
        if name:
            relation = "implements" if found else "inherits"
            found.append(Base(name, type_.start_point[0] + 1, relation, type_arguments(walk, type_)))
    return tuple(found)


def _constructor(walk: Walk, parts: Parts, draft: Draft) -> tuple[Param, ...]:
    """The parameters of a class; those that are ``val``, ``var`` or of a case class are members of it."""
    params = read_parameters(walk, parts)
    first = True
    for kind, listed in parts:
        if kind != "class_parameters":
            continue
        for child in listed.named_children:
            name_node = child.child_by_field_name("name") if child.type == "class_parameter" else None
            if name_node is None:
                continue
            stated = any(each.type in ("val", "var") for each in child.children)
            if stated or (first and "case" in draft.modifiers):
                _component(walk, child, name_node)
        first = False
    return params


def _component(walk: Walk, node: Node, name_node: Node) -> None:
    parts = parts_of(node)
    draft = _draft(walk, node, name_node, SymbolKind.PROPERTY, parts)
    draft.type = type_text(walk, node.child_by_field_name("type"))
    draft.signature = signature(walk.slice(head_start(parts), node.end_byte))
    walk.add(draft)


def _given(walk: Walk, node: Node) -> None:
    """A given with members is an object, one with a value holds it. One without a name is called after its type."""
    type_, body = node.child_by_field_name("return_type"), node.child_by_field_name("body")
    name_node = node.child_by_field_name("name")
    name = ""
    if name_node is None:
        name_node = next((child for child in node.children if child.type == "given"), None)
        name = "_".join(["given", *_type_names(walk, type_)])
    if name_node is None:
        return
    object_ = body is not None and body.type == "with_template_body"
    parts = parts_of(node)
    draft = _draft(walk, node, name_node, SymbolKind.CLASS if object_ else _value_kind(walk), parts, name)
    draft.modifiers += ["given", "object"] if object_ else ["given"]
    draft.signature = _head(walk, node, parts, body)
    written = bare(type_text(walk, type_))
    if object_ and written and type_ is not None:
        draft.bases = (Base(written, type_.start_point[0] + 1, "implements"),)
    elif not object_:
        draft.type = type_text(walk, type_)
    walk.open(draft)
    draft.params = read_parameters(walk, parts)
    document(walk, draft)


def _type_names(walk: Walk, type_: Node | None) -> list[str]:
    """The type and its direct arguments, which the compiler makes the name of a given from."""
    if type_ is None:
        return []
    if type_.type != "generic_type":
        return [walk.read(type_).rsplit(".", 1)[-1]] if type_.type.endswith("type_identifier") else []
    head, arguments = type_.child_by_field_name("type"), type_.child_by_field_name("type_arguments")
    found = _type_names(walk, head)
    for child in arguments.named_children if arguments is not None else ():
        inner = child.child_by_field_name("type") if child.type == "generic_type" else child
        found += _type_names(walk, inner)
    return found


def on_alias(walk: Walk, node: Node) -> None:
    name_node = node.child_by_field_name("name")
    if name_node is None:
        return
    parts = parts_of(node)
    type_params = type_parameters(walk, parts)
    walk.make_local([param.name for param in type_params])
    if _is_local(walk):
        walk.seen.add(name_node.start_byte)
        walk.make_local([name_of(walk, name_node)])
        return
    draft = _draft(walk, node, name_node, SymbolKind.TYPE, parts)
    draft.type = type_text(walk, node.child_by_field_name("type"))
    draft.type_params = type_params
    draft.signature = signature(walk.slice(head_start(parts), node.end_byte))
    document(walk, draft)
    walk.add(draft)


def _is_local(walk: Walk) -> bool:
    """Whether what is defined here belongs to a body and no name leads to it."""
    parent = walk.parent
    return parent is not None and parent.kind not in TYPE_KINDS and parent.kind is not SymbolKind.NAMESPACE


def on_function(walk: Walk, node: Node) -> None:
    plain = PLAIN_METHOD.match(walk.text, node.start_byte)
    if plain is not None and not node.has_error:
        _plain_method(walk, node, plain)
        return
    parts = parts_of(node)
    kinds = [kind for kind, _ in parts]
    name_node = node.child_by_field_name("name")
    if name_node is None:
        return
    name = name_of(walk, name_node)
    draft = _draft(walk, node, name_node, _function_kind(walk, node, name), parts, name)
    body = node.child_by_field_name("body")
    draft.complexity = 1 if body is not None else 0
    if body is None:
        draft.modifiers.append("abstract")
    draft.signature = _head(walk, node, parts, body)
    if ":" in kinds:
        draft.returns = type_text(walk, node.child_by_field_name("return_type"))
    if "type_parameters" in kinds:
        draft.type_params = type_parameters(walk, parts)
    walk.open(draft)
    if draft.type_params:
        walk.make_local([param.name for param in draft.type_params])
    draft.params = (*_extended(walk, node, draft), *read_parameters(walk, parts))
    if body is not None and name != "this":
        _bind_result(walk, body)
    document(walk, draft)
    _mark_entry(walk, draft)


def _plain_method(walk: Walk, node: Node, plain: re.Match[bytes]) -> None:
    """Most methods: what `on_function` finds by the nodes of the head, from its text."""
    words, name_bytes, type_params, lists, returns = plain.groups()
    name = name_bytes.decode()
    line = node.start_point[0] + 1
    draft = Draft(name, _function_kind(walk, node, name), walk.local_path(name), walk.scope, line, node)
    _end_at_token(walk, node, draft)
    draft.modifiers = words.decode().split()
    draft.exported = _exported(walk, draft.modifiers)
    walk.seen.add(plain.start(2))
    draft.complexity = 1
    draft.signature = signature(plain[0].decode())
    draft.returns = returns.decode() if returns else ""
    walk.open(draft)
    if type_params:
        draft.type_params = tuple(plain_names(type_params))
        walk.make_local([param.name for param in draft.type_params])
    draft.params = (*_extended(walk, node, draft), *plain_lists(walk, lists, line))
    if not returns or walk.text.find(b"new ", plain.end(), draft.end_byte) >= 0:
        body = node.child_by_field_name("body")
        if body is not None and name != "this":
            _bind_result(walk, body)
    document(walk, draft)
    _mark_entry(walk, draft)


def _function_kind(walk: Walk, node: Node, name: str) -> SymbolKind:
    parent = walk.parent
    if parent is not None and parent.kind in TYPE_KINDS:
        return SymbolKind.CONSTRUCTOR if name == "this" else SymbolKind.METHOD
    anonymous = parent is not None and _is_local(walk) and _is_in_body(node)
    return SymbolKind.METHOD if anonymous else SymbolKind.FUNCTION


def _is_in_body(node: Node) -> bool:
    """Whether a definition is a member of what is around it: in a method, of a class without a name."""
    around = node.parent
    return around is not None and around.type in _BODIES


def _mark_entry(walk: Walk, draft: Draft) -> None:
    takes_array = bool(draft.params) and draft.params[0].type.startswith("Array[")
    if "main" in draft.decorators or (draft.name == "main" and takes_array):
        walk.entry_point = True


def _bind_result(walk: Walk, body: Node) -> None:
    """What a method returns is its last expression."""
    stated = bool(walk.symbols[walk.scope].returns)
    if stated and walk.text.find(b"new ", body.start_byte, body.end_byte) < 0:
        return  # only what is constructed in it is wanted, by the cache of chains
    body = _result(body)
    held = chain(walk, body)
    walk.bind_return(body, held if body.type != "operator_identifier" else ("?",))


def _result(body: Node) -> Node:
    """The last expression of a block."""
    while body.type in ("block", "indented_block") and (count := body.named_child_count):
        body = body.named_child(count - 1)
    return body


def _extended(walk: Walk, node: Node, draft: Draft) -> tuple[Param, ...]:
    """``extension (x: T) def f``: what is extended is the first parameter, in the notation ``this T``."""
    if not _has_extensions(walk):
        return ()  # as in most files: to ask for what is around a node takes the way from the root
    around = node.parent
    while around is not None and around.type in ("block", "indented_block", "template_body"):
        around = around.parent
    if around is None or around.type != "extension_definition":
        return ()
    draft.modifiers.append("extension")
    params = read_parameters(walk, parts_of(around))
    if not params:
        return ()
    first = params[0]
    return (Param(first.name, f"this {first.type}"), *params[1:])


def _has_extensions(walk: Walk) -> bool:
    known = walk.extra.get("extensions")
    if known is None:
        known = walk.extra["extensions"] = ["extension"] if b"extension" in walk.text else []
    return bool(known)


def _value_kind(walk: Walk, constant: bool = True) -> SymbolKind:
    parent = walk.parent
    if parent is not None and parent.kind in TYPE_KINDS:
        return SymbolKind.PROPERTY
    return SymbolKind.CONSTANT if constant else SymbolKind.VARIABLE


def on_variable(walk: Walk, node: Node) -> None:
    pattern = node.child_by_field_name("pattern") or node.child_by_field_name("name")
    if pattern is None:
        return
    names = [pattern] if pattern.type in ("identifier", "operator_identifier") else _identifiers(pattern)
    type_ = type_text(walk, node.child_by_field_name("type"))
    value = node.child_by_field_name("value")
    single = len(names) == 1 and names[0] == pattern
    if single or pattern.type == "identifiers":
        for each in names:
            _bind(walk, each, type_, value)
    if _is_local(walk):
        walk.make_local([name_of(walk, each) for each in names])
        return
    kind = _value_kind(walk, node.type.startswith("val"))
    parts = parts_of(node)
    drafts = [_draft(walk, node, each, kind, parts) for each in names]
    for draft in drafts:
        draft.type = type_
        draft.modifiers.append("var" if node.type.startswith("var") else "val")
        end = value.start_byte if value is not None else node.end_byte
        start = head_start(parts)
        draft.signature = signature(walk.slice(start, min(end, start + _HEAD_CHARACTERS)).rstrip(" \t\r\n="))
        document(walk, draft)
        walk.add(draft)
    if len(drafts) == 1:  # what its value calls is called by it
        walk.enter(len(walk.symbols) - 1, drafts[0].end_byte)


def _identifiers(pattern: Node) -> list[Node]:
    return [child for child in pattern.named_children if child.type == "identifier"]


def _bind(walk: Walk, at: Node, type_: str, value: Node | None) -> None:
    if not type_ and value is not None and value.type == "instance_expression" and value.named_child_count:
        made = value.named_children[0]
        type_ = type_text(walk, made) if made.type.endswith(("type", "identifier")) else ""
    if type_:
        walk.bind((name_of(walk, at),), at, type_=type_)
    elif value is not None:
        held = chain(walk, _result(value))
        if "?" not in held:
            walk.bind((name_of(walk, at),), at, value=held)
