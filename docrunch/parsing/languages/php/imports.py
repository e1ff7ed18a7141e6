"""PHP namespaces, ``use`` and ``include``."""

import re

from docrunch.parsing.draft import Draft
from docrunch.parsing.model import Import, SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk

_HERE = re.compile(r"^(?:__DIR__|dirname\(\s*__FILE__\s*\))\s*\.\s*(['\"])/?([^'\"$]*)\1$")
_ABOVE = re.compile(r"^dirname\(\s*__DIR__\s*(?:,\s*(\d)\s*)?\)\s*\.\s*(['\"])/?([^'\"$]*)\2$")
_LITERAL = re.compile(r"^(['\"])([^'\"$]+)\1$")
_INCLUDED_BYTES = 300
_LF = b"\n"


def on_namespace(walk: Walk, node: Node) -> None:
    """The only namespace of a file is its package; several are symbols that enclose what they hold."""
    name_node = node.child_by_field_name("name")
    name = "".join(walk.read(name_node).split()) if name_node is not None else ""
    following = _following(walk, node)
    if following is None:
        walk.package = name
        return
    body = node.child_by_field_name("body")
    while walk.stack and body is None:
        walk.close()  # the statement ends the namespace before it
    if not name:
        return
    draft = Draft(name, SymbolKind.NAMESPACE, name, -1, node.start_point[0] + 1, node)
    if name_node is not None:
        draft.line = name_node.start_point[0] + 1
    draft.signature = f"namespace {name}"
    draft.exported = True
    if body is None:
        draft.end_byte, draft.end_line = following
    walk.open(draft)


def _following(walk: Walk, node: Node) -> tuple[int, int] | None:
    """(last byte, last line) before the namespace statement that follows this one; ``None`` for the only one.

    The statements of a file are listed once, last one first, and taken off as they pass by.
    """
    waiting = walk.extra.get("namespaces")
    if waiting is None:
        parent = node.parent
        beside = parent.named_children if parent is not None else [node]
        places = [each.start_point[0] for each in beside if each.type == "namespace_definition"]
        starts = [each.start_byte for each in beside if each.type == "namespace_definition"]
        waiting = [f"{start} {max(row, 1)}" for start, row in zip(starts, places, strict=True)]
        end = f"{len(walk.text)} {walk.text.count(_LF, 0, len(walk.text.rstrip())) + 1}"
        waiting = walk.extra["namespaces"] = [*waiting[1:], end][::-1] if len(waiting) > 1 else []
    if not waiting:
        return None
    following = waiting.pop() if len(waiting) > 1 else waiting[0]  # further ones are nested, in broken text
    last, line = (int(each) for each in following.split())
    return last, max(line, node.end_point[0] + 1)


def on_import(walk: Walk, node: Node) -> None:
    if node.type == "namespace_use_declaration":
        _use(walk, node)
    elif node.type == "use_declaration":
        _trait_rules(walk, node)
    else:
        _include(walk, node)


def _use(walk: Walk, node: Node) -> None:
    """``use A\\B``, ``use function A\\f``, ``use A\\{B, C as D}``: one row a name, by its full name."""
    prefix = ""
    clauses = node.named_children
    group = node.child_by_field_name("body")
    if group is not None:
        prefix = "".join(walk.read(clauses[0]).split()).strip("\\") + "\\"
        clauses = group.named_children
    for clause in clauses:
        if clause.type != "namespace_use_clause":
            continue
        alias_node = clause.child_by_field_name("alias")
        written = next(
            (each for each in clause.named_children if each.type in ("name", "qualified_name", "namespace_name")), None
        )
        if written is None:
            continue
        full = (prefix + "".join(walk.read(written).split())).strip("\\")
        module, _, name = full.rpartition("\\")
        alias = walk.read(alias_node) if alias_node is not None else ""
        walk.imports.append(Import(module, clause.start_point[0] + 1, name, alias, scope=walk.scope))


def _trait_rules(walk: Walk, node: Node) -> None:
    """``use A, B { A::x insteadof B; y as z; }``: which method a name of the class means."""
    traits = [walk.read(each) for each in node.named_children if each.type in ("name", "qualified_name")]
    rules = next((each for each in node.named_children if each.type == "use_list"), None)
    for rule in rules.named_children if rules is not None else ():
        parts = [each for each in rule.named_children if each.type in ("name", "class_constant_access_expression")]
        if not parts:
            continue
        qualified = parts[0].type == "class_constant_access_expression"
        named = [walk.read(each) for each in parts[0].named_children] if qualified else [traits[0], walk.read(parts[0])]
        if len(named) != 2 or (not qualified and len(traits) != 1):
            continue
        if rule.type == "use_as_clause" and len(parts) == 2:
            walk.bind(("self", walk.read(parts[1])), rule, value=(named[0], named[1]))
        elif rule.type == "use_instead_of_clause":
            walk.bind(("self", named[1]), rule, value=(named[0], named[1]))


def _include(walk: Walk, node: Node) -> None:
    """Files named by a literal: ``./x.php`` beside this file, ``../x.php`` above it, ``x.php`` on the include path."""
    start = node.children[0].end_byte
    if node.end_byte - start > _INCLUDED_BYTES:
        return
    written = walk.slice(start, node.end_byte).strip()
    while written.startswith("(") and written.endswith(")"):
        written = written[1:-1].strip()
    module = _path(written)
    if module:
        walk.imports.append(Import(module, node.start_point[0] + 1, scope=walk.scope, dynamic=True))


def _path(written: str) -> str:
    if (found := _HERE.match(written)) is not None:
        return "./" + found[2]
    if (found := _ABOVE.match(written)) is not None:
        return "../" * int(found[1] or 1) + found[3]
    if (found := _LITERAL.match(written)) is not None and not found[2].startswith(("http:", "https:", "ftp:")):
        return found[2]
    return ""
