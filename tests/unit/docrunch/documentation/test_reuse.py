"""A kept page must be the page a clean run would write: a stale line about code misleads whoever acts on it."""

import ast
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from docrunch import documentation
from docrunch.assembly.assemble import assemble
from docrunch.documentation import world as world_module
from docrunch.documentation.model import DocumentationInput
from docrunch.documentation.render import Renderer, render
from docrunch.documentation.reuse import KeptTexts
from docrunch.documentation.world import World
from docrunch.graph.link import link
from docrunch.graph.model import Confidence, Edge, EdgeKind, Node, NodeKind, NodeMetrics
from docrunch.ids import node_id
from docrunch.source.model import Issue
from tests.support.world import SMALL, make_documentation, many_files

DOCUMENTATION = Path(documentation.__file__ or "").parent
URL = "https://example.invalid/owner/shop"
Texts = dict[str, str]

START: Texts = {
    **SMALL,
    **many_files(30),
    "pkg/__init__.py": "from pkg.part0.module1 import Thing1, work1\nfrom pkg.part0.module2 import *\n",
    "pkg/plain.py": "from pkg.part0.module3 import Thing3, more3\n\n\nclass Under(Thing3):\n"
    "    def act3(self, a):\n        return more3()\n\n\ndef visible():\n    return Under().act3(1)\n",
    "pkg/late.py": "import os\n\n\ndef around():\n    from pkg.plain import visible\n\n    return visible(), os.sep\n",
    "tests/test_work.py": "from pkg.part0.module1 import work1\n\n\ndef test_work():\n    assert work1(1)\n",
    "examples/use.py": "from pkg.part0.module4 import work4\n\nprint(work4(2))\n",
    "pkg/many.py": "".join(f"def each{i}(a):\n    return a\n\n\n" for i in range(6)),
    "web/app.ts": "import {total} from './sum';\n\nexport function run(): number {\n  return total([1]);\n}\n",
    "web/sum.ts": "/** Adds. */\nexport function total(xs: number[]): number {\n  return xs.length;\n}\n",
}


def real(texts: Texts, seed: int = 0, **more: object) -> DocumentationInput:
    """Linked and ranked as in a scan; some symbols are similar to a neighbour by id."""
    data = msgspec.structs.replace(make_documentation(texts, url=URL, commit=f"{seed:040x}"), **more)
    graph = link(data.source, data.entries, dict(data.facts))
    found = assemble(graph, dict(data.facts), [], None)
    symbols = [n.id for n in graph.nodes if n.symbol >= 0]
    near = 1 + seed // 5
    related = {a: ((b, 0.75),) for a, b in zip(symbols, symbols[near:], strict=False) if a[-1] in "abcdefg"}
    return msgspec.structs.replace(data, graph=graph, assembly=msgspec.structs.replace(found, related=related))


def pages_of(data: DocumentationInput, kept: KeptTexts) -> dict[str, str]:
    renderer = Renderer(data, kept=kept, of="shop")
    return {path: renderer.page(path).text for path in renderer.plan()}


def clean(data: DocumentationInput) -> dict[str, str]:
    return {page.path: page.text for page in render(data)}


def python(texts: Texts, lot: random.Random) -> str:
    return lot.choice([path for path in texts if path.startswith("pkg/") and path.endswith(".py")])


def rename(texts: Texts, lot: random.Random) -> None:
    old = f"{lot.choice(['work', 'Thing', 'act', 'more'])}{lot.randrange(30)}"
    for path in texts:
        texts[path] = texts[path].replace(f"{old}(", f"{old}x(").replace(f"import {old}\n", f"import {old}x\n")


def rename_here(texts: Texts, lot: random.Random) -> None:
    """Callers elsewhere lose their target."""
    path = python(texts, lot)
    texts[path] = texts[path].replace("def work", "def other_work", 1)


def delete(texts: Texts, lot: random.Random) -> None:
    del texts[python(texts, lot)]


def move(texts: Texts, lot: random.Random) -> None:
    path = python(texts, lot)
    texts[f"pkg/moved/{path.rsplit('/', 1)[-1]}"] = texts.pop(path)


def redocument(texts: Texts, lot: random.Random) -> None:
    path = python(texts, lot)
    texts[path] = texts[path].replace("Work on a value.", f"Work on value {lot.randrange(99)}.\n\n    At length.")


