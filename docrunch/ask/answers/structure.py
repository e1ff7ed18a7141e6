"""What the whole depends on, and its import cycles."""

import re
import sys

import numpy as np

from docrunch.ask.model import Citation, Draft, Origin, Role, Statement
from docrunch.ask.question import Question
from docrunch.ask.say import is_product, listed, plural, shorter
from docrunch.ask.subjects import Subjects
from docrunch.ask.world import World
from docrunch.graph.model import EdgeKind, NodeKind
from docrunch.graph.queries.cycles import cycles
from docrunch.graph.queries.view import KIND_OF_EDGE, KIND_OF_NODE, TEST

_FILES, _SYMBOLS, _EXTERNALS = 6, 5, 10
_OF_NODE = """
    assert buffer child_process cluster crypto dgram dns domain events fs http http2 https module net os path
    perf_hooks process punycode querystring readline repl stream string_decoder timers tls tty url util v8 vm
    worker_threads zlib
"""
_NODE = frozenset(_OF_NODE.split())
_PYTHON = frozenset(sys.stdlib_module_names)


def answer_dependencies(world: World, question: Question, subjects: Subjects) -> Draft:
    made = _declared(world) + _imported(world)
    if not any(each.origin is Origin.GRAPH for each in made):
        text = "Code outside tests and examples is not known to import anything from outside but the standard library."
        made.append(Statement(text, (), Origin.GRAPH, Role.DIRECT))
    return Draft(tuple(made))


_REQUIRE = re.compile(
    r"^\s*(?:\"?dependencies\"?\s*[=:]|\[dependencies\]|\"(?:peer)?[dD]ependencies\"\s*:|require\b|install_requires)"
)


def _declared(world: World) -> list[Statement]:
    """The block of a manifest that declares dependencies, cited; what it says is quoted and not interpreted."""
    made: list[Statement] = []
    for manifest in [m.path for m in world.library.manifests if "/" not in m.path] or ["go.mod"]:
        lines = world.library.lines(manifest)
        if manifest == "go.mod" and lines and not any(_REQUIRE.match(line) for line in lines):
            cited = world.cite(manifest, 1, len(lines))
            made.append(world.state("`go.mod` requires no other module.", cited, Origin.DOCUMENT, Role.DIRECT))
        for number, line in enumerate(lines, start=1):
            if _REQUIRE.match(line):
                end = _end_of_block(lines, number)
                names = listed(_names(lines[number - 1 : end]), 14)
                if names:
                    text = f"`{shorter(manifest)}` declares {names}."
                    cited = world.cite(manifest, number, end)
                    made.append(world.state(text, cited, Origin.DOCUMENT, Role.DIRECT))
                break
    return made


def _end_of_block(lines: list[str], number: int) -> int:
    if not re.search(r"[\[{(]\s*$|^\s*\[", lines[number - 1]):
        return number
    for end in range(number, min(number + 60, len(lines))):
        if re.match(r"\s*[\]})]|^\s*$|^\[", lines[end]):
            return end + 1 if lines[end].strip()[:1] in "]})" and lines[end].strip() else end
    return min(number + 60, len(lines))


def _names(lines: list[str]) -> list[str]:
    found: list[str] = []
    for line in lines:
        quoted_names = re.findall(r"[\"']([A-Za-z@][\w@./-]*)(?=[\"'<>=~!\[;,^ ])", line)
        plain = re.match(r"^\s*(?:require\s+)?([\w./-]+\.[\w./-]+)\s+v\d|^\s*([a-zA-Z][\w-]*)\s*=\s*[\"{]", line)
        names = quoted_names or ([next(g for g in plain.groups() if g)] if plain else [])
        found += [f"`{name}`" for name in names[: 1 if ":" in line else None]
                  if name.lower() not in ("dependencies", "peerdependencies", "require")]  # fmt: skip
    return found


def _imported(world: World) -> list[Statement]:
    """What product code imports from outside, by the number of files that do."""
    view = world.view
    edges = np.flatnonzero((view.edge_kind == KIND_OF_EDGE[EdgeKind.IMPORTS])
                           & (view.kind[view.target] == KIND_OF_NODE[NodeKind.EXTERNAL])
                           & ((view.flags[view.source] & TEST) == 0))  # fmt: skip
    files: dict[str, set[str]] = {}
    lines: dict[str, Citation] = {}
    for edge in edges.tolist():
        source = int(view.source[edge])
        path = view.path(source)
        package = _package(
            view.qualified_name(int(view.target[edge])) or view.name(int(view.target[edge])), view.language(source)
        )
        if not package or not is_product(path) or path.startswith("."):
            continue
        files.setdefault(package, set()).add(path)
        found = view.edge(edge).lines
        cited = world.cite(path, found[0]) if found else ()
        if cited:
            lines.setdefault(package, cited[0])
    ordered = sorted(files, key=lambda name: (-len(files[name]), name))
    if not ordered:
        return []
    shown = listed((f"`{shorter(name)}` ({plural(len(files[name]), 'file')})" for name in ordered), _EXTERNALS)
    cited = tuple(lines[name] for name in ordered[:6] if name in lines)
    text = f"Code outside tests and examples imports {plural(len(ordered), 'outside package')}: {shown}."
    return [world.state(text, cited, Origin.GRAPH, Role.DIRECT)]


def _package(name: str, language: str) -> str:
    if language == "python":
        top = name.split(".", 1)[0]
        return "" if top in _PYTHON or top == "__future__" else top
    if language == "go":
        return name if "." in name.split("/", 1)[0] else ""
    if language in ("javascript", "typescript", "tsx"):
        if name.startswith((".", "node:")):
            return ""
        package = "/".join(name.split("/")[: 2 if name.startswith("@") else 1])
        return "" if package in _NODE else package
    return re.split(r"::|/", name)[0] if "::" in name else name


def answer_cycles(world: World, question: Question, subjects: Subjects) -> Draft:
    found = cycles(world.view)
    if not found:
        return Draft((Statement("No modules import each other in a circle.", (), Origin.GRAPH, Role.DIRECT),))
    made = [Statement(f"{plural(len(found), 'import cycle')}; the largest has {len(found[0].modules):,} files.", (),
                      Origin.GRAPH, Role.DIRECT)]  # fmt: skip
    for cycle in found[:5]:
        steps = (
            " → ".join(f"`{shorter(each.source)}`" for each in cycle.example)
            + f" → `{shorter(cycle.example[-1].target)}`"
        )
        cited = tuple(c for each in cycle.example[:5] for c in world.cite(each.source, min(each.lines, default=0)))
        text = f"{plural(len(cycle.modules), 'file')}, {plural(cycle.imports, 'import')}; a shortest circle: {steps}."
        made.append(world.state(text, cited, Origin.GRAPH, Role.DIRECT))
    return Draft(tuple(made))
