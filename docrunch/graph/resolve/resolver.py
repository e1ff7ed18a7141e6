"""The resolver: one index, one cache per rule, and the order in which the rules are asked.

The rules call each other through this object (a name leads to an import, an import to a module's member, that to
another import), so it also breaks circles: a question that is already being answered is a miss. The answer to a
question depends on nothing but what is read for it, never on what was asked before:

- an answer that no circle cut has one meaning wherever it is asked for, and is kept for everybody;
- an answer that was cut depends on the questions around it, and is forgotten; at the root (asked by no other
  question) there are none around it, so it is kept for those who ask it at the root, and for nobody else;
- nesting is limited, and a kept answer counts with the nesting that it took to make.

What circles may cost is limited by counting cuts, which are the same ones however much is known already.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from docrunch.graph.resolve import attributes, calls, flow, hierarchy, members, modules, names, types
from docrunch.graph.resolve.attachments import Attachments
from docrunch.graph.resolve.families import families_of
from docrunch.graph.resolve.families.base import Family
from docrunch.graph.resolve.index import Index
from docrunch.graph.resolve.interface import Using
from docrunch.graph.resolve.values import CIRCULAR, DYNAMIC_RECEIVER, Value, miss

_Key = TypeVar("_Key")
_Answer = TypeVar("_Answer")
_CIRCULAR = miss(CIRCULAR)
MAX_NESTING = 60  # questions inside questions, some seven frames each; people do not write code that needs more
MAX_CUTS = 300  # circles met by one root question before it is given up as circular
MAX_FILE_CUTS = 20_000  # and by all root questions of one file; beyond it, a root question is given up at its first
Kept = tuple[_Answer, int, int]  # an answer, the node of its readings, the nesting it took
Cache = dict[_Key, Kept[_Answer]]  # by question


def _imported(r: "Resolver", file: int, using: Using) -> Value:
    return r.family(file).target(r, file, using)


class _GivenUp(Exception):
    """A root question met too many circles."""


class Rules:
    """The families of the tree's languages, shared by the resolvers of one link."""

    def __init__(self, index: Index) -> None:
        self.families = families_of(index)
        self.of_file = [self.families[key] for key in index.families]


