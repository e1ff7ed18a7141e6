"""How something is set: the optional parameters of the public interface that are called so, or said to do so."""

import re
from collections.abc import Iterator

import msgspec
import numpy as np

from docrunch.ask.model import Citation, Origin, Role, Statement
from docrunch.ask.question import Question
from docrunch.ask.say import is_aside, listed, local_name, short, shorter
from docrunch.ask.subjects import is_asking, is_setting
from docrunch.ask.words import normal, stem, terms
from docrunch.ask.world import World
from docrunch.documentation.escape import unmarked
from docrunch.graph.model import NodeKind
from docrunch.graph.queries.view import EXPORTED, TEST
from docrunch.parsing.docstrings import describe
from docrunch.parsing.wording import SIGNATURE_CHARACTERS

_CALLABLE = (NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.CONSTRUCTOR)
_TYPE = re.compile(r"(?<!:):(?!:)|=")  # ends the name of a parameter, or its type and name
_GLUE = frozenset(map(stem, ("number", "value", "custom", "own", "different", "default", "option", "parameter")))
_PREFIXES = frozenset({"no", "is", "use", "with", "without", "enable", "disable", "allow", "skip", "ignore"})
_RELATED = 4  # letters that "verify" and "verification" share, and more
_LISTED = re.compile(  # * **timeout** - what is said of it, on further lines as well
    r"^[ \t]*[*-][ \t]+[*`]*(\w+)[*`]*[ \t]*(?:[-–:]|--)[ \t]*(.+(?:\n(?![ \t]*(?:[*-][ \t]|$)).+)*)", re.MULTILINE
)
_EMPHASIS = re.compile(r"\*([^*\s][^*]*)\*")
_WORDS = 3  # that one parameter is called by: "connect timeout" is connect_timeout
_SHOWN = 5
MAX_LOOKED_AT = 2_000  # definitions
MAX_READ = 200  # definitions that are read in their files, since the graph holds the beginning of long ones only
MAX_HEADER = 120  # lines of one


class _Option(msgspec.Struct, frozen=True):
    node: int  # a function or constructor
    written: str  # the parameter as it is written
    said: str  # of it, in the documentation

    @property
    def name(self) -> str:
        return _name(self.written)


def settable(world: World, question: Question) -> list[Statement]:
    """Nothing where the question is not how to set something, or nothing that may be given is called so."""
    asked = re.findall(r"\w+", question.text.lower())
    if "how" not in asked or not any(map(is_setting, asked)):
        return []
    words = [word for word in question.words if not is_setting(word) and not is_asking(word)]
    wanted = {term for term in terms(" ".join(words)) if term not in _GLUE}
    if not wanted or len(wanted) > _WORDS:
        return []
    options = [each for each in _options(world, words) if _answers(world, each, wanted)]
    return _told(world, _ordered(world, options, normal("".join(words)), wanted))


def _answers(world: World, option: _Option, wanted: set[str]) -> bool:
    """Whether a parameter is called so; or has a name of these words, with the rest in the name of what takes it and
    in what is said of it."""
    called = [term for term in terms(option.name) if term not in _PREFIXES]
    if set(called) == wanted:
        return True
    related = all(any(_alike(term, word) for word in wanted) for term in called)
    owner = world.view.name(_owner(world, option.node))
    return bool(called and option.said and related) and wanted <= {*called, *terms(owner), *terms(option.said)}


def _alike(one: str, other: str) -> bool:
    return one == other or (len(one) >= _RELATED and one[: _RELATED + 1] == other[: _RELATED + 1])


def _options(world: World, words: list[str]) -> Iterator[_Option]:
    """Those whose definition or documentation has one of the words."""
    view = world.view
    shown = [word.lower() for word in words if len(word) > 1]  # a letter is what is left of "client's", and everywhere
    if not shown:
        return
    any_of = b"|".join(re.escape(re.sub(r"(?<=..)s$", "", word).encode()) for word in shown)
    pattern = re.compile(b"(?i)(?:" + any_of + b")")
    held = view.texts["signature"].holding(pattern)[:MAX_LOOKED_AT]
    described = [node for owner in view.texts["doc"].holding(pattern)[:MAX_LOOKED_AT] for node in _makers(world, owner)]
    lengths = np.diff(view.texts["signature"].ends, prepend=0)
    cut = np.flatnonzero(lengths >= SIGNATURE_CHARACTERS)
    cut = cut[np.argsort(-view.arrays["pagerank"][cut], kind="stable")][:MAX_READ]
    for node in dict.fromkeys((*held, *described, *cut.tolist())):
        if _is_public(world, node):
            told = _descriptions(world, node)
            written = {_name(each): each for each in _parameters(world, node)}
            if _header(world, node).endswith("…"):  # what a graph alone does not hold, its documentation may describe
                written = {**{name: name for name in told}, **written}
            for name, parameter in written.items():
                yield _Option(node, parameter, told.get(name, ""))


