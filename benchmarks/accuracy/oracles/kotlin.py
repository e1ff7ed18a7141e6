"""Kotlin: the compiler's own analysis (the front end that 1.9 has by default); no class is written, nothing is run."""

import shutil
from pathlib import Path

from benchmarks.accuracy.facts import OracleFacts
from benchmarks.accuracy.oracles import PROGRAMS
from benchmarks.accuracy.package import Package
from benchmarks.accuracy.rows import decode
from benchmarks.accuracy.tools import built, need, run

KOTLIN = "1.9.24"
KINDS = ("class", "interface", "enum", "function", "method", "constructor", "property", "constant")
_PROGRAM = PROGRAMS / "kotlin" / "KotlinFacts.java"
_POM = """<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version>
<dependencies><dependency><groupId>org.jetbrains.kotlin</groupId><artifactId>kotlin-compiler-embeddable</artifactId>
<version>{version}</version></dependency></dependencies></project>
"""


class KotlinOracle:
    language = "kotlin"

    def version(self, base: Path) -> str:
        return "\0".join([KOTLIN, _PROGRAM.read_text(), Path(__file__).read_text()])

    def facts(self, package: Package, tree: Path, base: Path) -> OracleFacts:
        home = built(base, "kotlin", self.version(base), _build)
        jdk = Path(need("javac")).resolve().parent.parent
        jars = [
            str(next((home / "lib").glob("kotlin-stdlib-*.jar"))),
            *(str(jar) for jar in _class_path(package, base)),
        ]
        command = [
            need("java"),
            "-Xss64m",
            "-cp",
            f"{home}/lib/*:{home}/out",
            "KotlinFacts",
            str(tree),
            str(jdk),
            *jars,
        ]
        said = decode(run(command))
        return OracleFacts(
            oracle=f"Kotlin compiler {KOTLIN}",
            symbols=said.symbols,
            imports=said.imports,
            calls=said.calls,
            files=dict.fromkeys(("symbols", "imports", "calls"), said.files),
            kinds=KINDS,
            notes=said.notes,
        )


def _build(home: Path) -> None:
    (home / "pom.xml").write_text(_POM.format(version=KOTLIN))
    run([need("mvn"), "-q", "-B", "dependency:copy-dependencies", f"-DoutputDirectory={home / 'lib'}"], cwd=home)
    run([need("javac"), "-nowarn", "-cp", f"{home}/lib/*", "-d", str(home / "out"), str(_PROGRAM)])


def _class_path(package: Package, base: Path) -> list[Path]:
    """The jars that a package needs, without what those need themselves."""
    home = base / "jars"
    found: list[Path] = []
    for each in package.requires:
        jar = home / f"{each.replace(':', '_')}.jar"
        if not jar.exists():
            work = home / f"{jar.stem}.work"
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir(parents=True)
            run(
                [need("mvn"), "-q", "-B", "dependency:copy", f"-Dartifact={each}", f"-DoutputDirectory={work}"],
                cwd=work,
            )
            next(work.glob("*.jar")).rename(jar)
        found.append(jar)
    return found
