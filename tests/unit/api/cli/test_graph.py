"""`docrunch graph` on files: no stack, no database; the same answers from every form of a graph."""

import io
import json
import subprocess
from pathlib import Path

import pytest

from api.cli.main import main

FILES = {
    "shop/__init__.py": "",
    "shop/cart.py": '"""Carts."""\nfrom shop.prices import total\n\n\nclass Cart:\n    def add(self, item):\n'
    "        return total([item])\n\n\ndef _forgotten():\n    return 1\n",
    "shop/prices.py": "def total(items):\n    return sum(items)\n\n\ndef add(a, b):\n    return total([a, b])\n",
    "shop/web.py": "from flask import Flask\nfrom shop.cart import Cart\n\napp = Flask(__name__)\n\n\n"
    '@app.route("/cart", methods=["POST"])\ndef cart():\n    return Cart().add(1)\n',
    "shop/a.py": "import shop.b  # TODO: part them\n",
    "shop/b.py": "import shop.a\n",
    "tests/test_cart.py": "from shop.cart import Cart\n\n\ndef test_add():\n    assert Cart().add(1)\n",
}
QUESTIONS = [
    ["callers", "total"],
    ["callers", "shop.prices.total", "--depth", "3"],
    ["callees", "shop/cart.py:7"],
    ["path", "shop.web.cart", "shop.prices.total"],
    ["impact", "shop.prices.total"],
    ["impact", "shop/prices.py", "--heuristic"],
    ["who-tests", "shop.prices.total"],
    ["cycles"],
    ["unused"],
    ["unused", "--exported"],
    ["entrypoints", "--kind", "all"],
    ["rank", "--limit", "0"],
    ["rank", "--of", "file", "--by", "cognitive"],
    ["outline", "shop/cart.py"],
    ["outline", "shop"],
    ["communities"],
    ["markers"],
    ["markers", "--kind", "todo", "--under", "shop"],
    ["unresolved"],
    ["unresolved", "--under", "shop", "--limit", "1"],
]


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """A scanned project: graph.jsonl and p.docpack in the current directory."""
    monkeypatch.setenv("DOCRUNCH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for path, text in FILES.items():
        target = tmp_path / "project" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    scan = ["scan", str(tmp_path / "project"), "--offline", "--no-embeddings", "--docpack", "p.docpack", "--json"]
    assert main(scan) == 0
    capsys.readouterr()
    return tmp_path


@pytest.fixture
def ask(work: Path, capsys: pytest.CaptureFixture[str]):
    def run(*arguments: str, file: str = "graph.jsonl", code: int = 0) -> dict:
        assert main(["graph", *arguments, "--from", file, "--json"]) == code, capsys.readouterr().out
        return json.loads(capsys.readouterr().out)

    return run


def test_an_export_and_a_docpack_answer_alike(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for question in QUESTIONS:
        answers = []
        for file in ("graph.jsonl", "p.docpack"):
            for form in ([], ["--json"]):
                assert main(["graph", *question, "--from", file, *form]) == 0
                answers.append(capsys.readouterr().out)
        assert answers[0] == answers[2], question
        assert answers[1] == answers[3], question
        assert len(answers[0]) > 10


def test_a_kept_view_answers_as_the_first_one_did(work: Path, ask) -> None:
    views = work / "home" / "cache" / "views"
    first = ask("impact", "shop.prices.total")
    kept = list(views.glob("*.view"))
    assert len(kept) == 1
    assert ask("impact", "shop.prices.total") == first
    kept[0].write_bytes(kept[0].read_bytes()[:500])
    assert ask("impact", "shop.prices.total") == first


def test_a_changed_file_is_never_answered_from_the_old_view(work: Path, ask) -> None:
    assert ask("unused")["total"] == 1
    text = Path("graph.jsonl").read_text().replace("_forgotten", "_remembered")
    Path("graph.jsonl").write_text(text)
    assert ask("unused")["candidates"][0]["symbol"]["qualified_name"] == "shop.cart._remembered"


def test_a_home_that_cannot_be_written_costs_only_time(work: Path, ask) -> None:
    (work / "home").mkdir(exist_ok=True)
    (work / "home" / "cache").write_text("in the way")
    assert ask("cycles")["cycles"][0]["modules"] == ["shop/a.py", "shop/b.py"]


def test_names_that_several_have_are_answered_with_candidates(ask) -> None:
    found = ask("callers", "add", code=2)["error"]
    assert found["code"] == "ambiguous"
    assert [each["path"] for each in found["candidates"]] == ["shop/cart.py", "shop/prices.py"]
    assert "shop/prices.py:5" in found["hint"]
    assert ask("callers", "Cart.add")["total"] == 2


def test_names_that_nothing_has_are_answered_with_similar_ones(ask) -> None:
    found = ask("callers", "Totl", code=3)["error"]
    assert found["code"] == "not_found"
    assert "shop.prices.total" in ask("callers", "TOTAL", code=3)["error"]["hint"]


def test_a_diff_tells_what_to_test(
    work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    diff = b"""diff --git a/shop/prices.py b/shop/prices.py
--- a/shop/prices.py
+++ b/shop/prices.py
@@ -1,3 +1,3 @@
 def total(items):
-    return sum(items)
+    return sum(items) + 1

diff --git a/new.py b/new.py
new file mode 100644
--- /dev/null
+++ b/new.py
@@ -0,0 +1 @@
+x = 1
"""
    command = ["graph", "impact", "--diff", "-", "--from", "graph.jsonl"]
    for extra, code in (([], 0), (["--fail-on", "low"], 1), (["--fail-on", "high"], 0)):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(diff)))
        assert main([*command, "--json", *extra]) == code
        found = json.loads(capsys.readouterr().out)
    assert [each["qualified_name"] for each in found["changed"]] == ["shop.prices.total"]
    assert found["test_files"] == ["tests/test_cart.py"]
    assert found["unknown_files"] == ["new.py"]
    assert [entry["label"] for entry in found["entry_points"]] == ["POST /cart"]
    assert found["risk"]["level"] == "medium"
    assert sum(found["risk"]["points"].values()) == pytest.approx(found["risk"]["score"], abs=0.6)


def test_the_pages_that_an_impact_names_exist(work: Path, ask) -> None:
    pages = ask("impact", "shop.prices.total")["documentation"]
    assert any(page.startswith("functions/shop.web.cart-") for page in pages)
    assert all((work / "work" / "docrunch-docs" / page).is_file() for page in pages)


def test_every_page_is_named_when_everything_changes(work: Path, ask) -> None:
    named = {page for path in ("shop", "tests") for page in ask("impact", path)["documentation"]}
    written = {str(p.relative_to("docrunch-docs")) for p in Path("docrunch-docs").rglob("*.md")}
    kinds = ("modules/", "functions/")
    assert named == {page for page in written if page.startswith(kinds) and page != "modules/index.md"}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["impact"], 2),
        (["impact", "x", "--fail-on", "maybe"], 2),
        (["rank", "--by", "beauty"], 2),
        (["entrypoints", "--kind", "door"], 2),
        (["markers", "--kind", "LATER"], 2),
        (["markers", "--exit-code"], 1),
        (["cycles", "--repo", "x"], 2),
        (["cycles", "--exit-code"], 1),
        (["unused", "--exit-code"], 1),
        (["path", "shop.prices.total", "shop.web.cart", "--exit-code"], 1),
        (["outline", "shop/cart.py:999"], 3),
    ],
)
def test_exit_codes_mean_something(work: Path, arguments: list[str], code: int) -> None:
    assert main(["graph", *arguments, "--from", "graph.jsonl"]) == code


