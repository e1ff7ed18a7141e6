"""The whole: what it is for, where to begin, its parts and what they stand on."""

import re
from collections import Counter

from docrunch.ask.answers.topic import is_history, said
from docrunch.ask.model import Draft, Origin, Role, Statement
from docrunch.ask.question import Question
from docrunch.ask.say import first_words, is_aside, is_product, listed, name_of, plural, quoted, short, shorter
from docrunch.ask.subjects import Subjects
from docrunch.ask.world import World
from docrunch.documentation.escape import one_line, unmarked
from docrunch.graph.model import EdgeKind, NodeKind
from docrunch.graph.queries.rank import rank
from docrunch.graph.queries.view import EXPORTED, TEST

_FILES, _SYMBOLS, _SECTIONS = 6, 5, 3
_WORDS = 8  # of a passage that says something
_INTRODUCTION = 400  # characters
_SENTENCES = re.compile(r"[^>].*[.!:]", re.DOTALL)  # no notice, no menu
_README = re.compile(r"readme[^/]*", re.IGNORECASE)
_BEGINNING = re.compile(
    r"^\W*(?:getting started|get started|quick ?-?start(?: guide)?|first steps|tutorial|five minutes|"
    r"(?:a )?(?:minimal|simple|quick|basic) (?:example|application|start)|(?:basic |example )?usage|examples?)\W*$",
    re.IGNORECASE,
)
_DESIGN = re.compile(
    r"\b(?:architecture|overview|internals|how it works|design decisions|project structure)\b", re.IGNORECASE
)
_DATA = frozenset({"json", "yaml", "toml", "markdown", "html", "css"})  # held, not built upon


def answer_overview(world: World, question: Question, subjects: Subjects) -> Draft:
    made = [*_purpose(world), *_begins(world), *_size(world), *_parts(world), *_centre(world)]
    return Draft((*made, *_explained(world)))


def _purpose(world: World) -> list[Statement]:
    described, introduced = _described(world), _introduced(world)
    said_twice = described and introduced and _inner(described[0]) in introduced[0].text
    return introduced if said_twice else [*described, *introduced]


def _inner(statement: Statement) -> str:
    return statement.text.partition("“")[2].removesuffix("”").rstrip(".")


def _described(world: World) -> list[Statement]:
    for manifest in world.library.manifests[:3]:
        if manifest.description and manifest.description_line:
            text = f"`{shorter(manifest.path)}` describes it: “{short(one_line(manifest.description), _INTRODUCTION)}”"
            cited = world.cite(manifest.path, manifest.description_line)
            return [world.state(text, cited, Origin.DOCUMENT, Role.DIRECT)]
    return []


def _introduced(world: World) -> list[Statement]:
    """The first words of the README: of its first section, badges and menus aside."""
    readme = next((path for path in world.library.documents() if _README.fullmatch(path)), None)
    found = [each for each in world.library.passages if each.path == readme]
    for passage in [each for each in found if each.trail == found[0].trail]:
        words = unmarked(passage.text).split()
        if len(words) >= _WORDS and not passage.code and _SENTENCES.fullmatch(passage.text.strip()):
            cited = world.cite(passage.path, passage.start, passage.end)
            text = f"`{shorter(passage.path)}` says: {quoted(passage, _INTRODUCTION)}"
            return [world.state(text, cited, Origin.DOCUMENT, Role.DIRECT)]
    return []


def _is_example(path: str) -> bool:
    return is_aside(path) and not path.lower().startswith("doc")


def _begins(world: World) -> list[Statement]:
    """Where its documents tell a newcomer to begin."""
    first: dict[tuple[str, str], int] = {}
    for passage in world.library.passages:
        if _BEGINNING.search(passage.title) and not is_history(passage.path) and not _is_example(passage.path):
            first.setdefault((passage.path, passage.title), passage.start)
    shown = list(first)[:_SECTIONS]
    if not shown:
        return []
    cited = tuple(citation for path, title in shown for citation in world.cite(path, first[path, title]))
    places = [f"`{shorter(path)}` (“{shorter(unmarked(title))}”)" for path, title in shown]
    return [world.state(f"Begin with {listed(places, _SECTIONS)}.", cited, Origin.DOCUMENT, Role.DIRECT)]


def _explained(world: World) -> list[Statement]:
    """What a section on the design says first."""
    for passage in world.library.passages:
        about = _DESIGN.search(passage.title) or _DESIGN.search(passage.path.rpartition("/")[2])
        if about and len(unmarked(passage.text).split()) >= _WORDS and not is_history(passage.path):
            made = said(world, passage)
            return [Statement(made.text, made.citations, made.origin, Role.SUPPORT, made.quote)]
    return []


def _size(world: World) -> list[Statement]:
    view = world.view
    files = [n for n in range(view.size) if view.node_kind(n) is NodeKind.MODULE and not view.has(n, TEST)]
    code = Counter(view.language(n) for n in files if len(view.edges_from(n, {EdgeKind.CONTAINS})))
    shown = ", ".join(f"{name} ({count:,})" for name, count in code.most_common(4))
    text = f"{plural(len(files), 'file')} outside tests" + (f"; with symbols: {shown}." if shown else ".")
    return [Statement(text, (), Origin.GRAPH)]


def _parts(world: World) -> list[Statement]:
    """The files that the rest stands on, with what they say of themselves."""
    view = world.view
    rows = [row for row in rank(view, of="file", limit=60) if is_product(row.symbol.path)][:_FILES]
    made: list[Statement] = []
    for row in rows:
        node = view.number(row.symbol.id)
        if node is None or world.view.language(node) in _DATA:
            continue
        said = first_words(view.texts["doc"][node], 140)
        pagerank = view.arrays["pagerank"]
        inside = [n for n in view.children(node) if view.node_kind(n) not in (NodeKind.VARIABLE, NodeKind.CONSTANT)]
        exported = [n for n in inside if view.has(n, EXPORTED)]
        inside = exported or [n for n in inside if not view.name(n).startswith("_")]
        inside.sort(key=lambda n: (-float(pagerank[n]), view.line(n)))
        holds = listed((f"`{shorter(view.name(n))}`" for n in inside), 4)
        text = name_of(world, node) + (f": {said}" if said else "") + (f" holds {holds}." if holds and not said else "")
        cited = world.place(inside[0]) if inside else world.cite(view.path(node), 1)
        made.append(world.state(text, cited, Origin.GRAPH, Role.DIRECT))
    return made


def _centre(world: World) -> list[Statement]:
    rows = [row for row in rank(world.view, of="symbol", limit=60) if is_product(row.symbol.path)][:_SYMBOLS]
    nodes = [node for row in rows if (node := world.view.number(row.symbol.id)) is not None]
    if not nodes:
        return []
    cited = tuple(c for node in nodes for c in world.place(node))
    text = f"Most depended upon: {listed((name_of(world, node) for node in nodes), _SYMBOLS)}."
    return [world.state(text, cited, Origin.GRAPH, Role.DIRECT)]
