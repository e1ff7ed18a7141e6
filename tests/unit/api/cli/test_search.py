"""`docrunch search`: what is refused before a server is asked, and how hits are shown."""

import json

import pytest

from api.cli.main import main
from api.cli.search_text import NOTHING, text_of
from api.operations.search import as_json
from workflows.contracts.query import FoundHit, FoundSnippet, SearchAnswer, SearchedScan


def hit(rank: int = 1, **changes: object) -> FoundHit:
    values: dict[str, object] = {
        "rank": rank,
        "id": "n_1",
        "kind": "symbol",
        "path": "shop/cart.py",
        "line": 12,
        "end_line": 15,
        "name": "add_item",
        "score": 0.9,
        "signals": {"keyword": 0.6, "semantic": 0.35, "graph": 0.05},
        "snippet": FoundSnippet(line=12, end_line=13, text="def add_item(self):\n    pass", marks=((12, 4, 12),)),
        "node_kind": "method",
        "commit": "c1",
        "repository": "shop",
    }
    return FoundHit.model_validate(values | changes)


def answer(*hits: FoundHit) -> SearchAnswer:
    return SearchAnswer(
        hits=hits,
        degraded=("Something was not there.",),
        searched=(SearchedScan(repository="shop", ref="main", commit="c1"),),
    )


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["shop", ""], 2, "the query is empty"),
        (["shop", "x" * 9000], 7, "more than 8 KB"),
        (["shop", "x" * 1_000_000], 7, "more than 8 KB"),
        (["shop", "cart", "--limit", "1000000000"], 2, "limit"),
        (["shop", "cart", "--limit", "0"], 2, "limit"),
        (["shop", "cart", "--limit", "-3"], 2, "limit"),
        (["shop", "cart", "--mode", "fuzzy"], 2, "no mode"),
        (["shop", "cart", "--kind", "thing"], 2, "no kind"),
        (["shop", "cart", "--group", "folder"], 2, "grouped"),
        ([*(f"r{number}" for number in range(30)), "cart"], 2, "30 repositories"),
        ([], 2, ""),
    ],
)
def test_what_cannot_be_asked_is_refused_at_once(
    arguments: list[str], code: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DOCRUNCH_HOME", "/nonexistent")
    assert main(["search", *arguments, "--json"]) == code
    assert said in json.loads(capsys.readouterr().out)["error"]["message"]


def test_without_a_stack_the_next_step_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("DOCRUNCH_HOME", str(tmp_path_factory.mktemp("home")))
    assert main(["search", "shop", "cart"]) == 8
    assert "docrunch up" in capsys.readouterr().err


def test_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "--help"]) == 0
    shown = capsys.readouterr().out
    assert "--mode" in shown
    assert "docrunch search flask" in shown


def test_json_has_the_promised_keys() -> None:
    made = as_json(answer(hit()))
    assert list(made)[:2] == ["hits", "degraded"]
    (found,) = made["hits"]
    promised = {"rank", "id", "kind", "path", "line", "end_line", "score", "signals", "snippet"}
    assert promised <= set(found)
    assert found["snippet"] == "def add_item(self):\n    pass"
    assert json.loads(json.dumps(made)) == json.loads(json.dumps(made))


def test_plain_text_has_no_colour_and_says_why() -> None:
    shown = text_of(answer(hit()), explain=False, coloured=False, several=False)
    assert "1. shop/cart.py:12  method add_item" in shown
    assert "found by words, meaning" in shown
    assert "12 | def add_item(self):" in shown
    assert "shop main at c1" in shown
    assert "\x1b" not in shown


def test_matches_stand_out_on_a_terminal() -> None:
    shown = text_of(answer(hit()), explain=False, coloured=True, several=False)
    assert "def \x1b[1;33madd_item\x1b[0m(self)" in shown


def test_explain_shows_shares() -> None:
    shown = text_of(answer(hit()), explain=True, coloured=False, several=True)
    assert "keyword 60%, semantic 35%, graph 5%" in shown
    assert "shop  shop/cart.py:12" in shown


def test_what_a_repository_says_does_not_steer_the_terminal() -> None:
    evil = hit(
        path="a\x1b[2J.py",
        name="\x1b]0;x\x07",
        snippet=FoundSnippet(line=1, end_line=1, text="\x1b[31mred", marks=((1, 0, 4),)),
    )
    for coloured in (False, True):
        shown = text_of(answer(evil), explain=True, coloured=coloured, several=True)
        for sequence in ("\x1b[2J", "\x1b]0", "\x07", "\x1b[31m"):
            assert sequence not in shown


def test_nothing_found_is_said() -> None:
    assert text_of(answer(), explain=False, coloured=False, several=False) == NOTHING
    hidden = answer().model_copy(update={"notes": ("--path web hides 12 hits.",)})
    shown = text_of(hidden, explain=False, coloured=False, several=False)
    assert shown.split("\n") == ["--path web hides 12 hits.", NOTHING]


def test_what_an_answer_says_about_itself_stands_before_the_hits() -> None:
    doubtful = answer(hit(weak=True)).model_copy(
        update={"did_you_mean": "session \x1b[2Jcookie", "notes": ("Nothing matches well: these are the nearest.",)}
    )
    shown = text_of(doubtful, explain=False, coloured=False, several=False)
    assert shown.startswith("Did you mean: session")
    assert "\x1b" not in shown
    assert shown.index("Nothing matches well") < shown.index("shop/cart.py:12")
    assert "(weak" in shown
    assert "(weak)" in text_of(doubtful, explain=True, coloured=False, several=False)
    made = as_json(doubtful)
    assert made["did_you_mean"].startswith("session")
    assert made["notes"] == ["Nothing matches well: these are the nearest."]
    assert made["hits"][0]["weak"] is True
    assert as_json(answer(hit()))["did_you_mean"] is None
