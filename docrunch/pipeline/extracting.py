"""From stored text to facts: which files are parsed, and what a lost file leaves behind."""

from collections.abc import Iterable, Iterator

import msgspec

from docrunch.errors import TooManyFailures
from docrunch.parsing.model import FileFacts
from docrunch.parsing.pool import ParseItem, ParseOutcome
from docrunch.source.model import FileEntry, Issue, TreeReader

MIN_FILES_FOR_SHARE = 10  # below this, one lost file would already exceed any sensible share


def parse_items(tree: TreeReader, entries: Iterable[FileEntry]) -> Iterator[ParseItem]:
    """What the parse pool is to do, in entry order, each text loaded only when it is asked for."""
    for entry in entries:
        yield ParseItem(key=entry.path, text=tree.text(entry.path), language=entry.language)


def located(path: str, issues: Iterable[Issue]) -> tuple[Issue, ...]:
    """Issues of facts, which know no path, with the path of the file they were found in."""
    return tuple(msgspec.structs.replace(issue, path=path) for issue in issues)


def lost_file(outcome: ParseOutcome) -> Issue:
    """The issue of a file whose parse did not come back.

    Raises:
        ValueError: the outcome holds facts.
    """
    if outcome.issue is None:
        raise ValueError(f"{outcome.key} was not lost")
    return msgspec.structs.replace(outcome.issue, path=outcome.key)


def check_fail_share(lost: int, parsable: int, share: float) -> None:
    """Refuse to call a scan done that lost more than the configured share of its files.

    Raises:
        TooManyFailures: ``lost / parsable`` is above ``share`` (only judged from `MIN_FILES_FOR_SHARE` files on).
    """
    if parsable >= MIN_FILES_FOR_SHARE and lost > share * parsable:
        raise TooManyFailures(
            f"{lost} of {parsable} files could not be parsed, more than the allowed share of {share:.0%}",
            hint="See `docrunch runs show ID` for the reasons; raise limits.fail_share to accept the loss.",
        )


def all_issues(tree: TreeReader, facts: Iterable[tuple[str, FileFacts]], lost: Iterable[Issue]) -> tuple[Issue, ...]:
    """Every issue of a scan, sorted and unique: of the source, of the facts, and of lost files."""
    found = set(tree.issues) | set(lost)
    for path, file_facts in facts:
        found.update(located(path, file_facts.issues))
    return tuple(sorted(found))
