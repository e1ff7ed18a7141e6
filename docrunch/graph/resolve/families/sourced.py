"""Shell scripts and makefiles: a file that is sourced or included brings all its names along."""

from typing import TYPE_CHECKING

from docrunch.graph.resolve.families.base import Family
from docrunch.graph.resolve.interface import Using
from docrunch.graph.resolve.paths import first_file, upwards
from docrunch.graph.resolve.values import EXACT, MISSING_MODULE, MODULE, Value, miss

if TYPE_CHECKING:
    from docrunch.graph.resolve.resolver import Resolver


class Sourced(Family):
    """Paths are relative to the directory that the program runs in: the file's own one, else one above it."""

    guesses = False

    def origin(self, r: "Resolver", file: int, found: Using) -> Value:
        tail = found.module.lstrip("/") if found.dynamic else found.module
        if tail.startswith("/") or "*" in tail:
            return miss(MISSING_MODULE)
        number = first_file(r.index, self.key, upwards(r.index.paths[file], tail))
        return (MODULE, number, EXACT) if number >= 0 else miss(MISSING_MODULE)
