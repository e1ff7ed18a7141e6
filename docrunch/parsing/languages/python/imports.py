"""Python import statements and imports by call."""

import re

from docrunch.parsing.model import Import
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk

_LITERAL_MODULE = re.compile(r"\(\s*[\"']([\w.]+)[\"']\s*[,)]")


def on_import(walk: Walk, node: Node) -> None:
    line = node.start_point[0] + 1
    if node.type == "import_statement":
        for child in node.named_children:
            name, alias = _name_and_alias(walk, child)
            if name:
                _add(walk, Import(name, child.start_point[0] + 1, alias=alias, scope=walk.scope))
        return
    if node.type == "future_import_statement":
        for child in node.children_by_field_name("name"):
            name, alias = _name_and_alias(walk, child)
            _add(walk, Import("__future__", line, name, alias, scope=walk.scope))
        return
    module_node = node.child_by_field_name("module_name")
    written = walk.read(module_node) if module_node is not None else ""
    module = "".join(written.lstrip(". \t").split())
    level = written.count(".", 0, len(written) - len(written.lstrip(". \t")))
    names = node.children_by_field_name("name")
    for child in names:
        name, alias = _name_and_alias(walk, child)
        if name:
            _add(walk, Import(module, child.start_point[0] + 1, name, alias, level, walk.scope))
    if not names and any(child.type == "wildcard_import" for child in node.named_children):
        _add(walk, Import(module, line, "*", "", level, walk.scope))


def _add(walk: Walk, found: Import) -> None:
    walk.imports.append(found)


def _name_and_alias(walk: Walk, node: Node) -> tuple[str, str]:
    if node.type == "aliased_import":
        name = node.child_by_field_name("name")
        alias = node.child_by_field_name("alias")
        return (walk.read(name) if name is not None else "", walk.read(alias) if alias is not None else "")
    return (walk.read(node), "") if node.type == "dotted_name" else ("", "")


def dynamic_import(walk: Walk, call: Node, arguments: Node) -> None:
    """``importlib.import_module("a.b")`` and ``__import__("a.b")`` with a literal absolute name."""
    found = _LITERAL_MODULE.match(walk.read(arguments))
    if found is not None and not found[1].startswith("."):
        walk.imports.append(Import(found[1], call.start_point[0] + 1, scope=walk.scope, dynamic=True))
