"""Names, types, parameters and chains of Kotlin. The grammar names few fields: positions and kinds decide."""

from docrunch.parsing.model import Param
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk
from docrunch.parsing.wording import default, one_line

TYPES = frozenset({"user_type", "nullable_type", "function_type", "parenthesized_type", "non_nullable_type"})
_MAX_PARTS = 32
_TESTS = frozenset({"Test", "ParameterizedTest", "RepeatedTest", "TestFactory", "TestTemplate"})
_OF_ITSELF = frozenset({"let", "also", "takeIf", "takeUnless"})
_ELEMENT_WORDS = """
    all any associate associateBy associateWith count distinctBy filter filterNot find first firstNotNullOf
    firstNotNullOfOrNull firstOrNull flatMap flatMapTo forEach groupBy indexOfFirst last lastOrNull map mapNotNull
    mapNotNullTo mapTo maxBy maxByOrNull maxOf minBy minByOrNull minOf none onEach partition removeAll removeIf
    retainAll single singleOrNull sortBy sortedBy sortedByDescending sumBy sumOf takeWhile dropWhile
"""
_OF_ELEMENTS = frozenset(_ELEMENT_WORDS.split())
_MOST_ARGUMENTS = 8  # calls with more are told apart by their number
_LITERALS = {
    "string_literal": "=String",
    "multiline_string_literal": "=String",
    "character_literal": "=Char",
    "float_literal": "=Double",
    "is_expression": "=Boolean",
    "in_expression": "=Boolean",
    "lambda_literal": "->",
    "anonymous_function": "->",
    "callable_reference": "->",
}
_LONG = ord("L")
_WORDS = {"true": "=Boolean", "false": "=Boolean", "null": "null"}
_CHAINS = frozenset({"navigation_expression", "call_expression", "this_expression", "index_expression"})
_COMMENTS = frozenset({"line_comment", "block_comment"})


def child_of(node: Node, *kinds: str) -> Node | None:
    """The first child of one of some kinds."""
    for child in node.children:  # cheaper than a generator: every declaration asks several times
        if child.type in kinds:
            return child
    return None


def word_of(walk: Walk, node: Node) -> str:
    """A name without the backticks that let it be anything."""
    return walk.read(node).strip("`")


def type_text(walk: Walk, node: Node | None) -> str:
    """A type as written, in one line."""
    return one_line(walk.read(node)) if node is not None else ""


def dotted(walk: Walk, type_: Node | None) -> str:
    """``a.B`` of ``a.B<C>?``; "" for what is no single type."""
    while type_ is not None and type_.type in ("nullable_type", "parenthesized_type", "non_nullable_type"):
        type_ = child_of(type_, *TYPES)
    if type_ is None or type_.type != "user_type":
        return ""
    return ".".join([walk.read(child) for child in type_.children if child.type == "identifier"])


def type_parameters(walk: Walk, node: Node) -> tuple[Param, ...]:
    written = child_of(node, "type_parameters")
    found: list[Param] = []
    for child in written.named_children if written is not None else ():
        name = child_of(child, "identifier")
        if child.type == "type_parameter" and name is not None:
            found.append(Param(walk.read(name), type_text(walk, child_of(child, *TYPES))))
    return tuple(found)


def type_arguments(walk: Walk, type_: Node | None) -> tuple[str, ...]:
    """``("K", "V")`` of ``Map<K, out V>``."""
    written = child_of(type_, "type_arguments") if type_ is not None else None
    given = (child_of(each, *TYPES) for each in written.named_children) if written is not None else ()
    return tuple(type_text(walk, each) or "*" for each in given)


