"""What rustc resolved every call to, read from the MIR of a package and laid over syn's call expressions.

MIR names callees by path (``glob::Parser::<'_>::bump``, ``<Tokens as Clone>::clone``) and gives each call its span.
syn says where functions are defined and which call expressions there are; a call that rustc did not compile here
(tests, other platforms, features that are off) stays unknown.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

import msgspec

from benchmarks.accuracy.facts import CallSite, Place, SymbolFact, Verdict

_SPAN = re.compile(r"// scope \d+ at ([^:]+):(\d+):(\d+): (\d+):\d+$")
_NAME = re.compile(r"[^\W\d]\w*")


class Owned(msgspec.Struct, frozen=True):
    """A function; ``owner`` is the type or trait around it, ``implemented`` the trait of an impl block."""

    path: str
    line: int
    name: str
    owner: str
    implemented: str
    modules: tuple[str, ...]


class Site(msgspec.Struct, frozen=True):
    path: str
    start_line: int
    start_column: int
    line: int
    name: str  # "m!" for a macro, "" for the tokens of one


class MirCall(NamedTuple):
    path: str
    line: int
    column: int
    end_line: int
    callee: str


def mir_calls(text: str) -> Iterator[MirCall]:
    """The calls of a MIR dump with spans, drops and calls of values left out."""
    for line in text.splitlines():
        span = _SPAN.search(line)
        head, arrow, _ = line.partition(" -> [return")
        if not arrow:
            head, arrow, _ = line.partition(" -> unwind")
        _, equals, callee = head.partition(" = ")
        if span is None or not arrow or not equals or callee.startswith(("move ", "copy ")):
            continue
        path, start, column, end = span.groups()
        yield MirCall(path, int(start), int(column), int(end), _until_arguments(callee))


def _until_arguments(text: str) -> str:
    depth = 0
    for position, (before, character) in enumerate(zip(" " + text, text, strict=False)):
        depth += (character == "<") - (character == ">" and before != "-")
        if character == "(" and depth == 0:
            return text[:position]
    return text


def segments(path: str) -> list[str]:
    """``a::B::<T>::c`` → a, B, c; ``a::<impl B<T>>::c`` → a, B, c."""
    found, depth, start = [], 0, 0
    for position, character in enumerate(path + "::"):
        depth += (character == "<") - (character == ">" and path[position - 1] != "-")
        if depth == 0 and character == ":" and (path + "::")[position : position + 2] == "::":
            found.append(path[start:position])
            start = position + 2
    named = []
    for one in found:
        if one.startswith("<impl "):
            named.append(type_name(one[len("<impl ") : -1])[-1])
        elif not one.startswith("<"):
            named.append(one.split("<", 1)[0])
    return named


def type_name(written: str) -> list[str]:
    """The segments of a type's path, references taken off; [""] for what has no name."""
    bare = re.sub(r"^(?:&|'\w+ |mut |dyn |\()*", "", written.strip())
    found = segments(bare.split("<", 1)[0])
    return found if found and _NAME.fullmatch(found[-1]) else [""]


