"""Tools that are not ours and know the languages: one file per language, their programs in `programs/`.

An oracle knows nothing of how we make our graph; it may know the names of our node kinds, since somebody has to say
what a class of a language is called there.
"""

from pathlib import Path
from typing import Protocol

from benchmarks.accuracy.facts import OracleFacts
from benchmarks.accuracy.package import Package

PROGRAMS = Path(__file__).parent / "programs"


class Oracle(Protocol):
    """``language`` is the row of the table."""

    language: str

    def version(self, base: Path) -> str:
        """What the facts depend on besides the package: versions of tools, text of programs.

        Raises:
            NotAvailable: the tools cannot be had.
        """
        ...

    def facts(self, package: Package, tree: Path, base: Path) -> OracleFacts:
        """Everything it can say; ``base`` is the directory for tools and downloads.

        Raises:
            NotAvailable: it can say nothing.
        """
        ...
