"""Trees in directories: ``<root>/<slug>/<ref>`` is a link to the generation that is read, ``.r1_2_g3`` beside it.

A link is replaced in one step: whoever opens the path sees one whole generation or the other.
"""

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile

from docrunch.documentation.tree.carry import carry_edits
from docrunch.documentation.tree.check import TreeState, check_tree
from docrunch.documentation.tree.directory import STAGE, Directory, open_directory, read_directory
from docrunch.documentation.tree.names import MANIFEST
from docrunch.documentation.tree.place import KEY, Place
from docrunch.documentation.tree.repository import CommitText
from docrunch.documentation.tree.writer import TreeWriter, Written
from docrunch.errors import Conflict

PROBE_BYTES = 65_536  # a few pages
_MAKING = ".making-"  # links that are about to be put in place
_LEAVING = ".leaving-"  # trees that are about to be removed


class Shelf:
    """Implements `Trees` below a directory of this host."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def update(self, place: Place, pages: Mapping[str, str], removed: Iterable[str], text: CommitText) -> Written:
        removed = list(removed)
        if not pages and not self._tree(place).exists():
            return Written()
        with self._writing(place) as (_, writer):
            done = writer.update(pages, removed)
            if not writer.manifest.building and not self._is_shown(place):
                self._point(place)
        return done

    def check(self, place: Place, expected: Mapping[str, str] | None = None, *, complete: bool = True) -> TreeState:
        with read_directory(self._tree(place)) as files:
            if files is None:
                return TreeState(missing=tuple(sorted(expected or ())))
            return check_tree(files, expected, complete=complete)

    def rebuild(self, place: Place) -> None:
        if self.generation(place) == place:
            return  # it is read already, and may hold what people wrote
        self._remove(place)
        with self._writing(place) as (_, writer):
            writer.save(building=True)

    def activate(self, place: Place, text: CommitText) -> None:
        old = self.generation(place)
        with self._writing(place) as (files, writer):
            if old is not None and old != place:
                self._carry(old, files)
            self._point(place)
            if old is not None and old != place:
                self._carry(old, files)  # what was written between the first time and the switch
            if writer.manifest.building:
                TreeWriter(files, place.key, adopt=True).save(building=False)

    def drop(self, place: Place, text: CommitText) -> int:
        shown = self.generation(place)
        if shown == place:
            self._visible(place).unlink()
        elif shown is not None and self._tree(place).exists():
            with self._writing(shown) as (files, _):
                self._carry(place, files)
        removed = self._remove(place)
        with suppress(OSError):
            self._folder(place).rmdir()
        return removed

    def left(self, repository_id: int) -> dict[str, int]:
        found = {"trees": 0, "links": 0}
        for path in self._everything():
            name = path.readlink().name if path.is_symlink() else path.name
            if (key := KEY.search(name)) and int(key[1]) == repository_id:
                found["links" if path.is_symlink() else "trees"] += 1
        return {kind: number for kind, number in found.items() if number}

    def recover(self) -> int:
        done = 0
        for path in self._everything():
            if path.name.startswith(_MAKING):
                path.unlink(missing_ok=True)
            elif path.name.startswith(_LEAVING):
                shutil.rmtree(path)
            elif KEY.fullmatch(path.name[1:]) and not path.is_symlink() and _is_unfinished(path):
                with suppress(Conflict), open_directory(path, wait=0) as files:  # Conflict: somebody works on it
                    done += TreeWriter(files, adopt=True).settle()
                continue
            else:
                continue
            done += 1
        return done

    def shown(self, place: Place) -> str:
        return str(self._visible(place))

    def health(self) -> dict[str, object]:
        self.root.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=self.root) as probe:  # a place that is full or read-only does not take it
            probe.write(bytes(PROBE_BYTES))
            probe.flush()
            os.fsync(probe.fileno())
        trees = [path for path in self._everything() if KEY.fullmatch(path.name[1:]) and not path.is_symlink()]
        return {"path": str(self.root), "trees": len(trees)}

    def generation(self, place: Place) -> Place | None:
        """A link that leads to a repository that had this slug before shows nothing of this one."""
        visible = self._visible(place)
        return place.at(visible.readlink().name[1:]) if visible.is_symlink() else None

    # ── directories ──

    def _folder(self, place: Place) -> Path:
        return self.root / place.slug

    def _tree(self, place: Place) -> Path:
        return self._folder(place) / f".{place.key}"

    def _visible(self, place: Place) -> Path:
        return self._folder(place) / place.folder

    def _is_shown(self, place: Place) -> bool:
        shown = self.generation(place)
        return shown is not None and self._tree(shown).exists()

    @contextmanager
    def _writing(self, place: Place) -> Iterator[tuple[Directory, TreeWriter]]:
        if self._folder(place).is_symlink():
            raise Conflict(f"{self._folder(place)} is a link", hint="Move it away.")
        with open_directory(self._tree(place)) as files:
            yield files, TreeWriter(files, place.key, adopt=True)

    def _point(self, place: Place) -> None:
        visible = self._visible(place)
        if visible.is_symlink():
            if not KEY.fullmatch(visible.readlink().name[1:]):
                raise Conflict(f"{visible} is a link that docrunch did not make", hint="Move it away.")
        elif visible.exists():
            raise Conflict(f"{visible} is in the way of the pages", hint="Move it away.")
        making = self._folder(place) / f"{_MAKING}{place.key}"
        making.unlink(missing_ok=True)
        making.symlink_to(f".{place.key}")
        making.rename(visible)

    def _carry(self, old: Place, files: Directory) -> None:
        with read_directory(self._tree(old)) as before:
            if before is not None:
                carry_edits(before, files)

    def _remove(self, place: Place) -> int:
        """The tree leaves its name in one step, and its files after that."""
        tree, leaving = self._tree(place), self._folder(place) / f"{_LEAVING}{place.key}"
        if leaving.exists():
            shutil.rmtree(leaving)
        if not tree.exists():
            return 0
        with read_directory(tree) as files:
            number = sum(1 for _ in files.everything()) if files is not None else 0
        tree.rename(leaving)
        shutil.rmtree(leaving)
        return number

    def _everything(self) -> Iterator[Path]:
        """What lies in the directories of all repositories."""
        if not self.root.exists():
            return
        for folder in sorted(self.root.iterdir()):
            if folder.is_dir() and not folder.is_symlink():
                yield from sorted(folder.iterdir())


def _is_unfinished(tree: Path) -> bool:
    if (tree / STAGE).exists():
        return True
    try:
        return b'"writing":' in (tree / MANIFEST).read_bytes()
    except FileNotFoundError:
        return False
