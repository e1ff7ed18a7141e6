"""Answers of the index of a scan, against a plain reading of its documents."""

import math
import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from docrunch.options import ScanOptions
from docrunch.pipeline.embedding import scan_units
from docrunch.search.analysis import terms
from docrunch.search.build import index_directory, search_object
from docrunch.search.documents import Field, file_documents
from docrunch.search.index import SearchIndex
from docrunch.search.model import DocumentKind
from docrunch.search.ranking import WEIGHTS
from docrunch.search.shards import Part
from tests.support.search_world import index_of, nodes_of, shards_of
from tests.support.world import SMALL, make_entry

MORE = {
    "shop/bank.py": "class Account:\n    def send(self, amount):\n        return amount\n\n\n"
    "def SEND(x):\n    return x\n",
    "web/app.js": "export class Session {\n  send(request) {\n    return fetch(request)\n  }\n}\n",
    "docs/guide.md": "# Guide\n\nHow to buy.\n\n## Money\n\nTake the change.\n",
    "shop/__init__.py": '"""A shop."""\n',
}
FILES = {**SMALL, **MORE}


@pytest.fixture(scope="module")
def index() -> SearchIndex:
    return index_of(FILES)


def reference(query: dict[str, float]) -> dict[str, float]:
    """BM25F as it is written down, by id of the document."""
    nodes = nodes_of(FILES)
    documents = [
        each
        for path, text in FILES.items()
        for each in file_documents(path, make_entry(path, text).language, text.encode(), nodes.get(path, ()))
    ]
    counted = [{field: Counter(terms(text)) for field, text in each.texts.items()} for each in documents]
    scores: dict[str, float] = {}
    for term, weight in query.items():
        holding = [any(term in counts for counts in fields.values()) for fields in counted]
        frequency = sum(holding)
        idf = math.log1p((len(documents) - frequency + 0.5) / (frequency + 0.5))
        for each, fields, holds in zip(documents, counted, holding, strict=True):
            if holds:
                worth = 0.0
                for field, counts in fields.items():
                    given = WEIGHTS.fields[Field(field)]
                    length = sum(counts.values()) / given.usual
                    worth += given.weight * counts[term] / (1 - given.slope + given.slope * length)
                scores[each.document.id] = scores.get(each.document.id, 0.0) + (
                    weight * idf * worth * (WEIGHTS.k1 + 1) / (worth + WEIGHTS.k1)
                )
    return scores


@pytest.mark.parametrize("query", ["send a request", "take money", "price of tea", "buy", "class method shop guide"])
def test_scores_are_those_of_bm25f(index: SearchIndex, query: str) -> None:
    asked = {term: 1.0 + number for number, term in enumerate(dict.fromkeys(terms(query)))}
    expected = reference(asked)
    found = index.keyword(asked, 10_000)
    got = {index.documents[int(number)].id: float(score) for number, score in zip(*found, strict=True)}
    assert got == pytest.approx(expected, rel=1e-5)
    assert list(found.scores) == sorted(found.scores, reverse=True)


def test_a_limit_takes_the_best_and_equal_scores_go_by_number(index: SearchIndex) -> None:
    every = index.keyword({"send": 1.0, "amount": 1.0}, 1_000)
    for limit in range(len(every.documents) + 2):
        part = index.keyword({"send": 1.0, "amount": 1.0}, limit)
        assert part.documents.tolist() == every.documents[:limit].tolist()
    pairs = list(zip((-every.scores).tolist(), every.documents.tolist(), strict=True))
    assert pairs == sorted(pairs)


def test_kinds_are_those_asked_for(index: SearchIndex) -> None:
    found = index.keyword({"money": 1.0}, 100, {DocumentKind.SECTION})
    assert {index.documents[int(number)].kind for number in found.documents} == {DocumentKind.SECTION}
    assert index.keyword({"money": 1.0}, 100, set()).documents.tolist() == []


def test_nothing_is_an_answer(index: SearchIndex) -> None:
    for asked in ({}, {"zzz": 1.0}, {"money": 0.0}, {"money": -1.0}, {"\0": 1.0}):
        assert index.keyword(asked, 10).documents.tolist() == []
    assert index_of({}).keyword({"money": 1.0}, 10).documents.tolist() == []
    assert index_of({}).names("money") == []
    assert index_of({}).at("a", 1) is None


