"""Names of Elixir modules: aliases are written out where they are used, so that linking sees whole names."""

from docrunch.parsing.model import Import, SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk


def full_name(walk: Walk, written: str) -> str:
    """``Prices`` → ``Shop.Prices`` behind ``alias Shop.Prices``; ``__MODULE__`` is the module around the place."""
    first, dot, rest = written.partition(".")
    if first == "__MODULE__":
        around = module_around(walk)
        return f"{walk.symbols[around].local_name}{dot}{rest}" if around >= 0 else written
    scope = walk.scope
    while True:
        known = walk.extra.get(f"alias {scope} {first}")
        if known is not None:
            return f"{known[0]}{dot}{rest}"
        if scope < 0:
            return written
        scope = walk.symbols[scope].parent


def module_around(walk: Walk) -> int:
    scope = walk.scope
    while scope >= 0 and walk.symbols[scope].kind is not SymbolKind.NAMESPACE:
        scope = walk.symbols[scope].parent
    return scope


def add_alias(walk: Walk, name: str, full: str) -> None:
    walk.extra[f"alias {walk.scope} {name}"] = [full]


def on_directive(walk: Walk, node: Node, word: str) -> None:
    """``alias``, ``import``, ``require`` and ``use``."""
    arguments = [child for child in node.named_children if child.type == "arguments"]
    first = arguments[0].named_child(0) if arguments and arguments[0].named_child_count else None
    if first is None:
        return
    line = node.start_point[0] + 1
    pending = [first]
    while pending:
        child = pending.pop()
        walk.seen.add(child.start_byte)
        pending.extend(child.named_children if child.type in ("dot", "tuple") else ())
    for name in _named(walk, first):
        full = full_name(walk, name)
        walk.imports.append(Import(full, line, "*" if word == "import" else "", scope=module_around(walk)))
        if word in ("alias", "require"):
            _bind(walk, arguments[0], full, word)


def _named(walk: Walk, node: Node) -> list[str]:
    """``A.B`` and ``A.{B, C}``."""
    if node.type == "alias" or (node.type == "identifier" and walk.read(node) == "__MODULE__"):
        return [walk.read(node)]
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if node.type != "dot" or left is None or right is None or right.type != "tuple":
        return []
    return [f"{walk.read(left)}.{walk.read(child)}" for child in right.named_children if child.type == "alias"]


def _bind(walk: Walk, arguments: Node, full: str, word: str) -> None:
    for child in arguments.named_children:
        for pair in child.named_children if child.type == "keywords" else ():
            key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
            if key is not None and value is not None and walk.read(key).strip() == "as:":
                walk.seen.add(value.start_byte)
                add_alias(walk, walk.read(value), full)
                return
    if word == "alias":
        add_alias(walk, full.rsplit(".", 1)[-1], full)
