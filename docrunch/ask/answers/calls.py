"""Who calls a symbol, and what it calls."""

import numpy as np

from docrunch.ask.lexicon import Group
from docrunch.ask.model import Citation, Draft, Origin, Role, Statement
from docrunch.ask.question import Question
from docrunch.ask.say import face_name, listed, name_of, plural, shorter
from docrunch.ask.subjects import Subjects, definition
from docrunch.ask.world import World
from docrunch.graph.model import Confidence, EdgeKind, NodeKind
from docrunch.graph.queries.faces import Link, link
from docrunch.graph.queries.hierarchy import callees, callers
from docrunch.graph.queries.view import HEURISTIC, TEST

SHOWN = 8
_OTHER_USES = (EdgeKind.USES, EdgeKind.INHERITS, EdgeKind.IMPLEMENTS, EdgeKind.IMPORTS, EdgeKind.EXPORTS)


def answer_callers(world: World, question: Question, subjects: Subjects) -> Draft:
    return Draft(tuple(s for group in subjects.groups[:3] for s in _callers(world, group)))


def answer_callees(world: World, question: Question, subjects: Subjects) -> Draft:
    return Draft(tuple(s for group in subjects.groups[:3] for s in called_by(world, group, alone=True)))


def _callers(world: World, group: Group) -> list[Statement]:
    view, node = world.view, definition(world, group)
    name = name_of(world, node)
    steps = [step.link for step in callers(view, list(group)).calls]
    code = [each for each in steps if not _from_test(world, each)]
    tests = [each for each in steps if _from_test(world, each)]
    made: list[Statement] = []
    if view.node_kind(node) is NodeKind.EXTERNAL:
        made.append(Statement(f"{name} comes from outside the repository.", (), Origin.GRAPH, Role.DIRECT))
    if code:
        places = sum(len(each.lines) for each in code)
        where = plural(len({each.source.path for each in code}), "file")
        text = (
            f"{name} is called by {plural(len(code), 'symbol')} in {where} outside tests ({plural(places, 'place')})."
        )
        made.append(world.state(text, world.place(node), Origin.GRAPH, Role.DIRECT))
        made += [_line(world, each, incoming=True) for each in code[:SHOWN]]
        if len(code) > SHOWN:
            rest = code[SHOWN:]
            cited = tuple(c for each in rest[:6] for c in _lines(world, each)[:1])
            made.append(world.state(f"Also: {listed((face_name(e.source) for e in rest), 8)}.", cited, Origin.GRAPH))
    uses = users(world, group, {each.source.id for each in code})
    if not code:
        said = f"No code outside tests is known to call {name}." if not uses else f"{name} is not called directly."
        made.append(world.state(said, world.place(node), Origin.GRAPH, Role.DIRECT))
    made += uses
    if tests:
        cited = tuple(c for each in tests[:3] for c in _lines(world, each)[:1])
        text = f"Called in {plural(len(tests), 'test')}: {listed((face_name(e.source) for e in tests), 3)}."
        made.append(world.state(text, cited, Origin.GRAPH))
    dynamic = view.used_dynamically(view.name(node)) if view.node_kind(node) is NodeKind.METHOD else []
    if dynamic:
        text = (
            f"A member called `{shorter(view.name(node))}` is also used on objects of unknown type, which may or may "
            f"not be this one, in {listed((f'`{shorter(path)}`' for path in dynamic), 4)}."
        )
        made.append(Statement(text, (), Origin.GRAPH))
    return made


def users(world: World, group: Group, known: set[str]) -> list[Statement]:
    """What refers to it without a call."""
    view = world.view
    edges = [int(e) for e in view.all_to(np.array(group, np.int64))]
    links = [link(view, edge) for edge in edges if view.confidence[edge] != HEURISTIC]
    links = [e for e in links if e.kind in _OTHER_USES and e.source.id not in known and not _from_test(world, e)]
    if not links:
        return []
    words = {EdgeKind.INHERITS: "Inherited by", EdgeKind.IMPLEMENTS: "Implemented by", EdgeKind.USES: "Used by",
             EdgeKind.IMPORTS: "Imported by", EdgeKind.EXPORTS: "Re-exported by"}  # fmt: skip
    made: list[Statement] = []
    for kind in (EdgeKind.INHERITS, EdgeKind.IMPLEMENTS, EdgeKind.USES, EdgeKind.EXPORTS, EdgeKind.IMPORTS):
        found = [each for each in links if each.kind is kind]
        if found:
            cited = tuple(c for each in found[:4] for c in _lines(world, each)[:1])
            text = f"{words[kind]} {listed((face_name(each.source) for each in found), 6)}."
            made.append(world.state(text, cited, Origin.GRAPH))
    return made


def called_by(world: World, group: Group, limit: int = SHOWN, *, alone: bool = False) -> list[Statement]:
    """What a symbol calls, in the order of its lines: inside the repository one by one, outside in a sentence.

    Args: ``alone``: it is what is asked: nothing is an answer too.
    """
    node = definition(world, group)
    name = name_of(world, node)
    links = [step.link for step in callees(world.view, list(group)).calls]
    links.sort(key=lambda each: (min(each.lines, default=0), each.target.id))
    inside = [each for each in links if each.target.kind is not NodeKind.EXTERNAL and each.target.path]
    outside = [each for each in links if each.target.kind is NodeKind.EXTERNAL]
    if not inside and not outside:
        text = f"{name} calls nothing that is known."
        return [world.state(text, world.place(node), Origin.GRAPH, Role.DIRECT)] if alone else []
    made: list[Statement] = []
    if inside:
        text = f"{name} calls {plural(len(inside), 'symbol')} of the repository: "
        cited = tuple(c for each in inside[:limit] for c in _lines(world, each)[:1])
        made.append(world.state(text + listed((face_name(e.target) for e in inside), limit) + ".", cited, Origin.GRAPH,
                                Role.DIRECT))  # fmt: skip
    if outside:
        cited = tuple(c for each in outside[:4] for c in _lines(world, each)[:1])
        text = f"From outside it calls {listed((face_name(each.target) for each in outside), 8)}."
        made.append(world.state(text, cited, Origin.GRAPH))
    return made


def _line(world: World, found: Link, *, incoming: bool) -> Statement:
    other = found.source if incoming else found.target
    guess = " (guessed)" if found.confidence is Confidence.HEURISTIC else ""
    return world.state(f"{face_name(other)}{guess}", _lines(world, found), Origin.GRAPH, Role.DIRECT)


def _lines(world: World, found: Link) -> tuple[Citation, ...]:
    return tuple(c for line in found.lines[:3] for c in world.cite(found.source.path, line))


def _from_test(world: World, found: Link) -> bool:
    node = world.view.number(found.source.id)
    return node is not None and world.view.has(node, TEST)
