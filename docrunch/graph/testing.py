"""What counts as a test, by the conventions of each language's test runner."""

import re
from collections.abc import Iterable

from docrunch.graph.resolve.interface import Definition
from docrunch.parsing.model import SymbolKind

_TEST_FILE = re.compile(
    r"(?:^|/)(?:test_[^/]*|[^/]*_test|conftest|tests)\.pyi?$"  # pytest, unittest
    r"|_test\.go$"
    r"|(?:^|/)(?:test_[^/]*|[^/]*(?:_test|_tests|_unittest|-test|Test))\.(?:c|cc|cpp|cxx)$"
    r"|(?:^|/)(?:test_[^/]*|[^/]*_(?:test|spec)|(?:spec|test)_helper)\.rb$"  # minitest, RSpec
    r"|(?:Test|TestCase)\.php$"  # PHPUnit
    r"|(?:Tests?|Spec|Suite)\.(?:cs|scala)$|(?:^|/)src/test/.*\.scala$"
    r"|\.(?:test|spec)(?:-d)?\.[cm]?[jt]sx?$|(?:^|/)__tests__/.*\.[cm]?[jt]sx?$"  # jest, vitest
)
_TEST_FOLDER = re.compile(r"(?:^|/)(?:tests?|specs?|Tests?)/")
_CODE = frozenset({"python", "rust", "javascript", "typescript", "tsx", "php", "ruby", "c", "cpp"})


def is_test_file(path: str, language: str) -> bool:
    """Files that only a test runner loads. Rust keeps unit tests beside the code; `is_test_scope` finds those."""
    return bool(_TEST_FILE.search(path)) or (language in _CODE and bool(_TEST_FOLDER.search(path)))


def is_test_scope(language: str, chain: Iterable[Definition]) -> bool:
    """Rust: inside ``#[test]`` or a ``tests`` module. C++: what a test macro makes. ``chain`` is a symbol and what is
    around it."""
    if language == "cpp":
        return any("test" in each.modifiers for each in chain)
    return language == "rust" and any("test" in each.modifiers or _is_test_module(each) for each in chain)


def _is_test_module(symbol: Definition) -> bool:
    return symbol.kind is SymbolKind.NAMESPACE and symbol.name in ("test", "tests")
