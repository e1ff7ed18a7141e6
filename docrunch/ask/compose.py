"""From a question to an answer without any model: a direct answer first, then what supports it, then where to look."""

import re
from collections.abc import Sequence

import msgspec

from docrunch.ask.answers import about, calls, entries, impact, overview, setup, structure, tested
from docrunch.ask.answers.topic import hits_of
from docrunch.ask.citations import shown
from docrunch.ask.guard import is_addressed_to_programs
from docrunch.ask.model import (
    MAX_STATEMENTS,
    MAX_TEXT,
    Answer,
    Citation,
    Draft,
    Kind,
    Origin,
    Role,
    Sentence,
    Statement,
)
from docrunch.ask.question import Question
from docrunch.ask.say import listed, name_of, plural, shorter
from docrunch.ask.subjects import Subjects, find_subjects, is_asking
from docrunch.ask.world import World

_CUT = re.compile(r" and [\d,]+ more\b|^Also: |^Further ")
_BY_KIND = {
    Kind.IMPACT: impact.answer,
    Kind.CALLERS: calls.answer_callers,
    Kind.CALLEES: calls.answer_callees,
    Kind.TESTS: tested.answer,
    Kind.WHERE: about.answer,
    Kind.WHAT: about.answer,
    Kind.HOW: about.answer,
    Kind.FREE: about.answer,
    Kind.SETUP: setup.answer,
    Kind.ENTRY_POINTS: entries.answer,
    Kind.DEPENDENCIES: structure.answer_dependencies,
    Kind.CYCLES: structure.answer_cycles,
    Kind.ARCHITECTURE: overview.answer_overview,
}
_OF_A_SYMBOL = (Kind.IMPACT, Kind.CALLERS, Kind.CALLEES, Kind.TESTS)
_OF_THE_WHOLE = (Kind.SETUP, Kind.ENTRY_POINTS, Kind.DEPENDENCIES, Kind.CYCLES, Kind.ARCHITECTURE)
_MAX_CITATIONS = 4  # of one statement
_MENTIONS = 3


def find_answer(world: World, question: Question, degraded: tuple[str, ...] = ()) -> Answer:
    """The extractive answer. ``degraded``: what could not be used to find it."""
    subjects = find_subjects(world, question)
    draft = _draft(world, question, subjects)
    told = tuple(each for each in draft.statements if not is_addressed_to_programs(each.text))
    withheld = len(draft.statements) - len(told) + world.library.withheld(question.terms)
    statements = _numbered(world, _ordered(told))
    found = any(each.role is Role.DIRECT for each in statements)
    looked_for = draft.looked_for or _looked_for(world, question, subjects)
    if not found:
        statements = statements or _numbered(world, _nothing(world, question, subjects))
    statements = (*statements, *_next(world, question, subjects, statements))
    notes = draft.notes if question.kind in _OF_THE_WHOLE else (*draft.notes, *_notes(world, subjects))
    sentences = tuple(
        Sentence(each.text, each.citations, all(world.library.exists(c) for c in each.citations)) for each in statements
    )
    sentences = (*sentences, *(Sentence(note) for note in notes))
    if not found:
        sentences = (Sentence(_not_found(world, looked_for)), *sentences)
    return Answer(
        question=question.text,
        kind=question.kind,
        answer=text_of(sentences),
        found=found,
        sentences=sentences,
        evidence=statements,
        looked_for=looked_for,
        degraded=(*degraded, *_left_out(withheld)),
        repository=world.view.repository,
        commit=world.view.commit,
    )


def _draft(world: World, question: Question, subjects: Subjects) -> Draft:
    if question.kind in _OF_THE_WHOLE:
        return _BY_KIND[question.kind](world, question, subjects)
    if subjects.unknown and not subjects.nodes:
        return Draft(_nothing(world, question, subjects))
    if question.kind in _OF_A_SYMBOL and not subjects.nodes:
        return _without_subject(world, question)
    return _BY_KIND[question.kind](world, question, subjects)


def _without_subject(world: World, question: Question) -> Draft:
    """The question is about a symbol and names none that is known: what search finds may be what is meant."""
    near = hits_of(world, question, known=set())
    return Draft(tuple(msgspec.structs.replace(each, role=Role.SUPPORT) for each in near))


