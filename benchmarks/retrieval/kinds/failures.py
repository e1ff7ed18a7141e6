"""Real failures of Python packages → the function that raised: as a stack trace, and as a person would report it.

The package's own tests are run once, with a plugin that keeps the exceptions they expect (`programs/raised.py`). The
trace names files and lines of an installation; the report holds the message and the code of the test, and no frame.
"""

import hashlib
import os
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

import msgspec

from benchmarks.accuracy.environments import python_environment
from benchmarks.accuracy.errors import NotAvailable
from benchmarks.accuracy.fetch import fetch
from benchmarks.accuracy.tools import run
from benchmarks.retrieval.enclosing import Enclosing
from benchmarks.retrieval.material import Material
from benchmarks.retrieval.model import Query, View
from benchmarks.retrieval.prose import words

TRACE = "stack trace"
REPORT = "issue report"
PROGRAMS = Path(__file__).parents[1] / "programs"
CONSTRAINTS = Path(__file__).parents[2] / "accuracy" / "oracles" / "programs" / "python_constraints.txt"
_SECONDS = 600.0
_FEWEST_WORDS = 3


class Raised(msgspec.Struct, frozen=True):
    test: str
    source: str
    type: str
    message: str
    trace: str
    path: str
    line: int


def queries(material: Material) -> Iterator[Query]:
    if not material.subject.run_tests:
        return
    try:
        raised = _raised(material)
    except NotAvailable as error:
        material.say(f"{material.name}: no failures: {error}")
        return
    around = Enclosing(material.code)
    seen: set[tuple[str, str]] = set()
    for row in raised:
        node = around.at(row.path, row.line)
        key = (row.path + str(row.line), row.message)
        if node is None or key in seen:
            continue
        seen.add(key)
        text = row.trace
        yield Query(material.name, material.language, TRACE, "symbol", text, (node.id,), View.CODE)
        if len(words(row.message)) >= _FEWEST_WORDS:
            report = report_of(row)
            yield Query(material.name, material.language, REPORT, "symbol", report, (node.id,), View.CODE)


def report_of(row: Raised) -> str:
    """What somebody writes who has no trace at hand: the error, and the code that leads to it."""
    name = row.test.rsplit("::", 1)[-1].split("[", 1)[0].removeprefix("test_").replace("_", " ")
    source = textwrap.dedent(row.source)
    body = "\n".join(line for line in source.splitlines() if not line.lstrip().startswith("@"))
    message = row.message.strip().splitlines()[0] if row.message.strip() else ""
    return f"{row.type} with {name}\n\nThis code fails with `{row.type}: {message}`:\n\n{body[:1_500]}"


def _raised(material: Material) -> list[Raised]:
    """Kept by what it follows from; the order is that of the tests."""
    package = material.subject.package
    program = PROGRAMS / "raised.py"
    described = repr((package, program.read_text(), CONSTRAINTS.read_text(), sys.version))
    kept = material.cache / "raised" / f"{package.slug}-{hashlib.sha256(described.encode()).hexdigest()[:16]}.json"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(_run(material, program))
    return msgspec.json.decode(kept.read_bytes(), type=list[Raised])


def _run(material: Material, program: Path) -> bytes:
    package = material.subject.package
    tree = fetch(package, material.base)
    wanted = [*material.subject.run_tests, f"{package.name}=={package.version}"]
    python = python_environment(material.base, f"retrieval-{package.name}", wanted, CONSTRAINTS)
    with tempfile.TemporaryDirectory(prefix="docrunch-retrieval-") as work:
        out = Path(work) / "raised.json"
        source = tree / "src" if (tree / "src").is_dir() else tree
        environment = {
            **os.environ,
            "RETRIEVAL_TREE": str(tree),
            "RETRIEVAL_OUT": str(out),
            "PYTHONPATH": f"{source}{os.pathsep}{PROGRAMS}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": "0",
        }
        command = [str(python), "-m", "pytest", "-q", "-p", "raised", "-p", "no:cacheprovider", "tests"]
        run(command, cwd=tree, environment=environment, seconds=_SECONDS, check=False)
        if not out.exists():
            raise NotAvailable(f"{package.title}: its tests cannot be run here")
        return out.read_bytes()
