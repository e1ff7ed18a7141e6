"""The documentation tree as its readers and other tools rely on it."""

import random
import re
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docrunch.documentation.checks import check_pages
from docrunch.documentation.environment import tidy
from docrunch.documentation.model import DocumentationInput, Page
from docrunch.documentation.render import plan_pages, render, render_pages
from docrunch.errors import InvalidConfig, NotFound
from docrunch.source.model import Issue, Skip
from tests.support.world import SMALL, make_documentation, many_files

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def data() -> DocumentationInput:
    return make_documentation(
        skipped={"logo.png": Skip.BINARY},
        issues=[Issue("shop/cli.py", "secret_redacted", line=1)],
        url="https://example.invalid/owner/shop",
    )


@pytest.fixture(scope="module")
def pages(data: DocumentationInput) -> dict[str, str]:
    return {page.path: page.text for page in render(data)}


def page(pages: dict[str, str], start: str) -> str:
    (found,) = [text for path, text in pages.items() if path.startswith(start)]
    return found


def test_every_check_holds(data: DocumentationInput, pages: dict[str, str]) -> None:
    assert check_pages([Page(path, text) for path, text in pages.items()], data) == []


def test_one_page_per_module_exported_function_and_decision(pages: dict[str, str]) -> None:
    folders = [path.split("/")[0] for path in pages]
    assert {f: folders.count(f) for f in folders} == {
        "architecture.md": 1,
        "decisions": 1,
        "functions": 4,
        "index.md": 1,
        "modules": 6,
    }


def test_the_index_answers_what_how_and_where(pages: dict[str, str]) -> None:
    index = pages["index.md"]
    for expected in (
        "> Shop sells things to people who want them.",
        "“Sells things.”",
        "`pip install .`",
        "`pytest`",
        "Command `shop` runs `shop.cli:main`",
        "Takes money.",
        "Use money",
        "Accepted",
        "`logo.png`",
        "secret redacted",
        "architecture.md",
    ):
        assert expected in index


def test_module_page_sections_are_the_contract(pages: dict[str, str]) -> None:
    text = page(pages, "modules/shop.till-")
    headings = [line for line in text.split("\n") if line.startswith("## ")]
    assert headings[:4] == ["## Overview", "## Dependencies", "## Exports", "## Usage Examples"]
    assert "| Name | Type | Description | Source |" in text
    assert "graph LR" in text
    assert "buy('tea')" in text  # from the README


def test_function_page_sections_are_the_contract(pages: dict[str, str]) -> None:
    text = page(pages, "functions/shop.till.buy-")
    headings = [line for line in text.split("\n") if line.startswith("## ")]
    assert headings[:5] == ["## Signature", "## Description", "## Parameters", "## Returns", "## Used By"]
    assert "- File: `shop/till.py`" in text
    assert "- Line: 14" in text
    assert "| `count` | `int` | `1` | how many. |" in text
    assert "The change." in text
    assert "](shop.cli.main-" in text
    assert "Buy things.\n\nArgs:\n    name: what to buy." in text  # quoted, not paraphrased


def test_diagram_directions_are_true(pages: dict[str, str]) -> None:
    lines = pages["architecture.md"].split("\n")
    ids = {line.split('["')[1].rstrip('"]'): line.split("[")[0].strip() for line in lines if '["' in line}
    arrows = [line.strip() for line in lines if "-->" in line]
    assert f"{ids['shop.till']} --> {ids['shop.goods']}" in arrows
    assert f"{ids['shop.goods']} --> {ids['shop.till']}" not in arrows


def test_a_window_of_pages_has_the_bytes_of_the_whole(data: DocumentationInput, pages: dict[str, str]) -> None:
    wanted = plan_pages(data)
    assert wanted == sorted(pages)
    for path in wanted:
        assert render_pages(data, [path]) == [Page(path, pages[path])]
    with pytest.raises(NotFound):
        render_pages(data, ["modules/none.md"])


def test_the_order_of_the_input_changes_nothing(data: DocumentationInput, pages: dict[str, str]) -> None:
    shuffle = random.Random(1)
    facts = list(data.facts.items())
    texts = list(data.texts.items())
    nodes, edges, entries = list(data.graph.nodes), list(data.graph.edges), list(data.entries)
    for items in (facts, texts, nodes, edges, entries):
        shuffle.shuffle(items)  # type: ignore[arg-type]
    graph = msgspec.structs.replace(data.graph, nodes=tuple(nodes), edges=tuple(edges))
    other = msgspec.structs.replace(data, facts=dict(facts), texts=dict(texts), graph=graph, entries=tuple(entries))
    assert {p.path: p.text for p in render(other)} == pages


