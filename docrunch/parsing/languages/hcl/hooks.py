"""HCL: a block is known by its address (``aws_instance.web``, ``var.region``), which is its name here.

Addresses are those of the Terraform language; blocks of other tools are called by their type and labels.
"""

from docrunch.parsing.draft import Draft
from docrunch.parsing.model import Import, SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Handler, Walk
from docrunch.parsing.wording import default, one_line, signature

_PREFIXES = {"resource": "", "data": "data.", "variable": "var.", "output": "output.", "module": "module."}
_KINDS = {"variable": SymbolKind.VARIABLE, "output": SymbolKind.VARIABLE}
_OWN = frozenset({"each", "self", "path", "count", "terraform"})  # what an expression knows without a block
_PARTS = {"data": 3, "module": 3}  # identifiers of an address; others have two


def on_block(walk: Walk, node: Node) -> None:
    words = [child for child in node.children if child.type in ("identifier", "string_lit")]
    if not words or walk.read(words[0]) in ("locals", "terraform"):
        return
    keyword, labels = walk.read(words[0]), [_label(walk, word) for word in words[1:]]
    address = _PREFIXES.get(keyword, f"{keyword}.") + ".".join(labels) if labels else keyword
    draft = Draft(address, _KINDS.get(keyword, SymbolKind.BLOCK), address, -1, node.start_point[0] + 1, node)
    draft.line = words[-1].start_point[0] + 1
    draft.exported = keyword in ("variable", "output", "module", "resource")
    draft.signature = signature(walk.slice(node.start_byte, words[-1].end_byte))
    _document(walk, draft)
    walk.open(draft)
    body = next((child for child in node.named_children if child.type == "body"), None)
    for attribute in body.named_children if body is not None else ():
        if attribute.type == "attribute":
            _attribute(walk, draft, keyword, attribute)


def _label(walk: Walk, node: Node) -> str:
    return walk.read(node).strip('"')


def _attribute(walk: Walk, draft: Draft, keyword: str, node: Node) -> None:
    """What a block says about itself."""
    name, value = _pair(walk, node)
    if value is None:
        return
    text = walk.read(value)
    if name == "description" and keyword in ("variable", "output") and text.startswith('"'):
        draft.doc = text.strip('"')
        draft.doc_line, draft.doc_end_line = value.start_point[0] + 1, value.end_point[0] + 1
    elif name == "type" and keyword == "variable":
        draft.type = default(one_line(text))
    elif name == "source" and keyword == "module" and text.startswith('"') and "${" not in text:
        source = text.strip('"')
        walk.imports.append(Import(source, node.start_point[0] + 1, alias=draft.name, scope=-1))


def _pair(walk: Walk, node: Node) -> tuple[str, Node | None]:
    children = node.named_children
    return (walk.read(children[0]), children[1]) if len(children) > 1 else ("", None)


def _document(walk: Walk, draft: Draft) -> None:
    comments = walk.comments.above(draft.start_line)
    if comments:
        text = walk.slice(comments[0].start_byte, comments[-1].end_byte)
        lines = [line.strip().removeprefix("/*").removesuffix("*/").lstrip("#/* ").strip() for line in text.split("\n")]
        draft.doc = "\n".join(lines).strip()
        draft.doc_line, draft.doc_end_line = comments[0].start_line, comments[-1].end_line


def on_member(walk: Walk, node: Node) -> None:
    """An attribute of ``locals``."""
    body = node.parent
    block = body.parent if body is not None else None
    if block is None or not block.child_count or walk.read(block.children[0]) != "locals":
        return
    name, value = _pair(walk, node)
    if value is None:
        return
    draft = Draft(f"local.{name}", SymbolKind.CONSTANT, f"local.{name}", -1, node.start_point[0] + 1, node)
    draft.signature = signature(walk.slice(node.start_byte, min(node.end_byte, node.start_byte + 600)))
    _document(walk, draft)
    walk.open(draft)


def on_assignment(walk: Walk, node: Node) -> None:
    """A value for a variable, in a ``.tfvars`` file."""
    name, _ = _pair(walk, node)
    if name:
        walk.refer("use", (f"var.{name}",), node)


def on_use(walk: Walk, node: Node) -> None:
    names = [walk.read(node)]
    sibling = node.next_named_sibling
    while sibling is not None and sibling.type == "get_attr" and len(names) < _PARTS.get(names[0], 2):
        names.append(walk.read(sibling).lstrip("."))
        sibling = sibling.next_named_sibling
    if names[0] in _OWN or len(names) < 2:
        return
    if names[0] == "module":
        walk.refer("use", (".".join(names[:2]),), node)
        if len(names) > 2:
            walk.refer("use", (".".join(names),), node)
    elif len(names) == _PARTS.get(names[0], 2):
        walk.refer("use", (".".join(names),), node)


def on_comment(walk: Walk, node: Node) -> None:
    walk.comments.add(node)


def finish(walk: Walk, root: Node) -> None:
    """Nothing is left to do: addresses need no second look."""


HANDLERS: dict[str, Handler] = {
    "definition.class": on_block,
    "definition.member": on_member,
    "assignment": on_assignment,
    "reference.use": on_use,
    "comment": on_comment,
}
