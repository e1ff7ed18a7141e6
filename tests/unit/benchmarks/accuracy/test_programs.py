"""The oracles' programs that need nothing from a registry, on trees with a known answer."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.accuracy.facts import CallSite, ImportFact, Place, SymbolFact
from benchmarks.accuracy.oracles import PROGRAMS
from benchmarks.accuracy.oracles.java import JavaOracle
from benchmarks.accuracy.package import Package
from benchmarks.accuracy.rows import decode


def write(tree: Path, **files: str) -> None:
    for name, text in files.items():
        path = tree / name.replace("__", "/").replace("INIT", "__init__")
        path = path.with_suffix(path.suffix or ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_grimp_says_who_imports_whom(tmp_path: Path) -> None:
    write(tmp_path, p__INIT="", p__a="from . import b\nfrom p.c import f\n", p__b="", p__c="def f(): pass\n")
    command = [sys.executable, str(PROGRAMS / "python_imports.py"), str(tmp_path), str(tmp_path), "p"]
    said = decode(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert said.files == ("p/__init__.py", "p/a.py", "p/b.py", "p/c.py")
    assert said.imports == (
        ImportFact("p/a.py", "p/__init__.py", 1, optional=True),
        ImportFact("p/a.py", "p/b.py", 1),
        ImportFact("p/a.py", "p/c.py", 2),
        ImportFact("p/a.py", "p/c.py", 2, optional=True),
    )


def test_the_trace_records_who_called_whom_and_from_where(tmp_path: Path) -> None:
    code = "class A:\n    def __init__(self): self.go()\n    def go(self): return [f(x) for x in (1,)]\n"
    code += "def f(x): return x\n"
    test = "from code_of import A, f\ndef test_it():\n    A()\n    list(map(f, [1]))\n    f(2)\n"
    write(tmp_path, code_of=code, test_it=test)
    out = tmp_path / "out.json"
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(PROGRAMS)]),
        "ACCURACY_TREE": str(tmp_path),
        "ACCURACY_OUT": str(out),
    }
    flags = ["-q", "-p", "python_trace", "-p", "no:cacheprovider"]
    subprocess.run([sys.executable, "-m", "pytest", *flags, "."], cwd=tmp_path, env=environment, check=True)
    assert json.loads(out.read_text()) == [
        ["code_of.py", 2, "code_of.py", 3, ""],
        ["code_of.py", 3, "code_of.py", 4, ""],
        ["test_it.py", 3, "code_of.py", 2, "code_of.py:A"],
        ["test_it.py", 4, "code_of.py", 4, ""],
        ["test_it.py", 5, "code_of.py", 4, ""],
    ]


JAVA_A = """\
package p;

import p.q.B;
import p.q.*;

public class A {
  int size;

  A() {}

  void run(B b) {
    b.go();
    new A()
        .run(b);
    String.valueOf(1);
    new B() {
      public void go() {}
    };
  }
}
"""
JAVA_B = "package p.q;\n\npublic interface B {\n  void go();\n}\n"
JAVA_C = "package p.q;\n\nclass C implements B {\n  public void go() {}\n}\n"


@pytest.mark.skipif(shutil.which("javac") is None, reason="needs a JDK")
def test_javac_says_what_is_defined_imported_and_called(tmp_path: Path) -> None:
    for path, text in {"p/A.java": JAVA_A, "p/q/B.java": JAVA_B, "p/q/C.java": JAVA_C}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    facts = JavaOracle().facts(Package("java", "maven", "g:a", "1", ""), tmp_path, tmp_path)
    assert [row for row in facts.symbols or () if row.path == "p/A.java"] == [
        SymbolFact("p/A.java", 6, 20, "class", "A"),
        SymbolFact("p/A.java", 7, 7, "property", "size"),
        SymbolFact("p/A.java", 9, 9, "constructor", "A"),
        SymbolFact("p/A.java", 11, 19, "method", "run"),
        SymbolFact("p/A.java", 17, 17, "method", "go"),
    ]
    assert facts.imports == (
        ImportFact("p/A.java", "p/q", 4, optional=True),
        ImportFact("p/A.java", "p/q/B.java", 3),
    )
    inner, other = Place("p/A.java", 17), Place("p/q/C.java", 4)
    by_name = {(row.name, row.line): row for row in facts.calls or ()}
    assert set(by_name) == {("go", 12), ("A", 13), ("run", 14), ("valueOf", 15), ("B", 16)}
    go = by_name["go", 12]
    assert (go.verdict, go.targets, set(go.also)) == ("inside", (Place("p/q/B.java", 4),), {inner, other})
    made = (Place("p/A.java", 9), Place("p/A.java", 6))
    assert by_name["A", 13] == CallSite("p/A.java", 13, 13, "A", "inside", made)
    assert by_name["run", 14] == CallSite("p/A.java", 13, 14, "run", "inside", (Place("p/A.java", 11),))
    assert by_name["valueOf", 15].verdict == "outside"
    assert by_name["B", 16] == CallSite("p/A.java", 16, 16, "B", "outside", (), also=(Place("p/q/B.java", 3),))
