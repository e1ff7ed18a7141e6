"""``docrunch ask`` of a graph in a file: no stack, no model, the same facts as ``docrunch graph``."""

import json
from pathlib import Path

import pytest

from api.cli.main import main
from docrunch.graph.export import write_jsonl
from docrunch.graph.link import link
from docrunch.graph.metrics import compute_metrics
from docrunch.options import Limits
from docrunch.parsing.catalog import detect
from docrunch.parsing.extract import extract
from docrunch.source.model import FileEntry, SourceKind, SourceRef

FILES = {
    "m.py": "def low():\n    return 1\n\n\ndef mid():\n    return low()\n\n\ndef top():\n    return mid()\n",
    "test_m.py": "import m\n\n\ndef test_top():\n    assert m.top()\n",
}


@pytest.fixture
def graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DOCRUNCH_HOME", str(tmp_path / "home"))
    entries, facts = [], {}
    for path, text in FILES.items():
        data = text.encode()
        language = detect(path, data)
        entries.append(
            FileEntry(path, len(data), sha256=path, text_sha256=path, language=language, lines=text.count("\n"))
        )
        facts[path] = extract(data, language, Limits())
    found = link(SourceRef("host/m", "c" * 40, "main", SourceKind.GIT), entries, facts)
    target = tmp_path / "graph.jsonl"
    with target.open("wb") as out:
        write_jsonl(found, compute_metrics(found), out)
    return target


def test_the_blast_radius_is_that_of_graph_impact(graph: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", "impact", "m.low", "--from", str(graph), "--json"]) == 0
    impact = json.loads(capsys.readouterr().out)
    assert main(["ask", "--from", str(graph), "what breaks if I change `m.low`?", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)

    assert (answer["found"], answer["kind"], answer["model"]) == (True, "impact", None)
    assert f"may reach {impact['affected']} symbols in {len(impact['modules'])} file" in answer["answer"]
    assert f"The risk is {impact['risk']['level']} ({impact['risk']['score']} of 100 points)." in answer["answer"]
    for hit in impact["by_depth"][0]:
        assert f"`{hit['symbol']['qualified_name']}` calls it directly." in answer["answer"]
    for test in impact["tests"]:
        assert test["symbol"]["qualified_name"] in answer["answer"]
    assert answer["commit"] == "c" * 40
    assert {"text", "citations", "supported"} == set(answer["sentences"][0])
    assert answer["degraded"] == [
        "only a graph is asked: documents of the repository are not quoted, nothing is searched"
    ]


def test_people_read_text_with_places_and_the_commit(graph: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "--from", str(graph), "who calls low?", "--show-evidence"]) == 0
    shown = capsys.readouterr()
    assert "- `m.mid` [m.py#L6-L6]" in shown.out
    assert "e1 (graph)" in shown.out
    assert f"based on commit {'c' * 12} of host/m" in shown.out
    assert "note: only a graph is asked" in shown.err


def test_not_found_is_a_result(graph: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "--from", str(graph), "who calls no_such_thing?", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["found"], answer["looked_for"]) == (False, ["no_such_thing"])


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code"),
    [
        (["shop", ""], "usage", 2),
        (["shop", "x" * 9_000], "limit_exceeded", 7),
        (["one", "two", "who calls it?"], "usage", 2),
        (["--from", "g.jsonl", "shop", "who calls it?"], "usage", 2),
        (["--from", "no-such-file.jsonl", "who calls it?"], "not_found", 3),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_is_started(
    arguments: list[str], code: str, exit_code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", *arguments, "--json"]) == exit_code
    assert json.loads(capsys.readouterr().out)["error"]["code"] == code
