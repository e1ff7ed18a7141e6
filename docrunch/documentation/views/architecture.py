"""The architecture page: real modules, their true dependencies, layers, cycles, coupling, communities, hot spots."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from docrunch.documentation import paths
from docrunch.documentation.escape import code, prose
from docrunch.documentation.grouping import (
    Group,
    Grouping,
    common_prefix,
    group_modules,
    label,
    layers,
    strong_components,
)
from docrunch.documentation.mermaid import MAX_EDGES, dependency_diagram
from docrunch.documentation.reader import Reader
from docrunch.documentation.summaries import About, plural
from docrunch.documentation.views.links import Linker
from docrunch.documentation.world import FUNCTIONS, World
from docrunch.graph.model import Node

TOP = 15
MAX_CYCLES = 10
MAX_CYCLE_MEMBERS = 8
MAX_COMMUNITIES = 10
MAX_IN_LAYER = 12
HOT_COMPLEXITY = 10  # McCabe's own limit (1976); below it nothing is a hot spot


@dataclass(frozen=True, slots=True)
class GroupRow:
    name: str
    about: str
    depends_on: str
    citation: str


@dataclass(frozen=True, slots=True)
class LayerRow:
    number: int
    members: str
    note: str


@dataclass(frozen=True, slots=True)
class CouplingRow:
    module: str
    afferent: int
    efferent: int
    instability: str
    citation: str


@dataclass(frozen=True, slots=True)
class HotSpot:
    name: str
    complexity: int
    lines: int
    citation: str


@dataclass(frozen=True, slots=True)
class ArchitectureView:
    counted: str
    diagram: str | None
    legend: list[str]
    groups: list[GroupRow]
    layers: list[LayerRow]
    cycles: list[str]
    cycles_more: int
    coupling: list[CouplingRow]
    communities: list[str]
    hot_spots: list[HotSpot]
    index_link: str
    modules_link: str


def architecture_view(world: World, about: About) -> ArchitectureView:
    link = Linker(Reader(world), paths.ARCHITECTURE)
    modules = world.product_modules
    grouping = group_modules(world, modules)
    cycles = _cycles(world, link)
    left_out = len(world.modules) - len(modules)
    counted = f"{plural(len(modules), 'module')} of code"
    if left_out:
        counted += f" ({plural(left_out, 'module')} of tests, examples, tooling and build output are not on this page)"
    return ArchitectureView(
        counted=counted,
        diagram=_diagram(grouping),
        legend=_legend(grouping),
        groups=[_group_row(world, link, about, grouping, number) for number in range(len(grouping.groups))],
        layers=_layers(link, grouping),
        cycles=cycles[:MAX_CYCLES],
        cycles_more=max(0, len(cycles) - MAX_CYCLES),
        coupling=_coupling(world, link, modules),
        communities=_communities(world, link, modules),
        hot_spots=_hot_spots(world, link),
        index_link=link.page(paths.INDEX, "Start page"),
        modules_link=link.page(paths.MODULE_INDEX, "All modules"),
    )


def _diagram(grouping: Grouping) -> str | None:
    prefix = common_prefix([label(group) for group in grouping.groups])
    nodes = [(number, label(group).removeprefix(prefix)) for number, group in enumerate(grouping.groups)]
    kept = sorted((a, b) for a, b, _ in grouping.edges[:MAX_EDGES])
    return dependency_diagram(nodes, kept)


def _legend(grouping: Grouping) -> list[str]:
    made = ["An arrow from a to b means: a depends on b (imports, calls, inherits from or uses it)."]
    prefix = common_prefix([label(group) for group in grouping.groups])
    if prefix:
        made.append(f"Names are shown without {prose(prefix)} in front.")
    if grouping.collapsed:
        made.append("A name ending in / is a directory with all modules below it, in /\\* its own files only.")
    if len(grouping.edges) > MAX_EDGES:
        hidden = len(grouping.edges) - MAX_EDGES
        made.append(f"The {MAX_EDGES} dependencies with most references are drawn; {hidden} weaker ones are not.")
    return made


def _group_row(world: World, link: Linker, about: About, grouping: Grouping, number: int) -> GroupRow:
    group = grouping.groups[number]
    targets = [b for a, b, _ in grouping.edges if a == number]
    shown = ", ".join(_group_link(link, grouping.groups[b]) for b in sorted(targets)[:6])
    more = f" and {len(targets) - 6} more" if len(targets) > 6 else ""
    head = world.most_important(group.modules, 1)[0]
    said = about(head) if group.is_module else f"{plural(len(group.modules), 'module')}, most used: {link.node(head)}"
    citation = world.cite(head.path, 1, head.end_line or 1)
    return GroupRow(_group_link(link, group), said, shown + more or "nothing here", citation)


def _group_link(link: Linker, group: Group) -> str:
    if group.is_module:
        return link.node(group.modules[0])
    folder, _, rest = label(group).rpartition("/")
    what = {"": "", "*": " (its own files)"}.get(rest, " (others)")
    return (code(f"{folder}/", in_table=True) if folder else "Root directory") + what


def _layers(link: Linker, grouping: Grouping) -> list[LayerRow]:
    keys = list(range(len(grouping.groups)))
    targets: dict[int, list[int]] = defaultdict(list)
    for a, b, _ in sorted(grouping.edges):
        targets[a].append(b)
    made = layers(keys, targets)
    component = strong_components(keys, targets)
    sizes = Counter(component.values())
    top = len(made) - 1
    rows = []
    for number in range(len(made) - 1, -1, -1):
        names = [_group_link(link, grouping.groups[key]) for key in made[number]]
        more = f" and {len(names) - MAX_IN_LAYER} more" if len(names) > MAX_IN_LAYER else ""
        cyclic = sum(1 for key in made[number] if sizes[component[key]] > 1)
        note = "depends on nothing else here" if number == 0 else "nothing here depends on it" if number == top else ""
        if cyclic:
            note = f"{cyclic} of them depend on each other in cycles" if cyclic < len(names) else "one cycle or more"
        rows.append(LayerRow(number, ", ".join(names[:MAX_IN_LAYER]) + more, note))
    return rows


def _cycles(world: World, link: Linker) -> list[str]:
    made = []
    product = {module.id for module in world.product_modules}
    for cycle in world.data.assembly.metrics.cycles:
        members = [world.nodes[n] for n in cycle if n in product]
        if len(members) > 1:
            members.sort(key=lambda n: n.path)
            shown = ", ".join(link.node(n, in_table=False) for n in members[:MAX_CYCLE_MEMBERS])
            more = f" and {len(members) - MAX_CYCLE_MEMBERS} more" if len(members) > MAX_CYCLE_MEMBERS else ""
            made.append(f"{len(members)} modules: {shown}{more}{_evidence(world, members)}")
    return made


def _evidence(world: World, members: list[Node]) -> str:
    """One line that closes the cycle, for the first members that point at each other or onwards."""
    inside = {n.path: n.id for n in members}
    cited = []
    for node in members:
        found = world.dependencies(node.path, out=True)
        target = min((path for path in found if path in inside), key=inside.__getitem__, default=None)
        if target is not None and found[target].first_line:
            cited.append(world.cite(node.path, found[target].first_line))
    return f" ({', '.join(cited[:3])})" if cited else ""


def _coupling(world: World, link: Linker, modules: tuple[Node, ...]) -> list[CouplingRow]:
    rows = []
    counted = [n for n in modules if world.metric(n.id).afferent or world.metric(n.id).efferent]
    by_coupling = sorted(counted, key=lambda n: (-(world.metric(n.id).afferent + world.metric(n.id).efferent), n.path))
    for node in by_coupling[:TOP]:
        metric = world.metric(node.id)
        rows.append(
            CouplingRow(
                link.node(node),
                metric.afferent,
                metric.efferent,
                f"{metric.instability:.2f}",
                world.cite(node.path, 1, node.end_line or 1),
            )
        )
    return rows


def _communities(world: World, link: Linker, modules: tuple[Node, ...]) -> list[str]:
    members: dict[int, list[Node]] = defaultdict(list)
    for node in modules:
        number = world.metric(node.id).community
        if number >= 0:
            members[number].append(node)
    made = []
    for _, found in sorted(members.items(), key=lambda item: (-len(item[1]), item[0]))[:MAX_COMMUNITIES]:
        if len(found) > 1:
            ranked = world.most_important(found, 6)
            shown = ", ".join(link.node(n, in_table=False) for n in ranked)
            more = f" and {len(found) - 6} more" if len(found) > 6 else ""
            made.append(f"{len(found)} modules around {shown}{more}")
    return made


def _hot_spots(world: World, link: Linker) -> list[HotSpot]:
    product = {module.path for module in world.product_modules}
    found = [
        n
        for n in world.data.graph.nodes
        if n.kind in FUNCTIONS and n.complexity >= HOT_COMPLEXITY and n.path in product
    ]
    found.sort(key=lambda n: (-n.complexity, n.path, n.line))
    return [
        HotSpot(link.node(n), n.complexity, n.end_line - (n.start_line or n.line) + 1, link.cite_node(n))
        for n in found[:TOP]
    ]
