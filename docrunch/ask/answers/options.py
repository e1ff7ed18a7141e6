"""How something is set: the optional parameters of the public interface that are called so, or said to do so."""

import re
from collections.abc import Iterable, Iterator

import msgspec
import numpy as np

from docrunch.ask.model import Citation, Origin, Role, Statement
from docrunch.ask.question import Question
from docrunch.ask.say import is_aside, listed, local_name, short, shorter
from docrunch.ask.subjects import is_asking
from docrunch.ask.words import normal, stem, terms
from docrunch.ask.world import World
from docrunch.documentation.escape import unmarked
from docrunch.graph.model import NodeKind
from docrunch.graph.queries.view import EXPORTED, TEST
from docrunch.parsing.docstrings import describe
from docrunch.parsing.wording import SIGNATURE_CHARACTERS

_SETTING = """
    add adjust allow change choose configure control customise customize decrease define disable enable give increase
    limit modify override pass pick provide reduce select send set specify supply switch turn use
"""
_VERBS = frozenset(map(stem, _SETTING.split()))
_CALLABLE = (NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.CONSTRUCTOR)
_NAME = re.compile(r"[*&$]*(\w*)")
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
    if "how" not in asked or not any(stem(word) in _VERBS for word in asked):
        return []
    words = [word for word in question.words if stem(word) not in _VERBS and not is_asking(word)]
    if not words or len(words) > _WORDS:
        return []
    for start in range(len(words)):  # the whole of it, else what its last words name
        found = _called(world, words[start:])
        if found:
            return _told(world, found, normal("".join(words[start:])))
    return _told(world, _said(world, words), "")


def _called(world: World, words: list[str]) -> list[_Option]:
    letters = "_?".join(re.escape(word.lower().removesuffix("s")) for word in words)
    name = re.compile(rf"(?i){letters}s?")
    signatures = world.view.texts["signature"]
    lengths = np.diff(signatures.ends, prepend=0)
    cut = np.flatnonzero(lengths >= SIGNATURE_CHARACTERS)
    cut = cut[np.argsort(-world.view.arrays["pagerank"][cut], kind="stable")][:MAX_READ]
    held = signatures.holding(re.compile(name.pattern.encode()))[:MAX_LOOKED_AT]
    return [
        _Option(node, written, _description(world, node, _name(written)))
        for node in dict.fromkeys((*held, *cut.tolist()))
        if _is_public(world, node)
        for written in _parameters(world, node)
        if name.fullmatch(_name(written))
    ]


def _said(world: World, words: list[str]) -> list[_Option]:
    """Parameters of which the documentation says all of these words."""
    wanted = set(terms(" ".join(words)))
    docs = world.view.texts["doc"]
    held = docs.holding(re.compile(b"(?i)" + b"|".join(re.escape(word.encode()) for word in words)))
    return [
        _Option(node, written, said)
        for owner in held[:MAX_LOOKED_AT]
        for name, said in _descriptions(docs[owner])
        if wanted and wanted <= {*terms(said), *terms(name)}
        for node in _makers(world, owner)
        if _is_public(world, node)
        for written in _parameters(world, node)
        if _name(written) == name
    ]


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
    found = _NAME.match(written)
    return found[1] if found else ""


def _is_public(world: World, node: int) -> bool:
    view = world.view
    if view.node_kind(node) not in _CALLABLE or view.has(node, TEST) or is_aside(view.path(node)):
        return False
    owner = _owner(world, node)
    return view.has(owner, EXPORTED) and not view.name(owner).startswith("_") and bool(world.place(node))


def _owner(world: World, node: int) -> int:
    """What a person calls: the type whose constructor it is, else the function itself."""
    return world.view.parent(node) if world.view.node_kind(node) is NodeKind.CONSTRUCTOR else node


def _description(world: World, node: int, name: str) -> str:
    """What the documentation of a function, or of the type that it makes, says of one parameter."""
    docs = world.view.texts["doc"]
    texts = dict.fromkeys((docs[node], docs[_owner(world, node)]))
    return next((said for doc in texts for called, said in _descriptions(doc) if called == name), "")


def _descriptions(doc: str) -> Iterable[tuple[str, str]]:
    described = [*describe(doc)[0].items(), *((found[1], found[2]) for found in _LISTED.finditer(doc))]
    return ((name, unmarked(_EMPHASIS.sub(r"\1", " ".join(said.split())))) for name, said in described)


def _told(world: World, found: list[_Option], asked: str) -> list[Statement]:
    """The best, with what is said of the parameter; then who else takes it."""
    view = world.view
    rank = view.arrays["pagerank"]

    def standing(each: _Option) -> tuple[bool, bool, bool, float, int]:
        owner = _owner(world, each.node)
        circular = normal(view.name(owner)) == asked  # that a Timeout takes a timeout helps nobody
        return circular, not each.said, owner == each.node, -float(rank[owner]), each.node

    found = sorted(found, key=standing)
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
