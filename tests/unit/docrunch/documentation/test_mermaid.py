"""A diagram that does not parse, or has its arrows turned round, is worse than none."""

import pytest

from docrunch.documentation.mermaid import dependency_diagram


def test_an_arrow_reads_depends_on_and_labels_cannot_break_out() -> None:
    made = dependency_diagram([("a", 'x"] --> evil["'), ("b", "end")], [("a", "b"), ("a", "a"), ("a", "gone")])
    assert made == (
        '```mermaid\ngraph LR\n    n0["x#34;#93; #45;#45;#62; evil#91;#34;"]\n    n1["end"]\n    n0 --> n1\n```'
    )


def test_no_more_than_25_nodes() -> None:
    nodes = [(n, str(n)) for n in range(26)]
    assert dependency_diagram(nodes[:25], []) is not None
    with pytest.raises(ValueError, match="25"):
        dependency_diagram(nodes, [])
    assert dependency_diagram([], []) is None
