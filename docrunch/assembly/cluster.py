"""Groups of similar symbols or files by their vectors.

HDBSCAN (Campello, Moulavi and Sander 2013) where it finds structure, else spherical k-means; every choice is recorded
in a sentence. Equal vectors give equal clusters on every machine: see `docrunch.assembly.density` and `.kmeans`.
"""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from docrunch.assembly.density import density_labels
from docrunch.assembly.kmeans import kmeans_labels, nearest_centroid
from docrunch.assembly.node_vectors import NodeVectors
from docrunch.embedding.quantise import Integers, mean_direction
from docrunch.ids import NodeId

MAX_ITEMS = 3_000  # of the quadratic step
MIN_ITEMS_DENSITY = 30  # fewer have no density to speak of
MIN_ITEMS = 4
MAX_NOISE = 0.4
MAX_SHARE = 0.5  # of one density cluster: "nearly everything" tells a reader nothing

Labels = npt.NDArray[np.intp]
UNCLUSTERED = -1


class Grouping(msgspec.Struct, frozen=True):
    """Clusters before they are named: members sorted, largest cluster first, then by smallest member."""

    method: str  # hdbscan | kmeans | none
    reason: str
    items: str  # symbols | files
    groups: tuple[tuple[NodeId, ...], ...]
    noise: tuple[NodeId, ...]


def group(symbols: NodeVectors, files: NodeVectors) -> Grouping:
    """Cluster all symbols, or where they are more than `MAX_ITEMS` all files.

    At most `MAX_ITEMS` items in id order are clustered; every other item joins the nearest centroid.
    """
    if len(symbols.ids) <= MAX_ITEMS:
        return _group(symbols, "symbols", f"{len(symbols.ids)} symbols")
    why = f"{len(files.ids)} files by mean vector, because {len(symbols.ids)} symbols are more than {MAX_ITEMS}"
    return _group(files, "files", why)


def _group(vectors: NodeVectors, items: str, what: str) -> Grouping:
    if len(vectors.ids) < MIN_ITEMS:
        return Grouping("none", f"{what}: fewer than {MIN_ITEMS} items", items, (), vectors.ids)
    core = vectors.rows[:MAX_ITEMS]
    method, reason, labels = _labels(core, what)
    if len(vectors.ids) > MAX_ITEMS:
        rest = nearest_centroid(vectors.rows[MAX_ITEMS:], centroids(core, labels))
        labels = np.concatenate([labels, rest])
        reason += f"; the other {len(rest)} joined the nearest centroid"
    groups, noise = _members(vectors.ids, labels)
    return Grouping(method, reason, items, groups, noise)


def _labels(rows: Integers, what: str) -> tuple[str, str, Labels]:
    if len(rows) < MIN_ITEMS_DENSITY:
        return "kmeans", f"{what}: too few for density ({MIN_ITEMS_DENSITY} needed)", kmeans_labels(rows)
    labels = density_labels(rows)
    refused = _refusal(labels)
    if refused:
        return "kmeans", f"{what}: {refused}", kmeans_labels(rows)
    return "hdbscan", f"{what}: {_share(labels == UNCLUSTERED):.0%} noise", labels


def _refusal(labels: Labels) -> str:
    """Why a clustering by density is of no use, empty where it is."""
    if labels.max() < 1:
        return "density shows fewer than two clusters"
    noise = _share(labels == UNCLUSTERED)
    if noise > MAX_NOISE:
        return f"{noise:.0%} noise by density, more than {MAX_NOISE:.0%}"
    largest = _share(labels == np.bincount(labels[labels >= 0]).argmax())
    return f"{largest:.0%} in one cluster by density" if largest > MAX_SHARE else ""


def _share(mask: npt.NDArray[np.bool_]) -> float:
    return float(np.mean(mask))


def centroids(rows: Integers, labels: Labels) -> Integers:
    """(k, d) mean directions of the clusters 0…k-1."""
    return np.stack([mean_direction(rows[labels == label]) for label in range(int(labels.max()) + 1)])


def _members(ids: Sequence[NodeId], labels: Labels) -> tuple[tuple[tuple[NodeId, ...], ...], tuple[NodeId, ...]]:
    found: dict[int, list[NodeId]] = {}
    for id_, label in zip(ids, labels.tolist(), strict=True):
        found.setdefault(label, []).append(id_)
    noise = tuple(found.pop(UNCLUSTERED, ()))
    groups = sorted((tuple(members) for members in found.values()), key=lambda members: (-len(members), members[0]))
    return tuple(groups), noise


def cluster_of(groups: Sequence[Sequence[NodeId]]) -> Mapping[NodeId, int]:
    """Node → number of its group."""
    return {member: number for number, members in enumerate(groups) for member in members}
