"""Python: ``ast`` for symbols, grimp for imports, jedi for what a call means, the package's own tests for what it does.

jedi infers types from source alone, as we do: it is independent, not infallible. An edge it contradicts still counts as
right when the trace of the tests saw it.
"""

import hashlib
import os
import platform
import shutil
import sys
from pathlib import Path

import msgspec

from benchmarks.accuracy.environments import python_environment
from benchmarks.accuracy.errors import NotAvailable
from benchmarks.accuracy.facts import CallSite, ImportFact, OracleFacts, Place, TracedCall, Verdict
from benchmarks.accuracy.oracles import PROGRAMS
from benchmarks.accuracy.oracles.python_symbols import KINDS, Definition, of_tree
from benchmarks.accuracy.package import Package
from benchmarks.accuracy.rows import decode
from benchmarks.accuracy.tools import run

CONSTRAINTS = PROGRAMS / "python_constraints.txt"
STATIC = ("jedi", "grimp")
_SECONDS = 3_600.0
_TEXTS = ("python_imports.py", "python_calls.py", "python_trace.py", "python_constraints.txt")
_TraceRow = tuple[str, int, str, int, str]  # as python_trace.py writes it


class _JediRow(msgspec.Struct, frozen=True):
    """As python_calls.py prints it; definitions are (path, line, jedi's type)."""

    path: str
    start_line: int
    line: int
    name: str
    verdict: Verdict
    targets: tuple[tuple[str, int, str], ...]
    also: tuple[tuple[str, int, str], ...]


class PythonOracle:
    language = "python"

    def version(self, base: Path) -> str:
        texts = [(PROGRAMS / name).read_text() for name in _TEXTS]
        own = [Path(__file__).read_text(), Path(__file__).with_name("python_symbols.py").read_text()]
        return "\0".join([platform.python_version(), *texts, *own])

    def facts(self, package: Package, tree: Path, base: Path) -> OracleFacts:
        by_path, broken = of_tree(tree)
        work = _Work(package, tree, base, by_path)
        missing: dict[str, str] = {}
        files = {"symbols": tuple(sorted(by_path))}
        imports, calls, traced, notes = None, None, None, [f"ast cannot read {path}" for path in broken]
        try:
            imports, files["imports"] = work.imports()
            files["import_targets"] = files["imports"]
        except NotAvailable as error:
            missing["imports"] = str(error)
        try:
            calls = work.calls()
            files["calls"] = files["symbols"]
        except NotAvailable as error:
            missing["calls"] = str(error)
        if calls is not None and package.tests:
            try:
                traced, note = work.traced(calls)
                notes.append(note)
            except NotAvailable as error:
                missing["traced"] = str(error)
        if not package.tests:
            notes.append("no run-time trace: its archive holds no tests")
        return OracleFacts(
            oracle=f"ast of Python {platform.python_version()}, grimp, jedi, sys.setprofile",
            symbols=tuple(sorted(row.fact for rows in by_path.values() for row in rows)),
            imports=imports,
            calls=calls,
            traced=traced,
            files=files,
            kinds=KINDS,
            missing=missing,
            notes=tuple(notes),
        )


