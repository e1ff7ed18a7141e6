"""Python: definitions with decorators and docstrings, assignments, calls and uses."""

import re

from docrunch.parsing import docstrings
from docrunch.parsing.chains import chain_of
from docrunch.parsing.draft import Draft, last_line
from docrunch.parsing.entries.tables import marked_names
from docrunch.parsing.languages.python.bindings import (
    NAME,
    PATTERNS,
    RULES,
    VALUES,
    bind,
    bind_alias,
    bind_parts,
    on_context,
    on_local,
    on_loop,
    on_return,
)
from docrunch.parsing.languages.python.entries import PythonReader, add_entries
from docrunch.parsing.languages.python.imports import dynamic_import, on_import
from docrunch.parsing.languages.python.parameters import read_parameters
from docrunch.parsing.model import Base, Param, SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.tables import alembic, django, sqlalchemy
from docrunch.parsing.walk import TYPE_KINDS, Handler, Walk
from docrunch.parsing.wording import one_line, signature

_READER = PythonReader(RULES)
_MARKED = marked_names("python")
_STRING_START = re.compile(rb"[rRuU]?(?:\"\"\"|'''|\"|')")
_TYPE_NAME = re.compile(rb"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_LITERAL = re.compile(rb"\bLiteral\[[^\]]*\]")
_MAIN_GUARD = re.compile(rb"__name__\s*==\s*['\"]__main__['\"]|['\"]__main__['\"]\s*==\s*__name__")
_PROPERTIES = ("property", "cached_property", "abstractproperty", "setter", "getter", "deleter")
_ENUM_BASES = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "ReprEnum"})
_PLAIN_TYPES = frozenset({b"None", b"str", b"int", b"bool", b"bytes", b"float", b"object", b"Any"})
_MODIFIER_DECORATORS = {
    "staticmethod": "static",
    "classmethod": "classmethod",
    "abstractmethod": "abstract",
    "override": "override",
    "overload": "overload",
    "final": "final",
}


def on_decorated(walk: Walk, node: Node) -> None:
    walk.pending = node
    for child in node.children:
        if child.type == "decorator" and child.named_child_count:
            target = child.named_child(0)
            if target.type != "call":  # a call is captured by itself
                chain = chain_of(walk.text, target, RULES, walk.chains)
                walk.refer("use", chain, child)
                if chain[-1] in _MARKED:
                    walk.mark(chain, target)


def _take_decorators(walk: Walk, node: Node) -> tuple[Node, tuple[str, ...]]:
    """The whole definition with its decorators, and their names without arguments."""
    wrapper, walk.pending = walk.pending, None
    if wrapper is None or wrapper.end_byte != node.end_byte:
        return node, ()
    names = []
    for child in wrapper.children:
        if child.type == "decorator" and child.named_child_count:
            target: Node | None = child.named_child(0)
            if target is not None and target.type == "call":
                target = target.child_by_field_name("function")
            names.append(one_line(walk.read(target)) if target is not None else "?")
    return wrapper, tuple(names)


def on_function(walk: Walk, node: Node) -> None:
    name_node = node.child_by_field_name("name")
    body = node.child_by_field_name("body")
    if name_node is None or body is None:
        return
    whole, decorators = _take_decorators(walk, node)
    name = walk.read(name_node)
    last_names = [decorator.rsplit(".", 1)[-1] for decorator in decorators]
    draft = Draft(
        name,
        _function_kind(walk, name, last_names),
        walk.local_path(name),
        walk.scope,
        name_node.start_point[0] + 1,
        whole,
    )
    draft.decorators = decorators
    draft.modifiers = [_MODIFIER_DECORATORS[last] for last in last_names if last in _MODIFIER_DECORATORS]
    if walk.text.startswith(b"async", node.start_byte):
        draft.modifiers.append("async")
    draft.signature = _signature(walk, node, body)
    returns = node.child_by_field_name("return_type")
    draft.returns = one_line(walk.read(returns)) if returns is not None else ""
    draft.type_params = _type_params(walk, node, ())
    draft.exported = _is_public(walk, name)
    draft.complexity = 1
    _document(walk, draft, body)
    _end_at_code(walk, draft, body)
    walk.open(draft)
    parameters = node.child_by_field_name("parameters")
    if parameters is not None:
        draft.params = read_parameters(walk, parameters)
    if draft.doc:
        draft.params, draft.returns_doc = docstrings.apply(draft.doc, draft.params)


