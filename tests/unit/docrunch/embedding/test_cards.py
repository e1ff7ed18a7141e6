from pathlib import Path

import pytest

import docrunch
from docrunch.embedding.batching import load_tokenizer, tokenise
from docrunch.embedding.cards import module_card, symbol_card, worth_embedding
from docrunch.embedding.model_files import find_model
from docrunch.embedding.units import text_units
from docrunch.options import Limits
from docrunch.parsing.extract import extract
from docrunch.parsing.model import Base, FileFacts, Param, Symbol, SymbolKind


def symbol(name: str, kind: SymbolKind, **fields: object) -> Symbol:
    values: dict[str, object] = {
        "local_name": name,
        "parent": -1,
        "line": 1,
        "start_line": 1,
        "end_line": 3,
        "start_byte": 0,
        "end_byte": 10,
        "signature": "",
    }
    return Symbol(name=name, kind=kind, **{**values, **fields})  # type: ignore[arg-type]


SEND = symbol(
    "send",
    SymbolKind.METHOD,
    local_name="Client.send",
    parent=0,
    params=(Param("self"), Param("request", "Request"), Param("stream", "bool")),
    returns="Response",
    doc="Send a request over the wire. Retries nothing.",
)
CLIENT = symbol("Client", SymbolKind.CLASS, bases=(Base("abc.BaseClient", 1, "inherits"),))
FACTS = FileFacts(
    language="python", lines=9, doc="HTTP client.", symbols=(CLIENT, SEND), identifiers={1: ("open_socket", "self")}
)


def test_a_card_says_kind_name_signature_documentation_place_and_identifiers() -> None:
    assert symbol_card("src/httpx/_transports/default.py", FACTS, 1) == (
        "method client send. request stream bool returns response. Send a request over the wire. "
        "default transports httpx. open socket"
    )


def test_a_class_card_names_what_it_extends_and_its_members() -> None:
    assert symbol_card("a/b.py", FACTS, 0) == "class client. extends abc base client. b a. send"


def test_a_module_card_names_the_place_the_purpose_and_the_top_level() -> None:
    assert module_card("pkg/http/client.py", FACTS) == "module client http pkg. HTTP client"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (symbol("run", SymbolKind.FUNCTION), True),
        (symbol("LIMIT", SymbolKind.CONSTANT), False),
        (symbol("LIMIT", SymbolKind.CONSTANT, doc="Bytes."), True),
        (symbol("__repr__", SymbolKind.METHOD, complexity=1), False),
        (symbol("__exit__", SymbolKind.METHOD, complexity=3), True),
        (symbol("inner", SymbolKind.FUNCTION, parent=0), False),
        (symbol("inner", SymbolKind.FUNCTION, parent=0, end_line=20), True),
        (symbol("Shape", SymbolKind.INTERFACE), True),
    ],
)
def test_noise_gets_no_card(found: Symbol, expected: bool) -> None:
    outer = symbol("outer", SymbolKind.FUNCTION)
    assert worth_embedding(found, (outer, found)) is expected


def test_real_cards_cost_at_most_64_tokens_of_the_real_tokenizer() -> None:
    root = Path(docrunch.__file__).parent
    cards = []
    for path in sorted(root.rglob("*.py")):
        text = path.read_bytes()
        facts = extract(text, "python", Limits())
        relative = f"docrunch/{path.relative_to(root).as_posix()}"
        cards += [unit.text for unit in text_units(relative, facts, text, mode="card", instructions={})]
    lengths = [len(ids) for ids in tokenise(load_tokenizer(find_model(None), 512), cards)]
    assert len(cards) > 200
    assert max(lengths) <= 64