def modifiers(walk: Walk, node: Node) -> tuple[list[str], tuple[str, ...], bool]:
    """(modifier words, annotations without "@" and arguments, whether one of them marks a test)."""
    written = node.children[0] if node.child_count else None
    if written is None or written.type != "modifiers":
        return [], (), False
    words: list[str] = []
    annotations: list[str] = []
    for child in written.children:
        if child.type != "annotation":
            words.append(walk.read(child))
            continue
        made = child_of(child, "constructor_invocation") or child
        name = dotted(walk, child_of(made, "user_type"))
        if name:
            annotations.append(name)
    test = any(name.rsplit(".", 1)[-1] in _TESTS for name in annotations)
    return words, tuple(annotations), test


def parameters(walk: Walk, node: Node | None, *, local: bool = True) -> tuple[Param, ...]:
    """Of a function; names become local and are bound to their types."""
    found: list[Param] = []
    children = node.children if node is not None else []
    vararg = False
    for place, child in enumerate(children):
        if child.type == "parameter_modifiers":
            vararg = "vararg" in walk.read(child).split()
            continue
        if child.type != "parameter":
            continue
        name, type_ = child_of(child, "identifier"), type_text(walk, child_of(child, *TYPES))
        if name is None:
            continue
        given = children[place + 2] if place + 2 < len(children) and children[place + 1].type == "=" else None
        word = ("vararg " if vararg else "") + type_
        found.append(Param(word_of(walk, name), word, default(walk.read(given)) if given is not None else ""))
        if local:
            walk.bind((found[-1].name,), name, type_=f"Array<{type_}>" if vararg else type_)
        vararg = False
    if local:
        walk.make_local([param.name for param in found])
    return tuple(found)


def declared(walk: Walk, node: Node) -> list[tuple[Node, str]]:
    """(name, type) of the variables of a declaration, a loop or the parameters of a lambda; "_" left out."""
    found: list[tuple[Node, str]] = []
    for child in node.children:
        if child.type == "variable_declaration":
            name = child_of(child, "identifier")
            if name is not None and walk.read(name) != "_":
                found.append((name, type_text(walk, child_of(child, *TYPES))))
        elif child.type == "multi_variable_declaration":
            found += declared(walk, child)
    return found


def count(call: Node) -> int:
    """Arguments of a call, a lambda behind the brackets included; -1 with a spread one."""
    total = 0
    for child in call.children:
        kind = child.type
        if kind == "annotated_lambda":
            total += 1
        elif kind == "value_arguments":
            if child.child_count == 2:  # only the brackets
                continue
            given = [each for each in child.named_children if each.type not in _COMMENTS]
            for each in given:
                inside = each.named_child_count
                if inside and (last := each.named_child(inside - 1)) is not None and last.type == "spread_expression":
                    return -1
            total += len(given)
        elif kind == "call_expression" and is_same_call(call, child):
            inner = count(child)
            total = -1 if inner < 0 else total + inner
            if inner < 0:
                return -1
    return total


def described(walk: Walk, call: Node) -> tuple[str, ...]:
    """What the arguments of a call are, in the notation of `languages.java.arguments`; () where they are named."""
    found: list[str] = []
    known = False  # what at least one of them is
    for child in call.children:
        kind = child.type
        if kind == "annotated_lambda":
            found.append("->")
            known = True
        elif kind == "call_expression" and is_same_call(call, child):
            inner = described(walk, child)
            found += inner
            known = known or bool(inner)
        elif kind == "value_arguments" and child.child_count > 2:
            for given in child.named_children:
                if given.type in _COMMENTS:
                    continue
                only = given.named_child(0) if given.child_count == given.named_child_count == 1 else None
                if only is None:
                    return ()
                found.append(word := _argument(walk, only))
                known = known or word != "?"
    return tuple(found) if known and len(found) <= _MOST_ARGUMENTS else ()


def _argument(walk: Walk, node: Node) -> str:
    kind = node.type
    if kind == "identifier":
        name = _plain(walk, node)[0]
        return _WORDS.get(walk.read(node), name) if name in _WORDS else name
    if kind in _LITERALS:
        return _LITERALS[kind]
    if kind == "number_literal":
        return "=Long" if walk.text[node.end_byte - 1] == _LONG else "=Int"
    if kind == "as_expression":
        return "=" + type_text(walk, node.child_by_field_name("right"))
    if kind in _CHAINS:
        parts = chain(walk, node)
        return ".".join(parts) if "?" not in parts else "?"
    return "?"