def _end_at_code(walk: Walk, draft: Draft, body: Node) -> None:
    """The grammar counts comments after the last statement to the block; the language does not."""
    if not _ends_with_comment(walk, body):
        return
    node = body
    while _ends_with_comment(walk, node):
        inner = next((child for child in reversed(node.named_children) if child.type != "comment"), None)
        if inner is None:
            return
        node = inner
    draft.end_byte = node.end_byte
    draft.end_line = last_line(node)


def _ends_with_comment(walk: Walk, node: Node) -> bool:
    line = walk.text.rfind(b"\n", 0, node.end_byte) + 1
    return walk.text[line : node.end_byte].lstrip().startswith(b"#")


def _function_kind(walk: Walk, name: str, decorators: list[str]) -> SymbolKind:
    parent = walk.parent
    if parent is None or parent.kind not in TYPE_KINDS:
        return SymbolKind.FUNCTION
    if name == "__init__":
        return SymbolKind.CONSTRUCTOR
    if any(decorator in _PROPERTIES for decorator in decorators):
        return SymbolKind.PROPERTY
    return SymbolKind.METHOD


def on_class(walk: Walk, node: Node) -> None:
    name_node = node.child_by_field_name("name")
    body = node.child_by_field_name("body")
    if name_node is None or body is None:
        return
    whole, decorators = _take_decorators(walk, node)
    name = walk.read(name_node)
    supers = node.child_by_field_name("superclasses")
    bases = _bases(walk, supers) if supers is not None else ()
    draft = Draft(name, _class_kind(bases), walk.local_path(name), walk.scope, name_node.start_point[0] + 1, whole)
    draft.bases = bases
    draft.type_params = _type_params(walk, node, bases)
    draft.decorators = decorators
    draft.signature = _signature(walk, node, body)
    draft.exported = _is_public(walk, name)
    _document(walk, draft, body)
    _end_at_code(walk, draft, body)
    walk.open(draft)


def _class_kind(bases: tuple[Base, ...]) -> SymbolKind:
    last_names = {base.name.rsplit(".", 1)[-1] for base in bases}
    if "Protocol" in last_names:
        return SymbolKind.INTERFACE
    return SymbolKind.ENUM if last_names & _ENUM_BASES else SymbolKind.CLASS


def _bases(walk: Walk, supers: Node) -> tuple[Base, ...]:
    found = []
    for child in supers.named_children:
        target: Node | None = child
        if child.type == "subscript":
            target = child.child_by_field_name("value")
        if target is None or target.type not in ("identifier", "attribute", "call"):
            continue
        chain = chain_of(walk.text, target, RULES, walk.chains)
        if "?" not in chain:
            args = tuple(one_line(walk.read(each)) for each in child.children_by_field_name("subscript"))
            found.append(Base(".".join(chain), child.start_point[0] + 1, "inherits", args))
    return tuple(found)


def _type_params(walk: Walk, node: Node, bases: tuple[Base, ...]) -> tuple[Param, ...]:
    """``class A[T: Bound]``, else the arguments of ``Generic`` and ``Protocol``."""
    written = node.child_by_field_name("type_parameters")
    if written is not None:
        parts = (one_line(walk.read(child)).lstrip("*").partition(":") for child in written.named_children)
        return tuple(Param(name.strip(), bound.strip()) for name, _, bound in parts)
    for base in bases:
        if base.args and base.name.rsplit(".", 1)[-1] in ("Generic", "Protocol"):
            return tuple(Param(arg) for arg in base.args)
    return ()


def _signature(walk: Walk, node: Node, body: Node) -> str:
    raw = walk.slice(node.start_byte, body.start_byte)
    if "#" in raw and "\n" in raw:
        raw = re.sub(r"(?m)(^|\s)#[^\"'\n]*$", " ", raw)
    return signature(raw.rstrip().removesuffix(":"))


