"""Dependency diagrams: ``graph LR``, generated node ids, escaped labels, at most 25 nodes."""

from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

from docrunch.documentation.escape import diagram_label

MAX_NODES = 25
MAX_EDGES = 80  # beyond that, a drawn graph cannot be read; callers say how many they left out

K = TypeVar("K", bound=Hashable)


def dependency_diagram(
    nodes: Sequence[tuple[K, str]], edges: Iterable[tuple[K, K]], *, focus: K | None = None
) -> str | None:
    """A fenced mermaid block; ``a --> b`` reads "a depends on b".

    Args:
        nodes: (key, label) in the order to draw.
        edges: pairs of keys; pairs with a key outside ``nodes`` and self-loops are left out.
        focus: the node to emphasise.

    Returns:
        ``None`` without nodes.

    Raises:
        ValueError: more than 25 nodes; the caller chooses what to collapse.
    """
    if not nodes:
        return None
    if len(nodes) > MAX_NODES:
        raise ValueError(f"a diagram shows at most {MAX_NODES} nodes, not {len(nodes)}")
    ids = {key: f"n{number}" for number, (key, _) in enumerate(nodes)}
    lines = ["```mermaid", "graph LR"]
    lines += [f'    {ids[key]}["{diagram_label(label)}"]' for key, label in nodes]
    lines += [f"    {ids[a]} --> {ids[b]}" for a, b in edges if a in ids and b in ids and a != b]
    if focus is not None and focus in ids:
        lines.append(f"    style {ids[focus]} stroke-width:3px")
    return "\n".join([*lines, "```"])