class Callees:
    """Definitions by the names that MIR uses."""

    def __init__(self, owned: Iterable[Owned], symbols: Iterable[SymbolFact]) -> None:
        self._functions: dict[tuple[str, ...], list[Place]] = defaultdict(list)
        self._declared: dict[tuple[str, str], list[Place]] = defaultdict(list)
        self._implemented: dict[tuple[str, str, str], list[Place]] = defaultdict(list)
        self._of_trait: dict[tuple[str, str], list[Place]] = defaultdict(list)
        self._tops: set[str] = set()
        for one in owned:
            place, inside = Place(one.path, one.line), (*_module(one.path), *one.modules)
            if not one.owner:
                self._functions[*inside, one.name].append(place)
            elif one.implemented:
                self._implemented[one.owner, one.implemented, one.name].append(place)
                self._of_trait[one.implemented, one.name].append(place)
            else:
                self._declared[one.owner, one.name].append(place)
            self._tops.add((*inside, one.owner or one.name)[0])
        self._tops |= {one.name for one in symbols if not _module(one.path)}
        self.macros: dict[str, list[Place]] = defaultdict(list)
        for symbol in symbols:
            if symbol.name.endswith("!"):
                self.macros[symbol.name].append(Place(symbol.path, symbol.line))

    def of(self, callee: str) -> tuple[Verdict, list[Place], list[Place]]:
        """The verdict, the definitions, and those that may run instead."""
        if callee.startswith("<") and " as " in callee:
            return self._of_trait_call(callee)
        path = segments(callee)
        if len(path) < 2 and path[:1] and path[0] not in self._tops:
            return "unknown", [], []
        if path[:1] and path[0] in self._tops:
            found = self._functions.get(tuple(path)) or (self._declared.get((path[-2], path[-1])) if path[1:] else None)
            return ("inside", found, []) if found else ("unknown", [], [])
        return "outside", [], []

    def _of_trait_call(self, callee: str) -> tuple[Verdict, list[Place], list[Place]]:
        head, name = callee.rsplit(">::", 1) if not callee.endswith(">") else _without_turbofish(callee)
        kind, _, trait = head[1:].rpartition(" as ")
        type_path, trait_path = type_name(kind), segments(trait.split("<", 1)[0])
        own = self._implemented.get((type_path[-1], trait_path[-1], name), [])
        if trait_path[0] in self._tops:
            others = self._of_trait.get((trait_path[-1], name), [])
            declared = self._declared.get((trait_path[-1], name), [])
            found = (own if type_path[0] in self._tops else []) or declared
            return ("inside", found, [*others, *declared]) if found else ("unknown", [], [])
        if type_path[0] in self._tops and own:
            return "inside", own, []
        return "outside", [], []


def _without_turbofish(callee: str) -> tuple[str, str]:
    """``<T as A>::name::<U>`` → ``<T as A``, name."""
    depth = 0
    for position in range(len(callee) - 1, -1, -1):
        depth += (callee[position] == ">" and callee[position - 1] != "-") - (callee[position] == "<")
        if depth == 0:
            head, name = callee[:position].removesuffix("::").rsplit(">::", 1)
            return head, name
    return callee, ""


def _module(path: str) -> tuple[str, ...]:
    parts = PurePosixPath(path).with_suffix("").parts
    parts = parts[1:] if parts[:1] == ("src",) else parts
    return parts[:-1] if parts[-1:] in (("mod",), ("lib",), ("main",)) else parts


def sites(found: Iterable[Site], mir: str, callees: Callees, texts: dict[str, list[str]]) -> list[CallSite]:
    """Every call expression with what rustc says of it; ``texts`` are the lines of the files."""
    said: dict[tuple[str, int, int, str], list[MirCall]] = defaultdict(list)
    for call in mir_calls(mir):
        said[call.path, call.line, call.column, _last(call.callee)].append(call)
    rows, used = [], set()
    for site in found:
        key = (site.path, site.start_line, site.start_column, site.name)
        used.add(key)
        if site.name.endswith("!"):
            places = callees.macros.get(site.name, [])
            verdict: Verdict = "inside" if places else "outside"
            rows.append(_site(site.path, site.start_line, site.line, site.name, verdict, places, []))
            continue
        rows.append(_judged(site.path, site.start_line, site.line, site.name, said.get(key, []), callees))
    for key, calls in said.items():  # among the tokens of macros, where syn sees no expressions
        path, line, _, name = key
        written = "\n".join(texts.get(path, [])[line - 1 : calls[0].end_line])
        if key not in used and name and re.search(rf"\b{name}\s*(?:\(|::<)", written):
            rows.append(_judged(path, line, calls[0].end_line, name, calls, callees))
    return rows


def _judged(path: str, start: int, line: int, name: str, calls: list[MirCall], callees: Callees) -> CallSite:
    answers = [callees.of(call.callee) for call in calls]
    if not answers or any(verdict == "unknown" for verdict, _, _ in answers):
        return _site(path, start, line, name, "unknown", [], [])
    targets = [place for _, places, _ in answers for place in places]
    also = [place for _, _, places in answers for place in places]
    return _site(path, start, line, name, "inside" if targets else "outside", targets, also)


def _site(
    path: str, start: int, line: int, name: str, verdict: Verdict, targets: list[Place], also: list[Place]
) -> CallSite:
    different = tuple(sorted(set(targets)))
    return CallSite(path, start, line, name, verdict, different, len(different) == 1, tuple(sorted(set(also))))


def _last(callee: str) -> str:
    if callee.startswith("<") and " as " in callee:
        return (callee.rsplit(">::", 1) if not callee.endswith(">") else _without_turbofish(callee))[-1]
    return (segments(callee) or [""])[-1]