def _is_public(walk: Walk, name: str) -> bool:
    parent = walk.parent
    if parent is None:
        return not name.startswith("_")
    if not parent.exported or parent.kind not in TYPE_KINDS:
        return False
    return not name.startswith("_") or (name.startswith("__") and name.endswith("__"))


def _document(walk: Walk, draft: Draft, body: Node) -> None:
    found = _docstring(walk, body)
    if found is not None:
        draft.doc, draft.doc_line, draft.doc_end_line = found


def _docstring(walk: Walk, body: Node) -> tuple[str, int, int] | None:
    for statement in (
        body.named_children if body.type == "module" else (body.named_child(0),) if body.named_child_count else ()
    ):
        if statement.type == "comment":
            continue
        if statement.type != "expression_statement" or not _STRING_START.match(walk.text, statement.start_byte):
            return None
        string = statement.child(0)
        if statement.child_count != 1 or string is None or string.type != "string":
            return None
        return docstrings.clean(walk.read(string)), string.start_point[0] + 1, string.end_point[0] + 1
    return None


def on_call(walk: Walk, node: Node) -> None:
    function = node.child_by_field_name("function")
    arguments = node.child_by_field_name("arguments")
    if function is None or arguments is None:
        return
    chain = chain_of(walk.text, function, RULES, walk.chains)
    walk.refer("call", chain, node, _argument_count(walk, arguments))
    last = chain[-1]
    if last in _MARKED:
        walk.mark(chain, node)
    if last == "import_module" or last == "__import__":
        dynamic_import(walk, node, arguments)
    elif len(chain) == 2 and chain[0] == "__all__" and last == "extend":
        walk.extra.setdefault("all", []).extend(_strings(walk, arguments))


def _argument_count(walk: Walk, arguments: Node) -> int:
    if arguments.type != "argument_list":
        return 1  # f(x for x in y)
    raw = walk.text[arguments.start_byte : arguments.end_byte]
    if b"*" not in raw and b"#" not in raw:
        return arguments.named_child_count
    kinds = [child.type for child in arguments.named_children]
    if "list_splat" in kinds or "dictionary_splat" in kinds:
        return -1
    return len(kinds) - kinds.count("comment")


def on_use(walk: Walk, node: Node) -> None:
    chain = chain_of(walk.text, node, RULES, walk.chains)
    if chain[-1] != "?":
        walk.refer("use", chain, node)


def on_type(walk: Walk, node: Node) -> None:
    if node.start_byte < walk.type_end:
        return  # nested inside a type that was read as a whole
    walk.type_end = node.end_byte
    raw = walk.text[node.start_byte : node.end_byte]
    if raw in _PLAIN_TYPES:
        return
    if b"Literal[" in raw:
        raw = _LITERAL.sub(b"", raw)
    for name in _TYPE_NAME.findall(raw):
        if name not in _PLAIN_TYPES:
            walk.refer("use", tuple(name.decode().split(".")), node)


def on_type_alias(walk: Walk, node: Node) -> None:
    left = node.child_by_field_name("left")
    if left is None:
        return
    found = NAME.match(walk.read(left))
    if found is not None:
        _define(walk, found[0], SymbolKind.TYPE, left, node, "")


def on_assignment(walk: Walk, node: Node) -> None:
    kind = node.type
    if kind == "as_pattern":
        bind_alias(walk, node)
        return
    left = node.child_by_field_name("name" if kind == "named_expression" else "left")
    right = node.child_by_field_name("value" if kind == "named_expression" else "right")
    if left is None:
        return
    if kind == "augmented_assignment":
        _augment(walk, left, right)
        return
    annotation = node.child_by_field_name("type")
    if left.type == "identifier":
        name = walk.read(left)
        walk.make_local([name])
        if name == "__all__" and right is not None and walk.scope < 0:
            walk.extra.setdefault("all", []).extend(_strings(walk, right))
        else:
            _define_variable(walk, name, left, node, annotation)
        bind(walk, (name,), left, annotation, right)
    elif left.type == "attribute":
        chain = chain_of(walk.text, left, RULES, walk.chains)
        if "?" not in chain:
            walk.refer("write", chain, left)
            bind(walk, chain, left, annotation, right)
    elif left.type in PATTERNS:
        on_local(walk, left)
        if right is not None and right.type in VALUES:
            bind_parts(walk, left, chain_of(walk.text, right, RULES, walk.chains))


