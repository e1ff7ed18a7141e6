"""Graphs to ask, kept in arrays once they were asked for; those of files.

A view is kept below ``DOCRUNCH_HOME/cache`` under the hash of what it was made from, so that it is never out of date;
it can be deleted at any time.
"""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from docrunch.canonical import sha256_hex
from docrunch.errors import DocrunchError, Failed, InvalidArchive, NotFound
from docrunch.files import atomic_file
from docrunch.graph.model import Graph, GraphMetrics
from docrunch.graph.queries.stored import open_view, view_id
from docrunch.graph.queries.view import GraphView

MADE_BY = "`docrunch export graph --out FILE` and `docrunch scan` make one."
ABANDONED = 3_600  # seconds after which a half-written view belongs to a process that was killed
KEPT = 24  # views; the oldest go first


class Views:
    """Args: ``folder`` may be missing or read-only; then nothing is kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, key: str) -> GraphView | None:
        path = self._path(key)
        try:
            view = open_view(path)
        except (OSError, InvalidArchive):
            return None
        with suppress(OSError):
            path.touch()
        return view

    def keep(self, key: str, view: GraphView) -> None:
        from docrunch.graph.queries.writing import write_view

        path = self._path(key)
        with suppress(OSError, DocrunchError):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with atomic_file(path, mode=0o600) as out:
                write_view(view, out)
            kept = sorted(self._folder.glob("*.view"), key=lambda each: each.stat().st_mtime, reverse=True)
            newest = kept[0].stat().st_mtime
            unfinished = [each for each in self._folder.glob(".*.view.*") if each.stat().st_mtime < newest - ABANDONED]
            for old in [*kept[KEPT:], *unfinished]:
                old.unlink(missing_ok=True)

    def get(self, key: str, read: Callable[[], tuple[Graph, GraphMetrics | None]]) -> GraphView:
        found = self.find(key)
        if found is None:
            from docrunch.graph.queries.index import build  # with what computes metrics: 0.3 s

            found = build(*read())
            self.keep(key, found)
        return found

    def _path(self, key: str) -> Path:
        return self._folder / f"{sha256_hex(f'{view_id()} {key}'.encode())}.view"


def file_view(views: Views, path: Path) -> GraphView:
    """The graph of an exported ``graph.jsonl`` or a docpack.

    Raises:
        NotFound: there is no such file.
        InvalidArchive: it holds no graph, or a damaged one.
    """
    key = _sha256(path)
    try:
        return views.get(f"file {key}", lambda: _read(path, key))
    except OverflowError as error:
        raise InvalidArchive(f"the graph in {path} holds numbers that are out of range") from error


def _read(path: Path, sha256: str) -> tuple[Graph, GraphMetrics]:
    from docrunch.graph.queries.sources import read_file

    found = read_file(path)
    if _sha256(path) != sha256:  # what is read must be what the view is kept under
        raise Failed(f"{path} changed while it was read", hint="Ask again.")
    return found


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFound(f"there is no file {path}", hint=MADE_BY) from error
    except OSError as error:
        raise Failed(f"cannot read {path}: {error.strerror}") from error
