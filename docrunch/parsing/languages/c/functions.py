"""Functions, methods, constructors and operators: definitions and declarations."""

from docrunch.parsing.draft import Draft
from docrunch.parsing.languages.c.declarators import Declared, declared, read_parameters, type_text
from docrunch.parsing.languages.c.drafts import documented, new, take_templates
from docrunch.parsing.languages.c.walk import CWalk
from docrunch.parsing.languages.c.words import KEYWORDS
from docrunch.parsing.model import SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import TYPE_KINDS

_TESTS = frozenset({"TEST", "TEST_F", "TEST_P", "TYPED_TEST", "TYPED_TEST_P", "BENCHMARK_F"})
_BARE_FUNCTION = 2  # name and parameters
_BODIES = frozenset({"compound_statement", "try_statement", "field_initializer_list", "default_method_clause"})


def on_function(walk: CWalk, node: Node) -> None:
    """A definition."""
    declarator = node.child_by_field_name("declarator")
    name = declared(walk, declarator) if declarator is not None else None
    if name is None or name.function is None or name.name.encode() in KEYWORDS:
        walk.templates.clear()
        return
    if walk.in_callable():
        return  # neither language has functions in functions: a macro with a body, or text that is broken
    children = node.children
    body = next((child for child in children if child.type in _BODIES), None)
    clause = children[-1].type if children else ""
    draft = _draft(walk, node, name, body.start_byte if body is not None else node.end_byte)
    draft.complexity = 0 if clause in ("delete_method_clause", "pure_virtual_clause") or body is None else 1
    if clause in _CLAUSES:
        draft.modifiers.append(_CLAUSES[clause])
    if draft.name == "main" and draft.parent < 0 and draft.kind is SymbolKind.FUNCTION and draft.complexity:
        walk.entry_point = True
    if node.child_by_field_name("type") is None and draft.name in _TESTS:
        _name_test(walk, draft, name)
    walk.open(draft)
    take_templates(walk)
    draft.params = read_parameters(walk, name.function)
    documented(walk, draft)


_CLAUSES = {"default_method_clause": "default", "delete_method_clause": "delete", "pure_virtual_clause": "abstract"}


def _name_test(walk: CWalk, draft: Draft, name: Declared) -> None:
    """``TEST(Suite, Name)`` makes a class of this name (GoogleTest's own rule)."""
    params = [param.type for param in read_parameters(walk, name.function, bind=False)]
    if len(params) == 2 and all(word.isidentifier() for word in params):
        made = f"{params[0]}_{params[1]}_Test"
        draft.local_name = draft.local_name.removesuffix(draft.name) + made
        draft.name = made
        draft.receiver = params[0]  # the fixture, where that is a class: what it has is at hand
        draft.modifiers.append("test")


def declare(walk: CWalk, node: Node, name: Declared, sole: bool) -> None:
    """A declaration: a prototype, or a method that is defined elsewhere. ``sole``: it declares nothing else."""
    if name.name.encode() in KEYWORDS:
        return
    if node.start_byte < walk.friend_end:
        return  # says who may look in, and defines nothing here
    draft = _draft(walk, node, name, node.end_byte)
    draft.modifiers.append("declaration")
    value = node.child_by_field_name("default_value")
    if value is not None and walk.text[value.start_byte : value.end_byte].strip() == b"0":
        draft.modifiers.append("abstract")
    if sole:  # the types it names are its own
        walk.open(draft)
        take_templates(walk)
    else:
        walk.add(draft)
    draft.params = read_parameters(walk, name.function, bind=False)
    documented(walk, draft)


def _draft(walk: CWalk, node: Node, name: Declared, head_end: int) -> Draft:
    kind, parent = _kind(walk, node, name)
    prefix = name.receiver.replace("::", ".") + "." if name.receiver else ""
    draft = new(walk, name.name, kind, name.node, node, head_end, prefix=prefix, parent=parent)
    if name.receiver and kind is not SymbolKind.FUNCTION:
        draft.receiver = name.receiver
        draft.exported = True
    function = name.function
    trailing = None
    bare = function is None or (function.child_count == _BARE_FUNCTION and function.type == "function_declarator")
    for child in function.children if function is not None and not bare else ():
        if child.type == "trailing_return_type":
            trailing = child.named_child(0) if child.named_child_count else None
        elif child.type == "type_qualifier":
            draft.modifiers.append("const")
        elif child.type == "virtual_specifier":
            draft.modifiers.append(walk.read(child).strip())
    type_ = node.child_by_field_name("type")
    if trailing is not None:
        draft.returns = type_text(walk, trailing.start_byte, trailing, "")
    elif type_ is not None:
        draft.returns = type_text(walk, node.start_byte, type_, name.marks)
    elif name.name.startswith("operator ") and name.function is not None:
        draft.returns = name.name.removeprefix("operator ")
    if name.node.type in ("template_function", "template_method"):
        draft.modifiers.append("specialization")
    if name.name.startswith("~"):
        draft.modifiers.append("destructor")
    return draft


def _kind(walk: CWalk, node: Node, name: Declared) -> tuple[SymbolKind, int | None]:
    """The kind, and the enclosing symbol where that is not the open one."""
    parent = walk.parent
    if name.receiver:
        last = name.receiver.rsplit("::", 1)[-1]
        if last in walk.namespaces:
            return SymbolKind.FUNCTION, None
        return SymbolKind.CONSTRUCTOR if name.name == last else SymbolKind.METHOD, None
    if parent is None or parent.kind not in TYPE_KINDS:
        return SymbolKind.FUNCTION, None
    if node.start_byte < walk.friend_end:
        around = walk.scope
        while around >= 0 and walk.symbols[around].kind in TYPE_KINDS:
            around = walk.symbols[around].parent
        return SymbolKind.FUNCTION, around
    is_constructor = name.name == parent.name.split("<", 1)[0]
    return SymbolKind.CONSTRUCTOR if is_constructor else SymbolKind.METHOD, None
