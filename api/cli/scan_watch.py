"""``docrunch scan --watch``: scan, wait for changes of a local source to settle, scan again."""

from collections.abc import Callable
from pathlib import Path

import msgspec
from watchfiles import DefaultFilter, watch

from api.cli.output import say
from api.cli.scan_flags import DEFAULT_DOCS, ScanFlags
from docrunch.errors import DocrunchError, UsageError
from docrunch.source.model import SourceKind
from docrunch.source.spec import WORKTREE_REF, SourceSpec

INTERRUPTED = 130
QUIET_MILLISECONDS = 800  # an editor or a checkout writes many files in a row; one scan for all of them
LONGEST_MILLISECONDS = 10_000  # but not later than this after the first


class SourceChanges(DefaultFilter):
    """Changes that matter: not those of version control, of caches, and not the results that we write ourselves."""

    ignore_dirs = (*DefaultFilter.ignore_dirs, ".docrunch")

    def __init__(self, outputs: tuple[Path, ...]) -> None:
        super().__init__(ignore_paths=tuple(str(path) for path in outputs), ignore_entity_patterns=(r"\.docpack$",))


def watch_source(flags: ScanFlags, spec: SourceSpec, scan: Callable[[ScanFlags], int]) -> int:
    """Scan now and after every change until interrupted; a scan that fails does not end the watch.

    Ctrl-C ends the watch: while a scan runs it detaches from that scan as well.

    Raises:
        UsageError: the source is not a local directory.
    """
    if spec.kind not in (SourceKind.GIT, SourceKind.DIRECTORY):
        raise UsageError("--watch needs a local directory", hint="Give the path of a checkout or a directory.")
    if spec.kind is SourceKind.GIT and flags.ref is None:
        say("Watching the working tree (--ref @worktree): uncommitted changes count.")
        flags = msgspec.structs.replace(flags, ref=WORKTREE_REF)
    outputs = ((flags.docs or DEFAULT_DOCS).absolute(), *((flags.docpack.absolute(),) if flags.docpack else ()))
    if _once(flags, scan) == INTERRUPTED:
        return INTERRUPTED
    changes = watch(
        spec.path,
        watch_filter=SourceChanges(outputs),
        debounce=LONGEST_MILLISECONDS,
        step=QUIET_MILLISECONDS,
        raise_interrupt=False,
    )
    for changed in changes:
        say(f"{len(changed)} changes; scanning again")
        if _once(flags, scan) == INTERRUPTED:
            return INTERRUPTED
    return INTERRUPTED  # the only way in which waiting for changes ends


def _once(flags: ScanFlags, scan: Callable[[ScanFlags], int]) -> int:
    try:
        return scan(flags)
    except DocrunchError as error:
        say(f"error: {error.message}" + (f"\n  {error.hint}" if error.hint else ""))
        return error.exit_code
