"""Types, functions and macros of Swift."""

from docrunch.parsing.draft import Draft
from docrunch.parsing.languages.swift.documentation import comment_above
from docrunch.parsing.languages.swift.names import annotation, arguments_of, bare, parameters, type_parameters
from docrunch.parsing.languages.swift.places import draft_of, head, in_type, on_extension
from docrunch.parsing.model import Base, Param, SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk
from docrunch.parsing.wording import signature

_KINDS = {
    "class": SymbolKind.CLASS,
    "actor": SymbolKind.CLASS,
    "struct": SymbolKind.STRUCT,
    "enum": SymbolKind.ENUM,
}
_FIXED_NAMES = {"init_declaration": "init", "deinit_declaration": "deinit", "subscript_declaration": "subscript"}
_EFFECTS = frozenset({"async", "throws", "rethrows", "throws_clause"})
_RAW_TYPES = frozenset({"String", "Int", "UInt", "Character", "Double", "Float", "Int32", "UInt8", "UInt32", "CGFloat"})


def on_type(walk: Walk, node: Node) -> None:
    word_node, name_node = node.child_by_field_name("declaration_kind"), node.child_by_field_name("name")
    word = word_node.type if word_node is not None else "protocol"
    if word == "extension":
        on_extension(walk, node)
        return
    if name_node is None:
        return
    kind = _KINDS.get(word, SymbolKind.INTERFACE)
    draft = draft_of(walk, node, walk.read(name_node).strip("`"), kind, name_node)
    if word == "actor":
        draft.modifiers.append("actor")
    body = node.child_by_field_name("body")
    draft.signature = head(walk, node, body.start_byte if body is not None else node.end_byte)
    draft.bases = tuple(_bases(walk, node, kind))
    if "main" in draft.decorators or any(name.endswith("ApplicationMain") for name in draft.decorators):
        walk.entry_point = True
    comment_above(walk, draft)
    walk.open(draft)
    draft.type_params = type_parameters(walk, node)
    walk.make_local([param.name for param in draft.type_params])


def _bases(walk: Walk, node: Node, kind: SymbolKind) -> list[Base]:
    """What stands behind the colon. Only the first of a class may be a class: linking looks at what it is."""
    found: list[Base] = []
    for child in node.named_children:
        type_ = child.child_by_field_name("inherits_from") if child.type == "inheritance_specifier" else None
        if type_ is None or type_.type != "user_type" or not (name := bare(walk.read(type_))):
            continue
        first = not found
        inherits = kind is SymbolKind.INTERFACE or (first and kind is SymbolKind.CLASS)
        if kind is SymbolKind.ENUM and first:
            inherits = name in _RAW_TYPES
        relation = "inherits" if inherits else "implements"
        found.append(Base(name, child.start_point[0] + 1, relation, arguments_of(walk, type_)))
    return found


def on_function(walk: Walk, node: Node) -> None:
    name_node = node.child_by_field_name("name")
    fixed = _FIXED_NAMES.get(node.type, "")
    if name_node is None and not fixed:
        return
    at = node if fixed or name_node is None else name_node
    if fixed:
        at = next((child for child in node.children if child.type == fixed), node)
    name = fixed or walk.read(at).strip("`")
    member = in_type(walk, node)
    kind = SymbolKind.CONSTRUCTOR if fixed == "init" else SymbolKind.METHOD if member else SymbolKind.FUNCTION
    draft = draft_of(walk, node, name, kind, at)
    body = _body(node)
    parent = walk.parent
    draft.complexity = 1 if body is not None else 0
    if body is None and parent is not None and parent.kind is SymbolKind.INTERFACE:
        draft.modifiers.append("abstract")
    kinds = [child.type for child in node.children]
    draft.modifiers += ["throws" if kind == "throws_clause" else kind for kind in kinds if kind in _EFFECTS]
    if "class" in kinds:
        draft.modifiers.append("static")
    draft.signature = head(walk, node, body.start_byte if body is not None else node.end_byte)
    _mark_test(draft, parent)
    if name == "main" and "static" in draft.modifiers and parent is not None and "main" in parent.decorators:
        walk.entry_point = True
    walk.open(draft)
    if "type_parameters" in kinds:
        draft.type_params = type_parameters(walk, node)
        walk.make_local([param.name for param in draft.type_params])
    draft.params = parameters(walk, node) if "parameter" in kinds else ()
    draft.returns = _result(walk, node) if "->" in kinds else ""
    comment_above(walk, draft)


