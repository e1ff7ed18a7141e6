"""Annotations: only what names exactly one type may give a receiver its type."""

import pytest

from docrunch.graph.resolve.annotations import parse


@pytest.mark.parametrize(
    ("written", "family", "name", "args"),
    [
        ("Client", "python", "Client", ()),
        ("'Client'", "python", "Client", ()),
        ("Client | None", "python", "Client", ()),
        ("Optional[a.Client]", "python", "a.Client", ()),
        ("Annotated[Client, 'x']", "python", "Client", ()),
        ("list[Client] | None", "python", "list", ("Client",)),
        ("dict[str, list[Client]]", "python", "dict", ("str", "list[Client]")),
        ("Callable[[int], Client]", "python", "->", ("Client",)),
        ("type[Client]", "python", "class", ("Client",)),
        ("tuple[A, B]", "python", "()", ("A", "B")),
        ("tuple[A, ...]", "python", "[]", ("A",)),
        ("Coroutine[Any, Any, Client]", "python", "Client", ()),
        ("Promise<Client>", "javascript", "Client", ()),
        ("Client | undefined", "javascript", "Client", ()),
        ("Client[]", "javascript", "[]", ("Client",)),
        ("readonly (Client | null)[]", "javascript", "[]", ("(Client | null)",)),
        ("(Client | null)", "javascript", "Client", ()),
        ("Map<string, Client>[]", "javascript", "[]", ("Map<string, Client>",)),
        ("(a: A, b: () => B) => Promise<C>", "javascript", "->", ("Promise<C>",)),
        ("[A, B]", "javascript", "()", ("A", "B")),
        ("Box<() => A, B>", "javascript", "Box", ("() => A", "B")),
        ("*db.Conn", "go", "db.Conn", ()),
        ("(*Conn, error)", "go", "()", ("*Conn", "error")),
        ("(n int, err error)", "go", "()", ("int", "error")),
        ("(n int)", "go", "int", ()),
        ("[]*Conn", "go", "[]", ("*Conn",)),
        ("map[string][]Conn", "go", "{}", ("string", "[]Conn")),
        ("func(a int) (*Conn, error)", "go", "->", ("(*Conn, error)",)),
        ("...Option", "go", "[]", ("Option",)),
        ("Tree[string, int]", "go", "Tree", ("string", "int")),
        ("&'a mut Client", "rust", "Client", ()),
        ("&dyn Shape", "rust", "Shape", ()),
        ("Box<Arc<a::Client>>", "rust", "a::Client", ()),
        ("Option<&'a Client>", "rust", "Option", ("&'a Client",)),
        ("Cell<'a, Client>", "rust", "Cell", ("Client",)),
        ("&[Client]", "rust", "[]", ("Client",)),
        ("impl Fn(u8) -> Client", "rust", "->", ("Client",)),
        ("impl Shape + Send", "rust", "Shape", ()),
        ("List<? extends Client>", "java", "List", ("? extends Client",)),
        ("? extends Client", "java", "Client", ()),
        ("Client[]", "java", "[]", ("Client",)),
        ("Client...", "java", "[]", ("Client",)),
        ("Client?", "kotlin", "Client", ()),
        ("(Int) -> Client", "kotlin", "->", ("Client",)),
        ("[String: Client]", "swift", "{}", ("String", "Client")),
        ("List[Client]", "scala", "List", ("Client",)),
        ("const std::vector<Client>&", "cpp", "std::vector", ("Client",)),
        ("?Client", "php", "Client", ()),
    ],
)
def test_the_outer_type_and_its_arguments(written, family, name, args):
    assert parse(written, family) == (name, args)


@pytest.mark.parametrize(
    ("written", "family"),
    [
        ("", "python"),
        ("A | B", "python"),
        ("'" * 5000, "python"),
        ("Optional[" * 400, "python"),
        ("{ a: Client }", "javascript"),
        ('Client["x"]', "javascript"),
        ("keyof Client", "javascript"),
        ("A & B", "javascript"),
        ("map[", "go"),
        ("[", "go"),
        ("func(", "go"),
        ("(", "rust"),
        ("<", "java"),
    ],
)
def test_what_no_one_name_stands_for(written, family):
    assert parse(written, family) is None