def test_two_processes_write_the_same_bytes() -> None:
    script = (
        "import hashlib; from tests.support.world import make_documentation, many_files;"
        "from docrunch.documentation.render import render; h = hashlib.sha256();"
        "[h.update(p.text.encode()) for p in render(make_documentation(many_files(30)))]; print(h.hexdigest())"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(made) == 1


HOSTILE = (
    '"""Fine.\n\n# Heading ``` | cell | <script>alert(1)</script> [x](javascript:alert(1)) ![i](https://e.invalid/i)\n'
    "````\n```mermaid\ngraph LR\nend\n```\n\u202egnp.exe\u200b\n</details>\n" + '"""\n\n\n'
    "class Evil:\n"
    '    """`a` | **b** [c](javascript:d) <img src=x onerror=y>. Second."""\n\n\n'
    'def run(a: "str | None" = "`|`") -> "x | `y`":\n    """| ` ``` <b> \\\\"""\n    return Evil()\n'
)


def test_hostile_text_is_shown_and_not_obeyed() -> None:
    texts = {
        **SMALL,
        "README.md": "# [x](javascript:y)\n\nText <script>a()</script> ![i](http://e.invalid) "
        "[l](javascript:z) `shop` end.\n",
        "shop/evil.py": HOSTILE,
        "shop/a`b|c#L1-L2 <i>.py": HOSTILE,
        "tests/test_evil.py": "from shop.evil import run\n\n\ndef test():\n    x = '```'\n    run()\n",
        "docs/adr/0002-evil.md": "# <b>x</b>\n\nStatus: [a](javascript:b)\n\n```\nnever closed\n# x\n",
    }
    data = make_documentation(texts)
    pages = render(data)
    assert check_pages(pages, data) == []
    for made in pages:
        assert "\u202e" not in made.text
        assert "\u200b" not in made.text


def test_repositories_without_anything_to_say_have_pages_too() -> None:
    for texts in ({}, {"data.bin.txt": ""}, {"a.py": ""}, {"pkg/__init__.py": "", "pkg/b.py": "x = 1"}):
        data = make_documentation(texts)
        pages = render(data)
        assert {"index.md", "architecture.md", "modules/index.md"} <= {p.path for p in pages}
        assert check_pages(pages, data) == []


def test_templates_of_the_user_replace_ours_in_a_sandbox(tmp_path: Path, data: DocumentationInput) -> None:
    (tmp_path / "index.md.j2").write_text("# Mine: {{ v.title }}\n")
    made = {p.path: p.text for p in render(data, templates=tmp_path)}
    assert made["index.md"] == "# Mine: shop\n"
    assert made["architecture.md"].startswith("# Architecture")
    (tmp_path / "index.md.j2").write_text("{{ v.__class__.__mro__[-1].__subclasses__() }}")
    with pytest.raises(InvalidConfig):
        render_pages(data, ["index.md"], templates=tmp_path)
    with pytest.raises(InvalidConfig):
        render(data, templates=tmp_path / "missing")


def test_blank_lines_in_code_are_kept() -> None:
    assert tidy("a\n\n\n\nb\n```\nx\n\n\ny\n```\n\n\n") == "a\n\nb\n```\nx\n\n\ny\n```\n"


LINES = st.lists(st.sampled_from(["", "  ", "a", " b", "```", "```py", "````", "`` `", "``` x"]), max_size=14)


@given(LINES)
def test_blank_lines_are_collapsed_as_line_by_line(lines: list[str]) -> None:
    made: list[str] = []
    fence = ""
    for line in lines:
        if not fence and not line.strip():
            made += [""] if made and made[-1] else []
            continue
        if not fence and line.startswith("```"):
            fence = line[: len(line) - len(line.lstrip("`"))]
        elif line == fence:
            fence = ""
        made.append(line)
    assert tidy("\n".join(lines)) == "\n".join(made).strip("\n") + "\n"


def test_one_of_anything_is_no_plural(pages: dict[str, str]) -> None:
    one = {p.path: p.text for p in render(make_documentation({"a.py": "def f(): ...\n", "b.py": "import a\na.g()\n"}))}
    for text in (*pages.values(), *one.values()):
        assert not re.search(r"(?<![\d.,])1 (?:lines|files|modules|symbols|references|others)\b", text)
    assert "1 reference could not be tied to one definition and is not in the graph, by reason:" in one["index.md"]


def test_a_thousand_files_take_at_most_two_seconds_of_one_core() -> None:
    data = make_documentation(many_files(1000))
    render_pages(data, ["index.md"])  # templates compiled
    start = time.process_time()
    pages = render(data)
    assert time.process_time() - start <= 2.0
    assert sum(p.path.startswith("functions/") for p in pages) == 500
