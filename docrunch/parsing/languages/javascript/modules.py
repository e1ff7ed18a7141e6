"""Imports and exports of ECMAScript modules and CommonJS."""

import re

from docrunch.parsing.languages.javascript.define import clean_comment
from docrunch.parsing.languages.javascript.names import chain
from docrunch.parsing.model import Import
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk

_LITERAL = re.compile(r"\(\s*(?:/\*.*?\*/\s*)?[\"'`]([^\"'`$]+)[\"'`]", re.DOTALL)


def on_import(walk: Walk, node: Node) -> None:
    source = node.child_by_field_name("source")
    type_only = walk.text[node.start_byte : node.start_byte + 20].split()[1:2] == [b"type"]
    if source is None:
        _import_equals(walk, node, type_only)
        return
    module = _string(walk, source)
    found = False
    for clause in node.named_children:
        if clause.type != "import_clause":
            continue
        for child in clause.named_children:
            found = True
            if child.type == "identifier":
                _add(walk, child, module, "default", walk.read(child), type_only=type_only)
            elif child.type == "namespace_import" and child.named_child_count:
                _add(walk, child, module, "", walk.read(child.named_child(0)), type_only=type_only)
            elif child.type == "named_imports":
                _specifiers(walk, child, module, type_only=type_only, reexport=False)
    if not found:
        clause_written = any(child.type == "import_clause" for child in node.named_children)
        _import_equals(walk, node, type_only) if clause_written else _add(walk, node, module, "", "")


def _import_equals(walk: Walk, node: Node, type_only: bool) -> None:
    """``import x = require("y")``."""
    for child in node.named_children:
        if child.type == "import_require_clause":
            source = child.child_by_field_name("source")
            if source is not None and child.named_child_count:
                _add(walk, child, _string(walk, source), "", walk.read(child.named_child(0)), type_only=type_only)


def _specifiers(walk: Walk, node: Node, module: str, *, type_only: bool, reexport: bool) -> None:
    for child in node.named_children:
        name = child.child_by_field_name("name")
        if name is None:
            continue
        alias = child.child_by_field_name("alias")
        typed = type_only or walk.read(child).startswith("type ")
        written = walk.read(alias) if alias is not None else ""
        _add(walk, child, module, walk.read(name).strip("\"'"), written, type_only=typed, reexport=reexport)


def _add(
    walk: Walk, at: Node, module: str, name: str, alias: str, *, type_only: bool = False, reexport: bool = False
) -> None:
    line = at.start_point[0] + 1
    walk.imports.append(Import(module, line, name, alias, scope=walk.scope, type_only=type_only, reexport=reexport))


def _string(walk: Walk, node: Node) -> str:
    return walk.read(node).strip("\"'`")


def on_export(walk: Walk, node: Node) -> None:
    walk.pending = node
    if (declaration := node.child_by_field_name("declaration")) is not None:
        _default(walk, node, declaration)
        return
    source = node.child_by_field_name("source")
    type_only = walk.text[node.start_byte : node.start_byte + 20].split()[1:2] == [b"type"]
    clause = next((child for child in node.named_children if child.type == "export_clause"), None)
    if source is not None:
        module = _string(walk, source)
        star = next((child for child in node.named_children if child.type == "namespace_export"), None)
        if clause is not None:
            _specifiers(walk, clause, module, type_only=type_only, reexport=True)
        else:
            alias = walk.read(star.named_child(0)) if star is not None and star.named_child_count else ""
            _add(walk, node, module, "*", alias, type_only=type_only, reexport=True)
    elif clause is not None:
        for child in clause.named_children:
            name, alias_node = child.child_by_field_name("name"), child.child_by_field_name("alias")
            if name is not None:
                walk.exports.append((walk.read(alias_node or name).strip("\"'"), walk.read(name)))
    else:
        _default(walk, node, None)


