"""Archives of any members, also of ones that no scan would make."""

from collections.abc import Iterable

from docrunch.docpack import tar


def write(members: Iterable[tar.Member]) -> bytes:
    return b"".join([*tar.chunks(members), tar.END])
