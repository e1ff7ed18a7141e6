"""Incremental beside clean, for any sequence of trees: graph object, hash and pages must be equal byte for byte."""

import random
from collections.abc import Mapping

import msgspec

from docrunch.assembly.assemble import assemble
from docrunch.documentation.model import DocumentationInput
from docrunch.documentation.render import Renderer, render
from docrunch.documentation.reuse import KeptTexts
from docrunch.graph.export import graph_sha256
from docrunch.graph.link import link
from docrunch.graph.model import Graph
from docrunch.graph.relink import Linked, relink
from docrunch.graph.shards import join, split
from docrunch.graph.trace import Trace, decode_trace, encode_trace
from docrunch.source.model import SourceKind, SourceRef
from tests.support.edits import Tree, edited
from tests.support.linking import Inputs, inputs


class Incremental:
    """What a worker keeps from one scan to the next: the stored shards, the trace, the pages."""

    def __init__(self) -> None:
        self._shards: dict[str, bytes] = {}
        self._trace: Trace | None = None
        self._kept = KeptTexts()
        self._number = 0
        self.relinked = 0  # files that were linked again, of `files`
        self.files = 0

    def scan(self, tree: Mapping[str, str], *, pages: bool = True) -> None:
        """Scan a tree with what the last one left, and from nothing.

        Raises:
            AssertionError: they differ.
        """
        self._number += 1
        made = inputs(tree)
        source = SourceRef("host/owner/world", f"{self._number:040x}", "main", SourceKind.GIT)
        found = relink(source, made.entries, made.facts, made.keys, self._trace)
        graph = link(source, made.entries, made.facts)
        self._compare_graph(found, graph)
        self._trace = decode_trace(encode_trace(found.trace))
        self.files += len(tree)
        self.relinked += len(found.relinked)
        if pages:
            self._compare_pages(source, made, tree, join(found.index, self._shards.__getitem__), graph)

    def _compare_graph(self, found: Linked, graph: Graph) -> None:
        clean = split(graph)
        self._shards |= found.shards
        assert found.index == clean.index
        assert all(self._shards[sha] == data for sha, data in clean.shards.items())
        assert found.graph_sha256 == graph_sha256(graph)

    def _compare_pages(
        self, source: SourceRef, made: Inputs, tree: Mapping[str, str], incremental: Graph, clean: Graph
    ) -> None:
        texts = {path: text.encode() for path, text in tree.items()}
        assembly = assemble(clean, made.facts, [], None)
        data = DocumentationInput(source, made.entries, made.facts, texts, incremental, assembly)
        renderer = Renderer(data, kept=self._kept, of="world")
        kept = {path: renderer.page(path).text for path in renderer.plan()}
        assert kept == {page.path: page.text for page in render(msgspec.structs.replace(data, graph=clean))}


def replay(tree: Tree, seed: str, steps: int) -> Incremental:
    """Random edits of a tree, a scan after each; some bring an earlier tree back."""
    chance, before, scans = random.Random(seed), list[Tree](), Incremental()
    for _ in range(steps):
        try:
            scans.scan(tree)
        except AssertionError as error:
            raise AssertionError(f"step {len(before)} of {seed}: {error}") from error
        before.append(tree)
        tree = edited(tree, chance, before)
    return scans
