"""SQL of any dialect: a statement that is understood wrongly sends a migration to the wrong table."""

import time

import pytest

from docrunch.options import Limits
from docrunch.parsing.extract import extract
from docrunch.parsing.languages.sql import reader
from docrunch.parsing.model import FileFacts, Table


def facts(text: str) -> FileFacts:
    return extract(text.encode(), "sql", Limits())


def tables(text: str) -> dict[str, Table]:
    return {table.name: table for table in facts(text).tables}


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("CREATE TABLE users (id int)", "users"),
        ("create table if not exists Users(id int)", "Users"),
        ('CREATE TABLE "my schema"."us""ers" (id int)', 'my schema.us"ers'),
        ("CREATE TABLE `a`.`b` (id int)", "a.b"),
        ("CREATE TABLE [dbo].[b c] ([id] int)", "dbo.b c"),
        ("CREATE UNLOGGED TABLE x (id int)", "x"),
        ("CREATE TABLE größe (id int)", "größe"),
        ("/* one */ CREATE -- two\n TABLE x (id int)", "x"),
    ],
)
def test_names_of_tables(written: str, name: str) -> None:
    assert list(tables(written + ";")) == [name]


@pytest.mark.parametrize(
    "written",
    [
        "CREATE TEMPORARY TABLE x (id int);",
        "CREATE TABLE #x (id int);",
        "SELECT 'CREATE TABLE x (id int);';",
        "-- CREATE TABLE x (id int);\n",
        "/* CREATE TABLE x (id int); */",
        "CREATE FUNCTION f() RETURNS void AS $$ BEGIN CREATE TABLE x (id int); END $$ LANGUAGE plpgsql;",
        "CREATE FUNCTION f() RETURNS void AS $a$ $b$; CREATE TABLE x (id int); $a$ LANGUAGE sql;",
        "INSERT INTO t VALUES ('a;CREATE TABLE x (id int);');",
        "COPY t (a) FROM stdin;\nCREATE TABLE x (id int);\n\\.\n",
        "-- +goose Down\nCREATE TABLE x (id int);",
        "GRANT CREATE ON SCHEMA x TO y;",
        "CREATE TABLE",
        "CREATE TABLE (",
    ],
)
def test_what_makes_no_table(written: str) -> None:
    assert tables(written) == {}


@pytest.mark.parametrize(
    "before",
    [
        "COPY t FROM stdin;\nit's; \"open\n\\.\n",
        "INSERT INTO t VALUES ('it''s; here');\n",
        "\\connect other\n",
        "SELECT 1\nGO\n",
        "DELIMITER $$\nCREATE TRIGGER a BEFORE INSERT ON b FOR EACH ROW BEGIN SET c = ';'; END$$\nDELIMITER ;\n",
        "CREATE TABLE first (a int)\n",
        "SELECT $1, $2;\n",
        "PRAGMA foreign_keys = ON; /* ; */\n",
        "# comment ' of MySQL\n",
    ],
)
def test_the_next_statement_is_found_behind(before: str) -> None:
    assert "x" in tables(before + "CREATE TABLE x (id int);")


@pytest.mark.parametrize(
    ("written", "type_", "nullable", "primary", "default"),
    [
        ("a int", "int", True, False, ""),
        ("a int NOT NULL DEFAULT 0", "int", False, False, "0"),
        ("a numeric(10, 2) DEFAULT (1 + 2) NOT NULL", "numeric(10, 2)", False, False, "(1 + 2)"),
        ("a character varying(9) COLLATE x", "character varying(9)", True, False, ""),
        ("a timestamp with time zone DEFAULT now()", "timestamp with time zone", True, False, "now()"),
        ("a INTEGER PRIMARY KEY AUTOINCREMENT", "INTEGER", False, True, ""),
        ("a text[] DEFAULT '{}'::text[]", "text[]", True, False, "'{}'::text[]"),
        ("a enum('x', 'not null')", "enum('x', 'not null')", True, False, ""),
        ("a int GENERATED ALWAYS AS IDENTITY", "int", True, False, ""),
        ("key varchar(20)", "varchar(20)", True, False, ""),
        ("[a] [nvarchar](max) NULL", "nvarchar(max)", True, False, ""),
    ],
)
def test_columns(written: str, type_: str, nullable: bool, primary: bool, default: str) -> None:
    name = "[t]" if "[a]" in written else "t"
    (column,) = tables(f"CREATE TABLE {name} ({written});")["t"].columns
    assert (column.type, column.nullable, column.primary, column.default) == (type_, nullable, primary, default)


def test_a_long_dump_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_TABLES", 2)
    found = facts("CREATE TABLE a (x int);" * 4)
    assert len(found.tables) == 2
    assert [issue.reason for issue in found.issues] == ["too_many_tables"]


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABLE a (" + "(" * 200_000,
        "/* " * 100_000,
        "'\"" * 150_000,
        "".join(f"$t{number}$ " for number in range(40_000)),
        "ALTER TABLE a ADD b int;" * 15_000,
        "CREATE TABLE a (" + "a int," * 40_000 + "b int);" + "COMMENT ON COLUMN a.a IS 'x';" * 8_000,
        "CREATE VIEW v AS SELECT 1 FROM " + "t," * 100_000,
    ],
    ids=["brackets", "comments", "quotes", "tags", "changes", "documentation", "view"],
)
def test_hostile_texts_cost_little(text: str) -> None:
    started = time.process_time()
    facts(text)
    assert time.process_time() - started < 5.0
