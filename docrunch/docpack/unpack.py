"""A docpack as a directory: extracted beside its target, then moved there in one step."""

import shutil
import tempfile
from pathlib import Path

from docrunch.docpack.read import DEFAULT_LIMITS, DocpackSource, ReadLimits, iter_members
from docrunch.docpack.schema import ROOT
from docrunch.errors import Conflict, Failed


def unpack(
    pack: DocpackSource, target: Path, *, force: bool = False, limits: ReadLimits = DEFAULT_LIMITS
) -> list[Path]:
    """Write the members below ``target`` (without ``docpack/`` in front), streaming one at a time.

    Returns:
        The files written, relative to ``target``, in archive order.

    Raises:
        Conflict: ``target`` is a file or a link, or holds something and ``force`` is not set.
        InvalidArchive, LimitExceeded, NotFound: see `iter_members`; then nothing is left behind.
        Failed: the file system refuses.
    """
    _check_target(target, force)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as error:
        raise Failed(f"cannot write to {target.parent}: {error.strerror}") from error
    try:
        written = _extract(pack, work / "new", limits)
        _swap(work, target)
    except OSError as error:
        raise Failed(f"cannot write {target}: {error.strerror}") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return written


def _check_target(target: Path, force: bool) -> None:
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise Conflict(f"{target} is not a directory", hint="Choose another directory.")
    if target.exists() and any(target.iterdir()) and not force:
        raise Conflict(f"{target} is not empty", hint="Choose another directory, or use --force to replace it.")


def _extract(pack: DocpackSource, root: Path, limits: ReadLimits) -> list[Path]:
    root.mkdir(mode=0o755)
    written = []
    for member in iter_members(pack, limits):  # names are checked there: plain segments below docpack/
        relative = Path(member.name.removeprefix(ROOT))
        path = root / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as out:
            out.write(member.data)
        written.append(relative)
    return written


def _swap(work: Path, target: Path) -> None:
    if target.exists():
        target.rename(work / "old")
    try:
        (work / "new").rename(target)
    except OSError:
        if (work / "old").exists():
            (work / "old").rename(target)
        raise
