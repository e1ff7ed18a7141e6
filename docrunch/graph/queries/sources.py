"""A graph from any file that holds one: an export or a docpack."""

from pathlib import Path

from docrunch.docpack.members import graph_of
from docrunch.docpack.read import read_docpack
from docrunch.errors import Failed, InvalidArchive, NotFound
from docrunch.graph.model import Graph, GraphMetrics
from docrunch.graph.reading import read_jsonl

_GZIP = b"\x1f\x8b"


def read_file(path: Path) -> tuple[Graph, GraphMetrics]:
    """Told apart by how they begin, not by their names.

    Raises:
        NotFound: there is no such file.
        InvalidArchive: it holds no graph, or a damaged one.
    """
    try:
        with path.open("rb") as file:
            if file.read(2) != _GZIP:
                file.seek(0)
                return read_jsonl(file)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFound(f"there is no file {path}") from error
    except OSError as error:
        raise Failed(f"cannot read {path}: {error.strerror}") from error
    pack = read_docpack(path)
    graph = graph_of(pack.nodes, pack.graph)
    known = {node.id for node in graph.nodes}
    if len(known) < len(graph.nodes):
        raise InvalidArchive(f"the graph in {path} has a node twice")
    ends = {end for edge in graph.edges for end in (edge.source, edge.target)}
    ends |= {node for entry in graph.entries for node in (entry.place, entry.handler)}
    ends |= {marker.place for marker in graph.markers}
    if ends - known:
        raise InvalidArchive(f"the graph in {path} leads to nodes that it does not have")
    return graph, GraphMetrics(pack.graph.metrics)
