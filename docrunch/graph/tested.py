"""What a test calls or imports directly is what it tests."""

from docrunch.graph.model import EdgeKind
from docrunch.graph.place import Place
from docrunch.graph.resolve.index import Index
from docrunch.graph.resolve.values import EXTERNAL, MODULE, SYMBOL
from docrunch.graph.testing import is_test_file, is_test_scope
from docrunch.ids import NodeId


def add(here: Place) -> None:
    tests = _tests(here)
    if not tests:
        return
    for kind in (EdgeKind.CALLS, EdgeKind.IMPORTS):
        for source, target, grade, lines in here.edges.items(kind):
            if source in tests and _is_plain(here.index, *here.targets[target]):
                for line in lines or [0]:
                    here.edges.add(source, target, EdgeKind.TESTS, grade, line)


def _tests(here: Place) -> frozenset[NodeId]:
    """The tests of this file."""
    index, language = here.index, here.facts.language
    symbols = index.own_symbols(here.file)
    if is_test_file(here.path, language):
        return frozenset([here.module, *(index.id_of(number) for number in symbols)])
    return frozenset(index.id_of(number) for number in symbols if is_test_scope(language, index.around(number)))


def _is_plain(index: Index, tag: int, payload: int | str) -> bool:
    """Whether a target can be tested: part of the repository, and no test itself."""
    if not isinstance(payload, int) or tag not in (MODULE, SYMBOL):
        return tag != EXTERNAL
    file = payload if tag == MODULE else index.symbol_file[payload]
    language = index.outlines[file].language
    if is_test_file(index.paths[file], language):
        return False
    return tag == MODULE or not is_test_scope(language, index.around(payload))
