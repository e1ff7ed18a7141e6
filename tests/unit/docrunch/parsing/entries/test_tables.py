"""The tables of rules: their forms, what they cost, and what depends on them."""

import pytest

from docrunch.options import Limits
from docrunch.parsing.catalog import extractor_id
from docrunch.parsing.entries.tables import rules
from docrunch.parsing.extract import extract


@pytest.mark.parametrize("language", ["python", "javascript", "go", "java", "kotlin", "rust", "csharp", "cpp", "swift"])
def test_every_rule_is_of_a_known_form(language: str) -> None:
    kinds = {"main", "command", "script", "route", "job", "test", "mount"}
    for each in rules(language).values():
        assert all(rule.kind in kinds and rule.on in ("call", "definition") for rule in each)


def test_thousands_of_calls_that_look_alike_cost_little() -> None:
    facts = extract(b"x = [" + b'd.get("/a"), ' * 30_000 + b"]\n", "python", Limits())
    assert facts.entries == ()


def test_the_tables_are_part_of_what_facts_depend_on(monkeypatch: pytest.MonkeyPatch) -> None:
    from docrunch.parsing import catalog

    assert any(name == "entries/python.toml" for name, _ in catalog._inputs("python"))
    assert extractor_id("python")
