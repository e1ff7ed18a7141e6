"""The pages of the documentation that describe given symbols, as far as the graph alone can tell: all of them."""

from collections.abc import Iterable

import numpy as np

from docrunch.documentation import paths
from docrunch.documentation.files import is_example, is_test
from docrunch.documentation.world import FUNCTION_PAGES, FUNCTIONS
from docrunch.graph.model import NodeKind
from docrunch.graph.queries.view import EXPORTED, KIND_OF_NODE, GraphView

_PROGRAMS = ("main", "command", "route", "job")
_NO_SYMBOL = [
    KIND_OF_NODE[kind] for kind in (NodeKind.REPOSITORY, NodeKind.PACKAGE, NodeKind.MODULE, NodeKind.EXTERNAL)
]


def pages_of(view: GraphView, nodes: Iterable[int]) -> tuple[str, ...]:
    """Pages of modules and functions, sorted, named as `render` names them. See `World.function_pages`."""
    wanted = set(nodes)
    coded = _coded_languages(view)
    functions = _function_pages(view, coded)
    found = set()
    for node in wanted:
        if node in functions:
            found.add(paths.function_page(view.qualified_name(node), view.id(node)))
        module = next((n for n in view.in_path(view.path(node)) if view.node_kind(n) is NodeKind.MODULE), None)
        if module is not None and view.language(module) in coded:
            found.add(paths.module_page(view.qualified_name(module), view.path(module)))
    return tuple(sorted(found))


def _coded_languages(view: GraphView) -> set[str]:
    numbers = np.unique(view.arrays["language"][~np.isin(view.kind, _NO_SYMBOL)])
    return {view.texts["language"][int(number)] for number in numbers}


def _function_pages(view: GraphView, coded: set[str]) -> set[int]:
    """Exported and entry-point functions outside tests that have a page: the most important ones."""
    rows = np.concatenate([view.entries(kind) for kind in _PROGRAMS])
    handlers, places = view.arrays["entry_handler"][rows], view.arrays["entry_place"][rows]
    entries = handlers[view.path_of[handlers] == view.path_of[places]]
    chosen = (view.flags & EXPORTED) > 0
    chosen[entries] = True
    chosen &= np.isin(view.kind, [KIND_OF_NODE[kind] for kind in FUNCTIONS])
    paths_ = list(view.texts["path"])
    plain = np.array([not is_test(path) for path in paths_], bool)
    aside = np.array([is_example(path) for path in paths_], bool)
    nodes = np.flatnonzero(chosen & plain[view.path_of])
    order = np.lexsort((nodes, view.arrays["line"][nodes], view.path_of[nodes], -view.arrays["pagerank"][nodes]))
    ordered = nodes[order]
    examples = aside[view.path_of[ordered]]
    first = ordered[~examples][:FUNCTION_PAGES]
    rest = ordered[examples][: FUNCTION_PAGES - len(first)]
    return {int(node) for node in (*first, *rest) if view.language(int(node)) in coded}
