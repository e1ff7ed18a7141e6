"""How often the files of a graph were changed: stored by its scan, or read from a repository that is at hand."""

import tempfile
from pathlib import Path

from api.operations.export_graph import FoundGraph
from db.repositories.churn import ChurnKey, load
from db.session import Database
from docrunch.errors import NotFound
from docrunch.graph.model import NodeKind
from docrunch.graph.queries.view import KIND_OF_NODE, GraphView
from docrunch.source.churn import Absent, Churn
from docrunch.source.history import read_churn
from docrunch.source.model import SourceKind
from docrunch.source.policy import SourcePolicy
from docrunch.source.spec import parse_spec

_WITH_HISTORY = (SourceKind.GIT, SourceKind.WORKTREE)
_BECAUSE = {
    Absent.NO_HISTORY: ("it was not scanned from a local git repository", "Scan a full clone of it."),
    Absent.SHALLOW: ("the clone is shallow", "Run `git fetch --unshallow` in it and scan it again."),
    Absent.UNREADABLE: ("objects of its history are missing or damaged", "Scan a full clone of it."),
    Absent.TOO_LARGE: ("git took too long to read its history", "Scan it again when the machine is less busy."),
    Absent.GONE: ("its history could not be read where it was scanned", "Scan it again."),
}


async def stored_churn(database: Database, graph: FoundGraph) -> Churn:
    """What the scan of a graph, or an earlier one of the same commit, left.

    Raises:
        NotFound: there is none; the message says why.
    """
    async with database.transaction() as connection:
        found = await load(connection, ChurnKey(graph.repository_id, graph.commit, graph.tree_sha256))
    if found is None:
        found = Absent.GONE if graph.kind in _WITH_HISTORY else Absent.NO_HISTORY
    return _known(found, graph.repository, graph.commit)


def local_churn(view: GraphView, directory: Path) -> Churn:
    """That of the commit a graph was made of, from a repository that has it.

    Raises:
        NotFound: there is none; the message says why.
    """
    modules = (view.kind == KIND_OF_NODE[NodeKind.MODULE]).nonzero()[0]
    paths = {view.path(int(node)) for node in modules}
    spec = parse_spec(str(directory), cwd=Path.cwd())
    with tempfile.TemporaryDirectory(prefix="docrunch-") as work:
        found = read_churn(spec, view.commit, paths, policy=SourcePolicy(), workdir=Path(work))
    return _known(found, view.repository, view.commit)


def _known(found: Churn | Absent, repository: str, commit: str) -> Churn:
    if isinstance(found, Churn):
        return found
    why, what_to_do = _BECAUSE[found]
    raise NotFound(f"there is no churn of {repository} @ {commit[:12]}: {why}", hint=what_to_do)
