"""PHP classes, interfaces, traits, enums, functions and their members."""

from docrunch.parsing.draft import Draft
from docrunch.parsing.languages.php.documentation import document
from docrunch.parsing.languages.php.names import VAGUE_TYPES, attributes, type_text, words
from docrunch.parsing.languages.php.parameters import bind_parameters, promoted, read_parameters
from docrunch.parsing.model import Base, SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import TYPE_KINDS, Walk
from docrunch.parsing.wording import signature

ANONYMOUS = "class@anonymous"  # what PHP itself calls them
_KINDS = {
    "class_declaration": SymbolKind.CLASS,
    "anonymous_class": SymbolKind.CLASS,
    "interface_declaration": SymbolKind.INTERFACE,
    "trait_declaration": SymbolKind.TRAIT,
    "enum_declaration": SymbolKind.ENUM,
}
_HEAD_CHARACTERS = 600


def path_of(walk: Walk, name: str) -> str:
    parent = walk.parent
    if parent is not None and parent.kind is SymbolKind.NAMESPACE:
        return f"{parent.local_name}\\{name}"
    return walk.local_path(name)


def on_type(walk: Walk, node: Node) -> None:
    name_node = node.child_by_field_name("name")
    kind = _KINDS[node.type]
    if name_node is None and node.type != "anonymous_class":
        return
    name = walk.read(name_node) if name_node is not None else ANONYMOUS
    at = name_node or node
    draft = Draft(name, kind, path_of(walk, name), walk.scope, at.start_point[0] + 1, node)
    draft.modifiers = words(node)
    draft.decorators = attributes(walk, node)
    draft.signature = _head(walk, node)
    draft.bases = tuple(_bases(walk, node, kind))
    document(walk, draft)
    draft.exported = name_node is not None and "@internal" not in draft.doc and _visible(walk)
    walk.open(draft)


def _visible(walk: Walk) -> bool:
    """Whether what is declared here can be named from elsewhere."""
    parent = walk.parent
    return parent is None or parent.kind is SymbolKind.NAMESPACE


def _bases(walk: Walk, node: Node, kind: SymbolKind) -> list[Base]:
    """Traits first: what they define wins over what is inherited."""
    above: list[Base] = []
    traits: list[Base] = []
    for child in node.named_children:
        if child.type == "base_clause":
            above += _listed(walk, child, "inherits")
        elif child.type == "class_interface_clause":
            above += _listed(walk, child, "implements")
        elif child.type in ("declaration_list", "enum_declaration_list"):
            for member in child.named_children:
                if member.type == "use_declaration":
                    traits += _listed(walk, member, "inherits")
    return traits + above


def _listed(walk: Walk, clause: Node, relation: str) -> list[Base]:
    return [
        Base(walk.read(name), name.start_point[0] + 1, relation)
        for name in clause.named_children
        if name.type in ("name", "qualified_name", "relative_name")
    ]


def _head(walk: Walk, node: Node) -> str:
    """The declaration without attributes and body."""
    listed = node.child_by_field_name("attributes")
    start = listed.end_byte if listed is not None else node.start_byte
    body = node.child_by_field_name("body")
    end = body.start_byte if body is not None else node.end_byte
    return signature(walk.slice(start, min(end, start + _HEAD_CHARACTERS)).strip().rstrip(";").rstrip())


def on_function(walk: Walk, node: Node) -> None:
    name_node = node.child_by_field_name("name")
    if name_node is None:
        return
    name = walk.read(name_node)
    method = node.type == "method_declaration"
    kind = SymbolKind.METHOD if method else SymbolKind.FUNCTION
    if method and name.lower() == "__construct":
        kind = SymbolKind.CONSTRUCTOR
    draft = Draft(name, kind, path_of(walk, name), walk.scope, name_node.start_point[0] + 1, node)
    draft.modifiers = words(node)
    draft.decorators = attributes(walk, node)
    body = node.child_by_field_name("body")
    draft.complexity = 1 if body is not None else 0
    draft.signature = _head(walk, node)
    draft.returns = type_text(walk, node.child_by_field_name("return_type"))
    parameters = node.child_by_field_name("parameters")
    draft.params = read_parameters(walk, parameters)
    document(walk, draft)
    _judge(walk, draft, body, method)
    owner = walk.scope
    walk.open(draft)
    bind_parameters(walk, draft.params, name_node)
    if kind is SymbolKind.CONSTRUCTOR and owner >= 0:
        promoted(walk, parameters, draft.params, owner)


def _judge(walk: Walk, draft: Draft, body: Node | None, method: bool) -> None:
    """Visibility, abstractness and whether it is a test (PHPUnit's rules)."""
    internal = "@internal" in draft.doc
    if not method:
        draft.exported = not internal and _visible(walk)
        return
    parent = walk.parent
    if body is None and "abstract" not in draft.modifiers:
        draft.modifiers.append("abstract")
    if parent is None or parent.kind not in TYPE_KINDS:
        return
    draft.exported = parent.exported and "private" not in draft.modifiers and not internal
    named = draft.name.startswith("test") and (
        parent.name.endswith("Test") or any(base.name.endswith(("TestCase", "Test")) for base in parent.bases)
    )
    if named or "@test" in draft.doc or any(name.rsplit("\\", 1)[-1] == "Test" for name in draft.decorators):
        draft.modifiers.append("test")


def on_member(walk: Walk, node: Node) -> None:
    if node.type == "enum_case":
        _enum_case(walk, node)
        return
    constant = node.type == "const_declaration"
    modifiers, decorators = words(node), attributes(walk, node)
    type_ = type_text(walk, node.child_by_field_name("type"))
    for child in node.named_children:
        if constant and child.type == "const_element" and child.named_child_count:
            _member(walk, node, child.named_children[0], SymbolKind.CONSTANT, modifiers, decorators, type_)
        elif child.type == "property_element":
            name = child.child_by_field_name("name")
            if name is not None:
                _member(walk, node, name, SymbolKind.PROPERTY, modifiers, decorators, type_)


def _member(
    walk: Walk, node: Node, at: Node, kind: SymbolKind, modifiers: list[str], decorators: tuple[str, ...], type_: str
) -> None:
    name = walk.read(at)
    draft = Draft(name, kind, path_of(walk, name), walk.scope, at.start_point[0] + 1, node)
    draft.modifiers, draft.decorators = list(modifiers), decorators
    draft.signature = _head(walk, node)
    draft.type = type_
    parent = walk.parent
    inside = parent is not None and parent.kind in TYPE_KINDS
    draft.exported = "private" not in modifiers and (parent.exported if inside and parent is not None else True)
    described = document(walk, draft)
    if described.type and type_ in VAGUE_TYPES:
        draft.type = described.type
    walk.add(draft)


def _enum_case(walk: Walk, node: Node) -> None:
    name_node = node.child_by_field_name("name")
    if name_node is None:
        return
    name = walk.read(name_node)
    draft = Draft(name, SymbolKind.CONSTANT, path_of(walk, name), walk.scope, name_node.start_point[0] + 1, node)
    parent = walk.parent
    draft.exported = parent is not None and parent.exported
    draft.type = "self"
    draft.modifiers = ["case"]
    draft.decorators = attributes(walk, node)
    draft.signature = _head(walk, node)
    document(walk, draft)
    walk.add(draft)
