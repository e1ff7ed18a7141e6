"""Jars of Maven Central with what they need, by Maven's own client."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.accuracy.tools import need, run

_POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion><groupId>docrunch</groupId><artifactId>accuracy</artifactId><version>1</version>
<dependencies>{rows}</dependencies></project>
"""
_ROW = "<dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version></dependency>"


def jars(artifacts: Sequence[str], into: Path, without: str = "") -> list[Path]:
    """The class path of ``group:artifact:version`` coordinates, fetched once.

    Args:
        without: an artifact that is left out of it.

    Raises:
        NotAvailable: Maven is not installed or cannot fetch them.
    """
    if not (into / "complete").exists():
        into.mkdir(parents=True, exist_ok=True)
        rows = "".join(_ROW.format(*artifact.split(":")) for artifact in artifacts)
        (into / "pom.xml").write_text(_POM.format(rows=rows))
        left_out = [f"-DexcludeArtifactIds={without}"] if without else []
        run([need("mvn"), "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib", *left_out], cwd=into)
        (into / "complete").touch()
    return sorted((into / "lib").glob("*.jar"))
