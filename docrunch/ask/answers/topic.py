"""A topic in plain words: what documents say of it, and which symbols are about it."""

import re

from docrunch.ask.library import Ranked
from docrunch.ask.model import Citation, Draft, Kind, Origin, Role, Statement
from docrunch.ask.passages import Passage
from docrunch.ask.question import Question
from docrunch.ask.say import first_words, name_of, quoted, shorter
from docrunch.ask.world import World
from docrunch.graph.model import NodeKind

_HISTORY = re.compile(r"(?:^|/)(?:change(?:s|log)?|history|news|releases?)(?:\.\w+)?$", re.IGNORECASE)
_PAST = re.compile(
    r"\b(?:version|release|chang(?:e|ed|es|elog)|since|history|new|deprecat\w+|removed|added)\b", re.IGNORECASE
)
MIN_COVERAGE = 0.5  # of the question's terms by weight: less is another topic
SYMBOL_COVERAGE = 0.5
NEAR_HIT = 0.34  # … unless search found it as well
NEAR_BEST = 0.45  # of the best passage's score
_PASSAGES = 3
_SYMBOLS = 4


def topic(world: World, question: Question) -> Draft:
    if question.kind is Kind.WHERE:  # of the code; documents say what it is
        return Draft((*hits_of(world, question, known=set()), *documented(world, question, limit=1)))
    return Draft((*documented(world, question, limit=_PASSAGES), *hits_of(world, question, known=set())))


def documented(
    world: World, question: Question, *, limit: int, minimum: float = MIN_COVERAGE, shown: bool = False
) -> list[Statement]:
    """Quotations of the passages that answer best, the best one first. Args: ``shown``: code in them counts more."""
    found = world.library.rank(question.terms, 24, code=1.6 if shown else 1.0)
    past = _PAST.search(question.text) is not None
    found = [each for each in found if past or not is_history(each.passage.path)]
    ranked = [each for each in found if each.coverage >= (NEAR_HIT if _is_hit(world, each) else minimum)]
    ranked.sort(key=lambda each: -each.score * each.coverage * (1.4 if _is_hit(world, each) else 1.0))
    return [said(world, each.passage) for each in _chosen(ranked, limit)]


def is_history(path: str) -> bool:
    """A change log and the like: what was, not what is."""
    return _HISTORY.search(path) is not None


def _is_hit(world: World, found: Ranked) -> bool:
    """Whether search found the section, too: it also knows what words mean."""
    here = found.passage
    return any(
        hit.kind == "section" and hit.path == here.path and hit.line <= here.end and here.start <= hit.end_line
        for hit in world.hits[:5]
    )


def _chosen(ranked: list[Ranked], limit: int) -> list[Ranked]:
    """Near the best, and not twice from one place or one text."""
    if not ranked:
        return []
    best = ranked[0].score * ranked[0].coverage
    found: list[Ranked] = []
    texts: set[str] = set()
    for each in ranked:
        text = " ".join(each.passage.text.split())
        if each.score * each.coverage < NEAR_BEST * best or text in texts or len(text) < 25:
            continue
        texts.add(text)
        found.append(each)
        if len(found) == limit:
            break
    return [each for group in _sections(found) for each in sorted(group, key=lambda each: each.passage.start)]


def _sections(found: list[Ranked]) -> list[list[Ranked]]:
    """Passages of one section together: they are read in its order."""
    groups: dict[tuple[str, tuple[str, ...]], list[Ranked]] = {}
    for each in found:
        groups.setdefault((each.passage.path, each.passage.trail), []).append(each)
    return list(groups.values())


def said(world: World, passage: Passage) -> Statement:
    under = f", under “{shorter(passage.title.replace('`', ''))}”" if passage.title else ""
    text = f"`{shorter(passage.path)}` says{under}: {quoted(passage)}"
    return world.state(text, world.cite(passage.path, passage.start, passage.end), Origin.DOCUMENT, Role.DIRECT)


def hits_of(world: World, question: Question, *, known: set[Citation], limit: int = _SYMBOLS) -> list[Statement]:
    """Symbols that search found for the question, else those whose names are made of its words."""
    view = world.view
    found = [node for hit in world.hits if (node := view.number(hit.id)) is not None]
    nodes = [node for node in found if world.lexicon.share(node, question.terms) >= NEAR_HIT]
    if not found:
        nodes = [node for node, share in world.lexicon.about(question.terms, limit * 2) if share >= SYMBOL_COVERAGE]
    made: list[Statement] = []
    for node in dict.fromkeys(nodes):
        place = world.place(node)
        if len(made) == limit or not place or place[0] in known:
            continue
        kind = "file" if view.node_kind(node) is NodeKind.MODULE else str(view.node_kind(node))
        doc = first_words(view.texts["doc"][node], 200)
        text = f"{name_of(world, node)} ({kind})" + (f": {doc}" if doc else "")
        role = Role.DIRECT if not world.hits or len(made) < 2 else Role.SUPPORT
        made.append(world.state(text, place, Origin.SEARCH if world.hits else Origin.SYMBOL, role))
    return made
