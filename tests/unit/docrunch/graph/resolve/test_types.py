"""Annotations: only what names exactly one type may give a receiver its type."""

import pytest

from docrunch.graph.resolve.types import type_name


@pytest.mark.parametrize(
    ("written", "family", "expected"),
    [
        ("Client", "python", "Client"),
        ("'Client'", "python", "Client"),
        ("Client | None", "python", "Client"),
        ("Optional[a.Client]", "python", "a.Client"),
        ("Annotated[Client, 'x']", "python", "Client"),
        ("A | B", "python", ""),
        ("list[Client]", "python", "list"),
        ("Callable[[int], Client]", "python", "Callable"),
        ("Promise<Client>", "javascript", "Client"),
        ("Client | undefined", "javascript", "Client"),
        ("{ a: Client }", "javascript", ""),
        ("Client[]", "javascript", ""),
        ("Map<string, Client>[]", "javascript", ""),
        ('Client["x"]', "javascript", ""),
        ("*db.Conn", "go", "db.Conn"),
        ("(*Conn, error)", "go", "Conn"),
        ("(n int, err error)", "go", "int"),
        ("[]Conn", "go", ""),
        ("map[string]Conn", "go", ""),
        ("&'a mut Client", "rust", "Client"),
        ("&dyn Shape", "rust", "Shape"),
        ("Box<Arc<a::Client>>", "rust", "a::Client"),
        ("Vec<Client>", "rust", "Vec"),
        ("", "python", ""),
    ],
)
def test_one_name_or_none(written, family, expected):
    assert type_name(written, family) == expected
