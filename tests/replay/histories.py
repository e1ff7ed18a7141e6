"""Successive releases of one package per ecosystem, oldest first: enough of them that files came, moved and went."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.support import corpus

CLICK = (
    "3.0 3.1 3.2 3.3 4.0 4.1 5.0 5.1 6.0 6.2 6.3 6.4 6.6 6.7 7.0 7.1 7.1.1 7.1.2 8.0.0 8.0.1 8.0.2 8.0.3 8.0.4 "
    "8.1.0 8.1.1 8.1.2 8.1.3 8.1.4 8.1.5 8.1.6 8.1.7 8.1.8"
)
COMMANDER = (
    "7.2.0 8.0.0 8.1.0 8.2.0 8.3.0 9.0.0 9.1.0 9.2.0 9.3.0 9.4.0 9.4.1 9.5.0 10.0.0 10.0.1 11.0.0 11.1.0 12.0.0 "
    "12.1.0 13.0.0 13.1.0 14.0.0 14.0.1 14.0.2 14.0.3 15.0.0 15.1.0"
)
COBRA = (
    "v0.0.1 v0.0.2 v0.0.3 v0.0.5 v0.0.6 v1.0.0 v1.1.1 v1.1.3 v1.2.1 v1.3.0 v1.4.0 v1.5.0 v1.6.0 v1.6.1 v1.7.0 "
    "v1.8.0 v1.8.1 v1.9.1 v1.10.0 v1.10.1 v1.10.2"
)


@dataclass(frozen=True)
class History:
    package: str
    versions: tuple[str, ...]
    fetch: Callable[[Path, str, str], Path]  # corpus directory, package, version → its unpacked files

    def newest(self, number: int, root: Path) -> list[tuple[str, Path]]:
        return [(version, self.fetch(root, self.package, version)) for version in self.versions[-number:]]


HISTORIES = {
    "pypi": History("click", tuple(CLICK.split()), corpus.pypi_wheel),
    "npm": History("commander", tuple(COMMANDER.split()), corpus.npm),
    "go": History("github.com/spf13/cobra", tuple(COBRA.split()), corpus.go_module),
}


def shares(total: int, ecosystems: list[str]) -> dict[str, int]:
    """How many versions of each to take, as evenly as their histories allow.

    Raises:
        ValueError: they have not that many together.
    """
    taken = dict.fromkeys(ecosystems, 0)
    while sum(taken.values()) < total:
        room = [name for name in ecosystems if taken[name] < len(HISTORIES[name].versions)]
        if not room:
            raise ValueError(f"{', '.join(ecosystems)} have {sum(taken.values())} versions, not {total}")
        taken[min(room, key=lambda name: taken[name])] += 1
    return taken
