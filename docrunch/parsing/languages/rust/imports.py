"""Rust use trees, extern crates and module declarations."""

from docrunch.parsing.languages.rust.names import is_pub
from docrunch.parsing.model import Import
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk
from docrunch.parsing.wording import one_line


def on_import(walk: Walk, node: Node) -> None:
    walk.type_end = node.end_byte  # the paths inside are no uses
    walk.decorators.clear()
    public = walk.text.startswith(b"pub", node.start_byte)
    if node.type == "extern_crate_declaration":
        name, alias = node.child_by_field_name("name"), node.child_by_field_name("alias")
        if name is not None:
            written = walk.read(alias) if alias is not None else ""
            line = node.start_point[0] + 1
            walk.imports.append(Import(walk.read(name), line, alias=written, scope=walk.scope, reexport=public))
        return
    argument = node.child_by_field_name("argument")
    pending: list[tuple[Node, str]] = [(argument, "")] if argument is not None else []
    while pending:
        tree, prefix = pending.pop()
        pending.extend(reversed(_expand(walk, tree, prefix, public)))


def _expand(walk: Walk, tree: Node, prefix: str, public: bool) -> list[tuple[Node, str]]:
    """Add what one node of a use tree imports; returns its branches with their prefixes."""
    if tree.type == "use_list":
        return [(child, prefix) for child in tree.named_children if not child.type.endswith("comment")]
    if tree.type == "scoped_use_list":
        path, inner = tree.child_by_field_name("path"), tree.child_by_field_name("list")
        return [(inner, _join(prefix, _path(walk, path)))] if inner is not None else []
    if tree.type == "use_wildcard":
        path = tree.named_child(0) if tree.named_child_count else None
        _add(walk, tree, _join(prefix, _path(walk, path)), "*", "", public)
        return []
    alias = ""
    target: Node | None = tree
    if tree.type == "use_as_clause":
        target, alias_node = tree.child_by_field_name("path"), tree.child_by_field_name("alias")
        alias = walk.read(alias_node) if alias_node is not None else ""
    path_text = _path(walk, target)
    if path_text == "self" and prefix:
        module, name = prefix, ""
    else:
        module, _, name = _join(prefix, path_text).rpartition("::")
        if not module:
            module, name = name, ""
    _add(walk, tree, module, name, alias, public)
    return []


def _path(walk: Walk, node: Node | None) -> str:
    return one_line(walk.read(node)).replace(" ", "").removeprefix("::") if node is not None else ""


def _join(prefix: str, path: str) -> str:
    return f"{prefix}::{path}" if prefix and path else prefix or path


def _add(walk: Walk, at: Node, module: str, name: str, alias: str, public: bool) -> None:
    walk.imports.append(Import(module, at.start_point[0] + 1, name, alias, scope=walk.scope, reexport=public))


def module_declaration(walk: Walk, node: Node, name: str) -> None:
    """``mod name;`` brings in the file of that module: as ``use self::name``."""
    line = node.start_point[0] + 1
    walk.imports.append(Import("self", line, name, scope=walk.scope, reexport=is_pub(walk, node)))
