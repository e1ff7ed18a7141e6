"""Our graph as an index that other tools read: every symbol once, every reference where it stands."""

import io
import re
from collections.abc import Mapping
from pathlib import Path

import click
import pytest

from api.cli.main import main
from docrunch.graph.link import link
from docrunch.graph.model import EdgeKind, Graph, NodeKind
from docrunch.scip.match import Matched, match
from docrunch.scip.scip_pb2 import Index
from docrunch.scip.write import write_scip
from docrunch.source.model import SourceKind, SourceRef
from tests.support.linking import ALL, dedented, inputs

SOURCE = SourceRef("host/owner/world", "c" * 40, "main", SourceKind.GIT)
# <scheme> ' ' <manager> ' ' <package> ' ' <version> ' ' <descriptor>+ of the public grammar
NAME = r"(?:[\w+$-]+|`(?:[^`]|``)+`)"
DESCRIPTOR = rf"{NAME}(?:/|#|\.|!|\((?:[\w+$-]+)?\)\.)"
SYMBOL = re.compile(rf"docrunch \. (?:[^ ]|  )+ \. (?:{DESCRIPTOR})+", re.ASCII)


def real() -> dict[str, str]:
    folder = Path(click.__file__).parent
    return {f"click/{path.name}": path.read_text() for path in sorted(folder.glob("*.py"))}


def graph_of(tree: Mapping[str, str], told: Matched | None = None) -> Graph:
    made = inputs(tree)
    return link(SOURCE, made.entries, made.facts, *([told.told] if told else []))


def written(tree: Mapping[str, str]) -> bytes:
    out = io.BytesIO()
    write_scip(graph_of(tree), lambda path: tree[path].encode(), out)
    return out.getvalue()


def pairs(graph: Graph, kind: EdgeKind) -> set[tuple[str, str]]:
    """Sources and targets; a constructor counts as its type, whose name stands in the call."""
    constructors = {node.id for node in graph.nodes if node.kind is NodeKind.CONSTRUCTOR}
    types = {e.target: e.source for e in graph.edges if e.kind is EdgeKind.CONTAINS and e.target in constructors}
    return {(edge.source, types.get(edge.target, edge.target)) for edge in graph.edges if edge.kind is kind}


@pytest.mark.parametrize("tree", [dedented(ALL), real()], ids=["worlds", "click"])
def test_our_index_read_back_gives_the_same_edges_all_exact(tree: dict[str, str]) -> None:
    back = match([memoryview(written(tree))], inputs(tree).facts, lambda path: tree[path].encode())
    assert not set(back.left_out) - {"no_word_at_range", "another_word", "contradicted", "no_symbol_of_ours"}
    plain, told = graph_of(tree), graph_of(tree, back)
    for kind in (EdgeKind.CALLS, EdgeKind.USES):
        assert pairs(told, kind) == pairs(plain, kind)
    inside = {node.id for node in plain.nodes if node.symbol >= 0}
    calls = [edge for edge in told.edges if edge.kind is EdgeKind.CALLS and edge.target in inside]
    exact = sum(1 for edge in calls if edge.confidence == "exact")
    assert exact >= 0.8 * len(calls)
    assert exact > sum(1 for edge in plain.edges if edge in calls)


def test_every_symbol_has_one_name_and_stands_where_its_definition_says() -> None:
    tree = {**dedented(ALL), **real()}
    index = Index.FromString(written(tree))
    assert (index.metadata.tool_info.name, index.metadata.project_root) == ("docrunch", "file:///")
    names = [each.symbol for document in index.documents for each in document.symbols]
    assert len(names) == len(set(names)) > 1_000
    assert all(SYMBOL.fullmatch(name) for name in [*names, *(each.symbol for each in index.external_symbols)])
    shown = {each.symbol: each.display_name for document in index.documents for each in document.symbols}
    for document in index.documents:
        assert document.relative_path in tree
        lines = tree[document.relative_path].encode().split(b"\n")
        defined = [each for each in document.occurrences if each.symbol_roles & 1]
        assert [each.symbol for each in document.symbols] == sorted(
            (each.symbol for each in defined), key=[each.symbol for each in document.symbols].index
        )
        for each in defined:
            line, start, end = each.range
            name = shown[each.symbol].removesuffix("!").encode()
            if re.search(rb"(?<![\w$])" + re.escape(name) + rb"(?![\w$])", lines[line]):
                assert lines[line][start:end] == name
            else:  # a file, or a symbol that is named after more than one word
                assert (start, end) == (0, 0) or lines[line][start:end] == lines[line].strip()


def test_equal_trees_give_equal_bytes() -> None:
    tree = dedented(ALL)
    assert written(tree) == written(dict(reversed(tree.items())))


def test_names_with_spaces_quotes_and_control_characters_stay_one_symbol() -> None:
    tree = {"odd `dir`/a b.py": "def f(): ...\n\n\ndef f(): ...\n\n\nclass Ä:\n    x = 1\n\n\nf()\n"}
    index = Index.FromString(written(tree))
    names = [each.symbol for each in index.documents[0].symbols]
    assert names[0] == "docrunch . host/owner/world . `odd ``dir``/a b.py`/"
    assert names[1:3] == [names[0] + "f().", names[0] + "f(+1)."]
    assert names[3:] == [names[0] + "`Ä`#", names[0] + "`Ä`#x."]
    assert all(SYMBOL.fullmatch(name) for name in names)


def test_what_implements_what_is_said() -> None:
    index = Index.FromString(
        written({"a.py": "class A:\n    def go(self): ...\n\n\nclass B(A):\n    def go(self): ...\n"})
    )
    related = {
        each.display_name: [r.symbol for r in each.relationships]
        for each in index.documents[0].symbols
        if each.relationships
    }
    top = index.documents[0].symbols[0].symbol
    assert related == {"B": [top + "A#"], "go": [top + "A#go()."]}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DOCRUNCH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "lib.py").write_text(
        "class Engine:\n    def go(self): ...\nclass Lamp:\n    def go(self): ...\n"
    )
    (tmp_path / "project" / "app.py").write_text("def run(x):\n    x.go()\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "project"


def test_the_command_line_writes_and_reads_indexes(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "graph", str(project), "--format", "scip", "--out", "own.scip"]) == 0
    index = Index.FromString(Path("own.scip").read_bytes())
    assert [document.relative_path for document in index.documents] == ["app.py", "lib.py"]
    top, *_ = (each for each in index.documents[1].symbols if each.display_name == "go")
    reference = index.documents[0].occurrences.add()
    reference.range.extend([1, 6, 8])
    reference.symbol = top.symbol
    Path("told.scip").write_bytes(index.SerializeToString())
    capsys.readouterr()
    assert main(["export", "graph", str(project), "--scip", "told.scip"]) == 0
    assert '"kind":"calls","confidence":"exact"' in capsys.readouterr().out
    offline = ["scan", str(project), "--offline", "--no-embeddings", "--scip", "told.scip"]
    assert main(offline) == 0
    assert "references 1" in capsys.readouterr().out
    assert main([*offline[:-1], "missing.scip"]) == 3
    Path("told.scip").write_bytes(b"\xff" * 9)
    assert main(offline) == 1
    assert main([*offline[:2], "--scip", "told.scip"]) == 1  # before any stack is started
    assert not Path("home").exists()
