"""How a JavaScript or TypeScript definition becomes a symbol: wrapper, decorators, documentation, visibility."""

from docrunch.parsing import docstrings
from docrunch.parsing.draft import Draft
from docrunch.parsing.languages.javascript.names import chain, head_modifiers, is_type
from docrunch.parsing.model import SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk
from docrunch.parsing.wording import signature


def define(
    walk: Walk, name: str, kind: SymbolKind, at: Node, node: Node, *, body: Node | None = None, local_name: str = ""
) -> Draft:
    """A draft for the definition ``node`` whose name stands at ``at``; the caller adds or opens it."""
    whole, exported = _whole(walk, node)
    draft = Draft(name, kind, local_name or walk.local_path(name), walk.scope, at.start_point[0] + 1, whole)
    if walk.decorators or b"@" in walk.text[whole.start_byte : at.start_byte]:
        head = _decorate(walk, draft, whole, node)
    else:
        head = whole.start_byte
    draft.modifiers = head_modifiers(walk, head, at.start_byte)
    raw = walk.slice(head, body.start_byte if body is not None else min(node.end_byte, head + 1200))
    draft.signature = signature(raw.strip().removesuffix("=>").rstrip(";{, \n"))
    draft.exported = exported or _follows_parent(walk, draft)
    _document(walk, draft)
    walk.seen.add(at.start_byte)
    return draft


def _whole(walk: Walk, node: Node) -> tuple[Node, bool]:
    """The definition with its statement and export around it, and whether it is exported directly."""
    export = walk.pending
    inside = export is not None and export.start_byte <= node.start_byte and node.end_byte <= export.end_byte
    direct = (
        inside
        and walk.scope_end > (export.end_byte if export is not None else 0)
        and walk.anonymous_end <= node.start_byte
    )
    declaration = declaration_of(walk, node)
    if declaration is not None and declaration.named_child_count == 1:
        whole = declaration
    else:
        whole = node
    if direct and export is not None and export.end_byte - whole.end_byte <= 1:
        return export, True
    return whole, direct


def declaration_of(walk: Walk, node: Node) -> Node | None:
    """The statement around a declarator; in broken text there may be none, and the last one seen is another's."""
    found = walk.declaration
    if node.type != "variable_declarator" or found is None:
        return None
    return found if found.start_byte <= node.start_byte and node.end_byte <= found.end_byte else None


def _follows_parent(walk: Walk, draft: Draft) -> bool:
    parent = walk.parent
    if parent is None or not parent.exported:
        return False
    if draft.name.startswith("#") or "private" in draft.modifiers:
        return False
    return is_type(parent.kind) or parent.kind in (SymbolKind.CONSTANT, SymbolKind.VARIABLE)


def _decorate(walk: Walk, draft: Draft, whole: Node, node: Node) -> int:
    """Takes the decorators of a definition; returns the byte where its head begins, after them."""
    inside = [child for parent in (whole, node) for child in parent.children_by_field_name("decorator")]
    before = [found for found in walk.decorators if found.end_byte <= whole.start_byte]
    walk.decorators = []
    names = []
    unique = {found.start_byte: found for found in [*before, *inside]}
    for decorator in unique.values():
        target: Node | None = decorator.named_child(0) if decorator.named_child_count else None
        if target is not None and target.type == "call_expression":
            target = target.child_by_field_name("function")
        names.append(".".join(chain(walk, target)) if target is not None else "?")
    draft.decorators = tuple(names)
    if before:
        draft.start_byte = before[0].start_byte
        draft.start_line = before[0].start_point[0] + 1
    within = [found.end_byte for found in inside]
    walk.seen.update(found.start_byte for found in inside)
    return max([whole.start_byte, *within])


def _document(walk: Walk, draft: Draft) -> None:
    comments = walk.comments.above(draft.start_line)
    if comments and walk.text.startswith(b"/**", comments[-1].start_byte):
        comment = comments[-1]
        draft.doc = clean_comment(walk.slice(comment.start_byte, comment.end_byte))
        draft.doc_line, draft.doc_end_line = comment.start_line, comment.end_line


def describe(draft: Draft) -> None:
    """What the JSDoc comment says about parameters and result, once the parameters are known."""
    if "@" in draft.doc:
        draft.params, draft.returns_doc = docstrings.apply(draft.doc, draft.params)


def clean_comment(raw: str) -> str:
    """The text of a ``/** … */`` comment without delimiters and leading stars."""
    lines = raw.removeprefix("/**").removesuffix("*/").split("\n")
    cleaned = []
    for line in lines:
        stripped = line.strip()
        if stripped.startswith("*"):
            stripped = stripped[1:].removeprefix(" ")
        cleaned.append(stripped.rstrip())
    return "\n".join(cleaned).strip("\n").strip()
