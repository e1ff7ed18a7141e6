"""Rule: the one method of that name. The only heuristic; it asks for more evidence than the name."""

from docrunch.graph.resolve.index import Index
from docrunch.graph.resolve.values import SYMBOL, UNIQUE_METHOD, Value
from docrunch.parsing.model import SymbolKind

MIN_LENGTH = 6  # shorter names are those of every container and stream
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


class UniqueMethods:
    """Methods whose name exists once per language family, by name."""

    def __init__(self, index: Index) -> None:
        self._index = index
        found: dict[tuple[str, str], list[int]] = {}
        for number, symbol in enumerate(index.symbols):
            if symbol.trait:
                continue  # called through a trait that may have other implementations
            if symbol.kind is SymbolKind.METHOD or (symbol.receiver and symbol.kind is SymbolKind.FUNCTION):
                found.setdefault((index.families[index.symbol_file[number]], symbol.name), []).append(number)
        taken = {
            (index.families[index.symbol_file[n]], s.name)
            for n, s in enumerate(index.symbols)
            if s.kind is SymbolKind.PROPERTY
        }
        self._one = {key: numbers[0] for key, numbers in found.items() if len(numbers) == 1 and key not in taken}
        self._several = {key: tuple(numbers) for key, numbers in found.items() if 1 < len(numbers) <= 8}

    def find(self, file: int, name: str, arguments: int, known: frozenset[int]) -> Value | None:
        """The method, if the file imports its file (or is it) and the number of arguments fits."""
        if len(name) < MIN_LENGTH or name in _COMMON or name.startswith("__"):
            return None
        number = self._one.get((self._index.families[file], name))
        if number is None or not self._fits(number, arguments):
            return None
        return (SYMBOL, number, UNIQUE_METHOD) if self._index.symbol_file[number] in known else None

    def candidates(self, file: int, name: str, arguments: int, known: frozenset[int]) -> tuple[int, ...]:
        """Several methods of that name that the file can know, none chosen."""
        if len(name) < MIN_LENGTH or name in _COMMON or name.startswith("__"):
            return ()
        found = self._several.get((self._index.families[file], name), ())
        kept = tuple(n for n in found if self._index.symbol_file[n] in known and self._fits(n, arguments))
        return kept if len(kept) > 1 else ()

    def _fits(self, number: int, arguments: int) -> bool:
        if arguments < 0:
            return True
        params = [
            p
            for p in self._index.symbols[number].params
            if p.name not in ("self", "cls", "&self", "&mut self", "mut self")
        ]
        if any(p.name.startswith(("*", "...", "{", "[")) or p.type.startswith("...") for p in params):
            return True
        needed = sum(1 for p in params if not p.default and not p.name.endswith("?"))
        return needed <= arguments <= len(params)
