"""Elixir: modules, functions by arity, macros, structs, attributes; calls by the whole names of modules."""

from docrunch.parsing.draft import Draft, last_line
from docrunch.parsing.languages.elixir.modules import add_alias, full_name, module_around, on_directive
from docrunch.parsing.model import Import, Param, SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Handler, Walk
from docrunch.parsing.wording import default, one_line, signature

_MODULES = frozenset({"defmodule", "defprotocol", "defimpl"})
_FUNCTIONS = frozenset({"def", "defp", "defmacro", "defmacrop", "defguard", "defguardp", "defdelegate"})
_DIRECTIVES = frozenset({"alias", "import", "require", "use"})
_TESTS = frozenset({"test", "property", "describe"})
_KERNEL_WORDS = """
    if unless case cond for with try receive quote unquote unquote_splicing fn raise reraise throw super defstruct
    defexception defoverridable is_nil is_list is_map is_atom is_binary is_integer is_function is_tuple is_number
    is_float is_boolean is_pid to_string to_charlist inspect length hd tl elem put_elem tuple_size map_size byte_size
    round trunc abs max min rem div send self spawn spawn_link exit apply put_in get_in update_in pop_in make_ref node
    not and or in match? sigil_r sigil_w dbg binding destructure function_exported? struct struct! then tap
"""
_KERNEL = frozenset(_KERNEL_WORDS.split())
_SPECS = frozenset({"type", "typep", "opaque"})
_HEAD_CHARACTERS = 600


def on_call(walk: Walk, node: Node) -> None:
    target = node.child_by_field_name("target")
    if target is None:
        return
    word = walk.read(target) if target.type == "identifier" else ""
    if word in _MODULES:
        _module(walk, node, word)
    elif word in _FUNCTIONS:
        _function(walk, node, word)
    elif word in _DIRECTIVES:
        on_directive(walk, node, word)
    elif word == "defstruct":
        _struct(walk, node, target)
    elif word in _TESTS and _string(walk, node):
        _test(walk, node, word, target)
    elif node.start_byte not in walk.seen:
        _refer(walk, node, target, word)


def _arguments(node: Node) -> Node | None:
    return next((child for child in node.named_children if child.type == "arguments"), None)


def _first(node: Node) -> Node | None:
    arguments = _arguments(node)
    return arguments.named_child(0) if arguments is not None and arguments.named_child_count else None


def _string(walk: Walk, node: Node) -> str:
    first = _first(node)
    return walk.read(first).strip('"') if first is not None and first.type == "string" else ""


def _module(walk: Walk, node: Node, word: str) -> None:
    first = _first(node)
    if first is None or first.type != "alias":
        return
    walk.seen.add(first.start_byte)
    name = walk.read(first)
    if word == "defimpl":
        walk.imports.append(Import(full_name(walk, name), node.start_point[0] + 1, scope=module_around(walk)))
        name = f"{name}.{_implemented(walk, node)}"
    nested = walk.scope >= 0
    draft = Draft(name, SymbolKind.NAMESPACE, walk.local_path(name), walk.scope, first.start_point[0] + 1, node)
    draft.exported = True
    draft.signature = f"{word} {name}"
    draft.modifiers = [word.removeprefix("def")] if word != "defmodule" else []
    if nested:
        add_alias(walk, name.split(".", 1)[0], walk.local_path(name.split(".", 1)[0]))
    walk.open(draft)


def _implemented(walk: Walk, node: Node) -> str:
    """``Shop.Cart`` of ``defimpl P, for: Shop.Cart``."""
    arguments = _arguments(node)
    for child in arguments.named_children if arguments is not None else ():
        for pair in child.named_children if child.type == "keywords" else ():
            value = pair.child_by_field_name("value")
            if value is not None and value.type == "alias":
                return full_name(walk, walk.read(value))
    return "Any"


