"""Modules collapsed to at most 25 groups for one diagram, and the layers that their dependencies form."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

import msgspec

from docrunch.documentation.mermaid import MAX_NODES
from docrunch.documentation.reader import Face
from docrunch.documentation.world import World
from docrunch.graph.model import Node

MIN_GROUPS = 6  # a diagram with fewer boxes shows nothing; then a directory is opened although not all of it fits

K = TypeVar("K", bound=Hashable)


class Group(msgspec.Struct, frozen=True):
    """One box of the architecture diagram: a module, or a directory with all modules below it."""

    name: str
    modules: tuple[Node, ...]  # by path
    is_module: bool


class Grouping(msgspec.Struct, frozen=True):
    groups: tuple[Group, ...]
    edges: tuple[tuple[int, int, int], ...]  # (from, to, references), heaviest first; indexes into groups
    collapsed: bool


def group_modules(world: World, modules: Sequence[Node]) -> Grouping:
    """Single modules while they fit; else directories, the largest opened first, as long as 25 boxes suffice."""
    named = _fit(world, modules)
    groups = tuple(Group(name, tuple(members), _is_module(name, members)) for name, members in named.items())
    home = {module.path: number for number, group in enumerate(groups) for module in group.modules}
    weights: dict[tuple[int, int], int] = defaultdict(int)
    for module in modules:
        here = home[module.path]
        for target, number in world.weights(module.path).items():
            if target in home and home[target] != here:
                weights[here, home[target]] += number
    edges = sorted(((a, b, w) for (a, b), w in weights.items()), key=lambda e: (-e[2], e[0], e[1]))
    return Grouping(groups, tuple(edges), any(not group.is_module for group in groups))


def _is_module(name: str, members: Sequence[Node]) -> bool:
    return len(members) == 1 and members[0].path == name


def _fit(world: World, modules: Sequence[Node]) -> dict[str, list[Node]]:
    """Group name → modules by path; a name is a path, ``dir/`` (all below), ``dir/*`` (its files) or a remainder."""
    if len(modules) <= MAX_NODES:
        return {module.path: [module] for module in modules}
    groups: dict[str, list[Node]] = {"": list(modules)}
    closed: set[str] = set()
    while True:
        directories = [n for n in groups if n not in closed and (n == "" or n.endswith("/"))]
        if not directories:
            break
        name = max(directories, key=lambda n: (len(groups[n]), n))
        parts = _open(name, groups[name], MAX_NODES - len(groups) + 1)
        if parts is None:
            closed.add(name)
        else:
            del groups[name]
            groups.update(parts)
    if len(groups) < MIN_GROUPS:
        groups = _force(world, groups)
    return dict(sorted(groups.items()))


def _open(name: str, members: list[Node], room: int) -> dict[str, list[Node]] | None:
    """The directories and files directly below a directory; its files as one where that is what fits."""
    parts: dict[str, list[Node]] = defaultdict(list)
    for module in members:
        head, slash, _ = module.path[len(name) :].partition("/")
        parts[name + head + slash].append(module)
    if len(parts) <= room:
        return parts
    lumped: dict[str, list[Node]] = defaultdict(list)
    for key, found in parts.items():
        lumped[key if key.endswith("/") else f"{name}*"] += found
    return lumped if 1 < len(lumped) <= room else None


def _force(world: World, groups: dict[str, list[Node]]) -> dict[str, list[Node]]:
    """Open the largest directory although it does not fit: its most important parts, and the others as one."""
    name = max((n for n in groups if n == "" or n.endswith(("/", "*"))), key=lambda n: (len(groups[n]), n))
    members = groups.pop(name)
    base = name.removesuffix("*")
    parts = _open(base, members, len(members)) or {}
    ranked = sorted(parts.items(), key=lambda part: (-sum(world.ranks[m.id] for m in part[1]), part[0]))
    room = MAX_NODES - len(groups) - 1
    rest = sorted((m for _, found in ranked[room:] for m in found), key=lambda m: m.path)
    return {**groups, **dict(ranked[:room]), **({f"{base} (others)": rest} if rest else {})}


def layers(keys: Sequence[K], targets: Mapping[K, Sequence[K]]) -> list[list[K]]:
    """Layer 0 depends on nothing here; every other layer only on lower ones. Members of a cycle share a layer.

    Longest path to a sink in the condensation of the graph; order within a layer is that of ``keys``.
    """
    component = strong_components(keys, targets)
    level: dict[int, int] = {}
    for key in sorted(keys, key=lambda k: component[k]):  # components are numbered sinks first
        here = component[key]
        below = [level[component[t]] + 1 for t in targets.get(key, ()) if t in component and component[t] != here]
        level[here] = max([level.get(here, 0), *below])
    made: list[list[K]] = [[] for _ in range(max(level.values(), default=-1) + 1)]
    for key in keys:
        made[level[component[key]]].append(key)
    return made


def strong_components(keys: Sequence[K], targets: Mapping[K, Sequence[K]]) -> dict[K, int]:
    """Number of the strongly connected component of each key, sinks first (Tarjan 1972, iterative)."""
    known = set(keys)
    index: dict[K, int] = {}
    low: dict[K, int] = {}
    stack: list[K] = []
    component: dict[K, int] = {}
    count = 0
    for root in keys:
        if root in index:
            continue
        work = [(root, iter(targets.get(root, ())))]
        index[root] = low[root] = len(index)
        stack.append(root)
        while work:
            key, rest = work[-1]
            following = next((t for t in rest if t in known), None)
            if following is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[key])
                if low[key] == index[key]:
                    while True:
                        member = stack.pop()
                        component[member] = count
                        if member == key:
                            break
                    count += 1
            elif following not in index:
                index[following] = low[following] = len(index)
                stack.append(following)
                work.append((following, iter(targets.get(following, ()))))
            elif following not in component:
                low[key] = min(low[key], index[following])
    return component


def label(group: Group) -> str:
    """What a diagram box says: the qualified name of a module, or its directory."""
    return short_name(group.modules[0]) if group.is_module else group.name.strip() or "/"


def short_name(module: Face) -> str:
    return module.qualified_name or module.path


def common_prefix(names: Sequence[str]) -> str:
    """Directories that all names start with, for names made of at least two path components; else empty."""
    parts = [name.split("/")[:-1] for name in names]
    shared: list[str] = []
    for level in zip(*parts, strict=False):
        if len(set(level)) > 1:
            break
        shared.append(level[0])
    return "/".join(shared) + "/" if shared and len(names) > 1 else ""
