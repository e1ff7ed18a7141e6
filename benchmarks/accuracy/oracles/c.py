"""C and C++: clang, through libclang's Python binding; the compiler's own headers are those of an installed clang.

Each source is one unit, as a build without defines would compile it here; headers that no source includes are units of
their own. Lines that the preprocessor skips in every unit are not judged.
"""

from pathlib import Path

from benchmarks.accuracy.environments import python_environment
from benchmarks.accuracy.facts import OracleFacts
from benchmarks.accuracy.oracles import PROGRAMS
from benchmarks.accuracy.package import Package
from benchmarks.accuracy.rows import decode
from benchmarks.accuracy.tools import need, run

KINDS = ("function", "method", "constructor", "struct", "class", "enum", "type", "property", "macro")
_PROGRAM = PROGRAMS / "c_facts.py"
_LIBCLANG = "libclang==14.0.6"


class ClangOracle:
    def __init__(self, language: str) -> None:
        self.language = language

    def version(self, base: Path) -> str:
        installed = run([need("clang"), "--version"])
        return "\0".join([installed, _LIBCLANG, self.language, _PROGRAM.read_text(), Path(__file__).read_text()])

    def facts(self, package: Package, tree: Path, base: Path) -> OracleFacts:
        resources = run([need("clang"), "-print-resource-dir"]).strip()
        python = python_environment(base, "libclang", (_LIBCLANG,), PROGRAMS / "python_constraints.txt")
        searched = package.extra.get("include", ".").split()
        said = decode(run([str(python), str(_PROGRAM), str(tree), self.language, resources, *searched]))
        return OracleFacts(
            oracle=f"libclang {_LIBCLANG.split('==')[1]}",
            symbols=said.symbols,
            imports=said.imports,
            calls=said.calls,
            files=dict.fromkeys(("symbols", "imports", "calls"), said.files),
            loose=said.loose,
            unread=said.unread,
            kinds=KINDS,
            notes=said.notes,
        )
