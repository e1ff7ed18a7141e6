"""All facts of a tree to its graph. Pure: the same facts give the same graph, whatever their order."""

from collections.abc import Mapping, Sequence

from docrunch.graph.failures import until_linked
from docrunch.graph.model import Graph
from docrunch.graph.outline import outline
from docrunch.graph.project import Project
from docrunch.graph.shards import Shard, assemble
from docrunch.graph.told import NOTHING, Told
from docrunch.parsing.model import FileFacts
from docrunch.source.model import FileEntry, SourceRef


def link(
    source: SourceRef, entries: Sequence[FileEntry], facts: Mapping[str, FileFacts], told: Told = NOTHING
) -> Graph:
    """Nodes for every inventoried file and its symbols; edges between what their names mean.

    Args:
        source: names the repository and commit in the graph.
        entries: the inventory, in any order; skipped files become modules without symbols.
        facts: by path; paths that are not in the inventory are ignored.
        told: what an index from elsewhere says about references in them.

    Raises:
        LinkFailed: many files cannot be linked; a few are left without their references.
    """
    return until_linked(lambda failed: _link(source, entries, facts, told, failed))


def _link(
    source: SourceRef,
    entries: Sequence[FileEntry],
    facts: Mapping[str, FileFacts],
    told: Told,
    failed: Mapping[str, str],
) -> Graph:
    outlines = {entry.path: outline(facts[entry.path]) for entry in entries if entry.path in facts}
    project = Project(source.repository, entries, outlines, facts, told, failed)
    project.attach({path: project.receivers(path) for path, each in outlines.items() if each.outside})
    project.mount({path: project.mounts(path) for path, each in outlines.items() if each.mounts})
    shards: list[Shard] = []
    externals: dict[str, None] = {}
    for path in project.entries:
        shard, outside = project.file(path)
        shards.append(shard)
        externals.update(dict.fromkeys(outside))
    return assemble(source.repository, source.commit, [project.shared(externals), *shards])
