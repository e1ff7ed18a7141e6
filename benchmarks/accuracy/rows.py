"""The JSON that the oracles' programs print, the same for every language."""

import msgspec

from benchmarks.accuracy.facts import CallSite, GraphCall, ImportFact, SymbolFact


class ProgramOutput(msgspec.Struct, frozen=True):
    """``files``: those the program could read. Aspects it does not know stay None."""

    files: tuple[str, ...]
    symbols: tuple[SymbolFact, ...] | None = None
    loose: tuple[SymbolFact, ...] = ()
    imports: tuple[ImportFact, ...] | None = None
    calls: tuple[CallSite, ...] | None = None
    notes: tuple[str, ...] = ()
    unread: dict[str, tuple[int, ...]] = {}
    graphs: dict[str, tuple[GraphCall, ...]] = {}


def decode(text: str) -> ProgramOutput:
    """Rows sorted and unique.

    Raises:
        msgspec.ValidationError: the program printed something else.
    """
    said = msgspec.json.decode(text, type=ProgramOutput)
    return ProgramOutput(
        tuple(sorted(set(said.files))),
        None if said.symbols is None else tuple(sorted(said.symbols)),
        tuple(sorted(set(said.loose))),
        None if said.imports is None else tuple(sorted(set(said.imports))),
        None if said.calls is None else tuple(sorted(set(said.calls))),
        said.notes,
        said.unread,
        {name: tuple(sorted(set(rows))) for name, rows in sorted(said.graphs.items())},
    )


def of_files(said: ProgramOutput, files: frozenset[str]) -> ProgramOutput:
    """What is said of some files only; it may lead to others."""
    return ProgramOutput(
        tuple(path for path in said.files if path in files),
        None if said.symbols is None else tuple(row for row in said.symbols if row.path in files),
        tuple(row for row in said.loose if row.path in files),
        None if said.imports is None else tuple(row for row in said.imports if row.path in files),
        None if said.calls is None else tuple(row for row in said.calls if row.path in files),
        said.notes,
        said.unread,
        said.graphs,
    )
