"""Rule: the one method of that name. The only heuristic; it asks for more evidence than the name."""

from typing import TYPE_CHECKING

from docrunch.graph.resolve.common_methods import COMMON
from docrunch.graph.resolve.overloads import takes
from docrunch.graph.resolve.reads import UNIQUE
from docrunch.graph.resolve.values import SYMBOL, UNIQUE_METHOD, Value

if TYPE_CHECKING:
    from docrunch.graph.resolve.resolver import Resolver

MIN_LENGTH = 6  # shorter names are those of every container and stream
MOST = 8  # candidates listed for one call
# Method names of standard libraries: a receiver nobody knows is more likely one of theirs.
_COMMON_WORDS = """
    append appendleft assert_called casefold capitalize charAt charCodeAt children circular close collect concat
    connect contains content context copied count create current decode default delete description discard display
    encode endswith endsWith entries enumerate expandtabs execute extend extract filter finish finished flatMap
    flatten flush_all forEach format_map fromkeys getattr getvalue group_by groups groupby handle handler hexdigest
    includes indexOf insert inspect instance isalpha isalnum isdigit isnumeric isspace istitle isupper islower
    iterator joinpath keywords lastIndexOf listen ljust localeCompare lstrip mapping matches message method mkdir
    monkeypatch normalize notify number object options params parent partition pattern payload popitem position
    prefix prepare process publish push_back python quantize raise_for_status readline readlines reduce refresh
    register release remove removeprefix removesuffix render repeat replace replaceAll request resolve response
    result results return_value reverse reversed rfind rjust rpartition rstrip schedule search select setattr
    setdefault setter should shutdown slice sorted splice splitlines startswith startsWith status string submit
    subscribe substring success swapcase symmetric_difference target timeout title toFixed toLowerCase toString
    toUpperCase translate unlink unwrap unwrap_or unwrap_or_else unwrap_or_default update upper valueOf values
    version warning write_bytes write_text writelines zfill and_then as_bytes as_mut as_ref as_slice as_str as_deref
    borrow borrow_mut chars cloned copied dedup drain entry expect ok_or ok_or_else or_else into_iter into_inner
    is_empty is_some is_none is_ok is_err iter_mut map_err push_str retain serialize deserialize to_owned to_string
    to_vec trim_end trim_start try_from try_into with_capacity windows Error String Close Write WriteString ReadAll
    Printf Println Errorf Fatalf Helper Handle Handler Header Method Cookies Unlock RUnlock RLock Lock Wait
"""
_COMMON = frozenset(_COMMON_WORDS.split())


def is_telling(name: str) -> bool:
    """Whether a name says anything about who is meant."""
    return len(name) >= MIN_LENGTH and name not in _COMMON and not name.startswith("__")


class UniqueMethods:
    """Methods whose name exists once per language family, by name."""

    def __init__(self, resolver: "Resolver") -> None:
        self._resolver = resolver
        self._index = index = resolver.index
        self._files: dict[tuple[str, str], list[int]] = {}  # one entry for each definition
        self._taken: set[tuple[str, str]] = set()  # names of properties
        for file, outline in enumerate(index.outlines):
            family = index.families[file]
            for name in outline.methods:
                self._files.setdefault((family, name), []).append(file)
            for name in outline.properties:
                self._taken.add((family, name))

    def find(self, file: int, name: str, arguments: int, known: frozenset[int]) -> Value | None:
        """The method, if the file imports its file (or is it) and the number of arguments fits."""
        if not self._is_telling(file, name):
            return None
        key = self._noted(file, name)
        found = self._files.get(key, ())
        if len(found) != 1 or found[0] not in known or key in self._taken:
            return None
        if name[-1] == "=" and self._noted(file, name[:-1]) in self._taken:
            return None  # attributes have setters
        (number,) = self._index.methods(found[0], name)
        return (SYMBOL, number, UNIQUE_METHOD) if self._takes(number, arguments) else None

    def candidates(self, file: int, name: str, arguments: int, known: frozenset[int]) -> tuple[int, ...]:
        """Several methods of that name that the file can know, none chosen."""
        if not self._is_telling(file, name):
            return ()
        found = self._files.get(self._noted(file, name), ())
        if not 1 < len(found) <= MOST:
            return ()
        places = [place for place in dict.fromkeys(found) if place in known]
        numbers = [number for place in places for number in self._index.methods(place, name)]
        kept = tuple(number for number in numbers if self._takes(number, arguments))
        return kept if len(kept) > 1 else ()

    def _takes(self, method: int, arguments: int) -> bool:
        return takes(self._resolver.family_of(method), self._index.symbols[method], arguments)

    def _is_telling(self, file: int, name: str) -> bool:
        return is_telling(name) and name not in COMMON.get(self._index.families[file], ())

    def _noted(self, file: int, name: str) -> tuple[str, str]:
        family = self._index.families[file]
        self._index.reads.note(UNIQUE, f"{family}\0{name}")
        return family, name