def undocument(texts: Texts, lot: random.Random) -> None:
    """The module line falls back to what the module holds, by rank."""
    path = python(texts, lot)
    texts[path] = texts[path].split("\n\n", 1)[-1] if texts[path].startswith('"""') else texts[path]


def add_caller(texts: Texts, lot: random.Random) -> None:
    number = lot.randrange(30)
    path = python(texts, lot)
    texts[path] += (
        f"\n\ndef caller{len(texts[path])}():\n    from pkg.part{number // 20}.module{number} import work{number}\n\n"
        f"    return work{number}(3)\n"
    )


def shift(texts: Texts, lot: random.Random) -> None:
    path = python(texts, lot)
    texts[path] = "# moved down\n\n" + texts[path]


def shorten(texts: Texts, lot: random.Random) -> None:
    path = python(texts, lot)
    texts[path] = "\n".join(texts[path].split("\n")[: lot.randrange(1, 12)]) + "\n"


def readme(texts: Texts, lot: random.Random) -> None:
    name = f"{lot.choice(['work', 'Thing', 'more'])}{lot.randrange(30)}"
    texts["README.md"] = f"# Shop\n\nNew words here, {name}.\n\n```python\n{name}(1)\n```\n\n" + SMALL["README.md"]


def manifest(texts: Texts, lot: random.Random) -> None:
    texts["pyproject.toml"] = SMALL["pyproject.toml"].replace('"shop"', f'"shop{lot.randrange(9)}"')


def package(texts: Texts, _: random.Random) -> None:
    """All qualified names below change."""
    if texts.pop("pkg/part0/__init__.py", None) is None:
        texts["pkg/part0/__init__.py"] = ""


def decide(texts: Texts, lot: random.Random) -> None:
    texts["docs/adr/0002-more.md"] = f"# 2. More\n\nStatus: Draft {lot.randrange(9)}\n\nWords.\n"


def cycle(texts: Texts, _: random.Random) -> None:
    text = texts.get("pkg/plain.py", "")
    texts["pkg/plain.py"] = text.removesuffix("import pkg.late\n") if "pkg.late" in text else text + "import pkg.late\n"


def first_rust(texts: Texts, _: random.Random) -> None:
    """A file of a language becomes a module only with the first symbol of that language."""
    texts["core/lib.rs"] = "// nothing\n" if "fn" in texts.get("core/lib.rs", "") else "pub fn f() -> u8 { 1 }\n"
    texts["core/other.rs"] = "// nothing yet\n"


def mount(texts: Texts, lot: random.Random) -> None:
    """The addresses on a page are said in another file."""
    place = lot.choice(["", "/v1", "/v2"])
    texts["pkg/web.py"] = (
        "from flask import Flask\nfrom pkg.users import users\n\napp = Flask(__name__)\n"
        f"app.register_blueprint(users, url_prefix={place!r})\n"
    )
    texts["pkg/users.py"] = (
        'from flask import Blueprint\n\nusers = Blueprint("users", __name__)\n\n\n'
        '@users.get("/users")\ndef listed():\n    return []\n'
    )


EDITS: list[Callable[[Texts, random.Random], None]] = [
    rename, rename_here, delete, move, redocument, undocument, add_caller, shift, shorten, readme, manifest, package,
    decide, cycle, first_rust, mount,
]  # fmt: skip


