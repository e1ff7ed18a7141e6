"""Our side: a package's tree scanned offline, its exported graph brought to the rows of `facts`."""

import json
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from benchmarks.accuracy.facts import ImportFact, OurCall, OurGraph, Place, SymbolFact
from docrunch.graph.rows import EdgeRow, NodeRow, Row
from docrunch.ids import NodeId
from docrunch.offline import OfflineRequest, run_offline
from docrunch.options import ScanOptions

NOT_SYMBOLS = frozenset({"repository", "package", "module", "external"})
CALLERS = frozenset({"class", "interface", "trait", "struct", "enum", "function", "method", "constructor"})
_ACCESSOR = re.compile(r"(?:\w+ )*(?:def|get|set) [^:=(]*\(")  # a property that is code; fields are the other ones


def scan(tree: Path) -> OurGraph:
    """The graph of ``tree`` as ``docrunch scan --offline --no-embeddings`` exports it."""
    with tempfile.TemporaryDirectory(prefix="docrunch-accuracy-") as work:
        graph = Path(work) / "graph.jsonl"
        run_offline(
            OfflineRequest(
                source=str(tree),
                cwd=Path(work),
                name="package",
                options=ScanOptions(embeddings=False),
                out=Path(work) / "out",
                graph=graph,
                docs=None,
            )
        )
        files = json.loads((Path(work) / "out" / "offline_files.json").read_bytes())
        skipped = {file["path"]: str(file["skipped"]) for file in files if file["skipped"] is not None}
        return read(graph.read_bytes().splitlines(), skipped)


def read(lines: Iterable[bytes], skipped: Mapping[str, str]) -> OurGraph:
    """The rows of an exported ``graph.jsonl``."""
    decode = msgspec.json.Decoder(Row).decode
    nodes: dict[NodeId, NodeRow] = {}
    edges: list[EdgeRow] = []
    for line in lines:
        row = decode(line)
        if isinstance(row, NodeRow):
            nodes[row.id] = row
        elif isinstance(row, EdgeRow):
            edges.append(row)
    parents = {edge.target: edge.source for edge in edges if edge.kind == "contains"}
    return OurGraph(
        symbols=tuple(sorted(_symbol(node) for node in nodes.values() if node.path and node.kind not in NOT_SYMBOLS)),
        imports=tuple(sorted(_imports(nodes, edges))),
        calls=tuple(sorted(_calls(nodes, edges, parents))),
        overridden=tuple(sorted(_overridden(nodes, edges))),
        outside=tuple(sorted(_outside(nodes, edges))),
        skipped=dict(skipped),
    )


def _symbol(node: NodeRow) -> SymbolFact:
    kind = "accessor" if node.kind == "property" and _ACCESSOR.match(node.signature) else str(node.kind)
    return SymbolFact(node.path or "", node.line or 0, node.end_line or 0, kind, node.name)


def _imports(nodes: dict[NodeId, NodeRow], edges: list[EdgeRow]) -> Iterable[ImportFact]:
    """Edges to files and directories; the edges to single names beside them say the same once more."""
    for edge in edges:
        source, target = nodes[edge.source], nodes[edge.target]
        if edge.kind == "imports" and source.path and target.kind in ("module", "package"):
            yield from (ImportFact(source.path, target.path or "", line) for line in edge.lines)


def _calls(nodes: dict[NodeId, NodeRow], edges: list[EdgeRow], parents: dict[NodeId, NodeId]) -> Iterable[OurCall]:
    for edge in edges:
        target = nodes[edge.target]
        if edge.kind != "calls" or target.path is None:
            continue
        source = _caller(nodes, parents, edge.source)
        for line in edge.lines:
            yield OurCall(
                path=nodes[edge.source].path or "",
                line=line,
                target=Place(target.path, target.line or 0),
                target_name=target.name,
                confidence=str(edge.confidence),
                certainty=edge.certainty,
                source=source,
            )


def _overridden(nodes: dict[NodeId, NodeRow], edges: list[EdgeRow]) -> Iterable[tuple[Place, Place]]:
    for edge in edges:
        if edge.kind == "overrides":
            yield _place(nodes[edge.source]), _place(nodes[edge.target])


def _outside(nodes: dict[NodeId, NodeRow], edges: list[EdgeRow]) -> Iterable[tuple[Place, Place]]:
    for edge in edges:
        if edge.kind == "calls" and nodes[edge.target].path is None:
            path = nodes[edge.source].path or ""
            yield from ((Place(path, line), _place(nodes[edge.target])) for line in edge.lines)


def _place(node: NodeRow) -> Place:
    return Place(node.qualified_name, 0) if node.path is None else Place(node.path, node.line or 0)


def _caller(nodes: dict[NodeId, NodeRow], parents: dict[NodeId, NodeId], id_: NodeId) -> Place:
    """Variables and properties hold no code of their own: the call belongs to what is around them."""
    while nodes[id_].kind not in CALLERS and nodes[id_].kind != "module":
        id_ = parents[id_]
    node = nodes[id_]
    return Place(node.path or "", 0 if node.kind == "module" else node.line or 0)
