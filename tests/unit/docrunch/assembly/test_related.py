import numpy as np
from threadpoolctl import threadpool_limits

from docrunch.assembly import nearest as module
from docrunch.assembly.related import KEPT, Comparisons, most_central, related
from docrunch.embedding.quantise import cosines
from docrunch.graph.model import GraphMetrics, NodeMetrics
from tests.unit.docrunch.assembly.worlds import directions, node_vectors


def test_at_most_five_nearest_first_and_never_itself() -> None:
    vectors = node_vectors(directions(700, groups=70, spread=0.3))
    found, _ = related(vectors)
    assert len(found) == 700
    for id_, near in found.items():
        assert len(near) <= 5
        assert id_ not in dict(near)
        assert [c for _, c in near] == sorted((c for _, c in near), reverse=True)
        assert all(cosine >= 0.5 for _, cosine in near)
    exact = cosines(vectors.rows, vectors.rows)
    for place, id_ in enumerate(vectors.ids):
        others = [(vectors.ids[p], c) for p, c in enumerate(exact[place].tolist()) if p != place and c >= 0.5]
        assert list(found[id_]) == sorted(others, key=lambda pair: (-pair[1], pair[0]))[:5]


def test_ties_are_ordered_by_id_and_the_unlike_are_left_out() -> None:
    rows = np.concatenate([np.repeat(np.eye(1, 64), 8, axis=0), np.eye(64)[5:6]]).astype(np.float32)
    vectors = node_vectors(rows)
    found, _ = related(vectors)
    assert [id_ for id_, _ in found[vectors.ids[3]]] == [vectors.ids[p] for p in (0, 1, 2, 4, 5)]
    assert vectors.ids[8] not in found


def test_blocks_and_threads_change_nothing(monkeypatch: object) -> None:
    vectors = node_vectors(directions(600, groups=20, spread=0.5))
    whole, _ = related(vectors)
    monkeypatch.setattr(module, "_BLOCK", 97)  # type: ignore[attr-defined]
    with threadpool_limits(1):
        assert related(vectors)[0] == whole


def test_in_a_huge_repository_the_central_nodes_are_compared() -> None:
    vectors = node_vectors(directions(6, groups=6, spread=0))
    ranks = {id_: NodeMetrics(pagerank=place % 3) for place, id_ in enumerate(vectors.ids)}
    kept = most_central(vectors, GraphMetrics(ranks), limit=3)
    assert kept.ids == tuple(vectors.ids[p] for p in (1, 2, 5))
    assert np.array_equal(kept.rows, vectors.rows[[1, 2, 5]])


def test_what_is_remembered_changes_no_result_and_has_a_limit() -> None:
    comparisons = Comparisons()
    for number in range(2 * KEPT):
        vectors = node_vectors(directions(40 + number, groups=5, spread=0.3))
        assert comparisons.related(f"repository {number % 6}", vectors) == related(vectors)[0]
    assert len(comparisons._last) == KEPT
