"""Scala: the Scala 3 compiler's parser and typer, through a small driver that is compiled when it is first needed."""

import os
from pathlib import Path

from benchmarks.accuracy.facts import OracleFacts
from benchmarks.accuracy.maven import jars
from benchmarks.accuracy.oracles import PROGRAMS
from benchmarks.accuracy.package import Package
from benchmarks.accuracy.rows import decode
from benchmarks.accuracy.tools import built, need, run

KINDS = ("class", "trait", "enum", "type", "function", "method", "constructor", "property")
_COMPILER = "org.scala-lang:scala3-compiler_3:3.3.4"
_PROGRAM = PROGRAMS / "scala" / "Facts.scala"
_STACK = "-Xss64m"


class ScalaOracle:
    language = "scala"

    def version(self, base: Path) -> str:
        return "\0".join([_COMPILER, _PROGRAM.read_text(), Path(__file__).read_text()])

    def facts(self, package: Package, tree: Path, base: Path) -> OracleFacts:
        compiler = _class_path(jars([_COMPILER], base / "jars" / "scala3-compiler"))
        program = built(base, "scala", self.version(base), lambda into: _build(into, compiler))
        artifact = package.name.split(":")[1]
        needed = jars([f"{package.name}:{package.version}"], base / "jars" / package.slug, without=artifact)
        options = package.extra.get("options", "").split()
        path = f"{program}{os.pathsep}{compiler}"
        said = decode(run([need("java"), _STACK, "-cp", path, "Facts", str(tree), _class_path(needed), *options]))
        return OracleFacts(
            oracle=f"Scala {_COMPILER.rsplit(':', 1)[1]}",
            symbols=said.symbols,
            calls=said.calls,
            files=dict.fromkeys(("symbols", "calls"), said.files),
            kinds=KINDS,
            missing={"imports": "the compiler keeps no relation of files"},
            notes=said.notes,
        )


def _class_path(found: list[Path]) -> str:
    return os.pathsep.join(str(path) for path in found)


def _build(into: Path, compiler: str) -> None:
    main = "dotty.tools.dotc.Main"
    run([need("java"), _STACK, "-cp", compiler, main, "-classpath", compiler, "-d", str(into), str(_PROGRAM)])