def _augment(walk: Walk, left: Node, right: Node | None) -> None:
    if left.type == "attribute":
        walk.refer("write", chain_of(walk.text, left, RULES, walk.chains), left)
    elif right is not None and walk.scope < 0 and walk.read(left) == "__all__":
        walk.extra.setdefault("all", []).extend(_strings(walk, right))


def _define_variable(walk: Walk, name: str, at: Node, node: Node, annotation: Node | None) -> None:
    parent = walk.parent
    if parent is not None and parent.kind not in TYPE_KINDS:
        return
    type_ = one_line(walk.read(annotation)) if annotation is not None else ""
    if type_.endswith("TypeAlias"):
        kind = SymbolKind.TYPE
    elif (parent is not None and parent.kind is SymbolKind.ENUM) or (name.isupper() or type_.startswith("Final")):
        kind = SymbolKind.CONSTANT
    else:
        kind = SymbolKind.VARIABLE if parent is None else SymbolKind.PROPERTY
    _define(walk, name, kind, at, node, type_)


def _define(walk: Walk, name: str, kind: SymbolKind, at: Node, node: Node, type_: str) -> None:
    local_name = walk.local_path(name)
    if local_name in walk.defined:
        return  # assigned again: the first assignment defines
    walk.defined.add(local_name)
    draft = Draft(name, kind, local_name, walk.scope, at.start_point[0] + 1, node)
    draft.type = type_
    draft.signature = signature(walk.slice(node.start_byte, min(node.end_byte, node.start_byte + 600)))
    draft.exported = _is_public(walk, name)
    comments = walk.comments.above(draft.start_line)
    if comments and walk.text.startswith(b"#:", comments[0].start_byte):
        draft.doc = "\n".join(walk.slice(c.start_byte, c.end_byte).lstrip("#:").strip() for c in comments)
        draft.doc_line, draft.doc_end_line = comments[0].start_line, comments[-1].end_line
    walk.add(draft)


def on_guard(walk: Walk, node: Node) -> None:
    if _MAIN_GUARD.search(walk.text, node.start_byte, node.end_byte):
        walk.entry_point = True
        walk.guards.append(node.start_point[0] + 1)


def _strings(walk: Walk, node: Node) -> list[str]:
    return re.findall(r"[\"']([^\W\d]\w*)[\"']", walk.read(node))


def on_comment(walk: Walk, node: Node) -> None:
    walk.comments.add(node)


def on_decision(walk: Walk, node: Node) -> None:
    walk.decide()


def finish(walk: Walk, root: Node) -> None:
    """Module docstring, tables, entry points and `__all__`."""
    add_entries(walk, _READER)
    for tables in (sqlalchemy, alembic, django):
        tables.read(walk, root)
    found = _docstring(walk, root)
    if found is not None:
        walk.doc, walk.doc_line, walk.doc_end_line = found
    if "all" not in walk.extra:
        return
    public = dict.fromkeys(walk.extra["all"])
    walk.exports.extend((name, name) for name in public)
    hidden: set[int] = set()
    for index, draft in enumerate(walk.symbols):
        if draft.parent < 0:
            draft.exported = draft.name in public
        elif draft.parent in hidden:
            draft.exported = False
        if not draft.exported:
            hidden.add(index)


HANDLERS: dict[str, Handler] = {
    "definition.function": on_function,
    "definition.class": on_class,
    "definition.type": on_type_alias,
    "reference.decorator": on_decorated,
    "reference.call": on_call,
    "reference.use": on_use,
    "reference.type": on_type,
    "assignment": on_assignment,
    "local": on_local,
    "loop": on_loop,
    "context": on_context,
    "return": on_return,
    "import": on_import,
    "decision": on_decision,
    "comment": on_comment,
    "guard": on_guard,
}
