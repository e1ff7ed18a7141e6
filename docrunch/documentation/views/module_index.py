"""The list of all modules by directory, tests apart."""

import posixpath
from collections import defaultdict
from dataclasses import dataclass

from docrunch.documentation import paths
from docrunch.documentation.escape import code
from docrunch.documentation.files import is_test
from docrunch.documentation.reader import Reader
from docrunch.documentation.summaries import About, plural
from docrunch.documentation.views.links import Linker
from docrunch.documentation.world import World
from docrunch.graph.model import Node


@dataclass(frozen=True, slots=True)
class ModuleRow:
    name: str
    about: str
    symbols: int
    used_by: int
    citation: str


@dataclass(frozen=True, slots=True)
class Directory:
    name: str
    modules: list[ModuleRow]


@dataclass(frozen=True, slots=True)
class ModuleIndexView:
    counted: str
    directories: list[Directory]
    tests: list[Directory]
    index_link: str


def module_index_view(world: World, about: About) -> ModuleIndexView:
    link = Linker(Reader(world), paths.MODULE_INDEX)
    code_modules = [m for m in world.modules if not is_test(m.path)]
    tests = [m for m in world.modules if is_test(m.path)]
    counted = plural(len(code_modules), "module")
    if tests:
        counted += f" and {plural(len(tests), 'test module')}"
    return ModuleIndexView(
        counted=counted,
        directories=_directories(world, link, about, code_modules),
        tests=_directories(world, link, about, tests),
        index_link=link.page(paths.INDEX, "Start page"),
    )


def _directories(world: World, link: Linker, about: About, modules: list[Node]) -> list[Directory]:
    found: dict[str, list[Node]] = defaultdict(list)
    for module in modules:
        found[posixpath.dirname(module.path)].append(module)
    return [
        Directory(code(f"{name}/") if name else "Root directory", [_row(world, link, about, m) for m in members])
        for name, members in sorted(found.items())
    ]


def _row(world: World, link: Linker, about: About, module: Node) -> ModuleRow:
    return ModuleRow(
        name=link.node(module),
        about=about(module),
        symbols=world.count_symbols(module.path),
        used_by=world.count_users(module.path),
        citation=world.cite(module.path, 1, module.end_line or 1),
    )
