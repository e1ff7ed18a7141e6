"""Kotlin: types and objects, functions with receivers, properties, bindings and references."""

from docrunch.parsing import docstrings
from docrunch.parsing.draft import Draft
from docrunch.parsing.javadoc import javadoc_above, javadoc_before
from docrunch.parsing.languages.kotlin.entries import (
    KotlinReader,
    add_entries,
    mark_annotations,
    mark_call,
    note_import,
)
from docrunch.parsing.languages.kotlin.names import (
    TYPES,
    chain,
    child_of,
    count,
    declared,
    described,
    dotted,
    is_same_call,
    modifiers,
    parameters,
    passed,
    type_arguments,
    type_parameters,
    type_text,
    word_of,
)
from docrunch.parsing.languages.kotlin.repairs import repaired
from docrunch.parsing.model import Base, Import, Param, SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import TYPE_KINDS, Handler, Walk
from docrunch.parsing.wording import default, signature

_HEAD_CHARACTERS = 600
_READER = KotlinReader()
_BODIES = ("class_body", "enum_class_body", "function_body", "block", "getter", "setter")
_LOOP_HEADS = frozenset({"variable_declaration", "multi_variable_declaration", "label", "annotation", "block_comment"})
_HIDDEN = frozenset({"private", "internal"})
_BUILTIN = frozenset(b"Any Boolean Byte Char Double Float Int Long Nothing Short String Unit".split())


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
    value = _value(walk, node)
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


def _value(walk: Walk, node: Node) -> Node | None:
    """What a property holds: its initialiser, what ``by lazy`` makes, the expression of its getter."""
    children = node.children
    for place, child in enumerate(children):
        if child.type == "=" and place + 1 < len(children):
            return children[place + 1]
        if child.type == "property_delegate":
            return _lazy(walk, child)
        if child.type == "getter":
            body = child_of(child, "function_body")
            return body.children[-1] if body is not None and body.children[0].type == "=" else None
    return None


def _lazy(walk: Walk, delegate: Node) -> Node | None:
    call = child_of(delegate, "call_expression")
    if call is None or not walk.text.startswith(b"lazy", call.start_byte):
        return None
    if call.children[-1].type != "annotated_lambda":
        return None
    made = child_of(call.children[-1], "lambda_literal")
    return made.named_children[-1] if made is not None and made.named_child_count else None


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


def on_call(walk: Walk, node: Node) -> None:
    kind = node.type
    if kind == "constructor_invocation":
        name = dotted(walk, child_of(node, "user_type"))
        if name:
            walk.refer("call", tuple(name.split(".")), node, count(node), described(walk, node))
    elif kind == "constructor_delegation_call":
        word = child_of(node, "this", "super")
        walk.refer("call", (walk.read(word) if word is not None else "this",), node, count(node), described(walk, node))
    elif kind == "infix_expression":
        children = node.children
        if len(children) == 3 and children[1].type == "identifier":
            walk.refer("call", (*chain(walk, children[0]), walk.read(children[1])), node, 1)
    elif ~node.end_byte not in walk.seen:
        callee = node.children[0]
        if callee.type == "call_expression" and is_same_call(node, callee):
            walk.seen.add(~callee.end_byte)  # the same call without its lambda
        found = chain(walk, node)
        given = count(node)
        words = described(walk, node) if given > 0 else ()
        last = found[-1].removesuffix("()")
        walk.refer("call", (*found[:-1], last), node, given, words)
        mark_call(walk, node, (*found[:-1], last))


def on_use(walk: Walk, node: Node) -> None:
    if node.type == "callable_reference" or (node.type == "navigation_expression" and node.children[1].type == "::"):
        _callable_reference(walk, node)
        return
    found = chain(walk, node)
    if "?" not in found and found[-1] not in ("null", "this"):
        walk.refer("use", found, node)


def _callable_reference(walk: Walk, node: Node) -> None:
    """``::f``, ``a::b`` and ``A::class``, which names the type."""
    children = node.children
    last = children[-1]
    if last.type not in ("identifier", "class"):
        return
    first = children[0]
    if first.type in TYPES:
        start = tuple(dotted(walk, first).split("."))
    else:
        start = chain(walk, first) if first.type != "::" else ()
    name = walk.read(last)
    found = start if name == "class" else (*start, name)
    if found and found[-1] != "?":
        walk.refer("use", found, node)