def _makers(world: World, node: int) -> list[int]:
    """What takes the parameters that a documentation comment describes: a function, or the constructor of a type."""
    view = world.view
    if view.node_kind(node) in _CALLABLE:
        return [node]
    return [child for child in view.children(node) if view.node_kind(child) is NodeKind.CONSTRUCTOR]


def _parameters(world: World, node: int) -> Iterator[str]:
    """Those that may be left out, as they are written."""
    header = _header(world, node)
    begin = header.find("(")
    depth, start = 0, begin + 1
    for place in range(begin, len(header)) if begin >= 0 else ():
        character = header[place]
        depth += (character in "([{") - (character in ")]}")
        if (character == "," and depth == 1) or depth == 0:
            written = " ".join(header[start:place].split())
            if "=" in written or "?:" in written:
                yield written
            start = place + 1
        if depth == 0:
            return


def _header(world: World, node: int) -> str:
    view = world.view
    signature = view.texts["signature"][node]
    if len(signature.encode()) < SIGNATURE_CHARACTERS:
        return signature
    line = view.line(node)
    return "\n".join(world.library.lines(view.path(node))[line - 1 : line - 1 + MAX_HEADER]) or signature


def _name(written: str) -> str:
    """``timeout: float = 5.0``, ``bool $bubble = true``: the last word before the type or the default."""
    found = re.findall(r"\w+", _TYPE.split(written, maxsplit=1)[0])
    return found[-1] if found else ""


def _is_public(world: World, node: int) -> bool:
    view = world.view
    if view.node_kind(node) not in _CALLABLE or view.has(node, TEST) or is_aside(view.path(node)):
        return False
    owner = _owner(world, node)
    return view.has(owner, EXPORTED) and not view.name(owner).startswith("_") and bool(world.place(node))


def _owner(world: World, node: int) -> int:
    """What a person calls: the type whose constructor it is, else the function itself."""
    return world.view.parent(node) if world.view.node_kind(node) is NodeKind.CONSTRUCTOR else node


def _descriptions(world: World, node: int) -> dict[str, str]:
    """What the documentation of a function, or of the type that it makes, says of each parameter."""
    found: dict[str, str] = {}
    for doc in dict.fromkeys(world.view.texts["doc"][each] for each in (node, _owner(world, node))):
        for name, said in (*describe(doc)[0].items(), *((each[1], each[2]) for each in _LISTED.finditer(doc))):
            called, text = name, " ".join(said.split())
            if text.startswith("$"):  # PHP: the type stands before the name
                called, _, text = text[1:].partition(" ")
            found.setdefault(called, unmarked(_EMPHASIS.sub(r"\1", text)))
    return found


def _ordered(world: World, found: list[_Option], asked: str, wanted: set[str]) -> list[_Option]:
    """Of which most is said first, then what makes something, then the most used."""
    rank = world.view.arrays["pagerank"]

    def standing(each: _Option) -> tuple[bool, bool, bool, bool, float, int]:
        owner = _owner(world, each.node)
        circular = normal(world.view.name(owner)) == asked  # that a Timeout takes a timeout helps nobody
        whole = wanted <= {*terms(each.name), *terms(each.said)}
        return circular, not each.said, not whole, owner == each.node, -float(rank[owner]), each.node

    return sorted(found, key=standing)


def _told(world: World, found: list[_Option]) -> list[Statement]:
    """The best, with what is said of the parameter; then who else takes it."""
    if not found:
        return []
    best, name = found[0], _named(world, found[0].node)
    first = f"{name} takes `{shorter(best.written)}`" + (f": “{short(best.said, 300)}”" if best.said else ".")
    made = [world.state(first, _line(world, best), Origin.SYMBOL, Role.DIRECT)]
    others = {_named(world, each.node): each for each in reversed(found) if each.name == best.name}
    others.pop(name, None)
    shown = list(others.values())[::-1]
    if shown:
        cited = tuple(c for each in shown[:_SHOWN] for c in _line(world, each))
        names = listed((_named(world, each.node) for each in shown), _SHOWN)
        made.append(world.state(f"`{best.name}` can be given to {names} as well.", cited, Origin.SYMBOL, Role.DIRECT))
    return made


def _named(world: World, node: int) -> str:
    return f"`{shorter(local_name(world.view.qualified_name(_owner(world, node))))}`"


def _line(world: World, option: _Option) -> tuple[Citation, ...]:
    """The line of a definition that has the parameter; the definition where texts are not known."""
    place = world.place(option.node)
    lines = world.library.lines(place[0].path)[place[0].start - 1 : place[0].end]
    held = re.compile(rf"(?<!\w){re.escape(option.name)}\s*[:=?]")
    at = next((number for number, line in enumerate(lines) if held.search(line)), None)
    return place if at is None else world.cite(place[0].path, place[0].start + at)
