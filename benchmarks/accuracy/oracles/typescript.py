"""TypeScript, TSX and JavaScript: the compiler's own checker, with ``allowJs``; nothing of the package is run."""

from pathlib import Path

from benchmarks.accuracy.environments import node_package
from benchmarks.accuracy.facts import OracleFacts
from benchmarks.accuracy.oracles import PROGRAMS
from benchmarks.accuracy.package import Package
from benchmarks.accuracy.rows import decode, of_files
from benchmarks.accuracy.tools import need, run

TYPESCRIPT = "5.9.3"  # the last with a compiler API for programs written in JavaScript
KINDS = (
    "class",
    "interface",
    "enum",
    "function",
    "method",
    "constructor",
    "accessor",
    "property",
    "type",
    "namespace",
)
_PROGRAM = PROGRAMS / "typescript_facts.js"


class TypeScriptOracle:
    def __init__(self, language: str) -> None:
        self.language = language

    def version(self, base: Path) -> str:
        return "\0".join([TYPESCRIPT, _PROGRAM.read_text(), Path(__file__).read_text()])

    def facts(self, package: Package, tree: Path, base: Path) -> OracleFacts:
        compiler = node_package(base, "typescript", TYPESCRIPT)
        conditions = package.extra.get("conditions", "").split()
        command = [need("node"), "--max-old-space-size=4096", str(_PROGRAM), str(compiler), str(tree), *conditions]
        said = decode(run(command))
        if self.language == "tsx":  # what else is in the package is TypeScript, which has packages of its own
            said = of_files(said, frozenset(path for path in said.files if path.endswith(".tsx")))
        return OracleFacts(
            oracle=f"TypeScript compiler {TYPESCRIPT}",
            symbols=said.symbols,
            loose=said.loose,
            imports=said.imports,
            calls=said.calls,
            files=dict.fromkeys(("symbols", "imports", "calls"), said.files),
            kinds=KINDS,
        )
