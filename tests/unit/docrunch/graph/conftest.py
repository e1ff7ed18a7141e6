"""A tiny world: files written in the test, really parsed, really linked."""

import textwrap
from collections.abc import Callable, Mapping

import msgspec
import pytest

from docrunch.canonical import sha256_hex
from docrunch.graph.link import link
from docrunch.graph.model import EdgeKind, Graph, Node, NodeKind
from docrunch.options import Limits
from docrunch.parsing.catalog import detect
from docrunch.parsing.extract import extract
from docrunch.parsing.model import FileFacts
from docrunch.source.model import FileEntry, SourceKind, SourceRef

SOURCE = SourceRef("host/owner/world", "c" * 40, "main", SourceKind.GIT)


class World(msgspec.Struct, frozen=True):
    entries: tuple[FileEntry, ...]
    facts: dict[str, FileFacts]
    graph: Graph

    def node(self, qualified_name: str, kind: str = "") -> Node:
        found = [n for n in self.graph.nodes if n.qualified_name == qualified_name and kind in ("", n.kind)]
        assert len(found) == 1, (qualified_name, [n.qualified_name for n in self.graph.nodes])
        return found[0]

    def edges(self, kind: EdgeKind | str) -> dict[tuple[str, str], tuple[str, float]]:
        """(source name, target name) → (confidence, certainty)."""
        names = {
            n.id: n.path if n.kind in (NodeKind.MODULE, NodeKind.PACKAGE) else n.qualified_name
            for n in self.graph.nodes
        }
        found = [e for e in self.graph.edges if e.kind == kind]
        return {(names[e.source], names[e.target]): (e.confidence.value, e.certainty) for e in found}

    def calls(self, source: str) -> set[str]:
        return {target for start, target in self.edges("calls") if start == source}

    def reasons(self, path: str) -> dict[str, int]:
        return next((u.reasons for u in self.graph.unresolved if u.path == path), {})


def make_world(files: Mapping[str, str]) -> World:
    entries, facts = [], {}
    for path, text in files.items():
        data = textwrap.dedent(text).lstrip("\n").encode()
        language = detect(path, data[:1000])
        sha = sha256_hex(data)
        entries.append(
            FileEntry(path, len(data), sha256=sha, text_sha256=sha, language=language, lines=data.count(b"\n"))
        )
        facts[path] = extract(data, language, Limits())
    return World(tuple(entries), facts, link(SOURCE, entries, facts))


@pytest.fixture(scope="session")
def world() -> Callable[[Mapping[str, str]], World]:
    return make_world


SHOP = {
    "README.md": "# Shop\n",
    "pyproject.toml": '[project]\nname = "shop"\n',
    "src/shop/__init__.py": "from .cart import Cart as Cart\nfrom .prices import total\n__all__ = ['Cart', 'total']\n",
    "src/shop/cart.py": """
        from . import prices

        class Base:
            def add(self, item): ...
            def close(self): ...

        class Cart(Base):
            def add(self, item):
                super().add(item)
                self.close()
                return prices.total([item])
    """,
    "src/shop/prices.py": """
        import math

        def total(items):
            return math.fsum(rounded(i) for i in items)

        def rounded(value):
            return round(value, 2)
    """,
    "tests/test_cart.py": """
        import shop

        def test_add():
            cart = shop.Cart()
            cart.add(1)
    """,
}


@pytest.fixture(scope="session")
def shop() -> World:
    return make_world(SHOP)
