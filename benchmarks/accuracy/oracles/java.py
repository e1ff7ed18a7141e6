"""Java: javac's own attribution through the compiler tree API; one source file that the JDK runs as it is."""

from pathlib import Path

from benchmarks.accuracy.facts import OracleFacts
from benchmarks.accuracy.oracles import PROGRAMS
from benchmarks.accuracy.package import Package
from benchmarks.accuracy.rows import decode
from benchmarks.accuracy.tools import need, run

KINDS = ("class", "interface", "enum", "method", "constructor", "property", "constant")
_PROGRAM = PROGRAMS / "java" / "Facts.java"
_EXPORTS = ("--add-exports", "jdk.compiler/com.sun.tools.javac.tree=ALL-UNNAMED")


class JavaOracle:
    language = "java"

    def version(self, base: Path) -> str:
        return "\0".join([run([need("javac"), "-version"]), _PROGRAM.read_text(), Path(__file__).read_text()])

    def facts(self, package: Package, tree: Path, base: Path) -> OracleFacts:
        said = decode(run([need("java"), "-Xss64m", *_EXPORTS, str(_PROGRAM), str(tree)]))
        return OracleFacts(
            oracle=run([need("javac"), "-version"]).strip(),
            symbols=said.symbols,
            imports=said.imports,
            calls=said.calls,
            files=dict.fromkeys(("symbols", "imports", "calls"), said.files),
            kinds=KINDS,
            notes=said.notes,
        )
