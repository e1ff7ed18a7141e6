"""A real package to measure on: where it comes from, its pinned digest, and what of it is looked at."""

from dataclasses import dataclass, field
from typing import Literal

Registry = Literal["pypi", "npm", "go", "crates", "maven", "debian"]


@dataclass(frozen=True)
class Package:
    """``digest``: sha256 of the archive; for Go the module's ``h1:`` sum, which the go tool checks itself.

    Both sides see exactly the same tree: what ``keep`` names of the archive (globs whose ``*`` matches slashes too;
    empty: all of it), less what ``drop`` names.
    """

    language: str  # row of the table
    registry: Registry
    name: str
    version: str
    digest: str
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    import_root: str = ""  # Python: directory that is on sys.path
    modules: tuple[str, ...] = ()  # Python: top-level packages that grimp reads
    tests: tuple[str, ...] = ()  # Python: arguments of pytest; empty: the archive holds no tests
    requires: tuple[str, ...] = ()  # pinned: Python: what its tests need; Kotlin: its class path
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return f"{self.name} {self.version}"

    @property
    def slug(self) -> str:
        return f"{self.registry}-{self.name.replace('/', '_').replace(':', '_').replace('@', '')}-{self.version}"
