"""Ruby: the interpreter's own parser for symbols and call expressions, TracePoint under its tests for calls."""

import os
from pathlib import Path

import msgspec

from benchmarks.accuracy.errors import NotAvailable
from benchmarks.accuracy.facts import CallSite, OracleFacts, SymbolFact
from benchmarks.accuracy.oracles import PROGRAMS
from benchmarks.accuracy.oracles.executed import Event, executed, traced
from benchmarks.accuracy.package import Package
from benchmarks.accuracy.tools import need, run

KINDS = ("class", "trait", "method", "function", "constructor", "property", "constant")
_CODE = frozenset({"method", "function", "constructor"})
_FACTS, _TRACE = PROGRAMS / "ruby" / "facts.rb", PROGRAMS / "ruby" / "trace.rb"
_LOAD = """
require "test/unit"
ARGV.flat_map { |glob| Dir[glob] }.sort.each do |file|
  require File.expand_path(file)
rescue LoadError, StandardError => e
  warn "#{file}: #{e.class}"
end
ARGV.clear
"""
_SECONDS = 1_800.0


class _Said(msgspec.Struct, frozen=True):
    """As facts.rb prints it; aliases are (path, line, name, original)."""

    files: tuple[str, ...]
    symbols: tuple[SymbolFact, ...]
    calls: tuple[CallSite, ...]
    aliases: tuple[tuple[str, int, str, str], ...]
    notes: tuple[str, ...]


class RubyOracle:
    language = "ruby"

    def version(self, base: Path) -> str:
        texts = [path.read_text() for path in (_FACTS, _TRACE, Path(__file__), Path(__file__).with_name("executed.py"))]
        return "\0".join([run([need("ruby"), "--version"]), *texts])

    def facts(self, package: Package, tree: Path, base: Path) -> OracleFacts:
        said = msgspec.json.decode(run([need("ruby"), str(_FACTS), str(tree)]), type=_Said)
        missing: dict[str, str] = {}
        events: tuple[Event, ...] = ()
        notes = list(said.notes)
        try:
            events, note = _events(package, tree, base, said)
            notes.append(note)
        except NotAvailable as error:
            missing["calls"] = str(error)
        calls = executed(said.calls, events)
        return OracleFacts(
            oracle=f"{run([need('ruby'), '--version']).split(' (')[0]}: AbstractSyntaxTree, TracePoint",
            symbols=tuple(sorted(said.symbols)),
            calls=None if missing else calls,
            traced=None if missing else traced(calls, events, said.symbols, _CODE),
            files=dict.fromkeys(("symbols", "calls"), tuple(sorted(said.files))),
            kinds=KINDS,
            missing=missing,
            notes=tuple(notes),
        )


def _events(package: Package, tree: Path, base: Path, said: _Said) -> tuple[tuple[Event, ...], str]:
    out = base / "traces" / f"{package.slug}.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.unlink(missing_ok=True)
    environment = {**os.environ, "ACCURACY_TREE": str(tree), "ACCURACY_OUT": str(out)}
    load = [part for folder in package.extra.get("load", "lib").split() for part in ("-I", folder)]
    command = [need("ruby"), "-W0", *load, "-r", str(_TRACE), "-e", _LOAD, *package.tests]
    printed = run(command, cwd=tree, environment=environment, seconds=_SECONDS, check=False)
    if not out.exists():
        raise NotAvailable(f"the tests of {package.title} did not run: {' '.join(printed.split())[-300:]}")
    rows = msgspec.json.decode(out.read_bytes(), type=tuple[Event, ...])
    summary = next((line for line in reversed(printed.splitlines()) if "assertions" in line), "no summary")
    return tuple(_with_aliases(rows, said)), f"tests: {summary.strip()}"


def _with_aliases(rows: tuple[Event, ...], said: _Said) -> list[Event]:
    """What was called by another name is the method and the alias, which is a definition of its own."""
    named: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for path, line, name, _ in said.aliases:
        named.setdefault((path, name), []).append((path, line))
    return [
        msgspec.structs.replace(row, others=(*row.others, *found))
        if (found := named.get((row.callee, row.name)))
        else row
        for row in rows
    ]
