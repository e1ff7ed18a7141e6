"""Names, types, modifiers and parameters of Scala."""

import re

from docrunch.parsing.chains import ChainRules, chain_of
from docrunch.parsing.model import Binding, Param
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk
from docrunch.parsing.wording import default, one_line

RULES = ChainRules(
    members={"field_expression": ("value", "field")},
    # A cast is an instance of the type it names, exactly like what a constructor returns.
    calls={"call_expression": "function", "generic_function": "function", "instance_expression": ""},
    wrappers={
        "generic_type": "type",
        "parenthesized_expression": "",
        "method_value": "",
        "annotated_type": "",
    },
    names=frozenset({"identifier", "type_identifier", "stable_type_identifier", "operator_identifier"}),
    types=frozenset({"instance_expression"}),
)
_WORDS = re.compile(
    r"\b(abstract|final|sealed|implicit|lazy|override|private|protected|inline|transparent|open|infix|opaque|erased)\b"
)
_ARGUMENTS = re.compile(r"\[[^\[\]]*\]")
_KIND = r"[A-Z]\w*(?:\[_(?:, _)*\])?"
_PLAIN_PARAMETERS = re.compile(rf"\[({_KIND}(?:, {_KIND})*)\]\Z".encode())
_ARITIES = re.compile(r"\[[_, ]*\]")
_MODIFIERS = r"(?:abstract|final|sealed|implicit|lazy|override|private|protected|case)"
_PLAIN_HEAD = re.compile(rf"((?:{_MODIFIERS} )*)(?:def|val|var|class|object|trait|type) ".encode())
# Lists of parameters in one line whose types are names, with arguments, and functions of such: no defaults.
# Possessive throughout: what follows never begins with what was taken, and a head that is not plain fails at once.
_INSIDE = r"[^\[\]()\"'`/\n{}:]*+"
_NAMED = rf"[A-Za-z_][\w.]*+(?:\[{_INSIDE}(?:\[{_INSIDE}\]{_INSIDE})*+\])?+"
_PART = rf"(?:{_NAMED}|\({_NAMED}(?:, {_NAMED})*+\))"
_HELD = rf"(?:=> )?+{_PART}(?: => {_PART})*+\*?+"
_PLAIN_ONE = rf"[A-Za-z]\w*+(?<!_): ?+{_HELD}"
_PLAIN_PARAMETER = re.compile(rf"(\w+): ?({_HELD})".encode())
_PLAIN_LIST = re.compile(rf"\((?:(implicit|using) )?({_PLAIN_ONE}(?:, {_PLAIN_ONE})*+)\)\Z".encode())
_LIST = rf"\((?:(?:(?:implicit|using) )?{_PLAIN_ONE}(?:, {_PLAIN_ONE})*+)?+\)"
_PLAIN_LISTS = re.compile(rb"\((?:(implicit|using) )?((?:[^()]|\([^()]*\))*)\)")
# A method whose head is in one line: modifiers, name, parameters of types, lists of parameters, result.
PLAIN_METHOD = re.compile(
    rf"((?:{_MODIFIERS} )*)def ([A-Za-z]\w*+(?<!_))(?:\[({_KIND}(?:, {_KIND})*)\])?((?:{_LIST})*+)"
    rf"(?:: ({_PART}(?: => {_PART})*+))?+(?= =\s)".encode()
)
_REPEATED_BYTES = 200  # longer expressions are hardly written twice
Parts = list[tuple[str, Node]]
_TESTS = frozenset({"Test", "ParameterizedTest"})
_LISTS = frozenset({"parameters", "class_parameters"})
_OF_OUTER = frozenset({"this", "super"})
_WITHOUT_DEFAULT = 3  # name, colon, type
_ONE = frozenset({"parameter", "class_parameter"})


def chain(walk: Walk, node: Node) -> tuple[str, ...]:
    """The chain of an expression; what ``_`` stands for nobody says."""
    start, end = node.start_byte, node.end_byte
    raw = walk.text[start:end] if end - start <= _REPEATED_BYTES else b""
    if (known := walk.chains.get(raw)) is not None:
        return known
    found = _clean(chain_of(walk.text, node, RULES, walk.chains))
    if raw in walk.chains:  # a plain name, which a file repeats
        walk.chains[raw] = found
    return found


def _clean(found: tuple[str, ...]) -> tuple[str, ...]:
    if len(found) == 1 and found[0].isidentifier() and found[0] != "_":
        return found
    if found[0][:1] == "_" and found[0].strip("_()") == "":
        found = ("?", *found[1:])
    if len(found) > 1 and found[1] in _OF_OUTER and found[0][0] != ":":
        found = (":" + found[0], *found[1:])  # ``Outer.this``
    for part in found:
        if "`" in part or "." in part:  # the name of a type may be a path
            return _plain(found)
    return found


def _plain(found: tuple[str, ...]) -> tuple[str, ...]:
    """Without backticks; ``:a.b.C`` is ``a``, ``b``, ``:C``."""
    parts: list[str] = []
    for part in found:
        mark = part[:1] if part[:1] == ":" else ""
        *outer, last = part.removeprefix(":").replace("`", "").split(".")
        parts += [*outer, mark + last]
    return tuple(parts)


