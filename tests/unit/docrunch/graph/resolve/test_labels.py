"""Labels tell Swift functions apart: a call of the wrong one would be a wrong edge."""

import pytest

from docrunch.graph.resolve.interface import interface
from docrunch.graph.resolve.labels import fits
from docrunch.options import Limits
from docrunch.parsing.extract import extract

CASES = [
    ("func f(_ x: Int)", "f(1)", True),
    ("func f(_ x: Int)", "f(x: 1)", False),
    ("func f(x: Int)", "f(x: 1)", True),
    ("func f(with x: Int)", "f(with: 1)", True),
    ("func f(with x: Int)", "f(x: 1)", False),
    ("func f(_ x: Int, y: Int = 2)", "f(1)", True),
    ("func f(_ x: Int, y: Int)", "f(1)", False),
    ("func f(_ x: Int, y: Int = 2, z: Int)", "f(1, z: 3)", True),
    ("func f(_ x: Int, z: Int)", "f(1, z: 3, y: 2)", False),
    ("func f(_ x: Int...)", "f()", True),
    ("func f(_ x: Int...)", "f(1, 2, 3)", True),
    ("func f(_ x: Int..., y: Int)", "f(1, 2, y: 3)", True),
    ("func f(_ x: Int, done: () -> Void)", "f(1) { }", True),
    ("func f(_ x: Int)", "f(1) { }", False),
    ("func f(done: () -> Void, failed: () -> Void)", "f { } failed: { }", True),
    ("func f()", "f(1)", False),
]


@pytest.mark.parametrize(("written", "call", "expected"), CASES)
def test_a_call_fits_by_its_labels(written, call, expected):
    facts = extract(f"{written} {{}}\nfunc caller() {{ {call} }}\n".encode(), "swift", Limits())
    reference = next(each for each in facts.references if each.kind == "call")
    assert fits(interface(facts).definitions[0], reference.args, reference.labels) is expected