class _Work:
    """One package: the steps share the environment and the definitions."""

    def __init__(self, package: Package, tree: Path, base: Path, by_path: dict[str, list[Definition]]) -> None:
        self._package, self._tree, self._base, self._by_path = package, tree, base, by_path
        self._root = tree / package.import_root
        self._at = {Place(row.fact.path, row.fact.line): row for rows in by_path.values() for row in rows}

    def imports(self) -> tuple[tuple[ImportFact, ...], tuple[str, ...]]:
        said = decode(self._run("python_imports.py", *self._package.modules))
        return said.imports or (), said.files

    def calls(self) -> tuple[CallSite, ...]:
        said = msgspec.json.decode(self._run("python_calls.py", *sorted(self._by_path)), type=list[_JediRow])
        return tuple(sorted({self._site(row) for row in said}))

    def _site(self, row: _JediRow) -> CallSite:
        found = [Place(path, line) for path, line, _ in row.targets]
        targets = sorted({same for place in found for same in self._equals(place)})
        accessor = any(self._kind(place) == "accessor" for place in targets)
        return CallSite(
            path=row.path,
            start_line=row.start_line,
            line=row.line,
            name=row.name,
            verdict=row.verdict,
            targets=tuple(targets),
            certain=not accessor and len({self._at[place].qualified for place in found if place in self._at}) <= 1,
            also=tuple(sorted(Place(path, line) for path, line, _ in row.also)),
        )

    def _equals(self, place: Place) -> list[Place]:
        """Overloads and alternatives of one qualified name; a class and its own constructor."""
        row = self._at.get(place)
        if row is None:
            return [place]
        names = {row.qualified, f"{row.qualified}.__init__", f"{row.qualified}.__new__"}
        names = names if row.fact.kind in ("class", "enum", "interface") else {row.qualified}
        return [Place(place.path, one.fact.line) for one in self._by_path[place.path] if one.qualified in names]

    def _kind(self, place: Place) -> str:
        return self._at[place].fact.kind if place in self._at else ""

    def traced(self, sites: tuple[CallSite, ...]) -> tuple[tuple[TracedCall, ...], str]:
        out = self._base / "traces" / f"{self._package.slug}.json"
        out.parent.mkdir(parents=True, exist_ok=True)
        out.unlink(missing_ok=True)
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(self._root), str(PROGRAMS)]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "ACCURACY_TREE": str(self._tree),
            "ACCURACY_OUT": str(out),
        }
        flags = ["-q", "-p", "python_trace", "-p", "no:cacheprovider", "-o", "addopts=", "-W", "default"]
        command = [str(self._python()), "-m", "pytest", *flags, *self._package.tests]
        said = run(command, cwd=self._tree, environment=environment, seconds=_SECONDS, check=False)
        if not out.exists():
            raise NotAvailable(f"the tests of {self._package.title} did not run: {' '.join(said.split())[-300:]}")
        rows = msgspec.json.decode(out.read_bytes(), type=list[_TraceRow])
        return self._resolved(rows, sites), f"tests: {said.strip().splitlines()[-1].strip('= ')}"

    def _resolved(self, rows: list[_TraceRow], sites: tuple[CallSite, ...]) -> tuple[TracedCall, ...]:
        written: dict[tuple[str, int], set[str]] = {}
        for site in sites:
            for line in range(site.start_line, site.line + 1):
                written.setdefault((site.path, line), set()).add(site.name)
        found = set()
        for caller, line, callee, first, made in rows:
            target = self._starting(callee, first)
            if target is None:
                continue
            also = self._made(made)
            names = {target.fact.name, *(self._at[place].fact.name for place in also)}
            found.add(
                TracedCall(
                    self._around(caller, line),
                    line,
                    Place(target.fact.path, target.fact.line),
                    bool(names & written.get((caller, line), set())),
                    also,
                )
            )
        return tuple(sorted(found))

    def _starting(self, path: str, line: int) -> Definition | None:
        return next((row for row in self._by_path.get(path, ()) if row.start_line == line), None)

    def _made(self, made: str) -> tuple[Place, ...]:
        path, _, qualified = made.rpartition(":")
        name = qualified.replace(".<locals>", "")
        return tuple(Place(path, row.fact.line) for row in self._by_path.get(path, ()) if row.qualified == name)

    def _around(self, path: str, line: int) -> Place:
        """The innermost definition around a line; the file itself outside of all."""
        around = [row.fact for row in self._by_path.get(path, ()) if row.fact.line <= line <= row.fact.end_line]
        return Place(path, max((fact.line for fact in around), default=0))

    def _run(self, program: str, *arguments: str) -> str:
        """What a program prints, kept by its text: jedi takes minutes, and the other steps change more often."""
        described = repr((self._package, (PROGRAMS / program).read_text(), CONSTRAINTS.read_text(), sys.version))
        name = f"{self._package.slug}-{hashlib.sha256(described.encode()).hexdigest()[:16]}.json"
        path = self._base / "outputs" / name
        if not path.exists():
            command = [str(self._python()), str(PROGRAMS / program), str(self._tree), str(self._root), *arguments]
            said = run(command, seconds=_SECONDS)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(said)
        return path.read_text()

    def _python(self) -> Path:
        """An environment with the oracles, the tests' needs and the package's metadata, but not its code."""
        package = self._package
        wanted = [*STATIC, *package.requires, f"{package.name}=={package.version}"]
        python = python_environment(self._base, package.name, wanted, CONSTRAINTS)
        for installed in python.parent.parent.glob("lib/python*/site-packages"):
            for module in package.modules:
                shutil.rmtree(installed / module, ignore_errors=True)
        return python
