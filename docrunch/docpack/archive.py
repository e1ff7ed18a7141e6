"""A docpack while it is made: members are hashed and compressed as they come, so that none is held until the end."""

from collections.abc import Sequence

from docrunch.canonical import sha256_hex
from docrunch.docpack import gzip, tar
from docrunch.docpack.schema import ROOT, MemberRow


class Archive:
    def __init__(self, deflating: gzip.Deflating) -> None:
        self.members: dict[str, MemberRow] = {}  # by name without `ROOT`
        self._deflating = deflating
        self._parts: dict[str, gzip.Part] = {}  # by the name of the first member inside

    def add(self, name: str, data: bytes, level: int = gzip.LEVEL) -> None:
        self.add_all([(name, data)], level)

    def add_all(self, members: Sequence[tuple[str, bytes]], level: int = gzip.LEVEL) -> None:
        """Small members that follow one another in the archive, compressed together; in name order."""
        self.members.update((name, MemberRow(sha256_hex(data), len(data))) for name, data in members)
        framed = tar.chunks(tar.Member(ROOT + name, data) for name, data in members)
        if members:
            self._parts[members[0][0]] = self._deflating.part(framed, level)

    def finish(self) -> bytes:
        """The whole archive, compressed.

        Raises:
            InvalidArchive: names that are equal without regard to case.
        """
        tar.check_names(ROOT + name for name in self.members)
        parts = [part for _, part in sorted(self._parts.items())]
        return gzip.joined([*parts, self._deflating.part([tar.END])])
