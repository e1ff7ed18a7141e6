"""Bytes that others compare: they may not depend on insertion order, on the platform or on the kind of container."""

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docrunch.canonical import canonical_json, json_line, significant


class Row(msgspec.Struct):
    b: int
    a: int


def test_keys_are_sorted_at_every_level_also_in_structs() -> None:
    assert canonical_json({"z": Row(b=1, a=2), "a": [{"y": 1, "x": 2}]}) == b'{"a":[{"x":2,"y":1}],"z":{"a":2,"b":1}}'


def test_lines_keep_the_order_they_are_given() -> None:
    assert json_line({"type": "node", "id": "n"}) == b'{"type":"node","id":"n"}\n'


@pytest.mark.parametrize(
    ("value", "rounded"), [(0.1234567, 0.123457), (1234567.0, 1234570.0), (-0.0, 0.0), (1e-9, 1e-9)]
)
def test_floats_keep_six_significant_digits(value: float, rounded: float) -> None:
    assert significant(value) == rounded
    assert math.copysign(1, significant(-0.0)) == 1


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_json_cannot_hold_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="exported"):
        significant(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_rounding_twice_changes_nothing(value: float) -> None:
    assert significant(significant(value)) == significant(value)
