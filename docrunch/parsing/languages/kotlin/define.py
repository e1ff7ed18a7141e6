"""Definitions of Kotlin: types and objects, functions with receivers, properties, aliases."""

from docrunch.parsing import docstrings
from docrunch.parsing.draft import Draft
from docrunch.parsing.javadoc import javadoc_above
from docrunch.parsing.languages.kotlin.bindings import value_of
from docrunch.parsing.languages.kotlin.entries import mark_annotations
from docrunch.parsing.languages.kotlin.names import (
    TYPES,
    chain,
    child_of,
    declared,
    dotted,
    modifiers,
    parameters,
    type_arguments,
    type_parameters,
    type_text,
    word_of,
)
from docrunch.parsing.model import Base, Param, SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import TYPE_KINDS, Walk
from docrunch.parsing.wording import default, signature

_HEAD_CHARACTERS = 600
_BODIES = ("class_body", "enum_class_body", "function_body", "block", "getter", "setter")
_HIDDEN = frozenset({"private", "internal"})


def _draft(walk: Walk, node: Node, name: str, at: Node, kind: SymbolKind) -> Draft:
    draft = Draft(name, kind, walk.local_path(name), walk.scope, at.start_point[0] + 1, node)
    draft.modifiers, draft.decorators, test = modifiers(walk, node)
    if test:
        draft.modifiers.append("test")
    if draft.decorators:
        mark_annotations(walk, node, draft.decorators)
    draft.trait = walk.nameless_type(node.start_byte) if walk.nameless else ""
    parent = walk.parent
    around = parent is None or (parent.kind in TYPE_KINDS and parent.exported)
    draft.exported = around and not draft.trait and not _HIDDEN.intersection(draft.modifiers)
    return draft


def _head(walk: Walk, node: Node, end: int = 0) -> str:
    """The declaration without annotations and body."""
    children = node.children
    start = node.start_byte
    if children[0].type == "modifiers":
        plain = [child for child in children[0].children if child.type != "annotation"]
        start = plain[0].start_byte if plain else children[1].start_byte
    body = child_of(node, *_BODIES)
    end = end or (body.start_byte if body is not None else node.end_byte)
    return signature(walk.slice(start, min(end, start + _HEAD_CHARACTERS)))


def on_type(walk: Walk, node: Node) -> None:
    at = node.child_by_field_name("name")
    companion = node.type == "companion_object"
    if at is None and not companion:
        return
    name = word_of(walk, at) if at is not None else "Companion"
    draft = _draft(walk, node, name, at or node, SymbolKind.CLASS)
    if node.type != "class_declaration":
        draft.modifiers += ["companion", "object"] if companion else ["object"]
    elif "enum" in draft.modifiers:
        draft.kind = SymbolKind.ENUM
    elif child_of(node, "interface") is not None:
        draft.kind = SymbolKind.INTERFACE
    if companion and at is None:
        draft.line = (child_of(node, "companion") or node).start_point[0] + 1
    word = child_of(node, "class")
    if word is not None and walk.text[max(0, word.start_byte - 40) : word.start_byte].rstrip().endswith(
        b"annotation"
    ):  # see `repairs`
        draft.modifiers.append("annotation")
    draft.signature = _head(walk, node)
    draft.bases = _bases(walk, node, draft.kind)
    draft.type_params = type_parameters(walk, node)
    javadoc_above(walk, draft)
    walk.open(draft)
    constructor = child_of(node, "primary_constructor")
    if constructor is not None:
        _primary(walk, draft, child_of(constructor, "class_parameters"))


def _bases(walk: Walk, node: Node, kind: SymbolKind) -> tuple[Base, ...]:
    """``A()`` is a class, what is only named an interface."""
    found: list[Base] = []
    specifiers = child_of(node, "delegation_specifiers")
    for specifier in specifiers.named_children if specifiers is not None else ():
        inner = child_of(specifier, "constructor_invocation", "explicit_delegation", "user_type")
        if inner is None:
            continue
        made = inner.type == "constructor_invocation"
        named = inner if inner.type == "user_type" else child_of(inner, "user_type")
        name = dotted(walk, named)
        relation = "inherits" if made or kind is SymbolKind.INTERFACE else "implements"
        if name:
            found.append(Base(name, specifier.start_point[0] + 1, relation, type_arguments(walk, named)))
    return tuple(found)


def _primary(walk: Walk, owner: Draft, written: Node | None) -> None:
    """Parameters of the primary constructor; those with ``val`` or ``var`` are properties, the others are known to
    initialisers.
    """
    found: list[Param] = []
    for child in written.named_children if written is not None else ():
        name = child_of(child, "identifier")
        if child.type != "class_parameter" or name is None:
            continue
        type_ = type_text(walk, child_of(child, *TYPES))
        given = child.children[-1] if any(each.type == "=" for each in child.children) else None
        words, _, _ = modifiers(walk, child)
        word = ("vararg " if "vararg" in words else "") + type_
        found.append(Param(word_of(walk, name), word, default(walk.read(given)) if given is not None else ""))
        if child_of(child, "val", "var") is None:
            walk.bind((found[-1].name,), name, type_=type_)
            continue
        draft = _draft(walk, child, found[-1].name, name, SymbolKind.PROPERTY)
        draft.type = type_
        draft.signature = _head(walk, child)
        walk.add(draft)
    owner.params, _ = docstrings.apply(owner.doc, tuple(found))


