"""What counts as a test decides which edges say "tests"."""

import pytest

from docrunch.graph.testing import is_test_file


@pytest.mark.parametrize(
    ("path", "language", "expected"),
    [
        ("tests/test_a.py", "python", True),
        ("pkg/a_test.py", "python", True),
        ("conftest.py", "python", True),
        ("tests/support.py", "python", True),
        ("pkg/latest.py", "python", False),
        ("pkg/testing.py", "python", False),
        ("mux_test.go", "go", True),
        ("tests/main.go", "go", False),
        ("src/a.test.ts", "typescript", True),
        ("src/a.spec.jsx", "javascript", True),
        ("src/__tests__/a.ts", "typescript", True),
        ("src/test.ts", "typescript", False),
        ("tests/all.rs", "rust", True),
        ("src/lib.rs", "rust", False),
    ],
)
def test_conventions(path, language, expected):
    assert is_test_file(path, language) is expected
