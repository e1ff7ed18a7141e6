"""What the members of any archive have in common: names, duplicates, the top folder, the ratio of a bomb."""

from collections.abc import Iterable

import msgspec

from docrunch.errors import LimitExceeded
from docrunch.options import Limits
from docrunch.source.intake import Candidate, Intake

RATIO_FLOOR = 50 << 20  # bytes; below this no ratio is a bomb


class Member(msgspec.Struct, frozen=True):
    """One member of an archive. ``position`` is its place in it; of equal names the last one counts."""

    name: str
    position: int
    candidate: Candidate


def check_ratio(unpacked: int, packed: int, limits: Limits) -> None:
    if unpacked > max(RATIO_FLOOR, packed * limits.max_archive_ratio):
        raise LimitExceeded(
            f"the archive unpacks to more than {limits.max_archive_ratio} times its size",
            hint="This is what a decompression bomb looks like; raise limits.max_archive_ratio if you trust it.",
        )


def choose_members(members: Iterable[Member], intake: Intake, limits: Limits) -> list[Member]:
    """Members in order, names without the common top folder, each name once.

    Raises:
        LimitExceeded: more members than a scan may have files.
    """
    found: dict[str, Member] = {}
    duplicates: set[str] = set()
    for count, member in enumerate(members):
        if count >= limits.max_files:
            raise LimitExceeded(f"the archive has more than {limits.max_files} members", hint="Raise limits.max_files.")
        if member.name in found:
            duplicates.add(member.name)
        found[member.name] = member
    top = common_top(list(found))
    for name in sorted(duplicates):
        intake.note(name.removeprefix(top), "duplicate_member", "several members have this name; the last one counts")
    return [
        Member(
            name=member.name.removeprefix(top),
            position=member.position,
            candidate=msgspec.structs.replace(member.candidate, path=member.name.removeprefix(top)),
        )
        for member in sorted(found.values(), key=lambda member: member.position)
    ]


def common_top(names: list[str]) -> str:
    """``flask-3.0/`` where every member is in it, as in release archives; a Python package is no such folder."""
    tops = {name.partition("/")[0] for name in names}
    if len(tops) != 1 or not all("/" in name for name in names):
        return ""
    top = next(iter(tops)) + "/"
    return "" if top in {"/", "./", "../"} or f"{top}__init__.py" in names else top