def test_what_is_no_graph_is_refused(work: Path) -> None:
    Path("x.jsonl").write_text("hello\n")
    assert main(["graph", "cycles", "--from", "x.jsonl"]) == 1
    assert main(["graph", "cycles", "--from", "missing.jsonl"]) == 3
    assert main(["graph", "cycles", "--from", "."]) == 1


def test_numbers_that_no_graph_has_are_refused(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file from elsewhere must not end in a traceback, nor be kept."""
    text = Path("graph.jsonl").read_text().replace('"line":1,', '"line":1000000000000,', 1)
    Path("big.jsonl").write_text(text)
    assert main(["graph", "cycles", "--from", "big.jsonl"]) == 1
    assert "out of range" in capsys.readouterr().err
    assert not list((work / "home" / "cache").glob("views/*"))


def test_without_a_stack_the_next_step_is_named(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", "cycles", "--json"]) == 8
    assert "docrunch up" in json.loads(capsys.readouterr().out)["error"]["hint"]


def test_churn_is_in_no_export_but_can_be_read_from_a_clone(
    work: Path, ask, capsys: pytest.CaptureFixture[str]
) -> None:
    project = work / "project"
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "c"]):
        subprocess.run(["git", "-c", "user.email=a@b", "-c", "user.name=A", *command], cwd=project, check=True)
    assert main(["scan", str(project), "--offline", "--no-embeddings", "--docpack", "g.docpack", "--json"]) == 0
    assert capsys.readouterr()
    found = ask("rank", "--by", "hotspot", "--history", str(project), file="g.docpack")
    assert found["window"]["commits"] == 1
    assert [(row["symbol"]["path"], row["churn"]) for row in found["ranked"][:2]] == [
        ("shop/cart.py", 11),
        ("shop/prices.py", 6),
    ]
    assert main(["graph", "rank", "--by", "churn", "--from", "g.docpack"]) == 2
    assert "no export" in capsys.readouterr().err
    assert main(["graph", "rank", "--by", "churn", "--from", "p.docpack", "--history", str(project)]) == 3
    assert "no churn of project" in capsys.readouterr().err  # that one was a directory without history
    assert main(["graph", "rank", "--of", "symbol", "--by", "churn", "--from", "g.docpack"]) == 2
