"""What something is, where it is, and how it works: a definition, its documentation, its surroundings."""

from docrunch.ask.answers.calls import called_by, users
from docrunch.ask.answers.options import settable
from docrunch.ask.answers.topic import documented, hits_of, topic
from docrunch.ask.lexicon import Group
from docrunch.ask.model import Draft, Kind, Origin, Role, Statement
from docrunch.ask.question import Question
from docrunch.ask.say import MAX_NAME, first_words, listed, local_name, name_of, paragraphs, plural, short, shorter
from docrunch.ask.subjects import Subjects, definition, is_whole
from docrunch.ask.world import World
from docrunch.graph.model import EdgeKind, NodeKind
from docrunch.graph.queries.hierarchy import callers
from docrunch.graph.queries.view import EXPORTED, TEST
from docrunch.ids import NodeId

_TYPES = (NodeKind.CLASS, NodeKind.INTERFACE, NodeKind.TRAIT, NodeKind.STRUCT, NodeKind.ENUM, NodeKind.NAMESPACE)
_CALLABLE = (NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.CONSTRUCTOR)
_MEMBERS = 6


def answer(world: World, question: Question, subjects: Subjects) -> Draft:
    options = settable(world, question)
    if not subjects.nodes:
        return Draft((*options, *topic(world, question).statements))
    told = documented(world, question, limit=2) if question.kind is not Kind.WHERE else []
    if question.kind is Kind.HOW and told and not question.names and not subjects.are_proper(world):
        return Draft((*options, *_topical(world, question, subjects, told)))
    symbols = [group for group in subjects.groups if not is_whole(world, group[0])]
    if options:
        return Draft((*options, *told, *_defined(world, symbols[:2])))
    statements = [each for group in (symbols or subjects.groups)[:2] for each in _about(world, group, question.kind)]
    if told and all(world.view.has(group[0], TEST) for group in subjects.groups):
        return Draft(tuple(told))  # data of a test has the name by chance
    behind = told and all(_is_beside(world, group) for group in subjects.groups)
    return Draft((*options, *((*told, *map(_as_support, statements)) if behind else (*statements, *told))))


def _topical(world: World, question: Question, subjects: Subjects, told: list[Statement]) -> list[Statement]:
    """A topic in plain words: what documents say, then where in the code it is."""
    made = list(told)
    symbols = [group for group in subjects.groups if not is_whole(world, group[0])]
    for group in (symbols or subjects.groups)[:2]:
        node = definition(world, group)
        if world.view.node_kind(node) is NodeKind.EXTERNAL:
            continue  # documents say more of it than that it is not here
        if is_whole(world, node):
            made += [*_whole(world, node), *_contents(world, node)]
        else:
            made += [_definition(world, node), *_documentation(world, node, long=True)]
    known = {citation for each in made for citation in each.citations}
    return [*made, *hits_of(world, question, known=known, limit=3)]


def _defined(world: World, groups: list[Group]) -> list[Statement]:
    nodes = [definition(world, group) for group in groups]
    nodes = [node for node in nodes if world.view.node_kind(node) is not NodeKind.EXTERNAL]
    return [each for node in nodes for each in (_definition(world, node), *_documentation(world, node, long=True))]


def _about(world: World, group: Group, kind: Kind) -> list[Statement]:
    node = definition(world, group)
    if world.view.node_kind(node) is NodeKind.EXTERNAL:
        return [_outside(world, node), *users(world, group, set()), *_used(world, group)]
    if is_whole(world, node):
        return [*_whole(world, node), *_documentation(world, node, long=True), *_contents(world, node)]
    made = [_definition(world, node), *_documentation(world, node, long=kind is not Kind.WHERE)]
    if kind is Kind.WHERE:
        return made
    node_kind = world.view.node_kind(node)
    if node_kind in _TYPES:
        made += [*_family(world, node), *_members(world, node)]
    if node_kind in _CALLABLE and kind is Kind.HOW:
        made += [_as_support(each) for each in called_by(world, group)]
    return [*made, *_used(world, group)]


def _is_beside(world: World, group: Group) -> bool:
    """A name of test data or of a configuration file: what documents say of it is what is asked."""
    node = group[0]
    return world.view.has(node, TEST) or world.view.node_kind(node) in (NodeKind.KEY, NodeKind.BLOCK)


def _outside(world: World, node: int) -> Statement:
    text = f"{name_of(world, node)} comes from outside the repository."
    return world.state(text, (), Origin.GRAPH, Role.DIRECT)