def _function(walk: Walk, node: Node, word: str) -> None:
    head = _first(node)
    if head is not None and head.type == "binary_operator":
        left = head.child_by_field_name("left")
        head = left if left is not None and left.type in ("call", "identifier") else head
    if head is None or head.type not in ("call", "identifier"):
        return
    name_node = head.child_by_field_name("target") if head.type == "call" else head
    if name_node is None or name_node.type != "identifier":
        return
    walk.seen.add(head.start_byte)
    params = _parameters(walk, _arguments(head)) if head.type == "call" else ()
    name = walk.read(name_node)
    key = f"def {walk.scope} {name}/{len(params)}"
    known = walk.extra.get(key)
    if known is not None:
        _add_clause(walk, int(known[0]), node)
        return
    kind = SymbolKind.MACRO if word.startswith("defmacro") else SymbolKind.FUNCTION
    draft = Draft(name, kind, walk.local_path(name), walk.scope, name_node.start_point[0] + 1, node)
    draft.exported = not word.endswith("p") and walk.scope >= 0
    draft.params = params
    draft.complexity = 1
    draft.signature = _head(walk, node)
    _document(walk, draft)
    draft.returns = " ".join(walk.extra.pop("spec", []))
    walk.extra[key] = [str(walk.open(draft))]
    walk.make_local([param.name for param in params])


def _add_clause(walk: Walk, index: int, node: Node) -> None:
    """Another clause of the same function."""
    draft = walk.symbols[index]
    if index == len(walk.symbols) - 1:
        draft.end_byte, draft.end_line = node.end_byte, last_line(node)
    draft.complexity += 1
    walk.enter(index, node.end_byte)


def _head(walk: Walk, node: Node) -> str:
    block = next((child for child in node.named_children if child.type == "do_block"), None)
    end = block.start_byte if block is not None else node.end_byte
    text = walk.slice(node.start_byte, min(end, node.start_byte + _HEAD_CHARACTERS))
    return signature(text.split(", do:", 1)[0].rstrip())


def _parameters(walk: Walk, node: Node | None) -> tuple[Param, ...]:
    found: list[Param] = []
    for child in node.named_children if node is not None else ():
        left, right = child.child_by_field_name("left"), child.child_by_field_name("right")
        between = walk.text[left.end_byte : right.start_byte] if left is not None and right is not None else b""
        if left is not None and right is not None and between.strip() == b"\\\\":
            found.append(Param(one_line(walk.read(left)), default=default(walk.read(right))))
        else:
            found.append(Param(default(walk.read(child))))
    return tuple(found)


def _struct(walk: Walk, node: Node, target: Node) -> None:
    draft = Draft("__struct__", SymbolKind.STRUCT, walk.local_path("__struct__"), walk.scope, 0, node)
    draft.line = target.start_point[0] + 1
    draft.signature = signature(walk.slice(node.start_byte, min(node.end_byte, node.start_byte + _HEAD_CHARACTERS)))
    draft.exported = True
    walk.open(draft)


def _test(walk: Walk, node: Node, word: str, target: Node) -> None:
    name = f"{word} {_string(walk, node)}"
    draft = Draft(name, SymbolKind.FUNCTION, walk.local_path(name), walk.scope, target.start_point[0] + 1, node)
    draft.modifiers = ["test"] if word != "describe" else []
    draft.signature = signature(name)
    draft.complexity = 1
    walk.open(draft)


def _refer(walk: Walk, node: Node, target: Node, word: str) -> None:
    count = _count(walk, node)
    if word:
        if word not in _KERNEL:
            walk.refer("call", (word,), node, count)
        return
    left, right = target.child_by_field_name("left"), target.child_by_field_name("right")
    if target.type != "dot" or left is None or right is None or right.type != "identifier":
        return
    if left.type == "alias" or walk.read(left) == "__MODULE__":
        walk.seen.add(left.start_byte)
        walk.refer("call", (full_name(walk, walk.read(left)), walk.read(right)), node, count)


def _count(walk: Walk, node: Node) -> int:
    """Arguments; what is piped in is the first one, and a block hides how many there are."""
    if any(child.type == "do_block" for child in node.named_children):
        return -1
    arguments = _arguments(node)
    count = arguments.named_child_count if arguments is not None else 0
    parent = node.parent
    if parent is None or parent.type != "binary_operator" or parent.child_by_field_name("right") != node:
        return count
    left = parent.child_by_field_name("left")
    piped = left is not None and walk.text[left.end_byte : node.start_byte].strip() == b"|>"
    return count + 1 if piped else count