class Resolver:
    """Answers what names mean. Without ``attachments``, methods written outside their type are members of nothing."""

    def __init__(self, index: Index, rules: Rules, attachments: Attachments | None) -> None:
        self.index = index
        self._families = rules.families
        self._of_file = rules.of_file
        self._reads = index.reads
        self._heads: Cache[tuple[int, int, str], Value] = {}
        self._chains: Cache[tuple[int, int, tuple[str, ...]], Value] = {}
        self._modules: Cache[tuple[int, str], Value] = {}
        self._imports: Cache[tuple[int, Using], Value] = {}
        self._members: Cache[tuple[Value, str], Value] = {}
        self._called: Cache[tuple[Value], Value] = {}
        self._held: Cache[int, Value] = {}
        self._attributes: Cache[tuple[int, str], Value] = {}
        self._types: Cache[tuple[int, int, str, int], Value] = {}
        self._typed: Cache[tuple[int, int, str, flow.Meanings, int], Value] = {}
        self.numbered = flow.Numbered()
        self._roots: dict[tuple[int, object], tuple[Any, int, int]] = {}  # (answer, node, cuts)
        self._open: set[tuple[int, object]] = set()
        self._depth = 0  # size of `_open`
        self._height = 0  # nesting of the answers used by the question that is being answered
        self._cuts = 0  # circles met below the root question
        self._allowed = MAX_CUTS
        self._left = MAX_FILE_CUTS
        self.hierarchy = hierarchy.Hierarchy(self, attachments)

    def family(self, file: int) -> Family:
        """The rules of a file's language."""
        return self._of_file[file]

    def family_of(self, symbol: int) -> Family:
        return self._of_file[self.index.symbol_file[symbol]]

    def language(self, family: str) -> Family | None:
        """The rules of a family, where any file is of it."""
        return self._families.get(family)

    def package(self, payload: str) -> tuple[Family, str]:
        """Family and key of a package value."""
        family, key = payload.split("\0", 1)
        return self._families[family], key

    def begin(self) -> None:
        """Another file is linked: what circles may cost is counted by file."""
        self._left = MAX_FILE_CUTS

    def ask(self, cache: Cache[_Key, _Answer], key: _Key, answer: Callable[..., _Answer], cut: _Answer) -> _Answer:
        """The answer to a question that is not in its cache, or ``cut`` where that would be a circle."""
        depth = self._depth
        if not depth:
            return self._ask_root(cache, key, answer, cut)
        opened = (id(cache), key)
        if depth >= MAX_NESTING or opened in self._open:
            self._cuts += 1
            if self._cuts > self._allowed:
                raise _GivenUp
            return cut
        before, reads, height = self._cuts, self._reads, self._height
        outer = reads.frame
        frame = reads.frame = set()
        self._height = 0
        self._open.add(opened)
        self._depth = depth + 1
        try:
            value = answer(self, *key) if isinstance(key, tuple) else answer(self, key)
        except BaseException:
            outer |= frame
            raise
        finally:
            self._open.discard(opened)
            self._depth = depth
            reads.frame = outer
        took = self._height + 1
        self._height = took if took > height else height
        if self._cuts == before:
            node = reads.node(frame)
            cache[key] = (value, node, took)
            outer.add(node)
        else:
            outer |= frame
        return value

    def _ask_root(
        self, cache: Cache[_Key, _Answer], key: _Key, answer: Callable[..., _Answer], cut: _Answer
    ) -> _Answer:
        """A question that no other one asks. What is left open around it is the frame of the file."""
        reads, opened = self._reads, (id(cache), key)
        self._allowed = allowed = min(MAX_CUTS, max(self._left, 0))
        known = self._roots.get(opened)
        if known is None:
            outer = reads.frame
            frame = reads.frame = set()
            self._cuts = self._height = 0
            self._open.add(opened)
            self._depth = 1
            try:
                value = answer(self, *key) if isinstance(key, tuple) else answer(self, key)
            except _GivenUp:
                value = cut
            finally:
                self._open.clear()
                self._depth = 0
                reads.frame = outer
            node = reads.node(frame)
            if not self._cuts:
                cache[key] = (value, node, self._height + 1)
                outer.add(node)
                return value
            known = (value, node, self._cuts)
            if allowed == MAX_CUTS:
                self._roots[opened] = known
        reads.frame.add(known[1])
        self._left -= known[2]
        return known[0] if known[2] <= allowed else cut

    def reuse(self, found: Kept[Any]) -> bool:
        """Note an answer from a cache; False where making it here would nest too deep."""
        if found[2] + self._depth > MAX_NESTING:
            return False
        self._reads.frame.add(found[1])
        if found[2] > self._height:
            self._height = found[2]
        return True

    def head(self, file: int, scope: int, name: str) -> Value:
        """What a bare name means at a place."""
        key = (file, scope, name)
        found = self._heads.get(key)
        if found is not None and self.reuse(found):
            return found[0]
        return self.ask(self._heads, key, names.head, _CIRCULAR)

    def chain(self, file: int, scope: int, chain: tuple[str, ...]) -> Value:
        """What a dotted chain means at a place; a last part that ends in "()" stands for what the call returns."""
        if len(chain) == 1 and not chain[0].endswith("()"):
            return self.head(file, scope, chain[0]) if chain[0] != "?" else miss(DYNAMIC_RECEIVER)
        key = (file, scope, chain)
        found = self._chains.get(key)
        if found is not None and self.reuse(found):
            return found[0]
        return self.ask(self._chains, key, names.chain, _CIRCULAR)

    def module_member(self, file: int, name: str) -> Value:
        """A name of a module as another module sees it."""
        key = (file, name)
        found = self._modules.get(key)
        if found is not None and self.reuse(found):
            return found[0]
        return self.ask(self._modules, key, modules.member, _CIRCULAR)

    def imported(self, file: int, using: Using) -> Value:
        """What an import binds."""
        key = (file, using)
        found = self._imports.get(key)
        if found is not None and self.reuse(found):
            return found[0]
        return self.ask(self._imports, key, _imported, _CIRCULAR)

    def member(self, value: Value, name: str) -> Value:
        """``value.name``."""
        key = (value, name)
        found = self._members.get(key)
        if found is not None and self.reuse(found):
            return found[0]
        return self.ask(self._members, key, members.member, _CIRCULAR)

    def called(self, value: Value) -> Value:
        """What a call of the value returns."""
        key = (value,)
        found = self._called.get(key)
        if found is not None and self.reuse(found):
            return found[0]
        return self.ask(self._called, key, calls.result, _CIRCULAR)

    def held(self, symbol: int) -> Value:
        """What a variable, constant or property holds."""
        found = self._held.get(symbol)
        if found is not None and self.reuse(found):
            return found[0]
        return self.ask(self._held, symbol, attributes.held, _CIRCULAR)

    def attribute(self, owner: int, name: str) -> Value:
        """What ``self.name`` holds, by the assignments in the owner's own methods."""
        key = (owner, name)
        found = self._attributes.get(key)
        if found is not None and self.reuse(found):
            return found[0]
        return self.ask(self._attributes, key, attributes.assigned, _CIRCULAR)

    def annotated(self, file: int, scope: int, written: str, grade: int) -> Value:
        """An instance of the type that an annotation names."""
        key = (file, scope, written, grade)
        found = self._types.get(key)
        if found is not None and self.reuse(found):
            return found[0]
        return self.ask(self._types, key, types.instance, _CIRCULAR)

    def typed(self, file: int, scope: int, written: str, meanings: flow.Meanings, grade: int) -> Value:
        """The same, where type parameters have meanings."""
        if not meanings:
            return self.annotated(file, scope, written, grade)
        key = (file, scope, written, meanings, grade)
        found = self._typed.get(key)
        if found is not None and self.reuse(found):
            return found[0]
        return self.ask(self._typed, key, types.typed, _CIRCULAR)
