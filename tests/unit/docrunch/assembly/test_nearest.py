"""After a change only what changed is compared again; a reader must not be able to tell."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docrunch.assembly import nearest as module
from docrunch.assembly.nearest import NEAREST, Nearest, nearest_of
from docrunch.assembly.node_vectors import NodeVectors
from docrunch.embedding.quantise import squares, to_integers
from docrunch.ids import NodeId
from tests.unit.docrunch.assembly.worlds import directions, node_vectors

# Few directions, so that rows are often equal and cosines often tie.
_PALETTE = to_integers(np.concatenate([directions(9, groups=3, spread=0.4), np.zeros((1, 64), np.float32)]))
worlds = st.dictionaries(st.integers(0, 60), st.integers(0, len(_PALETTE) - 1), min_size=1, max_size=40)


def vectors_of(world: dict[int, int]) -> NodeVectors:
    ids = sorted(world)
    return NodeVectors(tuple(NodeId(f"n_{id_:03d}") for id_ in ids), _PALETTE[[world[id_] for id_ in ids]])


def seen(found: Nearest) -> list[tuple[str, list[tuple[str, float]]]]:
    return [
        (id_, [(found.ids[p], c) for p, c in zip(places[:count], cosines[:count], strict=True)])
        for id_, count, places, cosines in zip(
            found.ids, found.counts.tolist(), found.places.tolist(), found.cosines.tolist(), strict=True
        )
    ]


@settings(deadline=None, max_examples=300)
@given(
    worlds, st.lists(st.dictionaries(st.integers(0, 60), st.integers(-1, len(_PALETTE) - 1), max_size=6), max_size=4)
)
def test_insertions_deletions_and_changes_give_what_a_clean_comparison_gives(
    world: dict[int, int], edits: list[dict[int, int]]
) -> None:
    known = nearest_of(vectors_of(world))
    for edit in edits:
        world = {id_: row for id_, row in {**world, **edit}.items() if row >= 0}
        known = nearest_of(vectors_of(world), known)
        assert seen(known) == seen(nearest_of(vectors_of(world)))


def test_a_small_change_in_many_rows_compares_few_with_all(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = directions(700, groups=70, spread=0.3)
    before = nearest_of(node_vectors(rows))
    rows[350] = -rows[350]
    compared: list[int] = []
    whole = module._compare_with_all
    monkeypatch.setattr(module, "_compare_with_all", lambda m, r, w: (compared.append(len(w)), whole(m, r, w)))
    after = nearest_of(node_vectors(rows), before)
    assert 1 <= compared[0] < 40
    assert seen(after) == seen(nearest_of(node_vectors(rows)))


def test_among_very_many_near_rows_the_best_are_found() -> None:
    vectors = node_vectors(directions(900, groups=2, spread=0.1))
    exact = nearest_of(vectors)
    for this in (0, 1, 450, 899):
        cosines = module.rounded_cosines(
            (vectors.rows[this].astype(np.float64) @ vectors.rows.T.astype(np.float64)).astype(np.float32),
            np.sqrt(squares(vectors.rows)[this].astype(np.float64)) * np.sqrt(squares(vectors.rows).astype(np.float64)),
        )
        cosines[this] = -1
        best = np.lexsort((np.arange(900), -cosines))[:NEAREST]
        assert exact.places[this].tolist() == best.tolist()
        assert exact.cosines[this].tolist() == cosines[best].tolist()


def test_another_encoder_makes_everything_new() -> None:
    before = nearest_of(node_vectors(directions(50, groups=5, spread=0.3)))
    other = NodeVectors(before.ids, np.full((50, 8), 1414, np.int32))
    assert seen(nearest_of(other, before)) == seen(nearest_of(other))
