"""Where something outside starts code of the repository: programs, commands, routes, jobs; else what it exports."""

import re

from docrunch.ask.model import Draft, Origin, Role, Statement
from docrunch.ask.question import Question
from docrunch.ask.say import face_name, first_words, is_aside, listed, name_of, plural, shorter
from docrunch.ask.subjects import Subjects
from docrunch.ask.world import World
from docrunch.graph.queries.entrypoints import DEFAULT_KINDS, EntryFace, entrypoints, exported_api
from docrunch.graph.queries.view import TEST

_WORDS = (
    ("route", re.compile(r"\b(?:routes?|endpoints?|urls?|handlers?)\b", re.IGNORECASE)),
    ("command", re.compile(r"\b(?:commands?|cli|subcommands?)\b", re.IGNORECASE)),
    ("job", re.compile(r"\b(?:jobs?|tasks?|schedules?|crons?)\b", re.IGNORECASE)),
    ("main", re.compile(r"\bmain\b|\bprograms?\b|\bexecution\b", re.IGNORECASE)),
)
SHOWN = 12


def answer(world: World, question: Question, subjects: Subjects) -> Draft:
    wanted = tuple(kind for kind, pattern in _WORDS if pattern.search(question.text)) or DEFAULT_KINDS
    if "command" in wanted:
        wanted = (*wanted, "script")
    found = [each for each in entrypoints(world.view, wanted) if not _is_test(world, each)]
    product = [each for each in found if not is_aside(each.place.path)]
    aside = [each for each in found if is_aside(each.place.path)]
    made: list[Statement] = []
    if product:
        counted = listed((plural(sum(e.kind == kind for e in product), _noun(kind)) for kind in wanted
                          if any(e.kind == kind for e in product)), 6)  # fmt: skip
        made.append(Statement(f"The code has {counted} outside tests and examples.", (), Origin.GRAPH, Role.DIRECT))
        made += [_entry(world, each) for each in product[:SHOWN]]
        if len(product) > SHOWN:
            text = f"And {len(product) - SHOWN:,} more: `docrunch graph entrypoints` lists all of them."
            made.append(Statement(text, (), Origin.GRAPH, Role.NEXT))
    else:
        asked = listed((_noun(kind) + "s" for kind in wanted), 6)
        said = f"Outside tests and examples no {asked} are known." if aside else f"No {asked} are known."
        made.append(Statement(said, (), Origin.GRAPH, Role.DIRECT))
        if wanted == DEFAULT_KINDS:
            made += _interface(world)
    if aside:
        cited = tuple(c for each in aside[:3] for c in world.cite(each.place.path, each.line))
        labels = listed((shorter(f"{each.kind} {each.label}".strip()) for each in aside), 5)
        made.append(world.state(f"In examples: {labels}.", cited, Origin.GRAPH))
    return Draft(tuple(made), looked_for=wanted)


def _noun(kind: str) -> str:
    return {"main": "program", "script": "installed command"}.get(kind, kind)


def _is_test(world: World, found: EntryFace) -> bool:
    node = world.view.number(found.place.id)
    return node is not None and world.view.has(node, TEST)


def _entry(world: World, found: EntryFace) -> Statement:
    framework = f" ({shorter(found.framework)})" if found.framework else ""
    label = f" `{shorter(found.label)}`" if found.label else ""
    text = f"{_noun(found.kind)}{label}{framework} starts {face_name(found.handler)}"
    return world.state(text, world.cite(found.place.path, found.line), Origin.GRAPH, Role.DIRECT)


def _interface(world: World) -> list[Statement]:
    """A library is entered through what it exports."""
    view = world.view
    rank = view.arrays["pagerank"]
    exported = [node for node in exported_api(view) if not is_aside(view.path(node))]
    best = sorted(exported, key=lambda n: (-float(rank[n]), n))[:8]
    if not best:
        return []
    text = f"It is used as a library; {plural(len(exported), 'symbol')} can be imported from its files. The most used:"
    made = [Statement(text, (), Origin.GRAPH, Role.DIRECT)]
    for node in best:
        doc = first_words(view.texts["doc"][node], 120)
        text = f"{name_of(world, node)} ({view.node_kind(node)})" + (f": {doc}" if doc else "")
        made.append(world.state(text, world.place(node), Origin.SYMBOL, Role.DIRECT))
    return made
