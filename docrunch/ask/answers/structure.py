"""The whole: its parts, what it depends on, and its import cycles."""

import re
import sys
from collections import Counter

import numpy as np

from docrunch.ask.answers.topic import documented
from docrunch.ask.model import Citation, Draft, Origin, Role, Statement
from docrunch.ask.question import Question
from docrunch.ask.say import first_words, is_aside, listed, name_of, plural, quoted, shorter
from docrunch.ask.subjects import Subjects
from docrunch.ask.world import World
from docrunch.graph.model import EdgeKind, NodeKind
from docrunch.graph.queries.cycles import cycles
from docrunch.graph.queries.rank import rank
from docrunch.graph.queries.view import EXPORTED, KIND_OF_EDGE, KIND_OF_NODE, TEST

_FILES, _SYMBOLS, _EXTERNALS = 6, 5, 10
_OF_NODE = """
    assert buffer child_process cluster crypto dgram dns domain events fs http http2 https module net os path
    perf_hooks process punycode querystring readline repl stream string_decoder timers tls tty url util v8 vm
    worker_threads zlib
"""
_NODE = frozenset(_OF_NODE.split())
_PYTHON = frozenset(sys.stdlib_module_names)


_DATA = frozenset({"json", "yaml", "toml", "markdown", "html", "css"})  # held, not built upon


def answer_architecture(world: World, question: Question, subjects: Subjects) -> Draft:
    made = [*_described(world), *_size(world), *_parts(world), *_centre(world)]
    made += [Statement(s.text, s.citations, s.origin, Role.SUPPORT, s.quote)
             for s in documented(world, question, limit=1, minimum=0.6)]  # fmt: skip
    return Draft(tuple(made))


def _described(world: World) -> list[Statement]:
    for manifest in world.library.manifests[:3]:
        if manifest.description and manifest.description_line:
            text = f"`{shorter(manifest.path)}` describes it: “{shorter(manifest.description)}”"
            cited = world.cite(manifest.path, manifest.description_line)
            return [world.state(text, cited, Origin.DOCUMENT, Role.DIRECT)]
    for passage in world.library.passages:
        if passage.path.lower().startswith("readme") and len(passage.text.split()) > 5 and not passage.code:
            cited = world.cite(passage.path, passage.start, passage.end)
            text = f"`{shorter(passage.path)}` says: {quoted(passage, 400)}"
            return [world.state(text, cited, Origin.DOCUMENT, Role.DIRECT)]
    return []


def _size(world: World) -> list[Statement]:
    view = world.view
    files = [n for n in range(view.size) if view.node_kind(n) is NodeKind.MODULE and not view.has(n, TEST)]
    code = Counter(view.language(n) for n in files if len(view.edges_from(n, {EdgeKind.CONTAINS})))
    shown = ", ".join(f"{name} ({count:,})" for name, count in code.most_common(4))
    text = f"{plural(len(files), 'file')} outside tests" + (f"; with symbols: {shown}." if shown else ".")
    return [Statement(text, (), Origin.GRAPH)]


def _product(path: str | None) -> bool:
    return bool(path) and not is_aside(path)


def _parts(world: World) -> list[Statement]:
    """The files that the rest stands on, with what they say of themselves."""
    view = world.view
    rows = [row for row in rank(view, of="file", limit=60) if _product(row.symbol.path)][:_FILES]
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
    rows = [row for row in rank(world.view, of="symbol", limit=60) if _product(row.symbol.path)][:_SYMBOLS]
    nodes = [node for row in rows if (node := world.view.number(row.symbol.id)) is not None]
    if not nodes:
        return []
    cited = tuple(c for node in nodes for c in world.place(node))
    text = f"Most depended upon: {listed((name_of(world, node) for node in nodes), _SYMBOLS)}."
    return [world.state(text, cited, Origin.GRAPH, Role.DIRECT)]


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
        if not package or not _product(path) or path.startswith("."):
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
