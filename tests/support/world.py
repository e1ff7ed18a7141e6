"""A small repository as everything that documentation and docpack need, from texts written in a test.

Facts are the real ones (`docrunch.parsing`); the graph is linked here by names that are unique in the tree, so that a
test of pages does not depend on the rules of linking.
"""

import posixpath
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from docrunch.assembly.model import Assembly, Cluster, Clustering, SymbolContext
from docrunch.canonical import sha256_hex, significant
from docrunch.docpack.model import DocpackInput
from docrunch.documentation.model import DocumentationInput, Page
from docrunch.embedding.model import EncoderSpec, TextKind, TextUnit
from docrunch.graph.model import (
    Confidence,
    Edge,
    EdgeKind,
    Graph,
    GraphMetrics,
    Node,
    NodeKind,
    NodeMetrics,
    Unresolved,
)
from docrunch.ids import NodeId, chunk_id, node_id, text_sha
from docrunch.options import Limits
from docrunch.parsing.catalog import detect
from docrunch.parsing.extract import extract
from docrunch.parsing.model import FileFacts
from docrunch.source.model import FileEntry, Issue, Skip, SourceKind, SourceRef

COMMIT = "0123456789abcdef0123456789abcdef01234567"
DIMENSIONS = 8

SMALL: dict[str, str] = {
    "README.md": "# Shop\n\n[![badge](https://example.invalid/b.svg)](https://example.invalid)\n\n"
    "Shop sells things to people who want them.\n\n```python\nfrom shop import buy\n\nbuy('tea')\n```\n",
    "pyproject.toml": '[project]\nname = "shop"\ndescription = "Sells things."\nrequires-python = ">=3.11"\n\n'
    '[project.scripts]\nshop = "shop.cli:main"\n\n[tool.pytest.ini_options]\n',
    "docs/adr/0001-use-money.md": "# 1. Use money\n\n## Status\n\nAccepted\n\n## Decision\n\nWe take `money`.\n",
    "shop/__init__.py": '"""A shop."""\n\nfrom shop.till import buy\n\n__all__ = ["buy"]\n',
    "shop/till.py": '"""Takes money. Gives change."""\n\nfrom shop.goods import price_of\n\n\n'
    "class Till:\n"
    '    """Holds money."""\n\n    def take(self, amount: int) -> bool:\n        """Take an amount."""\n'
    "        return amount > 0\n\n\n"
    'def buy(name: str, count: int = 1) -> "int | None":\n    """Buy things.\n\n    Args:\n'
    '        name: what to buy.\n        count: how many.\n\n    Returns:\n        The change.\n    """\n'
    "    if price_of(name) and count:\n        return price_of(name) * count\n    return None\n",
    "shop/goods.py": 'PRICES = {"tea": 3}\n\n\ndef price_of(name: str) -> int:\n    """What it costs."""\n'
    "    return PRICES[name]\n",
    "shop/cli.py": "from shop.till import buy\n\n\ndef main() -> None:\n    buy('tea')\n\n\n"
    'if __name__ == "__main__":\n    main()\n',
    "tests/test_till.py": "from shop.till import buy\n\n\ndef test_buy():\n"
    "    change = buy('tea', 2)\n    assert int(change) == 6\n",
}


def make_entry(path: str, text: str) -> FileEntry:
    data = text.encode()
    lines = data.count(b"\n") + (not data.endswith(b"\n") and bool(data))
    sha = sha256_hex(data)
    return FileEntry(path, len(data), sha, sha, detect(path, data[:512]), lines)


def make_facts(entries: Sequence[FileEntry], texts: Mapping[str, str]) -> dict[str, FileFacts]:
    return {e.path: extract(texts[e.path].encode(), e.language, Limits()) for e in entries if e.skip is None}


def make_documentation(
    texts: Mapping[str, str] = SMALL,
    *,
    skipped: Mapping[str, Skip] | None = None,
    issues: Sequence[Issue] = (),
    url: str | None = None,
    commit: str = COMMIT,
) -> DocumentationInput:
    entries = [make_entry(path, text) for path, text in texts.items()]
    entries += [FileEntry(path, 10, skip=reason) for path, reason in (skipped or {}).items()]
    entries.sort(key=lambda entry: entry.path)
    facts = make_facts(entries, texts)
    source = SourceRef("example.invalid/owner/shop", commit, "main", SourceKind.GIT, url=url)
    graph = link_by_name(source, entries, facts)
    return DocumentationInput(
        source=source,
        entries=tuple(entries),
        facts=facts,
        texts={path: text.encode() for path, text in texts.items()},
        graph=graph,
        assembly=make_assembly(graph),
        issues=tuple(sorted(issues)),
    )


