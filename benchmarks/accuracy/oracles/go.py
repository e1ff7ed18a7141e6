"""Go: a small program over ``go/packages`` and ``go/types`` of golang.org/x/tools, built when it is first needed.

Callees are those the type checker resolves; an interface's method is one callee, and the methods of the module's types
that implement the interface may be named instead. Beside them stand the call graphs of golang.org/x/tools: VTA, and RTA
from the module's tests and commands.
"""

import os
import shutil
from pathlib import Path

from benchmarks.accuracy.facts import OracleFacts
from benchmarks.accuracy.oracles import PROGRAMS
from benchmarks.accuracy.package import Package
from benchmarks.accuracy.rows import decode
from benchmarks.accuracy.tools import built, need, run

KINDS = ("struct", "interface", "type", "function", "method", "property")
_PROGRAM = PROGRAMS / "go"


class GoOracle:
    language = "go"

    def version(self, base: Path) -> str:
        texts = [path.read_text() for path in sorted(_PROGRAM.iterdir())]
        return "\0".join([run([need("go"), "version"]), *texts, Path(__file__).read_text()])

    def facts(self, package: Package, tree: Path, base: Path) -> OracleFacts:
        program = built(base, "go", self.version(base), _build)
        work = base / "modules" / package.slug  # go writes beside go.mod; both sides must see the same tree
        if not work.exists():
            shutil.copytree(tree, work)
        environment = {**os.environ, "GOFLAGS": "-mod=mod", "GOWORK": "off"}
        run([need("go"), "mod", "download"], cwd=work, environment=environment)
        said = decode(run([str(program / "facts"), str(work)], cwd=work, environment=environment))
        return OracleFacts(
            oracle=f"go/types, {run([need('go'), 'version']).split()[2]}",
            symbols=said.symbols,
            loose=said.loose,
            imports=said.imports,
            calls=said.calls,
            graphs=said.graphs,
            files=_scopes(said.files, {row.path for row in said.calls or ()}),
            kinds=KINDS,
            notes=said.notes,
        )


def _scopes(parsed: tuple[str, ...], checked: set[str]) -> dict[str, tuple[str, ...]]:
    """Every file has symbols; imports and calls are known of those that belong to this platform."""
    typed = tuple(path for path in parsed if path in checked)
    return {"symbols": parsed, "imports": typed, "calls": typed}


def _build(into: Path) -> None:
    for path in _PROGRAM.iterdir():
        shutil.copyfile(path, into / path.name)
    run([need("go"), "build", "-o", "facts", "."], cwd=into, environment={**os.environ, "GOWORK": "off"})
