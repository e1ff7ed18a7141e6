"""`scan --offline` from the command line: files where a person expects them, and the object that tools read."""

import json
import shlex
from pathlib import Path

import pytest

from api.cli.main import main


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DOCRUNCH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    work = tmp_path / "work"
    (tmp_path / "project").mkdir()
    work.mkdir()
    (tmp_path / "project" / "a.py").write_text(
        '"""Adds."""\n\n\ndef add(x: int, y: int) -> int:\n    """Sum."""\n    return x + y\n'
    )
    (tmp_path / "project" / "b.py").write_text("from a import add\n\n\ndef twice(x):\n    return add(x, x)\n")
    monkeypatch.chdir(work)
    return tmp_path / "project"


def test_results_land_in_the_current_directory(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", str(project), "--offline", "--no-embeddings", "--docpack", "p.docpack", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["outcome"] == "completed"
    assert found["repository"] == "project"
    assert found["counts"]["files"] == 2
    assert found["temporal_url"] is None
    assert Path("docrunch-docs/index.md").is_file()
    assert Path(".docrunch/offline_files.json").is_file()
    assert Path(found["docpack"]["path"]).stat().st_size == found["docpack"]["bytes"]
    assert main(["docpack", "verify", "p.docpack", "--source", str(project), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"]


def test_the_summary_names_what_was_found(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", str(project), "--offline", "--no-embeddings"]) == 0
    text = capsys.readouterr().out
    for part in ("project @ tree:", "completed", "2 in 1 languages (python 2)", "symbols", "calls 1", "stages", "docs"):
        assert part in text
    assert main(["scan", str(project), "--offline", "--no-embeddings", "--docpack", "p q.docpack"]) == 0
    asked = next(line for line in capsys.readouterr().out.splitlines() if line.lstrip().startswith("ask "))
    _, program, *words = shlex.split(asked)
    assert program == "docrunch"
    assert main(words) == 0
    assert "- `a.py`: Adds." in capsys.readouterr().out


def test_a_second_scan_into_a_foreign_directory_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("docrunch-docs").mkdir()
    Path("docrunch-docs/mine.md").write_text("mine")
    assert main(["scan", str(project), "--offline", "--no-embeddings", "--json"]) == 5
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "conflict"
    assert Path("docrunch-docs/mine.md").read_text() == "mine"


def test_a_project_that_tries_to_configure_us_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / ".docrunch").mkdir()
    (project / ".docrunch" / "config.yaml").write_text("objects: {url: 's3://elsewhere'}\n")
    assert main(["scan", str(project), "--offline", "--json"]) == 2
    assert "objects.url" in json.loads(capsys.readouterr().out)["error"]["message"]


def test_a_project_may_narrow_its_own_scan(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / ".docrunch").mkdir()
    (project / ".docrunch" / "config.yaml").write_text("exclude: [b.py]\n")
    assert main(["scan", str(project), "--offline", "--no-embeddings", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["counts"]["files"] == 1


def test_an_estimate_writes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", str(project), "--estimate", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["files"] == 2
    assert found["seconds"][0] <= found["seconds"][1]
    assert list(Path().iterdir()) == []


def test_the_exported_graph_is_that_of_the_scan(project: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["scan", str(project), "--offline", "--no-embeddings", "--json"]) == 0
    graph_path = json.loads(capsysbinary.readouterr().out)["graph_path"]
    assert main(["export", "graph", str(project)]) == 0
    assert capsysbinary.readouterr().out == Path(graph_path).read_bytes()
