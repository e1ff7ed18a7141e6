"""Dockerfiles: stages, what they are built from and copy from, arguments, variables, ports."""

import re

from docrunch.parsing.draft import Draft
from docrunch.parsing.model import Base, Import, SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Handler, Walk
from docrunch.parsing.wording import signature

_FROM = re.compile(r"(?:--from=|\bfrom=)([\w./:@-]+)")
_VARIABLE = re.compile(rb"\$(?:(\w+)|\{(\w+))")
_NUMBER = re.compile(r"[0-9]{1,6}")  # of a stage
_HEAD_CHARACTERS = 300


def begin(text: bytes, language: str) -> tuple[bytes, Walk]:
    """The grammar ends lines at LF only, and minds white space before it more than behind it."""
    return text.replace(b"\r\n", b"\n "), Walk(text)


def on_stage(walk: Walk, node: Node) -> None:
    """A stage lasts to the next FROM. One without a name is called by its number, as ``COPY --from`` does."""
    if walk.stack:
        walk.close()
    image = next((child for child in node.named_children if child.type == "image_spec"), None)
    alias = node.child_by_field_name("as")
    number = len(walk.extra.setdefault("stages", []))
    name = walk.read(alias) if alias is not None else str(number)
    draft = Draft(name, SymbolKind.BLOCK, name, -1, (alias or node).start_point[0] + 1, node)
    draft.signature = signature(walk.read(node))
    draft.exported = True
    draft.modifiers = ["stage"]
    built_from = walk.read(image) if image is not None else ""
    found = walk.comments.above(draft.start_line)
    if found:
        texts = (walk.slice(comment.start_byte, comment.end_byte).lstrip("#").strip() for comment in found)
        draft.doc = "\n".join(texts).strip()
        draft.doc_line, draft.doc_end_line = found[0].start_line, found[-1].end_line
    index = walk.add(draft)
    walk.enter(index, len(walk.text) + 1)
    _depend(walk, node, built_from)
    if built_from:
        draft.bases = (Base(built_from, node.start_point[0] + 1, "inherits"),)
    walk.extra["stages"].append(name)
    walk.defined.add(f"stage {name}")


def _depend(walk: Walk, node: Node, name: str) -> None:
    """A stage of this file by name or number, else an image from outside."""
    stages = walk.extra.get("stages", [])
    if _NUMBER.fullmatch(name) and int(name) < len(stages):
        name = stages[int(name)]
    if f"stage {name}" in walk.defined:
        walk.refer("use", (name,), node)
    elif name and name != "scratch" and not name.isdigit():
        walk.imports.append(Import(name, node.start_point[0] + 1, scope=walk.scope))


def on_variable(walk: Walk, node: Node) -> None:
    name_node = node.child_by_field_name("name")
    if name_node is None:
        return
    name = walk.read(name_node)
    if f"{walk.scope} {name}" in walk.defined:
        return
    walk.defined.add(f"{walk.scope} {name}")
    whole = node.parent if node.type == "env_pair" and node.parent is not None else node
    draft = Draft(name, SymbolKind.VARIABLE, walk.local_path(name), walk.scope, name_node.start_point[0] + 1, whole)
    draft.signature = signature(walk.read(whole)[:_HEAD_CHARACTERS])
    draft.exported = True
    draft.modifiers = ["arg" if node.type == "arg_instruction" else "env"]
    walk.add(draft)


def on_port(walk: Walk, node: Node) -> None:
    """Ports are part of what a stage shows to the outside."""
    for child in node.named_children:
        name = walk.read(child)
        draft = Draft(name, SymbolKind.PROPERTY, walk.local_path(name), walk.scope, child.start_point[0] + 1, node)
        draft.signature = f"EXPOSE {name}"
        draft.exported = True
        draft.modifiers = ["port"]
        walk.add(draft)


def on_use(walk: Walk, node: Node) -> None:
    """``COPY --from=stage`` and ``RUN --mount=…,from=stage``."""
    found = _FROM.search(walk.read(node))
    if found is not None:
        _depend(walk, node, found[1])


def on_expansion(walk: Walk, node: Node) -> None:
    walk.refer("use", (walk.read(node),), node)


def on_shell(walk: Walk, node: Node) -> None:
    raw = walk.text[node.start_byte : node.end_byte]
    for found in _VARIABLE.finditer(raw) if b"$" in raw else ():
        walk.refer("use", ((found[1] or found[2]).decode(),), node)


def on_comment(walk: Walk, node: Node) -> None:
    walk.comments.add(node)


def finish(walk: Walk, root: Node) -> None:
    """Stages end where the next one starts, or with the file."""
    stages = [draft for draft in walk.symbols if draft.kind is SymbolKind.BLOCK]
    text, behind, line = walk.text, len(walk.text), walk.text.count(b"\n") + 1
    for draft in reversed(stages):
        end = behind
        while end > draft.end_byte and text[end - 1 : end].isspace():
            end -= 1
        draft.end_byte = max(end, draft.end_byte)
        draft.end_line = line - text.count(b"\n", draft.end_byte, behind)
        behind, line = draft.start_byte, draft.start_line
    walk.entry_point = bool(stages)


HANDLERS: dict[str, Handler] = {
    "definition.class": on_stage,
    "definition.variable": on_variable,
    "definition.member": on_port,
    "reference.use": on_use,
    "reference.type": on_expansion,
    "reference.call": on_shell,
    "comment": on_comment,
}