def _nothing(world: World, question: Question, subjects: Subjects) -> tuple[Statement, ...]:
    """What is near to names that nothing has: mentions in documents, similar names."""
    made: list[Statement] = []
    for name in subjects.unknown[:2]:
        cited = tuple(world.library.mentions(name, _MENTIONS))
        if cited:
            text = f"No symbol is called `{name[:100]}`; documents mention it."
            made.append(world.state(text, cited, Origin.DOCUMENT, Role.SUPPORT))
        near = world.lexicon.near(name)
        if near:
            text = f"Similar names: {listed((f'`{each}`' for each in near), 5)}."
            made.append(Statement(text, (), Origin.GRAPH, Role.NEXT))
    return tuple(made)


_COMMANDS = {Kind.IMPACT: "impact", Kind.CALLERS: "callers", Kind.CALLEES: "callees", Kind.TESTS: "who-tests"}


def _next(
    world: World, question: Question, subjects: Subjects, statements: tuple[Statement, ...]
) -> tuple[Statement, ...]:
    """Where all of it is, when lists were cut."""
    command = _COMMANDS.get(question.kind)
    if command is None or not subjects.nodes or not any(_CUT.search(each.text) for each in statements):
        return ()
    name = world.view.qualified_name(subjects.nodes[0])
    text = f"All of it: `{' '.join(('docrunch graph', command, shorter(name), world.arguments)).strip()}`."
    return (Statement(text, (), Origin.GRAPH, Role.NEXT, id=f"e{len(statements) + 1}"),)


def _looked_for(world: World, question: Question, subjects: Subjects) -> tuple[str, ...]:
    if subjects.names or subjects.unknown:
        return (*subjects.names, *subjects.unknown)
    return tuple(word for word in question.words if not is_asking(word)) or question.words


def _not_found(world: World, looked_for: tuple[str, ...]) -> str:
    wanted = listed((f"“{word[:100]}”" for word in looked_for), 8) or "what is asked"
    where = plural(len(world.library.documents()), "document") if world.library.has_texts else "no documents"
    symbols = plural(world.view.size, "symbol")
    return f"Not found: nothing that is known of this commit answers it. Looked for {wanted} in {symbols} and {where}."


def _notes(world: World, subjects: Subjects) -> tuple[str, ...]:
    if not subjects.nodes or not subjects.others:
        return ()
    named = listed((_placed(world, node) for node in subjects.others), 4)
    return (f"Other symbols of that name: {named}.",)


def _placed(world: World, node: int) -> str:
    return f"{name_of(world, node)} ({world.view.path(node)}:{world.view.line(node)})"


def _left_out(count: int) -> tuple[str, ...]:
    if not count:
        return ()
    return (f"{plural(count, 'passage')} left out: they give orders to programs",)


def _ordered(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """Each text once, in the order given but for what only says where to look; as many as a person reads."""
    once: dict[str, Statement] = {}
    for each in statements:
        once.setdefault(" ".join(each.text.split()), each)
    kept = sorted(once.values(), key=lambda each: each.role is Role.NEXT)
    return tuple(kept[:MAX_STATEMENTS])


def _numbered(world: World, statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """``e1``, ``e2``, …; citations that do not exist are not made."""
    return tuple(
        msgspec.structs.replace(
            each,
            id=f"e{number}",
            text=_cut(each.text),
            citations=_cited(world, each.citations),
        )
        for number, each in enumerate(statements, start=1)
    )


def _cut(text: str) -> str:
    limit = 2 * MAX_TEXT
    return text if len(text) <= limit else text[:limit] + " …"


def _cited(world: World, citations: tuple[Citation, ...]) -> tuple[Citation, ...]:
    found = dict.fromkeys(each for each in citations if world.library.exists(each))
    return tuple(found)[:_MAX_CITATIONS]


def text_of(sentences: Sequence[Sentence], first: int = 0) -> str:
    """The answer as plain text: one line a sentence, with its citations behind it; code below what introduces it.

    Args: ``first``: number of the first of these sentences in the answer.
    """
    made: list[str] = []
    for number, each in enumerate(sentences, start=first):
        line, separator, rest = each.text.partition("\n")
        made.append(f"{'- ' if number else ''}{line}{shown(each.citations)}{separator}{rest}")
    return "\n".join(made)
