"""Diagrams of tables that mermaid can draw, whatever tables and columns are called."""

from docrunch.documentation.erd import MAX_COLUMNS, Entity, Key, er_diagram
from docrunch.parsing.model import Column, ForeignKey, Table, TableRole


def entity(number: int, name: str, *columns: Column, keys: tuple[ForeignKey, ...] = ()) -> Entity:
    return Entity(number, name, Table(name, TableRole.SCHEMA, "sql", 1, 1, columns=columns, keys=keys))


def test_keys_are_lines_and_key_columns_are_shown() -> None:
    users = entity(1, "users", Column("id", 1, "int", primary=True), Column("name", 1, "text"))
    orders = entity(2, "orders", Column("user_id", 1, "big int"), keys=(ForeignKey(("user_id",), 1, "users"),))
    assert er_diagram([users, orders], [Key(2, 1, "user_id"), Key(1, 1, "boss"), Key(2, 1, "", many=True)]) == (
        "```mermaid\n"
        "erDiagram\n"
        '    t1["users"] {\n'
        "        int id PK\n"
        "    }\n"
        '    t2["orders"] {\n'
        "        big_int user_id FK\n"
        "    }\n"
        '    t2 }o--|| t1 : "user_id"\n'
        '    t1 }o--|| t1 : "boss"\n'
        '    t2 }o--o{ t1 : "-"\n'
        "```"
    )


def test_without_a_key_between_two_tables_there_is_nothing_to_draw() -> None:
    assert er_diagram([entity(1, "a")], []) is None
    assert er_diagram([entity(1, "a")], [Key(1, 2, "elsewhere")]) is None


def test_names_that_are_no_words() -> None:
    odd = entity(1, 'a"] {', Column('"} x', 1, "{}", primary=True), Column("1", 1, "1", primary=True))
    text = er_diagram([odd], [Key(1, 1, 'la"bel')])
    assert text is not None
    assert '["a#34;#93; #123;"] {' in text
    assert "        any x PK\n        any_1 column_1 PK\n" in text
    assert ': "la#34;bel"' in text


def test_a_wide_key_is_cut() -> None:
    wide = entity(1, "a", *(Column(f"c{number}", 1, "int", primary=True) for number in range(20)))
    text = er_diagram([wide], [Key(1, 1, "x")])
    assert text is not None
    assert text.count(" PK") == MAX_COLUMNS
