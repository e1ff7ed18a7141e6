"""Counts and what follows from them. Counts of several packages add up; shares are made last."""

import msgspec


class Score(msgspec.Struct, frozen=True):
    """Agreement of two sets: ``right`` is in both, ``wrong`` only in ours, ``missed`` only in the oracle's."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def __add__(self, other: "Score") -> "Score":
        return Score(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    @property
    def precision(self) -> float | None:
        return share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float | None:
        return share(self.right, self.right + self.missed)

    @property
    def f1(self) -> float | None:
        return share(2 * self.right, 2 * self.right + self.wrong + self.missed)


class ClassScore(msgspec.Struct, frozen=True):
    """Edges of one confidence class; ``stated`` is the sum of their certainties over the judged ones."""

    right: int = 0
    wrong: int = 0
    unjudged: int = 0
    stated: float = 0.0

    def __add__(self, other: "ClassScore") -> "ClassScore":
        return ClassScore(
            self.right + other.right,
            self.wrong + other.wrong,
            self.unjudged + other.unjudged,
            self.stated + other.stated,
        )

    @property
    def precision(self) -> float | None:
        return share(self.right, self.right + self.wrong)

    @property
    def certainty(self) -> float | None:
        return share(self.stated, self.right + self.wrong)


class CallScore(msgspec.Struct, frozen=True):
    """``classes`` by confidence; ``found`` of ``resolvable`` call sites of the oracle have an edge of ours.

    ``firm`` are those found without the heuristic class. ``unknown`` sites are those the oracle could not say anything
    about, ``outside`` those that leave the repository.
    """

    classes: dict[str, ClassScore] = {}
    resolvable: int = 0
    found: int = 0
    firm: int = 0
    unknown: int = 0
    outside: int = 0

    def __add__(self, other: "CallScore") -> "CallScore":
        names = sorted({*self.classes, *other.classes})
        return CallScore(
            {name: self.classes.get(name, ClassScore()) + other.classes.get(name, ClassScore()) for name in names},
            self.resolvable + other.resolvable,
            self.found + other.found,
            self.firm + other.firm,
            self.unknown + other.unknown,
            self.outside + other.outside,
        )

    @property
    def all(self) -> ClassScore:
        return sum(self.classes.values(), ClassScore())

    @property
    def recall(self) -> float | None:
        return share(self.found, self.resolvable)


class TraceScore(msgspec.Struct, frozen=True):
    """Pairs (caller, callee) seen at run time: all of them, and those that a call expression names."""

    pairs: int = 0
    found: int = 0
    written: int = 0
    written_found: int = 0

    def __add__(self, other: "TraceScore") -> "TraceScore":
        return TraceScore(
            self.pairs + other.pairs,
            self.found + other.found,
            self.written + other.written,
            self.written_found + other.written_found,
        )


class GraphScore(msgspec.Struct, frozen=True):
    """Calls of a call graph between functions of the repository, and how many of them our edges lead to.

    ``dispatched`` are those through an interface: found where our edge leads to the method itself or to one that it
    overrides. ``through_values`` are calls of function values, which are no edges of ours to those functions.
    ``offered``: the methods that our edges to an interface's method may run, at lines where the graph dispatches;
    ``confirmed`` of them it has too.
    """

    direct: int = 0
    direct_found: int = 0
    dispatched: int = 0
    dispatched_found: int = 0
    through_values: int = 0
    through_values_found: int = 0
    offered: int = 0
    confirmed: int = 0

    def __add__(self, other: "GraphScore") -> "GraphScore":
        counts = zip(msgspec.structs.astuple(self), msgspec.structs.astuple(other), strict=True)
        return GraphScore(*(mine + theirs for mine, theirs in counts))


def share(part: float, whole: float) -> float | None:
    return part / whole if whole else None