def make_docpack_input(data: DocumentationInput, pages: Sequence[Page], *, embeddings: bool = True) -> DocpackInput:
    units = make_units(data.graph) if embeddings else []
    vectors = np.random.default_rng(7).normal(size=(len(units), DIMENSIONS)).astype(np.float32)
    spec = EncoderSpec("test-c1", "test", "onnxruntime", "fp32", DIMENSIONS, 64, "f" * 64)
    return DocpackInput(
        source=data.source,
        tree_sha256="a" * 64,
        entries=data.entries,
        facts=data.facts,
        graph=data.graph,
        assembly=data.assembly,
        pages=pages,
        issues=data.issues,
        extractor_id="extractor-1",
        encoder=spec if embeddings else None,
        units=units,
        vectors=vectors if embeddings else None,
        options={"embedding_text": "card"},
    )


def make_units(graph: Graph) -> list[TextUnit]:
    made = [
        TextUnit(
            chunk_id(n.path, n.qualified_name, n.kind, n.ordinal, 0),
            n.path,
            n.symbol,
            TextKind.CARD,
            n.start_line,
            n.end_line,
            n.start_byte,
            n.end_byte,
            n.qualified_name,
            text_sha(n.qualified_name),
        )
        for n in graph.nodes
        if n.symbol >= 0
    ]
    return sorted(made, key=lambda unit: unit.id)


def link_by_name(source: SourceRef, entries: Sequence[FileEntry], facts: Mapping[str, FileFacts]) -> Graph:
    nodes: list[Node] = []
    module_of: dict[str, Node] = {}
    symbol_at: dict[tuple[str, int], Node] = {}
    by_name: dict[str, list[Node]] = defaultdict(list)
    for entry in entries:
        if entry.skip is not None:
            continue
        found = facts[entry.path]
        module = _module_node(entry, found)
        nodes.append(module)
        module_of[entry.path] = module
        ordinals: dict[tuple[str, str], int] = defaultdict(int)
        for number, symbol in enumerate(found.symbols):
            qualified = f"{module.qualified_name}.{symbol.local_name}"
            ordinal = ordinals[qualified, symbol.kind]
            ordinals[qualified, symbol.kind] += 1
            node = Node(
                node_id(entry.path, qualified, symbol.kind, ordinal),
                NodeKind(symbol.kind),
                symbol.name,
                qualified,
                entry.path,
                symbol.line,
                symbol.end_line,
                entry.language,
                symbol.signature,
                symbol.doc,
                symbol.exported,
                ordinal,
                symbol.start_line,
                symbol.start_byte,
                symbol.end_byte,
                symbol.doc_line,
                symbol.doc_end_line,
                symbol.complexity,
                symbol.modifiers,
                number,
            )
            nodes.append(node)
            symbol_at[entry.path, number] = node
            by_name[symbol.name].append(node)
    edges: dict[tuple[NodeId, NodeId, EdgeKind], set[int]] = defaultdict(set)
    unresolved = []
    for path, module in module_of.items():
        found = facts[path]
        missing = 0
        for number, symbol in enumerate(found.symbols):
            above = symbol_at.get((path, symbol.parent), module)
            edges[above.id, symbol_at[path, number].id, EdgeKind.CONTAINS].add(symbol.line)
        for imported in found.imports:
            target = _imported(imported.module, path, module_of)
            if target is None:
                target = Node(
                    node_id("", imported.module, "external", 0), NodeKind.EXTERNAL, imported.module, imported.module
                )
                nodes.append(target)
            edges[module.id, target.id, EdgeKind.IMPORTS].add(imported.line)
        for reference in found.references:
            candidates = by_name.get(reference.chain[-1].removesuffix("()"), [])
            if reference.kind == "call" and len(candidates) == 1:
                scope = symbol_at.get((path, reference.scope), module)
                edges[scope.id, candidates[0].id, EdgeKind.CALLS].add(reference.line)
            else:
                missing += 1
        if missing:
            unresolved.append(Unresolved(path, found.language, {"no_candidate": missing}))
    unique = {node.id: node for node in nodes}
    made = [Edge(a, b, k, Confidence.EXACT, 1.0, len(ls), tuple(sorted(ls))) for (a, b, k), ls in edges.items()]
    return Graph(
        source.repository,
        source.commit,
        tuple(sorted(unique.values(), key=lambda n: n.id)),
        tuple(sorted(made, key=lambda e: (e.source, e.target, e.kind))),
        unresolved=tuple(unresolved),
    )


