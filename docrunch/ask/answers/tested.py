"""Which tests reach a symbol."""

from docrunch.ask.lexicon import Group
from docrunch.ask.model import Draft, Origin, Role, Statement
from docrunch.ask.question import Question
from docrunch.ask.say import face_name, listed, name_of, plural, shorter
from docrunch.ask.subjects import Subjects, definition
from docrunch.ask.world import World
from docrunch.graph.model import NodeKind
from docrunch.graph.queries.who_tests import who_tests

SHOWN = 8


def answer(world: World, question: Question, subjects: Subjects) -> Draft:
    return Draft(tuple(s for group in subjects.groups[:3] for s in _of(world, group)))


def _of(world: World, group: Group) -> list[Statement]:
    node = definition(world, group)
    name = name_of(world, node)
    found = who_tests(world.view, group)
    if not found.total:
        text = f"No test is known to reach {name}, directly or through other code."
        return [world.state(text, world.place(node), Origin.GRAPH, Role.DIRECT)]
    functions = [test for test in found.tests if test.symbol.kind is not NodeKind.MODULE]
    modules = [test.symbol for test in found.tests if test.symbol.kind is NodeKind.MODULE]
    direct = [test for test in functions if test.depth <= 1]
    made: list[Statement] = []
    if functions:
        files = listed((f"`{shorter(test.symbol.path or '')}`" for test in functions), 5)
        text = f"{plural(len(functions), 'test')} reach {name}, {len(direct):,} of them directly, in {files}."
        made.append(world.state(text, world.place(node), Origin.GRAPH, Role.DIRECT))
    else:
        text = f"No test function is known to reach {name} by its calls."
        made.append(world.state(text, world.place(node), Origin.GRAPH, Role.DIRECT))
    for test in functions[:SHOWN]:
        how = "directly" if test.depth <= 1 else f"through {plural(test.depth - 1, 'other symbol')}"
        number = world.view.number(test.symbol.id)
        cited = world.place(number) if number is not None else ()
        made.append(world.state(f"{face_name(test.symbol)} ({how})", cited, Origin.GRAPH, Role.DIRECT))
    if modules:
        cited = tuple(c for each in modules[:2] for c in world.cite(each.path, 1))
        text = (
            f"{plural(len(modules), 'test file')} import code that leads to it: {listed(map(face_name, modules), 4)}."
        )
        made.append(world.state(text, cited, Origin.GRAPH))
    return made
