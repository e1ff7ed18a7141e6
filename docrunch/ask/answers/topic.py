"""A topic in plain words: what documents say of it, and which symbols are about it."""

import re
from collections.abc import Collection

from docrunch.ask.library import Ranked
from docrunch.ask.model import Citation, Draft, Kind, Origin, Role, Statement
from docrunch.ask.passages import Passage
from docrunch.ask.question import Question
from docrunch.ask.say import first_words, is_aside, name_of, quoted, shorter
from docrunch.ask.subjects import is_setting, subject_terms
from docrunch.ask.world import World
from docrunch.graph.model import NodeKind
from docrunch.graph.queries.view import TEST

_HISTORY = re.compile(r"(?:^|/)(?:change(?:s|log)?|history|news|releases?)(?:\.\w+)?$", re.IGNORECASE)
_PAST = re.compile(
    r"\b(?:version|release|chang(?:e|ed|es|elog)|since|history|new|deprecat\w+|removed|added)\b", re.IGNORECASE
)
_ASIDE = re.compile(r"\b(?:tests?|tested|examples?|samples?|demos?|benchmarks?)\b", re.IGNORECASE)
NEW_LINE = "\n"  # code begins on a line of its own
_THIN = 5  # words that say less than a sentence
MIN_COVERAGE = 0.5  # of the question's terms by weight: less is another topic
SYMBOL_COVERAGE = 0.5
NEAR_HIT = 0.34  # … unless search found it as well
NEAR_BEST = 0.45  # of the best passage's score
_RANKED = 24
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
    found = world.library.rank(question.terms, _RANKED, code=1.6 if shown else 1.0)
    bare = tuple(term for term in question.terms if not is_setting(term)) or question.terms  # not what is to be done
    about = {each.passage: each.coverage for each in world.library.rank(bare, 4 * _RANKED)}
    past = _PAST.search(question.text) is not None
    found = [each for each in found if past or not is_history(each.passage.path)]
    ranked = [
        each
        for each in found
        if (held := about.get(each.passage))
        and max(held, each.coverage) >= (NEAR_HIT if _is_hit(world, each) else minimum)
    ]
    ranked.sort(key=lambda each: -each.score * each.coverage * (1.4 if _is_hit(world, each) else 1.0))
    return [said(world, each.passage, question.terms) for each in _chosen(ranked, limit, question)]


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


def _chosen(ranked: list[Ranked], limit: int, question: Question) -> list[Ranked]:
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
        if question.kind is Kind.HOW and not each.passage.code and len(text.split()) <= _THIN:
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


def said(world: World, passage: Passage, wanted: Collection[str] = ()) -> Statement:
    """A quotation. Args: ``wanted``: stems that shown code has."""
    under = f", under “{shorter(passage.title.replace('`', ''))}”" if passage.title else ""
    words = quoted(passage, wanted=wanted)
    text = f"`{shorter(passage.path)}` says{under}:{' ' if words.startswith('“') else NEW_LINE}{words}"
    return world.state(text, world.cite(passage.path, passage.start, passage.end), Origin.DOCUMENT, Role.DIRECT)


def hits_of(world: World, question: Question, *, known: set[Citation], limit: int = _SYMBOLS) -> list[Statement]:
    """Symbols that search found for the question, else those whose names are made of its words; of tests and examples
    only where they are asked about."""
    view = world.view
    aside = _ASIDE.search(question.text) is not None
    nodes = [node for hit in world.hits if (node := view.number(hit.id)) is not None]
    least = NEAR_HIT if nodes else SYMBOL_COVERAGE
    nodes = nodes or [node for node, _ in world.lexicon.about(question.terms, limit * 2)]
    nodes = [node for node in nodes if world.lexicon.share(node, question.terms) >= least]
    subject = subject_terms(question)  # that something is handled is no answer to where redirects are
    nodes = [node for node in nodes if world.lexicon.share(node, subject)]
    made: list[Statement] = []
    for node in dict.fromkeys(nodes):
        place = world.place(node)
        if len(made) == limit or not place or place[0] in known:
            continue
        if not aside and (view.has(node, TEST) or is_aside(view.path(node))):
            continue
        kind = "file" if view.node_kind(node) is NodeKind.MODULE else str(view.node_kind(node))
        doc = first_words(view.texts["doc"][node], 200)
        text = f"{name_of(world, node)} ({kind})" + (f": {doc}" if doc else "")
        role = Role.DIRECT if not world.hits or len(made) < 2 else Role.SUPPORT
        made.append(world.state(text, place, Origin.SEARCH if world.hits else Origin.SYMBOL, role))
    return made
