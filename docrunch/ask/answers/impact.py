"""What breaks if something changes: the answer of ``docrunch graph impact``, in sentences."""

from docrunch.ask.model import Citation, Draft, Origin, Role, Statement
from docrunch.ask.question import Question
from docrunch.ask.say import face_name, is_aside, listed, name_of, plural, shorter
from docrunch.ask.subjects import Subjects, definition
from docrunch.ask.world import World
from docrunch.graph.model import EdgeKind, NodeKind
from docrunch.graph.queries.entrypoints import EntryFace
from docrunch.graph.queries.hierarchy import TYPES
from docrunch.graph.queries.impact import Hit, Impact, impact
from docrunch.graph.queries.view import TEST

SHOWN = 6  # dependents that are named one by one
_BY = {"calls": "calls", "uses": "uses", "imports": "imports", "inherits": "inherits from", "implements": "implements",
       "overrides": "overrides", "exports": "re-exports", "tests": "tests",
       "contains": "contains"}  # fmt: skip


def answer(world: World, question: Question, subjects: Subjects) -> Draft:
    statements: list[Statement] = []
    for group in subjects.groups[:3]:
        statements += _of(world, definition(world, group), impact(world.view, group))
    return Draft(tuple(statements))


def _of(world: World, node: int, found: Impact) -> list[Statement]:
    name, here = name_of(world, node), world.place(node)
    risk = found.risk
    if not found.affected:
        text = f"Nothing in the repository is known to depend on {name}."
        guessed = f" {plural(risk.heuristic_skipped, 'guessed reference')} left out." if risk.heuristic_skipped else ""
        return [world.state(text + guessed, here, Origin.GRAPH, Role.DIRECT), *_public(world, node, found, here)]
    text = (
        f"A change of {name} may reach {plural(found.affected, 'symbol')} in {plural(len(found.modules), 'file')} "
        f"outside tests, up to {plural(risk.depth, 'step')} away; {plural(risk.dependents, 'direct dependent')}. "
        f"The risk is {risk.level} ({risk.score} of 100 points)."
    )
    made = [world.state(text, here, Origin.GRAPH, Role.DIRECT)]
    made += _public(world, node, found, here)
    made += _dependents(world, found, constructor=world.view.node_kind(node) is NodeKind.CONSTRUCTOR)
    made += _entry_points(world, found)
    made += _tests(world, found)
    return made


def _public(world: World, node: int, found: Impact, here: tuple[Citation, ...]) -> list[Statement]:
    if not found.risk.exported:
        return []
    return [world.state(f"{name_of(world, node)} is exported: code outside this repository may use it too.", here,
                        Origin.GRAPH)]  # fmt: skip


def _dependents(world: World, found: Impact, *, constructor: bool) -> list[Statement]:
    """The code of the product one by one, examples and what is further away in a line each."""
    hits = [(depth, hit) for depth, level in enumerate(found.by_depth) for hit in level if not _is_test(world, hit)]
    direct = [hit for depth, hit in hits if depth == 0 and not is_aside(hit.symbol.path)]
    aside = [hit for depth, hit in hits if depth == 0 and is_aside(hit.symbol.path)]
    further = [hit for depth, hit in hits if depth > 0 and not is_aside(hit.symbol.path)]
    made = [
        world.state(_directly(hit, constructor=constructor), use_of(world, hit), Origin.GRAPH, Role.DIRECT)
        for hit in direct[:SHOWN]
    ]
    for said, rest in (
        ("Further direct dependents", direct[SHOWN:]),
        ("In examples and documentation", aside),
        ("Indirectly, through these", further),
    ):
        if rest:
            cited = tuple(c for hit in rest[:6] for c in use_of(world, hit)[:1])
            text = f"{said}: {listed((face_name(hit.symbol) for hit in rest), 6)}."
            made.append(world.state(text, cited, Origin.GRAPH))
    return made


def _directly(hit: Hit, *, constructor: bool) -> str:
    if constructor and hit.by is EdgeKind.CALLS and hit.through.kind in TYPES:
        return f"{face_name(hit.symbol)} makes a {face_name(hit.through)}, which runs it."
    return f"{face_name(hit.symbol)} {_BY.get(str(hit.by), str(hit.by))} it directly."


def _is_test(world: World, hit: Hit) -> bool:
    node = world.view.number(hit.symbol.id)
    return node is not None and world.view.has(node, TEST)


def use_of(world: World, hit: Hit) -> tuple[Citation, ...]:
    """The lines by which one symbol depends on the other, else its definition."""
    view = world.view
    source, target = view.number(hit.symbol.id), view.number(hit.through.id)
    if source is None or target is None:
        return ()
    for edge in view.edges_from(source).tolist():
        if int(view.target[edge]) == target:
            lines = view.edge(edge).lines
            if lines:
                return tuple(c for line in lines[:2] for c in world.cite(view.path(source), line))
    return world.place(source)


def _entry_points(world: World, found: Impact) -> list[Statement]:
    reached = [each for each in found.entry_points if not _in_tests(world, each)]
    if not reached:
        return []
    names = [f"{each.kind} {shorter(each.label) or face_name(each.handler)}" for each in reached]
    cited = tuple(c for each in reached[:4] for c in world.cite(each.place.path, each.line))
    return [world.state(f"Entry points that run through it: {listed(names, 6)}.", cited, Origin.GRAPH)]


def _in_tests(world: World, found: EntryFace) -> bool:
    node = world.view.number(found.place.id)
    return node is not None and world.view.has(node, TEST)


def _tests(world: World, found: Impact) -> list[Statement]:
    if not found.tests:
        return [Statement("No test is known to reach it.", (), Origin.GRAPH)]
    files = listed((f"`{shorter(path)}`" for path in found.test_files), 5)
    nearest = listed((face_name(test.symbol) for test in found.tests), 3)
    cited = tuple(c for test in found.tests[:3] for c in world.cite(test.symbol.path, test.symbol.line))
    text = f"Run {plural(len(found.tests), 'test')} in {files}; nearest: {nearest}."
    return [world.state(text, cited, Origin.GRAPH, Role.DIRECT)]