def _as_support(found: Statement) -> Statement:
    return Statement(found.text, found.citations, found.origin, Role.SUPPORT, found.quote)


def _definition(world: World, node: int) -> Statement:
    view = world.view
    path, line = view.path(node), view.line(node)
    kind = str(view.node_kind(node))
    article = "an" if kind[0] in "aeiou" else "a"
    signature = view.texts["signature"][node]
    shown = f": `{shorter(short(' '.join(signature.split()), MAX_NAME))}`" if signature else "."
    text = f"{name_of(world, node)} is {article} {kind} in `{shorter(path)}`, line {line}{shown}"
    return world.state(text, world.place(node), Origin.SYMBOL, Role.DIRECT)


def _documentation(world: World, node: int, *, long: bool) -> list[Statement]:
    doc = world.view.texts["doc"][node]
    first = first_words(doc)
    said = paragraphs(doc) if long else f"“{first}”"
    if not first or not said:
        return []
    return [world.state(f"Its documentation says: {said}", world.place(node), Origin.SYMBOL, Role.DIRECT)]


def _family(world: World, node: int) -> list[Statement]:
    view = world.view
    edges = view.edges_from(node, {EdgeKind.INHERITS, EdgeKind.IMPLEMENTS}).tolist()
    bases = [name_of(world, int(view.target[edge])) for edge in edges]
    if not bases:
        return []
    lines = tuple(
        c for edge in edges[:3] for line in view.edge(edge).lines[:1] for c in world.cite(view.path(node), line)
    )
    return [world.state(f"It builds on {listed(bases)}.", lines or world.place(node), Origin.GRAPH)]


def _members(world: World, node: int) -> list[Statement]:
    view = world.view
    inside = [n for n in view.children(node) if view.node_kind(n) in _CALLABLE and not view.name(n).startswith("_")]
    if not inside:
        return []
    rank = view.arrays["pagerank"]
    best = sorted(inside, key=lambda n: (-float(rank[n]), view.line(n)))[:_MEMBERS]
    best.sort(key=view.line)
    text = f"It has {plural(len(inside), 'public method')}; the most used: " + listed(
        (f"`{shorter(view.name(n))}`" for n in best), _MEMBERS
    )
    cited = tuple(c for n in best for c in world.cite(view.path(n), view.line(n)))
    return [world.state(f"{text}.", cited, Origin.GRAPH)]


def _whole(world: World, node: int) -> list[Statement]:
    """What a file or directory holds."""
    view = world.view
    inside = _inside(world, node)
    kind = "file" if view.node_kind(node) is NodeKind.MODULE else "directory"
    holds = (
        f" with {plural(len(inside), 'exported symbol')}" if kind == "file" else f" with {plural(len(inside), 'part')}"
    )
    first = world.cite(view.path(node), 1) or tuple(c for each in inside[:1] for c in world.place(each))
    names = f": {listed((f'`{shorter(view.name(each))}`' for each in inside), 8)}" if inside else ""
    text = f"{name_of(world, node)} is a {kind}{holds}{names}."
    return [world.state(text, first, Origin.SYMBOL, Role.DIRECT)]


def _inside(world: World, node: int) -> list[int]:
    view = world.view
    inside = [n for n in view.children(node) if view.has(n, EXPORTED) or is_whole(world, n)]
    rank = view.arrays["pagerank"]
    return sorted(inside, key=lambda n: (-float(rank[n]), view.line(n)))


def _contents(world: World, node: int) -> list[Statement]:
    """What the best known parts say of themselves."""
    told = [(each, first_words(world.view.texts["doc"][each], 160)) for each in _inside(world, node)[:8]]
    return [
        world.state(f"{name_of(world, each)}: {said}", world.place(each), Origin.SYMBOL) for each, said in told if said
    ][:4]


def _used(world: World, group: Group) -> list[Statement]:
    links = [step.link for step in callers(world.view, list(group), heuristic=False).calls]
    code = [each for each in links if not _is_test(world, each.source.id)]
    if not code:
        return []
    cited = tuple(c for each in code[:4] for line in each.lines[:1] for c in world.cite(each.source.path, line))
    names = listed((f"`{shorter(local_name(each.source.qualified_name))}`" for each in code), 4)
    return [world.state(f"It is called by {plural(len(code), 'symbol')} outside tests: {names}.", cited, Origin.GRAPH)]


def _is_test(world: World, node: NodeId) -> bool:
    number = world.view.number(node)
    return number is not None and world.view.has(number, TEST)