def test_frequency_counts_documents(index: SearchIndex) -> None:
    assert index.frequency("zzz") == 0
    assert index.frequency("money") == len(index.keyword({"money": 1.0}, 10_000).documents)


@pytest.mark.parametrize("name", ["send", "Account.send", "account.send", "bank.Account.send", "Account::send"])
def test_a_name_finds_its_symbols(index: SearchIndex, name: str) -> None:
    assert "shop.bank.Account.send" in [index.documents[number].qualified_name for number in index.names(name)]


def test_names_of_equal_case_come_first(index: SearchIndex) -> None:
    assert [index.documents[number].name for number in index.names("SEND")] == ["SEND", "send", "send"]
    assert index.documents[index.names("send")[0]].name == "send"
    assert not index.names("end")
    assert not index.names("")
    assert not index.names("::")


def test_a_path_is_found_by_its_end(index: SearchIndex) -> None:
    found = [index.documents[number].path for number in index.paths("shop/__init__.py")]
    assert found == ["shop/__init__.py"]
    assert [index.documents[number].path for number in index.paths("./web\\App.js")] == ["web/app.js"]
    assert list(index.paths("p.js")) == []
    assert list(index.paths("")) == []


def test_a_place_is_that_of_the_innermost_symbol(index: SearchIndex) -> None:
    assert index.documents[index.at("shop/bank.py", 2) or 0].qualified_name == "shop.bank.Account.send"
    assert index.documents[index.at("shop/bank.py", 1) or 0].qualified_name == "shop.bank.Account"
    assert index.documents[index.at("docs/guide.md", 7) or 0].name == "Money"
    assert index.at("shop/bank.py", 999) is None
    assert index.at("nowhere", 1) is None


def test_every_document_is_found_by_its_id_and_in_order(index: SearchIndex) -> None:
    documents = list(index.documents)
    assert [index.by_id(each.id) for each in documents] == list(range(len(documents)))
    assert index.by_id("n_nothing") is None
    assert documents == sorted(documents, key=lambda each: (each.path, each.line, each.kind, each.id))
    assert index.documents[-1] == documents[-1]
    assert index.documents[2:5] == documents[2:5]
    with pytest.raises(IndexError):
        _ = index.documents[len(documents)]


def test_an_index_that_was_changed_step_by_step_equals_one_made_at_once() -> None:
    random_ = random.Random(3)
    current = dict(FILES)
    index = index_of(current)
    for _ in range(12):
        path = random_.choice(sorted(current))
        if random_.random() < 0.3 and len(current) > 3:
            del current[path]
            index = index.replaced([], [path])
        else:
            current[path] = current.get(path, "") + f"\n\ndef added_{random_.randint(0, 9)}(money):\n    return money\n"
            index = index.replaced([shards_of(current)[path]])
        clean = index_of(current)
        assert list(index.documents) == list(clean.documents)
        assert all(np.array_equal(*pair) for pair in zip(index._postings, clean._postings, strict=True))
        asked = {"money": 1.0, "send": 2.0, "add": 0.5}
        assert all(np.array_equal(*pair) for pair in zip(index.keyword(asked, 9), clean.keyword(asked, 9), strict=True))
        assert index.names("money") == clean.names("money")
        assert len(index.vocabulary) == len(clean.vocabulary)
        assert index.vocabulary.near("addde") == clean.vocabulary.near("addde")


def test_rows_of_the_matrix_speak_of_their_symbols_sections_and_files(tmp_path: Path) -> None:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    made = index_directory(tmp_path)
    units = scan_units(made.tree, made.facts.items(), ScanOptions(embedding_text="card+body"), {})
    parts = [Part(entry.path, "") for entry in made.tree.parsed_entries()]
    rows = made.search.of_rows(search_object(made.tree, parts, units))
    assert len(rows) == len(units) > 10
    for unit, row in zip(units, rows.tolist(), strict=True):
        document = made.search.documents[row]
        assert document.path == unit.path
        if unit.symbol >= 0:
            assert document.kind == DocumentKind.SYMBOL
            assert document.name == made.facts[unit.path].symbols[unit.symbol].name
        else:
            assert document.kind in (DocumentKind.SECTION, DocumentKind.FILE)
            assert document.line <= unit.start_line <= document.end_line
