"""Ruby classes, modules and methods, and who may call them."""

from docrunch.parsing.draft import Draft
from docrunch.parsing.languages.ruby.documentation import document
from docrunch.parsing.languages.ruby.names import (
    constant_parts,
    in_singleton,
    is_type,
    literal,
    module_kind,
    type_scope,
)
from docrunch.parsing.languages.ruby.parameters import enter_parameters, read_parameters
from docrunch.parsing.model import Base, SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk
from docrunch.parsing.wording import signature

_HEAD_CHARACTERS = 600
VISIBILITIES = frozenset({"public", "private", "protected", "module_function"})
_CALLBACKS = frozenset({"included", "extended", "prepended", "inherited", "method_added", "const_missing"})


def path_of(walk: Walk, name: str, scope: int, *, method: bool = False) -> str:
    """``A.B`` for constants and singleton methods, ``A.B#m`` for what instances answer to."""
    if scope < 0:
        return name
    return f"{walk.symbols[scope].local_name}{'#' if method else '.'}{name}"


def on_type(walk: Walk, node: Node) -> None:
    name_node = node.child_by_field_name("name")
    if name_node is None:
        return
    walk.seen.add(name_node.start_byte)
    parts = constant_parts(walk, name_node)
    if not parts:
        return
    draft = open_type(walk, node, name_node, parts, node.type)
    superclass = node.child_by_field_name("superclass")
    if superclass is not None and superclass.named_child_count:
        add_superclass(walk, draft, superclass.named_children[0])


def open_type(walk: Walk, node: Node, at: Node, parts: tuple[str, ...], kind: str) -> Draft:
    """A class or module becomes the scope. ``class A::B`` inside ``module M`` is called ``M.A.B`` here."""
    absolute = parts[0].startswith("::")
    name = "::".join(parts).removeprefix("::")  # as written: which ``A`` holds the B of ``A::B`` is for the link to say
    scope = -1 if absolute else type_scope(walk)
    local_name = path_of(walk, name.replace("::", "."), scope)
    parent = -1 if absolute else walk.scope
    draft = Draft(name, module_kind(kind), local_name, parent, at.end_point[0] + 1, node)
    draft.signature = _head(walk, node)
    draft.exported = scope < 0 or walk.symbols[scope].exported
    document(walk, draft, draft.start_line)
    walk.open(draft)
    return draft


def add_superclass(walk: Walk, draft: Draft, node: Node) -> None:
    """``< Base``, ``< Struct.new(:a)`` (whose fields the class has) and ``< Base[7.0]``."""
    line = node.start_point[0] + 1
    written = constant_parts(walk, node)
    if written:
        walk.seen.add(node.start_byte)
    elif node.type == "self":
        written = ("self",)
    elif node.type == "element_reference":
        written = constant_parts(walk, node.named_children[0])
    elif node.type == "call" and (receiver := node.child_by_field_name("receiver")) is not None:
        written = constant_parts(walk, receiver)
        walk.seen.add(receiver.start_byte)
        if written in _FIELD_MAKERS:
            walk.seen.add(-node.end_byte)
            fields(walk, node)
    draft.bases = (*draft.bases, Base("::".join(written) or "?", line, "inherits"))


_FIELD_MAKERS = (("Struct",), ("::Struct",), ("Data",), ("::Data",))


def fields(walk: Walk, call: Node) -> None:
    """``Struct.new(:a, :b)``: the open class has these properties."""
    arguments = call.child_by_field_name("arguments")
    for child in arguments.named_children if arguments is not None else ():
        if child.type == "simple_symbol":
            add_property(walk, child, walk.read(child)[1:], ["reader", "writer"], static=False)


def add_property(
    walk: Walk, at: Node, name: str, modifiers: list[str], *, static: bool, whole: Node | None = None
) -> Draft:
    scope = type_scope(walk)
    local_name = path_of(walk, name, scope, method=not static)
    draft = Draft(name, SymbolKind.PROPERTY, local_name, walk.scope, at.start_point[0] + 1, whole or at)
    draft.modifiers = [*modifiers, "static"] if static else list(modifiers)
    draft.exported = scope >= 0 and walk.symbols[scope].exported
    draft.signature = name
    walk.add(draft)
    return draft


def on_singleton_class(walk: Walk, node: Node) -> None:
    """``class << self`` adds to the class around it; of another object nothing is known."""
    value = node.child_by_field_name("value")
    owner = "self" if value is not None and value.type == "self" else "?"
    walk.implementations.append((node.end_byte, owner, ""))


def _head(walk: Walk, node: Node) -> str:
    body = node.child_by_field_name("body")
    end = body.start_byte if body is not None else node.end_byte
    line_end = walk.text.find(b"\n", node.start_byte, end)
    parameters = node.child_by_field_name("parameters") or node.child_by_field_name("superclass")
    if parameters is not None:
        end = parameters.end_byte
    elif line_end >= 0:
        end = line_end
    head = walk.slice(node.start_byte, min(end, node.start_byte + _HEAD_CHARACTERS)).rstrip()
    return signature(head.removesuffix(";").removesuffix("=").removesuffix("; end").rstrip())


def on_method(walk: Walk, node: Node) -> None:
    name_node = node.child_by_field_name("name")
    if name_node is None:
        return
    walk.seen.add(name_node.start_byte)
    object_node = node.child_by_field_name("object")
    parameters = node.child_by_field_name("parameters")
    draft = start_method(walk, node, name_node, walk.read(name_node), object_node)
    draft.complexity = 1
    draft.signature = _head(walk, node)
    draft.params = read_parameters(walk, parameters)
    document(walk, draft, draft.start_line)
    walk.open(draft)
    enter_parameters(walk, parameters, draft.params)


