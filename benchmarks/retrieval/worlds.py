"""Trees as search sees them: read, parsed and linked by the product's own functions, without a database."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

from docrunch.canonical import sha256_hex
from docrunch.embedding.model import TextUnit
from docrunch.graph.link import link
from docrunch.graph.model import Graph, Node
from docrunch.graph.testing import is_test_file
from docrunch.ids import NodeId
from docrunch.options import ScanOptions
from docrunch.parsing.catalog import detect, extractor_id
from docrunch.parsing.codec import decode_facts, encode_facts
from docrunch.parsing.model import FileFacts
from docrunch.parsing.pool import ParseItem, ParsePool
from docrunch.pipeline.embedding import scan_units
from docrunch.source.model import FileEntry, TreeReader
from docrunch.source.policy import SourcePolicy
from docrunch.source.resolve import open_source, parse_spec

Files = Mapping[str, bytes]

CODE_SUFFIXES = frozenset({".py", ".pyi", ".js", ".mjs", ".cjs", ".ts", ".mts", ".tsx", ".go", ".rs", ".java"})
_MANIFESTS = frozenset({"pyproject.toml", "package.json", "go.mod", "Cargo.toml", "tsconfig.json"})
_NOT_INDEXED = frozenset({"docs", "doc", "example", "examples", "_examples", "benches", "benchmarks", "test_helpers"})
_ANSWERS = frozenset(
    {"class", "interface", "trait", "struct", "enum", "type", "function", "method", "constructor", "macro"}
)


@dataclass
class World:
    """One indexed tree. ``answers`` are what a ranking may hold: callables, accessors and types that are no tests."""

    tree: TreeReader
    facts: dict[str, FileFacts]
    graph: Graph
    units: list[TextUnit]
    texts: dict[str, bytes] = field(default_factory=dict)

    @cached_property
    def nodes(self) -> dict[NodeId, Node]:
        return {node.id: node for node in self.graph.nodes}

    @cached_property
    def test_symbols(self) -> frozenset[NodeId]:
        """Symbols of test files, and what Rust keeps in ``tests`` modules beside the code."""
        parents = {edge.target: edge.source for edge in self.graph.edges if edge.kind == "contains"}
        found = {node.id for node in self.graph.nodes if node.path and is_test_file(node.path, node.language)}
        found |= {node.id for node in self.graph.nodes if node.language == "rust" and _is_test_scope(node)}
        for node in sorted(self.graph.nodes, key=lambda node: (node.path, node.start_line)):
            if parents.get(node.id) in found:
                found.add(node.id)
        return frozenset(found)

    @cached_property
    def answers(self) -> dict[str, Node]:
        return {
            node.id: node
            for node in self.graph.nodes
            if (node.kind in _ANSWERS or (node.kind == "property" and node.complexity))
            and node.path in self.texts
            and node.id not in self.test_symbols
        }

    @cached_property
    def answer_paths(self) -> frozenset[str]:
        return frozenset(
            path
            for path, facts in self.facts.items()
            if PurePosixPath(path).suffix in CODE_SUFFIXES and not is_test_file(path, facts.language)
        )


def _is_test_scope(node: Node) -> bool:
    return "test" in node.modifiers or (node.kind == "namespace" and node.name in ("test", "tests"))


def read_files(tree: Path) -> dict[str, bytes]:
    """All files of an unpacked package, by path relative to it."""
    return {
        path.relative_to(tree).as_posix(): path.read_bytes()
        for path in sorted(tree.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def indexed(files: Files) -> dict[str, bytes]:
    """Code and manifests: no prose, which queries are made from, and no examples, which are answers to nothing."""
    return {path: data for path, data in files.items() if _is_indexed(PurePosixPath(path))}


def _is_indexed(path: PurePosixPath) -> bool:
    if path.name in _MANIFESTS:
        return True
    return path.suffix in CODE_SUFFIXES and not _NOT_INDEXED.intersection(path.parts[:-1])


def without_tests(files: Files) -> dict[str, bytes]:
    return {path: data for path, data in files.items() if not is_test_file(path, detect(path, data[:1024]))}


def build(files: Files, name: str, cache: Path, say: Callable[[str], None] = lambda _line: None) -> World:
    """The world of some files; facts of texts that were parsed before come from ``cache``."""
    options = ScanOptions()
    with tempfile.TemporaryDirectory(prefix="docrunch-retrieval-") as work:
        root = Path(work) / "tree"
        for path, data in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data)
        spool = Path(work) / "spool"
        spool.mkdir(mode=0o700)
        tree = open_source(
            parse_spec(str(root), cwd=root),
            ref=None,
            name=name,
            options=options,
            policy=SourcePolicy(),
            workdir=spool,
            detect=detect,
        )
        texts = {entry.path: tree.text(entry.path) for entry in tree.parsed_entries()}
        facts = _facts(tree, texts, cache)
        graph = link(tree.source, tree.entries, facts)
        units = scan_units(tree, facts.items(), options, {})
    say(f"{name}: {len(facts)} files, {len(graph.nodes)} nodes")
    return World(_Texts(tree, texts), facts, graph, units, texts)


class _Texts:
    """The tree after its spool is gone: inventory and texts in memory."""

    def __init__(self, tree: TreeReader, texts: Mapping[str, bytes]) -> None:
        self.source = tree.source
        self.entries = tree.entries
        self.issues = tree.issues
        self.tree_sha256 = tree.tree_sha256
        self._texts = texts

    def text(self, path: str) -> bytes:
        return self._texts[path]

    def parsed_entries(self) -> Iterator[FileEntry]:
        return (entry for entry in self.entries if entry.skip is None)


def _facts(tree: TreeReader, texts: Mapping[str, bytes], cache: Path) -> dict[str, FileFacts]:
    keys = {
        entry.path: sha256_hex(f"{entry.text_sha256} {entry.language} {extractor_id(entry.language)}".encode())
        for entry in tree.parsed_entries()
    }
    places = {path: cache / "facts" / key[:2] / key for path, key in keys.items()}
    missing = [entry for entry in tree.parsed_entries() if not places[entry.path].exists()]
    found: dict[str, FileFacts] = {}
    if missing:
        with ParsePool(processes=2, limits=ScanOptions().limits) as pool:
            items = (ParseItem(key=entry.path, text=texts[entry.path], language=entry.language) for entry in missing)
            for outcome in pool.run(items):
                if outcome.facts is not None:
                    place = places[outcome.key]
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_bytes(encode_facts(outcome.facts))
                    found[outcome.key] = outcome.facts
    for path, place in places.items():
        if path not in found and place.exists():
            found[path] = decode_facts(place.read_bytes())
    return {path: found[path] for path in sorted(found)}
