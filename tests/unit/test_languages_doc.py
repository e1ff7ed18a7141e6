"""What the page of languages promises is what fixtures show."""

from docrunch.parsing.model import FileFacts
from tests.languages_doc import LEAST_CALLS, PAGE, Shown, facts_shown, render


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == render(), "run: make docs"


def test_a_language_is_deep_only_by_its_fixtures() -> None:
    found = Shown()
    assert found.depth == "structural"
    found.facts.update(("symbols", "scopes", "imports", "calls", "docs", "complexity"))
    assert found.depth == "structural"  # calls are read, but none was ever linked to another file
    found.family_calls = LEAST_CALLS - 1
    assert found.depth == "structural"
    found.family_calls += 1
    assert found.depth == "deep"


def test_an_empty_file_shows_nothing() -> None:
    assert list(facts_shown(FileFacts("python", 0))) == []