def start_method(walk: Walk, node: Node, at: Node, name: str, object_node: Node | None = None) -> Draft:
    """A method of what is around it; of ``obj`` for ``def obj.name``."""
    scope = type_scope(walk)
    singleton = in_singleton(walk, node)
    static = singleton or (object_node is not None and object_node.type == "self")
    receiver = ""
    if object_node is not None and object_node.type != "self":
        static, receiver = True, "::".join(constant_parts(walk, object_node)) or "?"
    elif walk.implementations and walk.implementations[-1][0] > node.start_byte and not singleton:
        receiver = walk.implementations[-1][1]
    kind = SymbolKind.METHOD if scope >= 0 or static or receiver or _in_block(walk, node) else SymbolKind.FUNCTION
    if name == "initialize" and not static and scope >= 0:
        kind = SymbolKind.CONSTRUCTOR
    separator = "." if static else "#"
    local_name = f"{receiver.replace('::', '.')}{separator}{name}" if receiver else ""
    local_name = local_name or path_of(walk, name, scope, method=not static)
    draft = Draft(name, kind, local_name, walk.scope, at.start_point[0] + 1, node)
    draft.receiver = receiver
    visibility = _visibility(walk, scope, singleton)
    if static:
        draft.modifiers.append("static")
    if visibility == "module_function":
        draft.modifiers += ["module_function", "static"]
    elif visibility != "public" and (singleton or not static):
        draft.modifiers.append(visibility)
    hidden = visibility in ("private", "protected") and (singleton or not static)
    draft.exported = not hidden and (scope < 0 or walk.symbols[scope].exported) and receiver != "?"
    if name.startswith("test_") and scope >= 0 and _is_test_case(walk.symbols[scope]):
        draft.modifiers.append("test")
    if static and name in _CALLBACKS:
        draft.modifiers.append("callback")
    return draft


def _is_test_case(type_: Draft) -> bool:
    written = " ".join((type_.name, *(base.name for base in type_.bases)))
    return "Test" in written or "Spec" in written


def _in_block(walk: Walk, node: Node) -> bool:
    """Inside a block that belongs to no class: whose method it becomes is not known."""
    return walk.scope < 0 and node.start_byte < walk.anonymous_end


def _key(scope: int, singleton: bool) -> str:
    return f"visibility {scope}{' self' if singleton else ''}"


def _visibility(walk: Walk, scope: int, singleton: bool) -> str:
    stated = walk.extra.get(_key(scope, singleton))
    return stated[-1] if stated is not None else "public"


def set_visibility(walk: Walk, node: Node, word: str) -> None:
    """``private`` alone: for the methods that follow in this body."""
    walk.extra[_key(type_scope(walk), in_singleton(walk, node))] = [word]


def change_visibility(walk: Walk, word: str, arguments: Node) -> None:
    """``private :a, :b``, ``private def a``, ``private_class_method :a``, ``private_constant :A``."""
    scope = type_scope(walk)
    for argument in arguments.named_children:
        if argument.type in ("method", "singleton_method", "call"):
            walk.extra[f"next {argument.start_byte}"] = [word]
            continue
        listed = argument.named_children if argument.type == "array" else [argument]
        for each in listed:
            if name := literal(walk, each):
                walk.extra.setdefault("changes", []).append(f"{scope} {word} {name}")


def settle_visibility(walk: Walk) -> None:
    """Apply what statements said of methods and constants by their names, in one pass over the symbols."""
    asked: dict[tuple[int, str], dict[str, None]] = {}
    for change in walk.extra.get("changes", ()):
        scope, word, name = change.split(" ", 2)
        asked.setdefault((int(scope), name), {})[word] = None
    for draft in walk.symbols if asked else ():
        for word in asked.get((draft.parent, draft.name), ()):
            if word == "private_constant":
                draft.exported = draft.exported and draft.kind not in (
                    SymbolKind.CONSTANT,
                    SymbolKind.CLASS,
                    SymbolKind.TRAIT,
                )
            elif word == "module_function" or ("static" in draft.modifiers) == word.endswith("_class_method"):
                apply_visibility(draft, word)


def apply_visibility(draft: Draft, word: str) -> None:
    if word == "module_function":
        draft.modifiers += ["module_function", "static"]
        return
    plain = word.removesuffix("_class_method")
    draft.modifiers = [each for each in draft.modifiers if each not in ("private", "protected")]
    if plain == "public":
        draft.exported = True
    else:
        draft.modifiers.append(plain)
        draft.exported = False


def asked_visibility(walk: Walk, node: Node) -> str:
    """The word in front of a definition: ``private def a``."""
    stated = walk.extra.pop(f"next {node.start_byte}", None)
    return stated[0] if stated else ""


def on_constant(walk: Walk, node: Node, at: Node, parts: tuple[str, ...]) -> None:
    """``NAME = …`` in a class, a module or a file."""
    scope = type_scope(walk)
    name = ".".join(parts).removeprefix("::")
    draft = Draft(
        name.replace(".", "::"),
        SymbolKind.CONSTANT,
        name if parts[0].startswith("::") else path_of(walk, name, scope),
        walk.scope,
        at.end_point[0] + 1,
        node,
    )
    draft.exported = scope < 0 or walk.symbols[scope].exported
    draft.signature = signature(walk.slice(node.start_byte, min(node.end_byte, node.start_byte + _HEAD_CHARACTERS)))
    document(walk, draft, draft.start_line)
    draft.type = draft.returns
    draft.returns = draft.returns_doc = ""
    walk.add(draft)


def is_open_type(walk: Walk) -> bool:
    return is_type(walk, walk.scope)
