# ruff: noqa: E501 (each sample on one line)
"""Parameters as docstrings describe them: the function pages show these words."""

import pytest

from docrunch.parsing.docstrings import clean, describe

GOOGLE = "Do.\n\nArgs:\n    first (int): one\n        more\n    *rest: others\n\nReturns:\n    The sum.\n\nRaises:\n    X: no"
NUMPY = "Do.\n\nParameters\n----------\nfirst, second : int\n    one\n    more\nrest\n    others\n\nReturns\n-------\nint\n    The sum.\n\nNotes\n-----\nNo."
SPHINX = (
    "Do.\n\n:param int first: one\n    more\n:param rest: others\n:type rest: list\n:returns: The sum.\n:raises X: no"
)
JSDOC = "Do.\n@param {number} first - one\n  more\n@param [rest=3] others\n@throws no\n@returns {number} The sum."


@pytest.mark.parametrize("doc", [GOOGLE, NUMPY, SPHINX, JSDOC], ids=["google", "numpy", "sphinx", "jsdoc"])
def test_each_style_names_parameters_and_result(doc: str) -> None:
    described, returns = describe(doc)
    assert (described["first"], described["rest"], returns) == ("one more", "others", "The sum.")
    assert set(described) <= {"first", "second", "rest"}


def test_plain_text_describes_nothing() -> None:
    assert describe("Return: the thing.\nArgs are: none") == ({}, "")


def test_cleaning_removes_quotes_and_common_indentation_only() -> None:
    assert clean('r"""One.\n\n        Two\n          three\\n\n    """') == "One.\n\nTwo\n  three\\n"
    assert clean("'x'") == "x"