def _body(node: Node) -> Node | None:
    body = node.child_by_field_name("body")
    if body is None and node.type == "subscript_declaration":
        block = next((child for child in node.named_children if child.type == "computed_property"), None)
        specified = [child for child in block.named_children if child.type != "comment"] if block is not None else []
        if any(child.type == "statements" or child.named_child_count > 1 for child in specified):
            return block
    return body


def _result(walk: Walk, node: Node) -> str:
    """The type behind the arrow."""
    behind = False
    for child in node.children:
        if behind and child.is_named:
            return annotation(walk, child)
        behind = behind or child.type == "->"
    return ""


def _mark_test(draft: Draft, parent: Draft | None) -> None:
    """Swift Testing marks tests; XCTest finds them by name in subclasses of XCTestCase."""
    by_name = draft.name.startswith("test") and parent is not None and _is_test_case(parent)
    if by_name or "Test" in draft.decorators:
        draft.modifiers.append("test")


def _is_test_case(type_: Draft) -> bool:
    return any(base.name.endswith("TestCase") for base in type_.bases)


def on_macro(walk: Walk, node: Node) -> None:
    name_node = next((child for child in node.named_children if child.type == "simple_identifier"), None)
    if name_node is None:
        return
    draft = draft_of(walk, node, walk.read(name_node), SymbolKind.MACRO, name_node)
    draft.signature = head(walk, node, node.end_byte)
    comment_above(walk, draft)
    walk.open(draft)
    draft.params = parameters(walk, node)


def on_alias(walk: Walk, node: Node) -> None:
    written = node.children_by_field_name("name")
    if not written:
        return
    draft = draft_of(walk, node, walk.read(written[0]), SymbolKind.TYPE, written[0])
    draft.signature = head(walk, node, node.end_byte)
    draft.type_params = type_parameters(walk, node)
    if node.type == "typealias_declaration" and len(written) > 1:
        draft.type = annotation(walk, written[1])
    comment_above(walk, draft)
    walk.add(draft)


def on_case(walk: Walk, node: Node) -> None:
    """The cases of one line; the values that one carries are its parameters."""
    parent = walk.parent
    if parent is None or parent.kind is not SymbolKind.ENUM:
        return
    names = node.children_by_field_name("name")
    for name in names:
        draft = draft_of(walk, node, walk.read(name).strip("`"), SymbolKind.CONSTANT, name)
        draft.type = parent.name
        carried = name.next_named_sibling
        if carried is not None and carried.type == "enum_type_parameters":
            draft.params = _carried(walk, carried)
        draft.signature = signature(f"case {walk.slice(name.start_byte, _end_of_case(name))}")
        comment_above(walk, draft)
        walk.add(draft)


def _end_of_case(name: Node) -> int:
    end, following = name.end_byte, name.next_sibling
    while following is not None and following.type not in (",", ";"):
        end, following = following.end_byte, following.next_sibling
    return end


def _carried(walk: Walk, node: Node) -> tuple[Param, ...]:
    found: list[Param] = []
    label = ""
    for child in node.children:
        if child.type in ("simple_identifier", "wildcard_pattern"):
            label = walk.read(child)
        elif child.type == "=" and found:
            found[-1] = Param(found[-1].name, found[-1].type, "…")
        elif child.type == ",":
            label = ""
        elif child.is_named and (not found or not found[-1].default):
            found.append(Param(label or "_", annotation(walk, child)))
    return tuple(found)
