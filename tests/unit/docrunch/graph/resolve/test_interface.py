"""The digests of an interface cover all that rules can see of a file, and nothing that they cannot."""

from typing import Any

import msgspec
import pytest

from docrunch.graph.resolve.interface import Bound, Definition, Interface, Parameter, Using, digests, interface
from docrunch.options import Limits
from docrunch.parsing.extract import extract
from docrunch.parsing.model import SymbolKind

DEFINITION = Definition("f", SymbolKind.FUNCTION, "f", -1, 0, (), (), (), "", (), "", "", "", "", True, False, (), ())
SEEN = Interface(
    "python",
    "",
    (msgspec.structs.replace(DEFINITION, name="g", local_name="g"), DEFINITION),
    (Using("m", "n", "", 0, -1, False),),
    (Bound(("x",), 1, "T", ()),),
    (("f", "f"),),
    {1: ("x",)},
)
OTHER: dict[type, Any] = {str: "other", int: 7, bool: None, tuple: ("other",)}


def other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, SymbolKind):
        return SymbolKind.TYPE
    return OTHER[type(value)]


@pytest.mark.parametrize("name", Definition.__struct_fields__)
def test_every_field_of_a_definition_counts(name: str) -> None:
    value = getattr(DEFINITION, name)
    new = 0 if name == "parent" else (Parameter("p", "", True),) if name == "params" else other(value)
    changed = msgspec.structs.replace(DEFINITION, **{name: new})
    assert digests(msgspec.structs.replace(SEEN, definitions=(SEEN.definitions[0], changed))) != digests(SEEN)


@pytest.mark.parametrize(("field", "kind"), [("usings", Using), ("bounds", Bound)])
def test_every_field_of_imports_and_bindings_counts(field: str, kind: type[msgspec.Struct]) -> None:
    (row,) = getattr(SEEN, field)
    for name in kind.__struct_fields__:
        value = getattr(row, name)
        new = 0 if name == "scope" else other(value)
        assert digests(msgspec.structs.replace(SEEN, **{field: (msgspec.structs.replace(row, **{name: new}),)})) != (
            digests(SEEN)
        ), name


@pytest.mark.parametrize(
    "change",
    [
        {"language": "go"},
        {"package": "p"},
        {"exports": ()},
        {"exports": (("f", "g"),)},
        {"locals": {}},
        {"locals": {0: ("x",)}},
    ],
)
def test_every_field_of_an_interface_counts(change: dict[str, Any]) -> None:
    assert digests(msgspec.structs.replace(SEEN, **change)) != digests(SEEN)


@pytest.mark.parametrize("name", Parameter.__struct_fields__)
def test_every_field_of_a_parameter_counts(name: str) -> None:
    first = Parameter("p", "T", False)
    second = msgspec.structs.replace(first, **{name: other(getattr(first, name))})
    made = [msgspec.structs.replace(DEFINITION, params=(each,)) for each in (first, second)]
    one, two = (digests(msgspec.structs.replace(SEEN, definitions=(SEEN.definitions[0], each))) for each in made)
    assert one != two


def parts(text: str) -> dict[str, bytes]:
    return digests(interface(extract(text.encode(), "python", Limits())))


TEXT = "import os\n\ndef f(a):\n    b = a\n    return b\n\nclass K(Base):\n    def m(self):\n        self.x = f(1)\n"


def test_what_stands_above_and_what_is_said_about_it_does_not_count() -> None:
    assert parts("# a comment\n\n" + TEXT.replace("    b = a", '    """Doc."""\n    b = a')) == parts(TEXT)


def test_a_new_definition_is_a_new_part_and_changes_no_other() -> None:
    before, after = parts(TEXT), parts("def new(): ...\n" + TEXT)
    assert {name for name in after if after[name] != before.get(name)} == {"new"}


def test_a_body_changes_its_own_part() -> None:
    before, after = parts(TEXT), parts(TEXT.replace("b = a", "b = c = a"))
    assert {name for name in after if after[name] != before.get(name)} == {"f()"}


def test_an_attribute_is_part_of_its_type() -> None:
    before, after = parts(TEXT), parts(TEXT.replace("self.x", "self.y"))
    assert {name for name in after if after[name] != before.get(name)} == {"K"}