@pytest.fixture(autouse=True)
def _few_function_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that edits push functions over the edge of having a page, in both directions."""
    monkeypatch.setattr(world_module, "FUNCTION_PAGES", 40)


@pytest.mark.parametrize("seed", range(2))
def test_kept_pages_are_those_of_a_clean_run_after_any_edit(seed: int) -> None:
    lot = random.Random(seed)
    kept = KeptTexts()
    texts = dict(START)
    pages_of(real(texts), kept)
    order = [edit for _ in range(2) for edit in lot.sample(EDITS, len(EDITS))]
    for number, edit in enumerate(order, start=1):
        edit(texts, lot)
        issues = (Issue(python(texts, lot), "secret_redacted", line=1),) if lot.random() < 0.3 else ()
        data = real(texts, seed=number, issues=issues)
        assert pages_of(data, kept) == clean(data), edit.__name__
        if len(texts) < 25:
            texts = dict(START)


def test_a_module_lists_what_starts_its_code() -> None:
    texts, kept = dict(START), KeptTexts()
    for place in ("", "/v1"):
        mount(texts, random.Random(0))
        texts["pkg/web.py"] = re.sub(r"url_prefix='[^']*'", f"url_prefix={place!r}", texts["pkg/web.py"])
        found = pages_of(real(texts), kept)
        page = next(text for path, text in found.items() if path.startswith("modules/pkg.users-"))
        section = page.split("## Entry points", 1)[1].split("\n## ", 1)[0]
        assert f"| `GET {place}/users` | route (flask) | `pkg.users.listed` |" in section
    assert "## Entry points" not in next(text for path, text in found.items() if path.startswith("modules/pkg.plain-"))


def test_one_added_function_makes_few_pages_again() -> None:
    kept = KeptTexts()
    texts = {**START, **many_files(300)}
    total = len(pages_of(real(texts), kept))
    assert total > 300
    before = kept.made
    texts["pkg/part3/module70.py"] += "\n\ndef _added(a, b):\n    return min(a, b)\n"
    data = real(texts, seed=1)  # another commit, too: its address is in every citation
    assert pages_of(data, kept) == clean(data)
    assert kept.made - before <= 8
    before = kept.made
    texts["pkg/part3/module70.py"] = "# a line more\n" + texts["pkg/part3/module70.py"]
    data = real(texts, seed=2)
    assert pages_of(data, kept) == clean(data)
    assert kept.made - before <= 16


def changed_inputs(data: DocumentationInput, lot: random.Random) -> Iterator[tuple[str, DocumentationInput]]:
    """The input with one thing changed: any field of a node but those in its id, an edge, a metric, an entry."""
    graph, assembly = data.graph, data.assembly
    values: dict[type, Callable[[], object]] = {
        str: lambda: f"other{lot.randrange(99)}",
        int: lambda: lot.randrange(1, 9),
        bool: lambda: bool(lot.randrange(2)),
        tuple: lambda: ("async",),
    }
    fixed = {"id", "kind", "qualified_name", "path", "ordinal", "symbol", "language"}
    for field in (f for f in graph.nodes[0].__struct_fields__ if f not in fixed):
        for at in lot.sample(range(len(graph.nodes)), 4):
            value = values[type(getattr(graph.nodes[at], field))]()
            node = msgspec.structs.replace(graph.nodes[at], **{field: value})
            nodes = (*graph.nodes[:at], node, *graph.nodes[at + 1 :])
            yield f"node.{field}", msgspec.structs.replace(data, graph=msgspec.structs.replace(graph, nodes=nodes))
    edge_changes: list[dict[str, object]] = [
        {"lines": (1, 2)}, {"count": 7}, {"kind": EdgeKind.USES}, {"kind": EdgeKind.INHERITS},
        {"kind": EdgeKind.EXPORTS}, {"kind": EdgeKind.OVERRIDES}, {"confidence": Confidence.HEURISTIC},
        {"certainty": 0.25}, {"target": graph.nodes[3].id}, {"source": graph.nodes[5].id},
    ]  # fmt: skip
    for change in edge_changes:
        for at in lot.sample(range(len(graph.edges)), 6):
            edges = list(graph.edges)
            edges[at] = msgspec.structs.replace(edges[at], **change)
            edges.sort(key=lambda e: (e.source, e.target, e.kind))
            changed = msgspec.structs.replace(graph, edges=tuple(edges))
            yield f"edge.{next(iter(change))}", msgspec.structs.replace(data, graph=changed)
    for field in NodeMetrics.__struct_fields__:
        for at in lot.sample(range(len(graph.nodes)), 4):
            node_of = graph.nodes[at].id
            metric = msgspec.structs.replace(assembly.metrics.nodes[node_of], **{field: lot.randrange(5)})
            metrics = msgspec.structs.replace(assembly.metrics, nodes={**assembly.metrics.nodes, node_of: metric})
            yield (
                f"metric.{field}",
                msgspec.structs.replace(data, assembly=msgspec.structs.replace(assembly, metrics=metrics)),
            )
    for node_of in (n.id for n in graph.nodes if n.path == "pkg/many.py" and n.symbol >= 0):
        metric = msgspec.structs.replace(assembly.metrics.nodes[node_of], pagerank=0.5)
        metrics = msgspec.structs.replace(assembly.metrics, nodes={**assembly.metrics.nodes, node_of: metric})
        yield "rank", msgspec.structs.replace(data, assembly=msgspec.structs.replace(assembly, metrics=metrics))
    modules = tuple(n.id for n in graph.nodes if n.kind is NodeKind.MODULE and n.path.endswith(".py"))
    for cycles in ((), (modules[:3],), (modules[3:],)):
        metrics = msgspec.structs.replace(assembly.metrics, cycles=cycles)
        yield "cycles", msgspec.structs.replace(data, assembly=msgspec.structs.replace(assembly, metrics=metrics))
    nodes = tuple(msgspec.structs.replace(n, language="x") if _typed(n) and n.symbol >= 0 else n for n in graph.nodes)
    yield (
        "the last symbol of a language",
        msgspec.structs.replace(data, graph=msgspec.structs.replace(graph, nodes=nodes)),
    )
    for at in lot.sample(range(len(data.entries)), 8):
        entries = list(data.entries)
        entries[at] = msgspec.structs.replace(entries[at], lines=2)
        yield "entry.lines", msgspec.structs.replace(data, entries=tuple(entries))
    for path in ("shop/till.py", "pkg/many.py"):
        facts = {other: found for other, found in data.facts.items() if other != path}
        yield "facts", msgspec.structs.replace(data, facts=facts)
    yield "title", msgspec.structs.replace(data, title="Other")
    yield "no address", msgspec.structs.replace(data, source=msgspec.structs.replace(data.source, url=None))


def _typed(node: Node) -> bool:
    return node.language == "typescript"


def across_languages(data: DocumentationInput) -> DocumentationInput:
    """With a call from Python into TypeScript, so that a page of one language depends on whether the other has any."""
    graph = data.graph
    source = next(n for n in graph.nodes if n.qualified_name == "shop.till.buy")
    target = next(n for n in graph.nodes if _typed(n) and n.name == "total")
    edge = Edge(source.id, target.id, EdgeKind.CALLS, Confidence.EXACT, 1.0, 1, (2,))
    edges = sorted((*graph.edges, edge), key=lambda e: (e.source, e.target, e.kind))
    return msgspec.structs.replace(data, graph=msgspec.structs.replace(graph, edges=tuple(edges)))


def test_whatever_one_thing_changes_in_the_input_is_noticed() -> None:
    small = {path: text for path, text in START.items() if not re.search(r"module(?:[6-9]|\d\d)\.py$", path)}
    data = across_languages(real(small))
    whole, kept = clean(data), KeptTexts()
    assert pages_of(data, kept) == whole
    for what, changed in changed_inputs(data, random.Random(5)):
        assert pages_of(changed, kept) == clean(changed), what
        assert pages_of(data, kept) == whole, f"back from {what}"


LOCAL = ("views/module", "views/function", "views/decision", "views/symbols", "views/links", "examples", "summaries")


@pytest.mark.parametrize("name", LOCAL)
def test_views_of_kept_pages_know_the_world_through_their_reader_only(name: str) -> None:
    tree = ast.parse((DOCUMENTATION / f"{name}.py").read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "docrunch.documentation.world":
            assert {alias.name for alias in node.names} <= {"FUNCTIONS", "TYPES"}
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"_world", "data"}, f"line {node.lineno} reads what its reader does not note"


def test_what_every_page_may_know_of_a_node_is_in_its_id() -> None:
    for node in real(dict(START)).graph.nodes:
        assert node.id == node_id(node.path, node.qualified_name, node.kind, node.ordinal)


def test_the_store_stays_within_its_bytes_and_forgets_the_longest_unused() -> None:
    world = World(make_documentation())
    kept = KeptTexts(max_bytes=5_000)
    for number in range(20):
        kept.text(world, "shop", f"page {number}", lambda reader: reader.cite("shop/till.py", 1) * 40)
    assert 0 < kept.size <= 5_000
    made = kept.made
    kept.text(world, "shop", "page 19", lambda _: "not made again")
    assert kept.made == made
    kept.text(world, "shop", "page 0", lambda _: "made again")
    assert kept.made == made + 1


def test_pages_of_two_repositories_do_not_mix() -> None:
    kept = KeptTexts()
    first, second = make_documentation(), make_documentation({**SMALL, "shop/goods.py": "def price_of(n):\n    ...\n"})
    for of, data in (("a", first), ("b", second), ("a", first)):
        renderer = Renderer(data, kept=kept, of=of)
        assert {path: renderer.page(path).text for path in renderer.plan()} == clean(data)
