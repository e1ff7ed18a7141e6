"""PHP: PHP-Parser for symbols and call expressions, Xdebug's function trace under the package's tests for methods."""

import os
import select
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from benchmarks.accuracy.errors import NotAvailable
from benchmarks.accuracy.facts import CallSite, OracleFacts, SymbolFact
from benchmarks.accuracy.oracles import PROGRAMS
from benchmarks.accuracy.oracles.executed import Event, executed, traced
from benchmarks.accuracy.package import Package
from benchmarks.accuracy.tools import need, run

KINDS = ("class", "interface", "trait", "enum", "function", "method", "constructor", "property", "constant")
_CODE = frozenset({"function", "method", "constructor"})
_FACTS, _BOOTSTRAP = PROGRAMS / "php" / "facts.php", PROGRAMS / "php" / "autoload.php"
_LIBRARY = Path("/usr/share/php")  # where Debian's packages put PHP-Parser, PHPUnit and what tests need
_PARSER = _LIBRARY / "PhpParser" / "autoload.php"
_SECONDS = 1_800.0
_CALL, _USER = "0", "1"  # of a row of Xdebug's machine-readable trace: entry; a function that is not PHP's own


class _Said(msgspec.Struct, frozen=True):
    """As facts.php prints it; ``ends`` are the last lines of the calls."""

    files: tuple[str, ...]
    symbols: tuple[SymbolFact, ...]
    calls: tuple[CallSite, ...]
    ends: tuple[int, ...]
    functions: dict[str, tuple[str, int, tuple[tuple[str, int], ...]]]
    notes: tuple[str, ...]


class PhpOracle:
    language = "php"

    def version(self, base: Path) -> str:
        own = (_FACTS, _BOOTSTRAP, Path(__file__), Path(__file__).with_name("executed.py"))
        return "\0".join([run([need("php"), "--version"]), *(path.read_text() for path in own)])

    def facts(self, package: Package, tree: Path, base: Path) -> OracleFacts:
        if not _PARSER.exists():
            raise NotAvailable("php-parser is not installed")
        said = msgspec.json.decode(run([need("php"), str(_FACTS), str(_PARSER), str(tree)]), type=_Said)
        missing: dict[str, str] = {}
        events: tuple[Event, ...] = ()
        notes = list(said.notes)
        try:
            events, note = _events(package, tree, said)
            notes.append(note)
        except NotAvailable as error:
            missing["traced"] = str(error)
        calls = executed(said.calls, events)
        return OracleFacts(
            oracle="PHP-Parser, Xdebug",
            symbols=tuple(sorted(said.symbols)),
            calls=calls,
            traced=None if missing else traced(calls, events, said.symbols, _CODE),
            files=dict.fromkeys(("symbols", "calls"), tuple(sorted(said.files))),
            kinds=KINDS,
            missing=missing,
            notes=tuple(notes),
        )


def _events(package: Package, tree: Path, said: _Said) -> tuple[tuple[Event, ...], str]:
    """The trace passes through a pipe: of a large suite it has gigabytes, of which few rows differ."""
    with tempfile.TemporaryDirectory() as work:
        pipe = Path(work) / "trace.xt"
        os.mkfifo(pipe)
        settings = {
            "xdebug.mode": "trace",
            "xdebug.start_with_request": "yes",
            "xdebug.trace_format": "1",
            "xdebug.use_compression": "0",
            "xdebug.output_dir": work,
            "xdebug.trace_output_name": "trace",
            "memory_limit": "2G",
        }
        flags = [part for name, value in settings.items() for part in ("-d", f"{name}={value}")]
        command = [need("php"), *flags, need("phpunit"), "--no-configuration", "--bootstrap", str(_BOOTSTRAP)]
        environment = {**os.environ, "ACCURACY_TREE": str(tree), "ACCURACY_LIBRARY": str(_LIBRARY)}
        said_to = Path(work) / "printed"
        with (
            said_to.open("wb") as printing,
            subprocess.Popen(
                [*command, *package.tests], cwd=tree, env=environment, stdout=printing, stderr=subprocess.STDOUT
            ) as ran,
        ):
            keeper = os.open(pipe, os.O_RDWR)  # opening for reading would wait for a writer that may never come
            try:
                rows = _rows(tree, ran, keeper)
            finally:
                os.close(keeper)
        printed = said_to.read_text("utf-8", "replace")
    if not rows:
        raise NotAvailable(f"the tests of {package.title} did not run: {' '.join(printed.split())[-300:]}")
    summary = next((line for line in reversed(printed.splitlines()) if "Tests:" in line or "OK (" in line), "?")
    return tuple(_named(sorted(rows), said)), f"tests: {summary.strip()}"


_Row = tuple[str, int, str, str]  # file, line, function as Xdebug calls it, whether it is the user's


def _rows(tree: Path, ran: "subprocess.Popen[bytes]", keeper: int) -> set[_Row]:
    root = f"{tree.resolve()}{os.sep}".encode()
    rows: set[_Row] = set()
    waiting = b""
    while True:
        if select.select([keeper], [], [], 0.2)[0]:
            *lines, waiting = (waiting + os.read(keeper, 1 << 20)).split(b"\n")
            rows.update(_of_lines(lines, root))
        elif ran.poll() is not None:
            return rows


def _of_lines(lines: Iterable[bytes], root: bytes) -> Iterator[_Row]:
    for line in lines:
        parts = line.split(b"\t", 10)
        if len(parts) > 9 and parts[2] == _CALL.encode() and parts[8].startswith(root) and parts[9].isdigit():
            path = parts[8][len(root) :].decode("utf-8", "replace")
            yield path, int(parts[9]), parts[5].decode("utf-8", "replace"), parts[6].decode()


def _named(rows: Iterable[_Row], said: _Said) -> Iterator[Event]:
    """Xdebug gives the line where a call's statement or argument list is; it becomes that of the callee's name."""
    spans: dict[tuple[str, str], list[tuple[int, int, int]]] = {}
    for site, end in zip(said.calls, said.ends, strict=True):
        spans.setdefault((site.path, site.name.lower()), []).append((site.start_line, end, site.line))
    for path, line, function, user in rows:
        if function.startswith("Mock_"):
            continue  # PHPUnit's stand-in for a class of the tree says nothing about the class
        if function.startswith("{") or "{closure" in function or function in ("require", "include", "require_once"):
            continue
        name = function.replace("::", "->").rsplit("->", 1)[-1].rsplit("\\", 1)[-1]
        callee = said.functions.get(function.replace("::", "->").lower()) if user == _USER else None
        around = [each for each in spans.get((path, name.lower()), ()) if each[0] <= line <= each[1]]
        at = {each[2] for each in around}
        place = at.pop() if len(at) == 1 else line
        written = _written(said, path, place, name)
        yield Event(path, place, written, *(callee or ("", 0, ())))


def _written(said: _Said, path: str, line: int, name: str) -> str:
    """The name as the call spells it: PHP does not mind the case."""
    spelled = _spelled(said).get((path, line, name.lower()))
    return spelled if spelled is not None else name


_SPELLED: dict[int, dict[tuple[str, int, str], str]] = {}


def _spelled(said: _Said) -> dict[tuple[str, int, str], str]:
    known = _SPELLED.get(id(said))
    if known is None:
        known = _SPELLED[id(said)] = {(site.path, site.line, site.name.lower()): site.name for site in said.calls}
    return known
