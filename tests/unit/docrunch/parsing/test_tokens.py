"""Schemas read as tokens: a broken part must cost no more than itself."""

from docrunch.options import Limits
from docrunch.parsing.extract import extract


def symbols(text: str, language: str) -> list[str]:
    return [symbol.local_name for symbol in extract(text.encode(), language, Limits()).symbols]


def test_messages_behind_a_broken_one_are_found():
    text = "message A { string = ; foo }\nmessage B { string x = 1; }\nmessage C {"
    assert symbols(text, "proto") == ["A", "B", "B.x", "C"]


def test_braces_in_options_and_strings_open_no_block():
    text = 'message A { string x = 1 [(o) = { a: "}" }]; string y = 2; }\nmessage B {}'
    assert symbols(text, "proto") == ["A", "A.x", "A.y", "B"]


def test_fields_behind_a_description_and_arguments_with_defaults():
    text = 'type A { "says }" x(a: [B] = [{c: 1}], d: E = F): G! y: H }\ntype I { j: K }'
    assert symbols(text, "graphql") == ["A", "A.x", "A.y", "I", "I.j"]


def test_a_type_without_an_end_hides_nothing_before_it():
    assert symbols("type A { x: B }\ntype C { y: ", "graphql") == ["A", "A.x", "C", "C.y"]


def test_documentation_is_the_comment_above():
    facts = extract(b"// What.\n// It is.\nmessage A {}\n\n// Loose.\n\nmessage B {}\n", "proto", Limits())
    assert [symbol.doc for symbol in facts.symbols] == ["What.\nIt is.", ""]


def test_a_text_that_ends_before_a_name_uses_nothing():
    facts = extract(b"query Q { item { ...Parts related { ... on ", "graphql", Limits())
    assert {reference.chain for reference in facts.references} == {("Parts",)}
    assert extract(b"type A @", "graphql", Limits()).references == ()
