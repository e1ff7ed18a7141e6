"""Lua: functions, tables and what is put into them, ``require``, calls."""

import re

from docrunch.parsing.chains import ChainRules, chain_of
from docrunch.parsing.draft import Draft
from docrunch.parsing.model import Import, Param, SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Handler, Walk
from docrunch.parsing.wording import signature

_RULES = ChainRules(
    members={"dot_index_expression": ("table", "field"), "method_index_expression": ("table", "method")},
    calls={"function_call": "name"},
    wrappers={"parenthesized_expression": ""},
    names=frozenset({"identifier"}),
    marks={"bracket_index_expression": ("table", "[]")},
)
_MARK = re.compile(r"^--(?:-+|\[=*\[)?[ \t]?|\]=*\]$", re.MULTILINE)
_BUILTIN_WORDS = """
    require print type pairs ipairs tostring tonumber error assert pcall xpcall select next unpack rawget rawset
    rawequal setmetatable getmetatable collectgarbage load loadstring dofile loadfile
"""
_BUILTIN = frozenset((name,) for name in _BUILTIN_WORDS.split())


def chain(walk: Walk, node: Node) -> tuple[str, ...]:
    return chain_of(walk.text, node, _RULES, walk.chains)


def on_function(walk: Walk, node: Node) -> None:
    name_node = node.child_by_field_name("name")
    if name_node is None:
        return
    local = node.child(0) is not None and walk.text.startswith(b"local", node.start_byte)
    _define(walk, node, name_node, node, local)


def _define(walk: Walk, whole: Node, name_node: Node, function: Node, local: bool) -> None:
    """A function under a name; ``M.f`` and ``M:f`` belong to the table M of this file."""
    parts = chain(walk, name_node)
    if "?" in parts or "[]" in parts:
        return
    table = ".".join(parts[:-1])
    parent = int(walk.extra.get(f"table {table}", ["-1"])[0]) if table else walk.scope
    kind = SymbolKind.METHOD if name_node.type == "method_index_expression" else SymbolKind.FUNCTION
    local_name = ".".join(parts) if table else walk.local_path(parts[-1])
    draft = Draft(parts[-1], kind, local_name, parent, name_node.end_point[0] + 1, whole)
    draft.exported = not local and walk.scope < 0 and not parts[-1].startswith("_")
    draft.complexity = 1
    body = function.child_by_field_name("body")
    end = body.start_byte if body is not None else function.end_byte
    draft.signature = signature(walk.slice(whole.start_byte, end).removesuffix("end").rstrip())
    comment_above(walk, draft)
    if local and walk.scope >= 0:
        walk.make_local([parts[-1]])
    walk.open(draft)
    draft.params = _parameters(walk, function.child_by_field_name("parameters"))


def _parameters(walk: Walk, node: Node | None) -> tuple[Param, ...]:
    names = [walk.read(child) for child in node.named_children] if node is not None else []
    walk.make_local(names)
    return tuple(Param(name) for name in names)


def comment_above(walk: Walk, draft: Draft) -> None:
    """``--`` lines or a long comment directly above."""
    found = walk.comments.above(draft.start_line)
    if found:
        text = "\n".join(walk.slice(comment.start_byte, comment.end_byte) for comment in found)
        draft.doc = _MARK.sub("", text).strip()
        draft.doc_line, draft.doc_end_line = found[0].start_line, found[-1].end_line


def on_variable(walk: Walk, node: Node) -> None:
    """Assignments: functions, tables and values at the top of the file, what local names hold inside functions."""
    if node.type == "variable_declaration":
        listed = next((child for child in node.named_children if child.type == "variable_list"), None)
        _make_local(walk, listed)
        return
    around = node.parent
    local = around is not None and around.type == "variable_declaration"
    names, values = _sides(node)
    for index, name in enumerate(names):
        value = values[index] if index < len(values) else None
        if value is not None and value.type == "function_definition":
            whole = around if local and around is not None else node
            if name.type != "identifier" or walk.scope < 0 or local:
                _define(walk, whole, name, value, local)
                return
        _value(walk, node, name, value, local)


def _sides(node: Node) -> tuple[list[Node], list[Node]]:
    found: dict[str, list[Node]] = {"variable_list": [], "expression_list": []}
    for child in node.named_children:
        if child.type in found:
            found[child.type] = child.named_children
    return found["variable_list"], found["expression_list"]


