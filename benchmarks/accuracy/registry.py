"""Which oracle speaks for which language, and on which packages."""

from benchmarks.accuracy.oracles import Oracle
from benchmarks.accuracy.oracles.c import ClangOracle
from benchmarks.accuracy.oracles.csharp import CSharpOracle
from benchmarks.accuracy.oracles.go import GoOracle
from benchmarks.accuracy.oracles.java import JavaOracle
from benchmarks.accuracy.oracles.kotlin import KotlinOracle
from benchmarks.accuracy.oracles.php import PhpOracle
from benchmarks.accuracy.oracles.python import PythonOracle
from benchmarks.accuracy.oracles.ruby import RubyOracle
from benchmarks.accuracy.oracles.rust import RustOracle
from benchmarks.accuracy.oracles.scala import ScalaOracle
from benchmarks.accuracy.oracles.typescript import TypeScriptOracle
from benchmarks.accuracy.packages import (
    CPP,
    CSHARP,
    GO,
    JAVA,
    JAVASCRIPT,
    KOTLIN,
    PHP,
    PYTHON,
    RUBY,
    RUST,
    SCALA,
    TSX,
    TYPESCRIPT,
    C,
)

ORACLES: dict[str, Oracle] = {
    oracle.language: oracle
    for oracle in (
        PythonOracle(),
        TypeScriptOracle("typescript"),
        TypeScriptOracle("tsx"),
        TypeScriptOracle("javascript"),
        GoOracle(),
        RustOracle(),
        JavaOracle(),
        KotlinOracle(),
        ScalaOracle(),
        CSharpOracle(),
        ClangOracle("c"),
        ClangOracle("cpp"),
        PhpOracle(),
        RubyOracle(),
    )
}
PACKAGES = (
    *PYTHON,
    *TYPESCRIPT,
    *TSX,
    *JAVASCRIPT,
    *GO,
    *RUST,
    *JAVA,
    *KOTLIN,
    *SCALA,
    *CSHARP,
    *C,
    *CPP,
    *PHP,
    *RUBY,
)
