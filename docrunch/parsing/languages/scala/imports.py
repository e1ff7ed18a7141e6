"""Scala imports and exports: selectors, renamings, wildcards, several in one clause."""

from collections.abc import Iterator

from docrunch.parsing.languages.scala.names import name_of
from docrunch.parsing.model import Import
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk

_RENAMED = frozenset({"arrow_renamed_identifier", "as_renamed_identifier"})


def on_import(walk: Walk, node: Node) -> None:
    walk.type_end = max(walk.type_end, node.end_byte)  # the names inside are no uses
    line = node.start_point[0] + 1
    exported = node.type == "export_declaration"
    for module, name, alias in _clauses(walk, node):
        walk.imports.append(Import(module, line, name, alias, scope=walk.scope, reexport=exported))


def _clauses(walk: Walk, node: Node) -> Iterator[tuple[str, str, str]]:
    """(path, name, alias) of everything that a declaration imports."""
    path: list[str] = []
    complete = True  # the clause was given in full by its last part
    for child in node.children:
        kind = child.type
        if kind == ",":
            yield from _plain(path, complete)
            path, complete = [], False
        elif kind in ("identifier", "type_identifier", "operator_identifier"):
            path.append(name_of(walk, child))
            complete = False
        elif kind in ("stable_identifier", "package_identifier"):
            path += walk.read(child).replace("`", "").split(".")
            complete = False
        elif kind == "namespace_wildcard":
            yield ".".join(path), "*", ""
            complete = True
        elif kind == "namespace_selectors":
            yield from _selected(walk, child, ".".join(path))
            complete = True
        elif kind in _RENAMED:
            yield from _renamed(walk, child, ".".join(path))
            complete = True
    yield from _plain(path, complete)


def _plain(path: list[str], complete: bool) -> Iterator[tuple[str, str, str]]:
    if path and not complete:
        yield ".".join(path[:-1]), path[-1], ""


def _selected(walk: Walk, node: Node, module: str) -> Iterator[tuple[str, str, str]]:
    for child in node.named_children:
        if child.type in _RENAMED:
            yield from _renamed(walk, child, module)
        elif child.type == "namespace_wildcard":
            yield module, "*", ""
        elif child.type in ("identifier", "type_identifier", "operator_identifier"):
            yield module, name_of(walk, child), ""


def _renamed(walk: Walk, node: Node, module: str) -> Iterator[tuple[str, str, str]]:
    name, alias = node.child_by_field_name("name"), node.child_by_field_name("alias")
    if name is not None:
        written = name_of(walk, alias) if alias is not None else "_"
        yield module, name_of(walk, name), written
