"""Everything that is computed over the whole graph before anything is worded."""

from collections.abc import Mapping, Sequence

from docrunch.assembly.cluster import Grouping, cluster_of, group
from docrunch.assembly.contexts import symbol_contexts
from docrunch.assembly.labels import label_groups
from docrunch.assembly.model import Assembly, Cluster, Clustering
from docrunch.assembly.node_vectors import symbol_and_file_vectors
from docrunch.assembly.related import Comparisons, Related, most_central
from docrunch.embedding.model import TextUnit, Vectors
from docrunch.graph.metrics import compute_metrics
from docrunch.graph.model import Graph, GraphMetrics, Node
from docrunch.ids import NodeId
from docrunch.parsing.model import FileFacts


def assemble(
    graph: Graph,
    facts: Mapping[str, FileFacts],
    units: Sequence[TextUnit],
    vectors: Vectors | None,
    metrics: GraphMetrics | None = None,
    comparisons: Comparisons | None = None,
) -> Assembly:
    """Metrics, clusters, relatedness and symbol contexts. Pure: equal arguments give equal results everywhere.

    Args:
        facts: by path; what they say about symbols is in the nodes of the graph already.
        units: sorted by id.
        vectors: (len(units), d) float32, row by row those of ``units``; ``None`` without embeddings.
        metrics: those of the graph, where the caller has them already.
        comparisons: what earlier calls compared; it saves time and changes no result.

    Raises:
        ValueError: units and rows differ in number, or rows are not finite unit vectors.
    """
    del facts
    metrics = metrics or compute_metrics(graph)
    grouping, near = _from_vectors(graph, metrics, units, vectors, comparisons or Comparisons())
    return Assembly(
        metrics=metrics,
        clustering=_named(grouping, {node.id: node for node in graph.nodes}),
        related=near,
        contexts=symbol_contexts(graph, metrics, cluster_of(grouping.groups)),
    )


def _from_vectors(
    graph: Graph,
    metrics: GraphMetrics,
    units: Sequence[TextUnit],
    vectors: Vectors | None,
    comparisons: Comparisons,
) -> tuple[Grouping, Related]:
    if vectors is None:
        return Grouping("none", "no embeddings", "symbols", (), ()), {}
    if len(units) != len(vectors):
        raise ValueError(f"{len(units)} units for {len(vectors)} vectors")
    symbols, files = symbol_and_file_vectors(graph.nodes, units, vectors)
    near = {
        **comparisons.related(f"{graph.repository} symbols", most_central(symbols, metrics)),
        **comparisons.related(f"{graph.repository} files", most_central(files, metrics)),
    }
    return group(symbols, files), dict(sorted(near.items()))


def _named(grouping: Grouping, nodes: Mapping[NodeId, Node]) -> Clustering:
    named = label_groups(grouping.groups, nodes)
    clusters = tuple(
        Cluster(id=number, label=label, terms=terms, members=members)
        for number, (members, (label, terms)) in enumerate(zip(grouping.groups, named, strict=True))
    )
    return Clustering(grouping.method, grouping.reason, grouping.items, clusters, grouping.noise)
