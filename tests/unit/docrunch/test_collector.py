"""A worker that linked a large repository must not keep the memory of it."""

import functools
import inspect
import sys
from collections.abc import Iterator
from itertools import chain
from typing import Any

from docrunch.collector import give_back
from docrunch.graph import readings
from docrunch.graph.relink import Linked, relink
from docrunch.source.model import SourceKind, SourceRef
from tests.support.linking import ALL, dedented, inputs

LINKER = ("docrunch.graph.", "docrunch.canonical")
SOURCE = SourceRef("host/owner/world", "c" * 40, "main", SourceKind.GIT)


def linked() -> Linked:
    made = inputs(dedented(ALL))
    return relink(SOURCE, made.entries, made.facts, made.keys, None)


def remembering() -> dict[str, int]:
    """Answers that bounded caches of the linker hold, by function. Tables that are read once are not bounded."""
    found = {}
    for each in functions():
        info = each.cache_info()
        if info.maxsize is not None:
            found[f"{each.__module__}.{each.__qualname__}"] = info.currsize
    return found


def functions() -> Iterator[Any]:
    """Those of the linker that have a cache. A frozen collector does not list them."""
    modules = [module for name, module in sys.modules.items() if name.startswith(LINKER)]
    for module in modules:
        kinds = [
            value for value in vars(module).values() if inspect.isclass(value) and value.__module__ == module.__name__
        ]
        for value in chain(vars(module).values(), *(vars(kind).values() for kind in kinds)):
            if isinstance(value, functools._lru_cache_wrapper):
                yield value


def numbered() -> bool:
    return readings._last is not None


def test_a_link_leaves_nothing_between_the_memory_that_it_took() -> None:
    """One answer of a few bytes keeps a megabyte: whoever remembers something says how it is forgotten."""
    first = linked()
    assert sum(remembering().values()) > 100
    assert numbered()
    give_back()
    assert not any(remembering().values())
    assert not numbered()
    again = linked()
    assert (again.index, again.shards) == (first.index, first.shards)


def test_the_next_link_goes_on_from_a_trace_that_was_numbered_ahead() -> None:
    trace = linked().trace
    give_back()
    readings.number(trace.keys)
    made = inputs(dedented(ALL))
    found = relink(SOURCE, made.entries, made.facts, made.keys, trace)
    assert found.relinked == ()
    assert found.trace.keys is trace.keys