def chain(walk: Walk, node: Node) -> tuple[str, ...]:
    """The chain of an expression, in the notation of `model.Reference.chain`; ``this@A`` is ("A", "this")."""
    cache = walk.chains
    if node.type == "identifier":
        return _plain(walk, node)
    known = cache.get((node.start_byte, node.end_byte))
    if known is not None:
        return known
    parts: list[str] = []
    inside: list[tuple[tuple[int, int], int]] = []
    called = ""
    current: Node | None = node
    while current is not None:
        if len(parts) >= _MAX_PARTS:
            parts.append("?")
            break
        kind = current.type
        children = current.children
        if not called and kind in ("navigation_expression", "call_expression"):
            inside.append(((current.start_byte, current.end_byte), len(parts)))
        if kind == "navigation_expression" and len(children) > 2 and children[1].type != "::":
            parts.append(word_of(walk, children[-1]) + called)
            called, current = "", children[0]
        elif kind == "call_expression" and not called and children:
            called, current = "()", _callee(current)
        elif kind == "index_expression" and not called and children:
            parts.append("[]")
            current = children[0]
        elif kind == "unary_expression" and (children[-1].type == "!!" or current is not node):
            current = current.child_by_field_name("argument")  # ``!a.b()`` is read as a call of ``!a.b``
        elif kind == "binary_expression" and not called and len(children) == 3 and children[1].type == "?:":
            current = children[0]
        elif kind == "parenthesized_expression":
            current = current.named_child(0) if current.named_child_count else None
        elif kind == "as_expression" and not called:
            type_ = dotted(walk, current.child_by_field_name("right"))
            parts += reversed(f"{type_}()".split(".")) if type_ else ["?"]
            break
        else:
            parts += reversed(_word(walk, current, called))
            break
    else:
        parts.append("?")
    parts.reverse()
    if len(parts) < _MAX_PARTS:
        for span, outer in inside:
            cache[span] = tuple(parts[: len(parts) - outer])
    return tuple(parts)


def _plain(walk: Walk, node: Node) -> tuple[str, ...]:
    """The chain of a single name; a file repeats few of them often."""
    raw = walk.text[node.start_byte : node.end_byte]
    word = walk.chains.get(raw)
    if word is None:
        word = walk.chains[raw] = (raw.decode("utf-8", "replace").strip("`"),)
    return word


def passed(walk: Walk, call: Node) -> tuple[str, ...]:
    """What a call passes to the only parameter of its lambda: the receiver itself, or each of its elements."""
    found = chain(walk, call)
    name = found[-1].removesuffix("()")
    if len(found) < 2 or found[-1] == name:
        return ("?",)
    if name in _OF_ITSELF:
        return found[:-1]
    return (*found[:-1], "[*]") if name in _OF_ELEMENTS else ("?",)


def _callee(call: Node) -> Node:
    callee = call.children[0]
    return callee.children[0] if is_same_call(call, callee) else callee


def is_same_call(call: Node, inner: Node) -> bool:
    """``f(x) { … }`` is one call, ``f { … } { … }`` are two."""
    if inner.type != "call_expression" or call.children[-1].type != "annotated_lambda":
        return False
    return inner.children[-1].type != "annotated_lambda"


def _word(walk: Walk, node: Node, called: str) -> list[str]:
    kind = node.type
    if kind == "identifier":
        return [word_of(walk, node) + called]
    if kind in ("this_expression", "super_expression"):
        written = child_of(node, "identifier", "user_type")
        of = dotted(walk, written) or walk.read(written) if written is not None else ""
        return [*(of.split(".") if of else ()), kind.split("_", 1)[0] + called]
    return ["?"]
