"""One fixture per language fixes its qualified names: links, ids and pages of users hang on them."""

import pytest

from docrunch.graph.naming import ModuleNames, without_suffix

CASES = {
    "python, packages": (
        {"pkg/__init__.py": "", "pkg/a.py": "class C:\n    def m(self): ..."},
        "pkg/a.py",
        "pkg.a",
        "pkg.a.C.m",
    ),
    "python, src": (
        {"pyproject.toml": '[project]\nname = "x"\n', "src/ns/pkg/a.py": "def f(): ..."},
        "src/ns/pkg/a.py",
        "ns.pkg.a",
        "ns.pkg.a.f",
    ),
    "python, stated root": (
        {"pyproject.toml": '[tool.setuptools.packages.find]\nwhere = ["lib"]\n', "lib/ns/a.py": "def f(): ..."},
        "lib/ns/a.py",
        "ns.a",
        "ns.a.f",
    ),
    "python, no package": ({"tools/run.py": "def f(): ..."}, "tools/run.py", "run", "run.f"),
    "python, __init__": ({"pkg/__init__.py": "def f(): ..."}, "pkg/__init__.py", "pkg", "pkg.f"),
    "python, nested": ({"a.py": "def f():\n    def g(): ..."}, "a.py", "a", "a.f.g"),
    "typescript": ({"src/a.ts": "export class C { m() {} }"}, "src/a.ts", "src/a", "src/a.C.m"),
    "javascript index": ({"lib/index.js": "export function f() {}"}, "lib/index.js", "lib/index", "lib/index.f"),
    "java, the declared package": (
        {"src/main/java/A.java": "package com.acme; class A { static class In { void m() {} } }"},
        "src/main/java/A.java",
        "src/main/java/A",
        "com.acme.A.In.m",
    ),
    "kotlin, an extension is named after its package": (
        {"src/Tools.kt": "package com.acme\n\nfun String.f() {}\n"},
        "src/Tools.kt",
        "src/Tools",
        "com.acme.f",
    ),
    "go": (
        {"go.mod": "module example.com/x/v2\n", "in/a.go": "package in\n\ntype T struct{}\n\nfunc (t *T) M() {}\n"},
        "in/a.go",
        "example.com/x/v2/in/a",
        "example.com/x/v2/in.T.M",
    ),
    "go, nested module": (
        {"go.mod": "module m\n", "sub/go.mod": "module other/sub\n", "sub/a/b.go": "package a\n\nfunc F() {}\n"},
        "sub/a/b.go",
        "other/sub/a/b",
        "other/sub/a.F",
    ),
    "rust, lib": (
        {"Cargo.toml": '[package]\nname = "my-crate"\n', "src/lib.rs": "fn f() {}"},
        "src/lib.rs",
        "my_crate",
        "my_crate::f",
    ),
    "rust, mod.rs": (
        {"c/Cargo.toml": '[package]\nname = "c"\n', "c/src/a/mod.rs": "struct T;\nimpl T { fn m(&self) {} }"},
        "c/src/a/mod.rs",
        "c::a",
        "c::a::T::m",
    ),
    "rust, bin": (
        {"Cargo.toml": '[package]\nname = "c"\n', "src/bin/tool.rs": "fn main() {}"},
        "src/bin/tool.rs",
        "tool",
        "tool::main",
    ),
    "rust, inline": (
        {"Cargo.toml": '[package]\nname = "c"\n', "src/a.rs": "mod inner { fn f() {} }"},
        "src/a.rs",
        "c::a",
        "c::a::inner::f",
    ),
    "c#, one namespace": (
        {"src/A.cs": "namespace N.M { class C { class D { void F() { } } } }"},
        "src/A.cs",
        "src/A",
        "N.M.C.D.F",
    ),
    "c#, file-scoped": ({"A.cs": "namespace N.M;\nclass C { int P { get; } }"}, "A.cs", "A", "N.M.C.P"),
    "c#, several": (
        {"A.cs": "namespace N { class C { } }\nnamespace N.M { class D { } }"},
        "A.cs",
        "A",
        "N.M.D",
    ),
    "c#, none": ({"A.cs": "class C { }"}, "A.cs", "A", "C"),
    "scala": ({"a/B.scala": "package x.y\nobject O { def f = 1 }"}, "a/B.scala", "a/B", "x.y.O.f"),
    "scala, nested clauses": ({"B.scala": "package x\npackage y\nclass C"}, "B.scala", "B", "x.y.C"),
    "scala, package object": (
        {"package.scala": "package x\npackage object y { def f = 1 }"},
        "package.scala",
        "package",
        "x.y.f",
    ),
    "other": ({"docs/guide.md": "# Hi\n"}, "docs/guide.md", "docs/guide", None),
}


@pytest.mark.parametrize("case", CASES)
def test_qualified_names(world, case):
    files, path, module, symbol = CASES[case]
    found = world(files)
    names = {n.qualified_name for n in found.graph.nodes if n.path == path}
    manifests = {path: each.manifest for path, each in found.facts.items()}
    packages = {path: each.package for path, each in found.facts.items()}
    assert ModuleNames.build(found.entries, manifests, packages).module(path) == module
    assert module in names
    assert symbol is None or symbol in names


def test_suffixes():
    assert without_suffix("a/b.test.ts") == "a/b.test"
    assert without_suffix("a/b.d.mts") == "a/b"
    assert without_suffix(".gitignore") == ".gitignore"
    assert without_suffix("Makefile") == "Makefile"


def test_definitions_of_one_name_have_ordinals(world):
    found = world({"a.py": "def f(): ...\ndef f(): ...\n"})
    assert sorted(n.ordinal for n in found.graph.nodes if n.name == "f") == [0, 1]