def on_type_use(walk: Walk, node: Node) -> None:
    name = dotted(walk, node).encode()
    if name and name not in _BUILTIN:
        walk.refer_type(name, node)


def on_assignment(walk: Walk, node: Node) -> None:
    kind = node.type
    if kind == "assignment":
        left = node.child_by_field_name("left")
        target = chain(walk, left) if left is not None else ("?",)
        if "?" not in target:
            walk.refer("write", target, node)
    elif kind == "property_declaration":
        _bind(walk, declared(walk, node), _value(walk, node))
    elif kind == "for_statement":
        iterated = next((child for child in node.named_children if child.type not in _LOOP_HEADS), None)
        _bind(walk, declared(walk, node), iterated, element=True)
    elif kind == "when_subject":
        _bind(walk, declared(walk, node), node.named_children[-1])
    else:  # catch_block
        name = child_of(node, "identifier")
        if name is not None:
            _bind(walk, [(name, type_text(walk, child_of(node, *TYPES)))], None)


def _bind(walk: Walk, variables: list[tuple[Node, str]], value: Node | None, *, element: bool = False) -> None:
    """Where neither type nor value is known, the binding says so: other declarations of the name must not decide."""
    walk.make_local([word_of(walk, name) for name, _ in variables])
    held = chain(walk, value) if value is not None else ("?",)
    if element and held != ("?",):
        held = (*held, "[*]")
    for place, (name, type_) in enumerate(variables):
        if type_:
            walk.bind((word_of(walk, name),), name, type_=type_)
        elif len(variables) == 1 or held == ("?",):
            walk.bind((word_of(walk, name),), name, value=held)
        else:
            walk.bind((word_of(walk, name),), name, value=(*held, f"[{place}]"))


def on_local(walk: Walk, node: Node) -> None:
    if node.type == "lambda_literal":
        _lambda(walk, node)
    elif node.type == "function_value_parameters":
        parameters(walk, node)
    else:
        walk.make_local([word_of(walk, node)])


def _lambda(walk: Walk, node: Node) -> None:
    """Its parameters hold what the function that it is given to is known to pass on."""
    named = child_of(node, "lambda_parameters")
    if named is None and walk.text.find(b"it", node.start_byte, node.end_byte) < 0:
        return
    around = node.parent.parent if node.parent is not None else None
    held = passed(walk, around) if around is not None and around.type == "call_expression" else ("?",)
    variables = declared(walk, named) if named is not None else []
    if named is None:
        walk.make_local(["it"])
        walk.bind(("it",), node, value=held)
    elif len(variables) == 1 and not variables[0][1]:
        word = word_of(walk, variables[0][0])
        walk.make_local([word])
        walk.bind((word,), node, value=held)
    else:
        _bind(walk, variables, None)


def on_import(walk: Walk, node: Node) -> None:
    name = child_of(node, "qualified_identifier", "identifier")
    if name is None:
        return
    line = node.start_point[0] + 1
    written = "".join(walk.read(name).split())
    if any(child.type == "*" for child in node.children):
        walk.imports.append(Import(written, line, "*"))
        note_import(walk, written)
        return
    module, _, last = written.rpartition(".")
    note_import(walk, written)
    alias = node.children[-1] if any(child.type == "as" for child in node.children) else None
    walk.imports.append(Import(module, line, last, walk.read(alias) if alias is not None else ""))


def on_package(walk: Walk, node: Node) -> None:
    name = child_of(node, "qualified_identifier", "identifier")
    if name is not None:
        walk.package = "".join(walk.read(name).split())
    walk.doc, walk.doc_line, walk.doc_end_line = javadoc_before(walk, node.start_point[0] + 1)


def on_comment(walk: Walk, node: Node) -> None:
    walk.comments.add(node)


def on_decision(walk: Walk, node: Node) -> None:
    walk.decide()


def begin(text: bytes, language: str) -> tuple[bytes, Walk]:
    return repaired(text), Walk(text)


def finish(walk: Walk, root: Node) -> None:
    add_entries(walk, _READER)


HANDLERS: dict[str, Handler] = {
    "definition.class": on_type,
    "definition.implementation": on_nameless,
    "definition.function": on_function,
    "definition.member": on_member,
    "definition.variable": on_variable,
    "definition.type": on_alias,
    "reference.call": on_call,
    "reference.use": on_use,
    "reference.type": on_type_use,
    "assignment": on_assignment,
    "local": on_local,
    "import": on_import,
    "package": on_package,
    "decision": on_decision,
    "comment": on_comment,
}
