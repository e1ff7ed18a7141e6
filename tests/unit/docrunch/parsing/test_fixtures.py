"""What each language's files yield, row by row: losing one of these rows loses a symbol or an edge for the user.

``<name>.facts`` beside a fixture holds the expected rows. After a deliberate change run the tests once with
DOCRUNCH_UPDATE_FIXTURES=1 and review the difference like code.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from docrunch.options import Limits
from docrunch.parsing.catalog import detect, languages
from docrunch.parsing.extract import extract
from docrunch.parsing.model import FileFacts, Symbol

FIXTURES = Path(__file__).parent / "fixtures"
FILES = sorted(path for path in FIXTURES.glob("*/*") if path.suffix != ".facts")


def rows(facts: FileFacts) -> Iterator[str]:
    yield f"file {facts.language} lines={facts.lines} code={facts.code_lines} comments={facts.comment_lines}"
    yield f"package={facts.package!r} entry_point={facts.entry_point} doc={facts.doc!r}:{facts.doc_line}"
    for index, symbol in enumerate(facts.symbols):
        yield f"{index} {symbol_row(symbol)}"
    rows = "imports references bindings exports entries mounts markers tables sections issues"
    for name in rows.split():
        for row in getattr(facts, name):
            text = msgspec.json.encode(row).decode()
            told = text if getattr(row, "labels", True) else text.removesuffix(",[]]") + "]"
            told = told.removesuffix(',-1,[],""]') + "]" if name == "entries" and not row.router else told
            yield f"{name}: {told}"
    for name in ("locals", "identifiers"):
        for scope, names in getattr(facts, name).items():
            yield f"{name}: {scope} {' '.join(names)}"


def symbol_row(symbol: Symbol) -> str:
    place = f"{symbol.start_line}/{symbol.line}-{symbol.end_line}"
    told = {
        name: value
        for name, value in msgspec.to_builtins(symbol).items()
        if value not in ("", (), [], 0, False) and name not in _IN_PLACE
    }
    return f"{symbol.kind} {symbol.local_name} ^{symbol.parent} @{place} {msgspec.json.encode(told).decode()}"


_IN_PLACE = {"name", "kind", "local_name", "parent", "line", "start_line", "end_line", "start_byte", "end_byte"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_file_yields_exactly_the_expected_rows(path: Path) -> None:
    text = path.read_bytes()
    found = "\n".join(rows(extract(text, detect(path.name, text[:100]), Limits()))) + "\n"
    expected = path.with_name(path.name + ".facts")
    if os.environ.get("DOCRUNCH_UPDATE_FIXTURES"):
        expected.write_text(found, "utf-8")
    assert found == expected.read_text("utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_byte_ranges_hold_the_definitions_they_name(path: Path) -> None:
    text = path.read_bytes()
    facts = extract(text, path.parent.name, Limits())
    for symbol in facts.symbols:
        assert 0 <= symbol.start_byte < symbol.end_byte <= len(text)
        assert text.count(b"\n", 0, symbol.start_byte) + 1 == symbol.start_line
        assert symbol.start_line <= symbol.line <= symbol.end_line
        assert -1 <= symbol.parent < len(facts.symbols)


def test_every_language_that_is_read_has_a_fixture() -> None:
    read = {key for key, spec in languages().items() if spec.grammar or spec.reader}
    assert {path.parent.name for path in FILES} >= read