def type_parameters(walk: Walk, parts: Parts) -> tuple[Param, ...]:
    """Of a class, method or alias, each with its upper bound. Args: the parts of the definition."""
    found: list[Param] = []
    for kind, listed in parts:
        if kind != "type_parameters":
            continue
        plain = _PLAIN_PARAMETERS.match(walk.text, listed.start_byte, listed.end_byte)
        if plain is not None:  # most of them
            found += plain_names(plain[1])
            continue
        for at, child in enumerate(listed.children):
            owner = child if child.type.endswith("type_parameter") else listed
            if owner is child:
                name = child.child_by_field_name("name")
                bound = child.child_by_field_name("bound")
            elif listed.field_name_for_child(at) == "name":
                name, bound = child, None
            elif child.type == "upper_bound" and found:
                found[-1] = Param(found[-1].name, type_text(walk, child.child_by_field_name("type")))
                continue
            else:
                continue
            if name is not None:
                upper = bound if bound is not None and bound.type == "upper_bound" else None
                written = type_text(walk, upper.child_by_field_name("type")) if upper is not None else ""
                found.append(Param(walk.read(name), written))
    return tuple(found)


def plain_names(written: bytes) -> list[Param]:
    """Of ``F[_], A``: type parameters that say nothing but their names."""
    return [Param(name) for name in _ARITIES.sub("", written.decode()).split(", ")]


def type_arguments(walk: Walk, type_: Node) -> tuple[str, ...]:
    """``("K", "V")`` of ``Map[K, V]``."""
    listed = type_.child_by_field_name("type_arguments") if type_.type == "generic_type" else None
    return tuple(type_text(walk, child) for child in listed.named_children) if listed is not None else ()


def name_of(walk: Walk, node: Node) -> str:
    written = walk.read(node)
    return written.strip("`") if written.startswith("`") else written


def type_text(walk: Walk, node: Node | None) -> str:
    return one_line(walk.read(node)) if node is not None else ""


def bare(written: str) -> str:
    """``a.b.C`` from ``a.b.C[Map[K, V]]``; "" for functions, tuples, refinements and compound types."""
    while "[" in written:
        shorter = _ARGUMENTS.sub("", written)
        if shorter == written:
            break
        written = shorter
    written = written.replace("`", "").strip()
    return written if all(part.isidentifier() for part in written.split(".")) else ""


def parts_of(node: Node) -> Parts:
    """(kind, node) of all children: what is asked about a definition is asked several times."""
    return [(child.type, child) for child in node.children]


def modifiers(walk: Walk, node: Node, parts: Parts) -> tuple[list[str], tuple[str, ...], bool]:
    """(modifier words, annotations without "@" and arguments, whether one of them marks a test)."""
    plain = _PLAIN_HEAD.match(walk.text, node.start_byte)
    if plain is not None:  # most of them
        return plain[1].decode().split(), (), False
    words: list[str] = []
    annotations: list[str] = []
    for kind, child in parts:
        if kind == "annotation":
            name = child.child_by_field_name("name")
            if name is not None:
                annotations.append(bare(one_line(walk.read(name))))
        elif kind in ("modifiers", "opaque_modifier"):
            words += _WORDS.findall(walk.read(child))
        elif kind == "case":
            words.append("case")
        elif child.is_named and kind not in ("comment", "block_comment"):
            break
    return words, tuple(annotations), any(name.rsplit(".", 1)[-1] in _TESTS for name in annotations)


def head_start(parts: Parts) -> int:
    """First byte of a definition behind its annotations."""
    for kind, child in parts:
        if kind not in ("annotation", "comment", "block_comment"):
            return child.start_byte
    return parts[0][1].start_byte if parts else 0


def read_parameters(walk: Walk, parts: Parts) -> tuple[Param, ...]:
    """Parameters of all lists in order, ``implicit`` and ``using`` in front of the type; names become local and are
    bound to their types.
    """
    found: list[Param] = []
    for kind, listed in parts:
        if kind in _LISTS and not _read_plain(walk, listed, found):
            _read_list(walk, listed, found)
    walk.make_local([param.name for param in found])
    return tuple(found)


def _read_plain(walk: Walk, listed: Node, found: list[Param]) -> bool:
    """Read a list that says nothing but names and common types from its text; whether it is one."""
    whole = _PLAIN_LIST.match(walk.text, listed.start_byte, listed.end_byte)
    if whole is None or listed.has_error or b"  " in whole[2]:
        return False
    _bind_plain(walk, whole[1], whole[2], listed.start_point[0] + 1, found)
    return True


def plain_lists(walk: Walk, written: bytes, line: int) -> tuple[Param, ...]:
    """What `read_parameters` finds, of lists that `PLAIN_METHOD` matched, all in one line."""
    found: list[Param] = []
    for mark, inside in _PLAIN_LISTS.findall(written):
        _bind_plain(walk, mark, inside, line, found)
    walk.make_local([param.name for param in found])
    return tuple(found)


def _bind_plain(walk: Walk, mark: bytes | None, written: bytes, line: int, found: list[Param]) -> None:
    label = mark.decode() + " " if mark else ""
    for name, type_ in _PLAIN_PARAMETER.findall(written):
        word, held = name.decode(), type_.decode()
        walk.bindings.append(Binding((word,), walk.scope, line, held[2:].lstrip() if held[:2] == "=>" else held))
        found.append(Param(word, label + held))


def _read_list(walk: Walk, listed: Node, found: list[Param]) -> None:
    children = listed.children
    kinds = [child.type for child in children]
    mark = next((f"{kind} " for kind in kinds if kind == "implicit" or kind == "using"), "")
    for kind, child in zip(kinds, children, strict=True):
        name = child.child_by_field_name("name") if kind in _ONE else None
        if name is None:
            continue
        type_node = child.child_by_field_name("type")
        value = child.child_by_field_name("default_value") if child.child_count > _WITHOUT_DEFAULT else None
        word, type_ = name_of(walk, name), type_text(walk, type_node)
        if type_:
            walk.bind((word,), name, type_=type_.removeprefix("=>").strip())
        written = default(walk.read(value)) if value is not None else ""
        found.append(Param(word, mark + type_ if type_ else "", written))