def on_nameless(walk: Walk, node: Node) -> None:
    """An object expression: its members belong to a class without a name."""
    bases = _bases(walk, node, SymbolKind.CLASS)
    body = child_of(node, "class_body")
    if body is not None:
        above = next((base for base in bases if base.relation == "inherits"), bases[0] if bases else None)
        walk.nameless.append((body.end_byte, walk.scope, above.name if above is not None else "Any"))


def on_function(walk: Walk, node: Node) -> None:
    parent = walk.parent
    if node.type == "secondary_constructor":
        if parent is None:
            return
        at, name, kind = child_of(node, "constructor") or node, parent.name, SymbolKind.CONSTRUCTOR
    else:
        written = node.child_by_field_name("name")
        if written is None or not written.end_byte > written.start_byte:
            return
        at, name = written, word_of(walk, written)
        member = parent is not None and parent.kind in (*TYPE_KINDS, SymbolKind.CONSTANT)
        member = member or bool(walk.nameless and walk.nameless_type(node.start_byte))
        kind = SymbolKind.METHOD if member else SymbolKind.FUNCTION
    draft = _draft(walk, node, name, at, kind)
    body = child_of(node, "function_body", "block")
    draft.complexity = 1 if body is not None or kind is SymbolKind.CONSTRUCTOR else 0
    if draft.parent >= 0 and parent is not None and parent.kind is SymbolKind.INTERFACE and body is None:
        draft.modifiers.append("abstract")
    draft.signature = _function_head(walk, node, body)
    draft.type_params = type_parameters(walk, node)
    given = child_of(node, "function_value_parameters")
    if given is not None:
        start = given.start_byte
        for child in node.children:
            if child.type in TYPES and child.start_byte > start:
                draft.returns = type_text(walk, child)
                break
        draft.receiver = _receiver(walk, node, at.start_byte)
    if name == "main" and parent is None:
        walk.entry_point = True
    walk.open(draft)
    draft.params = parameters(walk, given)
    if not draft.returns and body is not None and body.type == "function_body" and body.children[0].type == "=":
        walk.bind(("<return>",), body, value=chain(walk, body.children[-1]))
    javadoc_above(walk, draft)


def _function_head(walk: Walk, node: Node, body: Node | None) -> str:
    return _head(walk, node, body.start_byte if body is not None else 0)


def _receiver(walk: Walk, node: Node, name_start: int) -> str:
    """The type that a function or property extends, without type arguments; "?" for what has no name."""
    for child in node.children:
        if child.start_byte >= name_start:
            break
        if child.type in TYPES:
            return dotted(walk, child) or "?"
    return ""


def on_variable(walk: Walk, node: Node) -> None:
    """A property of the file or of a type."""
    variables = declared(walk, node)
    value = value_of(walk, node)
    several = len(variables) > 1
    for at, type_ in variables:
        name = word_of(walk, at)
        draft = _draft(walk, node, name, at, SymbolKind.PROPERTY)
        if "const" in draft.modifiers:
            draft.kind = SymbolKind.CONSTANT
        draft.receiver = _receiver(walk, node, at.start_byte)
        if draft.parent < 0 and draft.kind is SymbolKind.PROPERTY:
            draft.kind = SymbolKind.VARIABLE
        draft.type = type_
        accessor = child_of(node, "getter", "setter")
        draft.complexity = 1 if accessor is not None and child_of(accessor, "function_body") is not None else 0
        draft.signature = _head(walk, node)
        javadoc_above(walk, draft)
        if not type_ and not several and not draft.receiver:
            walk.bind((name,), at, value=chain(walk, value) if value is not None else ("?",))
        if several:
            walk.add(draft)
            continue
        walk.open(draft)
        if accessor is not None:
            walk.make_local(["field"])


def on_enum_entry(walk: Walk, node: Node) -> None:
    at = child_of(node, "identifier")
    if at is None:
        return
    draft = _draft(walk, node, word_of(walk, at), at, SymbolKind.CONSTANT)
    parent = walk.parent
    draft.type = parent.name if parent is not None else ""
    draft.signature = _head(walk, node)
    javadoc_above(walk, draft)
    walk.open(draft)


def on_member(walk: Walk, node: Node) -> None:
    if node.type == "enum_entry":
        on_enum_entry(walk, node)
    else:
        on_variable(walk, node)


def on_alias(walk: Walk, node: Node) -> None:
    at = node.child_by_field_name("type")
    if at is None:
        return
    draft = _draft(walk, node, word_of(walk, at), at, SymbolKind.TYPE)
    draft.type = type_text(walk, next((c for c in reversed(node.children) if c.type in TYPES), None))
    draft.type_params = type_parameters(walk, node)
    draft.signature = _head(walk, node)
    javadoc_above(walk, draft)
    walk.open(draft)