def _value(walk: Walk, node: Node, name: Node, value: Node | None, local: bool) -> None:
    if name.type != "identifier":
        return
    word = walk.read(name)
    required = _required(walk, value)
    if required:
        walk.imports.append(Import(required, node.start_point[0] + 1, alias=word, scope=walk.scope))
        return
    if walk.scope >= 0:
        if local:
            walk.make_local([word])
            held = chain(walk, value) if value is not None else ("?",)
            walk.bind((word,), name, value=held if "?" not in held else ("?",))
        return
    if word in walk.defined or node.parent is None or node.parent.type not in ("chunk", "variable_declaration"):
        return
    walk.defined.add(word)
    draft = Draft(word, SymbolKind.VARIABLE, word, -1, name.start_point[0] + 1, node)
    draft.signature = signature(walk.slice(node.start_byte, min(node.end_byte, node.start_byte + 300)).split("\n")[0])
    draft.exported = not local
    comment_above(walk, draft)
    walk.extra[f"table {word}"] = [str(walk.add(draft))]
    held = chain(walk, value) if value is not None else ("?",)
    if "?" not in held:
        walk.bind((word,), name, value=held)


def _required(walk: Walk, value: Node | None) -> str:
    """The module of ``require("a.b")``, "" for any other value."""
    if value is None or value.type != "function_call":
        return ""
    name, arguments = value.child_by_field_name("name"), value.child_by_field_name("arguments")
    if name is None or arguments is None or walk.read(name) != "require" or arguments.named_child_count != 1:
        return ""
    written = arguments.named_child(0)
    return walk.read(written).strip("\"'[]") if written is not None and written.type == "string" else ""


def _make_local(walk: Walk, listed: Node | None) -> None:
    if listed is not None and walk.scope >= 0:
        walk.make_local([walk.read(child) for child in listed.named_children if child.type == "identifier"])


def on_local(walk: Walk, node: Node) -> None:
    if node.type == "identifier":
        walk.make_local([walk.read(node)])
    else:
        walk.make_local([walk.read(child) for child in node.named_children if child.type == "identifier"])


def on_call(walk: Walk, node: Node) -> None:
    name, arguments = node.child_by_field_name("name"), node.child_by_field_name("arguments")
    if name is None:
        return
    required = _required(walk, node)
    if required and (node.parent is None or node.parent.type != "expression_list"):
        walk.imports.append(Import(required, node.start_point[0] + 1, scope=walk.scope, dynamic=True))
        return
    found = chain(walk, name)
    if found[-1] not in ("?", "[]") and found not in _BUILTIN:
        walk.refer("call", found, node, arguments.named_child_count if arguments is not None else -1)


def on_use(walk: Walk, node: Node) -> None:
    found = chain(walk, node)
    if found[-1] != "?" and found not in _BUILTIN:
        walk.refer("use", found, node)


def on_export(walk: Walk, node: Node) -> None:
    """``return M`` and ``return { f = f }`` at the end of a file say what the module is."""
    if walk.scope >= 0 or node.parent is None or node.parent.type != "chunk":
        return
    listed = node.named_child(0) if node.named_child_count else None
    value = listed.named_child(0) if listed is not None and listed.named_child_count else None
    if value is None:
        return
    if value.type == "identifier":
        walk.exports.append(("default", walk.read(value)))
    elif value.type == "table_constructor":
        for field in value.named_children:
            name, held = field.child_by_field_name("name"), field.child_by_field_name("value")
            if name is not None and held is not None and held.type in ("identifier", "dot_index_expression"):
                walk.exports.append((walk.read(name), walk.read(held)))


def on_decision(walk: Walk, node: Node) -> None:
    walk.decide()


def on_comment(walk: Walk, node: Node) -> None:
    walk.comments.add(node)


def finish(walk: Walk, root: Node) -> None:
    """What a module returns is public, whatever it is called inside; the comment at the top describes the file."""
    public = {local for _, local in walk.exports}
    for draft in walk.symbols:
        draft.exported = draft.exported or draft.local_name in public
    first = root.named_child(0) if root.named_child_count else None
    if first is not None and first.type == "comment":
        walk.doc = _MARK.sub("", walk.read(first)).strip()
        walk.doc_line = first.start_point[0] + 1
        walk.doc_end_line = walk.doc_line + walk.read(first).rstrip("\n").count("\n")


HANDLERS: dict[str, Handler] = {
    "definition.function": on_function,
    "definition.variable": on_variable,
    "reference.call": on_call,
    "reference.use": on_use,
    "local": on_local,
    "export": on_export,
    "decision": on_decision,
    "comment": on_comment,
}
