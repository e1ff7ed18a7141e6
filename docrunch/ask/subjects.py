"""Which symbols a question is about."""

import re

import msgspec

from docrunch.ask.lexicon import Group
from docrunch.ask.question import Question
from docrunch.ask.words import normal, stem
from docrunch.ask.world import World
from docrunch.graph.model import NodeKind
from docrunch.graph.queries.view import TEST

_PHRASE = 3  # words that may be one name together: "request context" is RequestContext
_PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)+/?|[\w-]+\.\w{1,5}")
_WHOLE = (NodeKind.MODULE, NodeKind.PACKAGE)
_ASKED_WITH = """
    call calls called caller callers calling break breaks broken breaking change changes changed changing remove
    removed removing rename renamed renaming delete deleting modify modifying test tests tested testing cover covers
    covered covering define defined definition depend depends impact impacts affect affects affected install installed
    run running start configure configured implemented implementation handle handled handles safe usage usages reference
    references located live lives find entry point points
"""
_ASKING = frozenset(_ASKED_WITH.split())  # words of the question's own form: never the name of what is asked about
_LOCAL = (NodeKind.VARIABLE, NodeKind.PROPERTY, NodeKind.CONSTANT, NodeKind.PACKAGE)


class Subjects(msgspec.Struct, frozen=True):
    """``groups``: one for each name that is known, in the order of the question; ``others``: further symbols of those
    names; ``unknown``: names written like code that nothing has; ``names``: those of the groups, as they are asked."""

    groups: tuple[Group, ...]
    others: tuple[int, ...]
    unknown: tuple[str, ...]
    names: tuple[str, ...]

    def are_proper(self, world: World) -> bool:
        """Whether one is written just as its symbol is called, with a capital: more than a word of English."""
        named = zip(self.names, self.groups, strict=True)
        return any(name[:1].isupper() and world.view.name(group[0]) == name for name, group in named)

    @property
    def nodes(self) -> tuple[int, ...]:
        """One node of each group."""
        return tuple(group[0] for group in self.groups)


def find_subjects(world: World, question: Question) -> Subjects:
    groups: dict[Group, str] = {}
    others: list[int] = []
    unknown: list[str] = []
    for name in question.names:
        found = _named(world, name)
        if found:
            groups.setdefault(found[0], name)
            others += [group[0] for group in found[1:]]
        else:
            unknown.append(name)
    if not groups and not unknown:
        for name, found in _worded(world, question.words):
            groups.setdefault(found[0], name)
            others += [group[0] for group in found[1:]]
    if not groups:  # what comes from outside is used here all the same
        for name in (*unknown, *(word for word in question.words if word.lower() not in _ASKING)):
            outside = world.lexicon.outside(name)
            if outside:
                groups.setdefault(outside, name)
        unknown = [name for name in unknown if name not in groups.values()]
    taken = {node for group in groups for node in group}
    kept = [node for node in dict.fromkeys(others) if node not in taken and not world.view.has(node, TEST)]
    return Subjects(tuple(groups), tuple(kept[:12]), tuple(unknown), tuple(groups.values()))


def _named(world: World, name: str) -> list[Group]:
    view = world.view
    found = [group for group in world.lexicon.called(name) if view.path(group[0])]
    if found or not _PATH.fullmatch(name):
        return found
    ends = [path for path in world.library.paths if path == name or path.endswith(f"/{name}")]
    ends.sort(key=lambda path: (path.count("/"), path))
    return [(node,) for path in ends[:3] for node in view.in_path(path)[:1]]


def _worded(world: World, words: tuple[str, ...]) -> list[tuple[str, list[Group]]]:
    """Longest phrases first; a word is part of one name only."""
    found: list[tuple[str, list[Group]]] = []
    place = 0
    while place < len(words):
        for length in range(min(_PHRASE, len(words) - place), 0, -1):
            phrase = words[place : place + length]
            verb = length == 1 and len(words) > 1 and is_setting(phrase[0])
            groups = [] if verb else _phrase(world, phrase)
            if groups:
                found.append((" ".join(phrase), groups))
                place += length - 1
                break
        place += 1
    return found


def _phrase(world: World, phrase: tuple[str, ...]) -> list[Group]:
    """A word is the name of a symbol if it is spelled like one, or if what it names is no mere local thing."""
    written, joined = "".join(phrase), normal("".join(phrase))
    if len(joined) < 3 or any(word.lower() in _ASKING for word in phrase):
        return []
    singular = [written[:-1]] if joined.endswith("s") and len(joined) > 4 else []
    for name in (written, *singular):
        found = world.lexicon.spelled(name, lambda node: _may_be_meant(world, node, phrase))
        if found:
            return found
    return []


def _may_be_meant(world: World, node: int, phrase: tuple[str, ...]) -> bool:
    """English words are a name by chance: "set a timeout" is no ``_set_timeout``, and "session" no local variable."""
    view = world.view
    name = view.name(node)
    if view.has(node, TEST) or name.startswith("__"):
        return False
    if not all(word.islower() for word in phrase):
        return True
    by_chance = name.startswith("_") if len(phrase) == 2 else view.node_kind(node) in _LOCAL
    return len(phrase) > 2 or not by_chance


_SET = """
    add adjust allow change choose configure control customise customize decrease define disable enable give increase
    limit modify override pass pick provide reduce select send set specify supply switch turn use
"""
_SETTING = frozenset(map(stem, _SET.split()))  # what somebody wants to do, rather than what with
_FORM = frozenset(map(stem, _ASKING)) | _SETTING


def is_asking(word: str) -> bool:
    """A word of the question's form, as in "who calls"."""
    return word.lower() in _ASKING


def is_setting(word: str) -> bool:
    """What somebody does to have it another way, as in "how do I disable"."""
    return stem(word) in _SETTING


def subject_terms(question: Question) -> tuple[str, ...]:
    """Stems of what is asked about, without those of the question's form; all where nothing else is left."""
    return tuple(term for term in question.terms if term not in _FORM) or question.terms


def is_whole(world: World, node: int) -> bool:
    """A file or directory rather than a symbol."""
    return world.view.node_kind(node) in _WHOLE


def definition(world: World, group: Group) -> int:
    """The one of some overloads that has a body."""
    starts, ends = world.view.arrays["start_line"], world.view.arrays["end_line"]
    return max(group, key=lambda node: (int(ends[node]) - int(starts[node]), node))