def on_attribute(walk: Walk, node: Node) -> None:
    operand = node.child_by_field_name("operand")
    if operand is None:
        return
    if operand.type == "identifier":
        walk.refer("use", (f"@{walk.read(operand)}",), node)
        return
    target = operand.child_by_field_name("target") if operand.type == "call" else None
    if target is None:
        return
    walk.seen.add(operand.start_byte)
    _attribute(walk, node, operand, target)


def _attribute(walk: Walk, node: Node, operand: Node, target: Node) -> None:
    name, first = walk.read(target), _first(operand)
    if name in ("doc", "moduledoc", "typedoc"):
        if first is not None and first.type == "string":
            _keep(walk, name, first)
    elif name in ("spec", "callback") and first is not None:
        walk.seen.update(child.start_byte for child in first.named_children)
        returned = first.child_by_field_name("right")
        walk.extra["spec"] = [one_line(walk.read(returned))] if returned is not None and name == "spec" else []
    elif name == "behaviour" and first is not None and first.type == "alias":
        module = full_name(walk, walk.read(first))
        walk.imports.append(Import(module, node.start_point[0] + 1, scope=module_around(walk)))
    elif name in _SPECS:
        left = first.child_by_field_name("left") if first is not None else None
        if left is not None:
            named = left.child_by_field_name("target") if left.type == "call" else left
            _add(walk, node, walk.read(named or left), SymbolKind.TYPE, name != "typep")
    elif first is not None and walk.scope >= 0 and f"{walk.scope} @{name}" not in walk.defined:
        walk.defined.add(f"{walk.scope} @{name}")
        _add(walk, node, f"@{name}", SymbolKind.CONSTANT, False)


def _add(walk: Walk, node: Node, name: str, kind: SymbolKind, exported: bool) -> None:
    draft = Draft(name, kind, walk.local_path(name), walk.scope, node.start_point[0] + 1, node)
    draft.signature = signature(walk.slice(node.start_byte, min(node.end_byte, node.start_byte + _HEAD_CHARACTERS)))
    draft.exported = exported
    walk.add(draft)


def _keep(walk: Walk, name: str, literal: Node) -> None:
    text = "\n".join(line.strip() for line in walk.read(literal).strip('"').strip().splitlines())
    first, last = literal.start_point[0] + 1, last_line(literal)
    parent = walk.parent
    if name == "moduledoc" and parent is not None:
        parent.doc, parent.doc_line, parent.doc_end_line = text, first, last
    elif name == "doc":
        walk.extra["doc"] = [text, str(first), str(last)]


def _document(walk: Walk, draft: Draft) -> None:
    kept = walk.extra.pop("doc", None)
    if kept is not None:
        draft.doc, draft.doc_line, draft.doc_end_line = kept[0], int(kept[1]), int(kept[2])


def on_module_use(walk: Walk, node: Node) -> None:
    if node.start_byte not in walk.seen:
        walk.refer("use", (full_name(walk, walk.read(node)),), node)


def on_capture(walk: Walk, node: Node) -> None:
    """``&helper/1`` and ``&Mod.helper/1``."""
    operand = node.child_by_field_name("operand")
    left = operand.child_by_field_name("left") if operand is not None else None
    if left is None:
        return
    if left.type == "identifier":
        walk.refer("use", (walk.read(left),), node)
    elif left.type == "call":
        target = left.child_by_field_name("target")
        module, name = (
            (target.child_by_field_name("left"), target.child_by_field_name("right")) if target else (None, None)
        )
        if module is not None and name is not None and module.type == "alias":
            walk.seen.update((left.start_byte, module.start_byte))
            walk.refer("use", (full_name(walk, walk.read(module)), walk.read(name)), node)


def on_decision(walk: Walk, node: Node) -> None:
    walk.decide()


def on_comment(walk: Walk, node: Node) -> None:
    walk.comments.add(node)


def finish(walk: Walk, root: Node) -> None:
    """The first module's documentation is that of the file."""
    first = next((draft for draft in walk.symbols if draft.doc), None)
    if first is not None and first.kind is SymbolKind.NAMESPACE:
        walk.doc, walk.doc_line, walk.doc_end_line = first.doc, first.doc_line, first.doc_end_line


HANDLERS: dict[str, Handler] = {
    "definition.function": on_call,
    "definition.variable": on_attribute,
    "reference.type": on_module_use,
    "reference.use": on_capture,
    "decision": on_decision,
    "comment": on_comment,
}