def _default(walk: Walk, node: Node, declaration: Node | None) -> None:
    """``export default name`` and ``export default function name() {}``; ``export = name``."""
    head = walk.text[node.start_byte : node.start_byte + 40].split()
    if head[1:2] == [b"="] and node.named_child_count:
        walk.exports.append(("default", ".".join(chain(walk, node.named_child(0)))))
    if head[1:2] != [b"default"]:
        return
    value = node.child_by_field_name("value")
    if value is not None and value.type in ("identifier", "member_expression"):
        parts = chain(walk, value)
        walk.exports.append(("default", ".".join(parts)))
        walk.refer("use", parts, value)
    elif declaration is not None and (name := declaration.child_by_field_name("name")) is not None:
        walk.exports.append(("default", walk.read(name)))


def require_declarator(walk: Walk, name: Node, value: Node) -> bool:
    """``const x = require("y")``, ``const {a, b: c} = require("y")``, ``const x = require("y").z``; else False."""
    call, member = value, ""
    if value.type == "member_expression":
        inner, outer = value.child_by_field_name("object"), value.child_by_field_name("property")
        if inner is None or outer is None:
            return False
        call, member = inner, walk.read(outer)
    if call.type == "await_expression" and call.named_child_count:
        call = call.named_child(0)
    if call.type != "call_expression":
        return False
    function, arguments = call.child_by_field_name("function"), call.child_by_field_name("arguments")
    if function is None or arguments is None or walk.read(function) not in ("require", "import"):
        return False
    found = _LITERAL.match(walk.read(arguments))
    if found is None:
        return False
    walk.seen.add(call.start_byte)
    line = name.start_point[0] + 1
    if name.type == "identifier":
        walk.imports.append(Import(found[1], line, member, walk.read(name), scope=walk.scope, dynamic=True))
        return True
    for child in name.named_children:
        key, alias = child.child_by_field_name("key"), child.child_by_field_name("value")
        imported = walk.read(key if key is not None else child).split("=")[0].strip()
        written = walk.read(alias) if alias is not None and alias.type == "identifier" else ""
        at = child.start_point[0] + 1
        walk.imports.append(Import(found[1], at, imported, written, scope=walk.scope, dynamic=True))
    return True


def dynamic_import(walk: Walk, call: Node, arguments: Node) -> None:
    """``require("x")`` or ``import("x")`` outside a declaration that names the result."""
    if call.start_byte in walk.seen:
        return
    found = _LITERAL.match(walk.read(arguments))
    if found is not None:
        walk.imports.append(Import(found[1], call.start_point[0] + 1, scope=walk.scope, dynamic=True))


def mark_exported(walk: Walk) -> None:
    """Symbols that an export list names, and what belongs to them."""
    named = {local for _, local in walk.exports}
    marked: set[int] = set()
    for index, draft in enumerate(walk.symbols):
        if draft.parent < 0 and draft.local_name in named:
            draft.exported = True
            marked.add(index)
        elif draft.parent in marked and not draft.name.startswith("#") and "private" not in draft.modifiers:
            parent = walk.symbols[draft.parent]
            if not parent.complexity:  # not what a function defines for itself
                draft.exported = True
                marked.add(index)


def file_comment(walk: Walk) -> None:
    """A leading ``/** … */`` or ``/*! … */`` that documents no symbol is about the file."""
    start = walk.text.find(b"/*")
    if start < 0 or walk.text[:start].split(b"\n", 1)[-1 if walk.text.startswith(b"#!") else 0].strip():
        return
    if walk.text[start : start + 3] not in (b"/**", b"/*!"):
        return
    end = walk.text.find(b"*/", start)
    line = walk.text.count(b"\n", 0, start) + 1
    if end < 0 or any(draft.doc_line == line for draft in walk.symbols):
        return
    walk.doc = clean_comment(walk.slice(start, end + 2).replace("/*!", "/**", 1))
    walk.doc_line, walk.doc_end_line = line, line + walk.text.count(b"\n", start, end)