def _module_node(entry: FileEntry, facts: FileFacts) -> Node:
    stem = posixpath.splitext(entry.path)[0]
    name = stem.replace("/", ".").removesuffix(".__init__") if entry.language == "python" else stem
    return Node(
        node_id(entry.path, name, "module", 0),
        NodeKind.MODULE,
        posixpath.basename(name),
        name,
        entry.path,
        1,
        entry.lines,
        entry.language,
        doc=facts.doc,
        doc_line=facts.doc_line,
        doc_end_line=facts.doc_end_line,
        start_line=1,
        entry_point=facts.entry_point,
    )


def _imported(module: str, path: str, modules: Mapping[str, Node]) -> Node | None:
    wanted = module.replace(".", "/")
    if module.startswith("."):
        wanted = posixpath.normpath(posixpath.join(posixpath.dirname(path), module))
    found = [n for p, n in modules.items() if posixpath.splitext(p)[0].removesuffix("/__init__").endswith(wanted)]
    return min(found, key=lambda n: len(n.path), default=None)


def make_assembly(graph: Graph) -> Assembly:
    incoming: dict[NodeId, int] = defaultdict(int)
    outgoing: dict[NodeId, int] = defaultdict(int)
    for edge in graph.edges:
        incoming[edge.target] += 1
        outgoing[edge.source] += 1
    metrics = {
        n.id: NodeMetrics(
            pagerank=significant((1 + incoming[n.id]) / (len(graph.nodes) + len(graph.edges))),
            in_degree=incoming[n.id],
            out_degree=outgoing[n.id],
            complexity=n.complexity,
            afferent=incoming[n.id] if n.kind is NodeKind.MODULE else 0,
            efferent=outgoing[n.id] if n.kind is NodeKind.MODULE else 0,
            community=0 if n.kind is NodeKind.MODULE else -1,
        )
        for n in graph.nodes
    }
    symbols = [n for n in graph.nodes if n.symbol >= 0]
    members = tuple(n.id for n in symbols)
    cluster = Cluster(0, "money", (("money", 0.5), ("tea", 0.25)), members)
    clustering = Clustering("kmeans", "Too few items for density.", "symbols", (cluster,) if members else (), ())
    related = {members[0]: ((members[1], 0.75),)} if len(members) > 1 else {}
    contexts = tuple(
        SymbolContext(
            n.id,
            n.language,
            n.qualified_name,
            n.kind,
            n.path,
            n.line,
            n.end_line,
            n.signature,
            n.doc,
            (),
            (),
            (),
            0,
            0.1,
        )
        for n in symbols
    )
    return Assembly(GraphMetrics(metrics), clustering, related, contexts)


def many_files(number: int) -> dict[str, str]:
    """A Python package of ``number`` modules in directories of 20, each with a class and three functions."""
    made = {}
    for i in range(number):
        folder = f"pkg/part{i // 20}"
        other = f"pkg.part{(i // 2) // 20}.module{i // 2}"
        made[f"{folder}/module{i}.py"] = (
            f'"""Module number {i}. It does things."""\n\nfrom {other} import work{i // 2}\n\n\n'
            f"class Thing{i}:\n"
            f'    """A thing.\n\n    With several lines.\n    """\n\n'
            f"    def act{i}(self, a: int) -> int:\n        return a\n\n\n"
            f"def work{i}(value: int, other: str = 'x') -> int:\n"
            f'    """Work on a value.\n\n    Args:\n        value: the value.\n    """\n'
            f"    return work{i // 2}(value)\n\n\n"
            f"def more{i}():\n    return work{i}(1)\n\n\ndef _hidden{i}():\n    return Thing{i}().act{i}(2)\n"
        )
    return made
