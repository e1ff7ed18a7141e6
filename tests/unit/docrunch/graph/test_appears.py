"""What was not there when a file was linked, and appears later: whoever looked for it in vain is linked again.

One small world for each kind of reading (`docrunch.graph.resolve.reads`), whose change nothing but that reading tells.
"""

import random
import re
from collections.abc import Iterator

import msgspec
import pytest

from docrunch.graph.link import link
from docrunch.graph.relink import Linked, relink
from docrunch.graph.resolve import reads
from docrunch.graph.resolve.attachments import SymbolName
from docrunch.graph.resolve.interface import WHOLE
from docrunch.graph.resolve.reads import Reads
from docrunch.graph.shards import split
from docrunch.graph.told import NOTHING, Mention, Told
from docrunch.graph.trace import decode_trace, encode_trace
from docrunch.source.model import SourceKind, SourceRef
from tests.support.edits import Tree
from tests.support.linking import dedented, inputs
from tests.unit.docrunch.graph.resolve.test_cases import CASES, Case

SOURCE = SourceRef("host/owner/world", "c" * 40, "main", SourceKind.GIT)
PART, BODY = "part", "body"


class Later(msgspec.Struct, frozen=True):
    kind: str
    name: str
    tree: Tree
    appears: Tree
    told: Told = NOTHING


def told(path: str, target: SymbolName, word: str) -> Told:
    return Told({path: (Mention(2, word, 0, target),)})


START = told("app.py", SymbolName("lib.py", "Engine.start", "method", 0), "start")
AGAIN = told("app.py", SymbolName("lib.py", "start", "function", 1), "start")
CODE = {"z/z.py": "x = 1\n"}  # the first file of a language is another project for everybody
APP = {"app.py": "def run(thing):\n    thing.start()\n"}

LATER = [
    Later(PART, "a function", {"a.py": "", "b.py": "from a import f\nf()\n"}, {"a.py": "def f(): ...\n"}),
    Later(
        WHOLE,
        "a star import",
        {"a.py": "", "c.py": "def f(): ...\n", "b.py": "from a import f\nf()\n"},
        {"a.py": "from c import *\n"},
    ),
    Later(
        BODY,
        "an import in the body of a function",
        {
            "c.py": "class C:\n    def go(self): ...\n",
            "a.py": "def make():\n    return C()\n",
            "b.py": "from a import make\nmake().go()\n",
        },
        {"a.py": "def make():\n    from c import C\n    return C()\n"},
    ),
    Later(reads.SLOT, "a module", {"b.py": "from a import f\nf()\n"}, {"a.py": "def f(): ...\n"}),
    Later(reads.SLOT, "a file that a document links", {"a.md": "[x](b.md)\n"}, {"b.md": "x\n"}),
    Later(reads.DIRECTORY, "a directory that is a package", {"b.py": "import space\n"}, {"space/deep/a.py": "x = 1\n"}),
    Later(reads.PACKAGE_NODE, "a directory in a link", {**CODE, "a.md": "[x](lib)\n"}, {"lib/a.py": "x = 1\n"}),
    Later(
        reads.UNIQUE,
        "another method of a name",
        {"a.py": "class A:\n    def measure_all(self): ...\n\ndef run(x):\n    x.measure_all()\n"},
        {"b.py": "class B:\n    def measure_all(self): ...\n"},
    ),
    Later(
        reads.UNIQUE,
        "an attribute of the name of a writer",
        {
            "a.rb": "class A\n  def color=(x); end\nend\n",
            "b.rb": 'require_relative "a"\ndef run(x)\n  x.color = 1\nend\n',
        },
        {"c.rb": "class C\n  attr_reader :color\nend\n"},
    ),
    Later(
        reads.ATTACHED,
        "a method of a type in another file",
        {
            "go.mod": "module m\n",
            "a.go": "package m\n\ntype T struct{}\n\nfunc (t T) Run() { t.Go() }\n",
            "b.go": "package m\n",
        },
        {"b.go": "package m\n\nfunc (t T) Go() {}\n"},
    ),
    Later(
        reads.SCOPE_NAME,
        "a class of the package",
        {"a/A.java": "package a; class A { void run() { B.go(); } }", "a/B.java": "package a; class C {}"},
        {"a/B.java": "package a; class B { static void go() {} }"},
    ),
    Later(
        reads.SCOPE_FILES,
        "a package",
        {"b/Use.java": "package b; import a.*; class Use {}"},
        {"a/A.java": "package a; class A {}"},
    ),
    Later(
        reads.SCOPE_BELOW,
        "the start of a package's name",
        {"c/Use.java": "package c; class Use { void run() { a.b.Tool.go(); } }"},
        {"Tool.java": "package a.b; public class Tool { public static void go() {} }"},
    ),
    Later(
        reads.GO_IMPORT,
        "a package that is imported",
        {"go.mod": "module m\n", "a.go": 'package m\n\nimport "m/b"\n\nfunc run() { b.Go() }\n'},
        {"b/b.go": "package b\n\nfunc Go() {}\n"},
    ),
    Later(
        reads.C_HEADERS,
        "a header",
        {"a.c": '#include "lib.h"\n'},
        {"include/lib.h": "void go(int x);\n"},
    ),
    Later(
        reads.CONTRACT,
        "an interface that a type fulfils",
        {"go.mod": "module m\n", "a.go": "package m\n\ntype T struct{}\n\nfunc (t T) Go() {}\n", "b.go": "package m\n"},
        {"b.go": "package m\n\ntype Goer interface {\n\tGo()\n}\n"},
    ),
    Later(
        reads.TABLE,
        "a table",
        {"a.sql": "CREATE TABLE orders (id INT, person INT REFERENCES people (id));\n"},
        {"b.sql": "CREATE TABLE people (id INT);\n"},
    ),
    Later(
        reads.MENTION,
        "a symbol that a document names",
        {**CODE, "a.md": "Use `make_thing()`.\n"},
        {"a.py": "def make_thing(): ...\n"},
    ),
    Later(
        reads.MENTION,
        "another overload of it",
        {"a.md": "Use `makeThing()`.\n", "a.java": "public class A { public void makeThing() {} }\n"},
        {"a.java": "public class A { public void makeThing() {} public void makeThing(int x) {} }\n"},
    ),
    Later(reads.NAMESPACE, "a namespace", {"a.cs": "using N;\nclass A {}\n"}, {"b.cs": "namespace N;\nclass B {}\n"}),
    Later(
        reads.EXTENSION,
        "an extension method",
        {"a.cs": "class T {}\nclass A { void F(T t) { t.GoFurther(); } }\n", "b.cs": "static class X {}\n"},
        {"b.cs": "static class X { public static void GoFurther(this T t) {} }\n"},
    ),
    Later(
        reads.RUST_PLACE,
        "the file of a module",
        {"Cargo.toml": '[package]\nname = "m"\n', "src/lib.rs": "mod deep;\nfn run() { deep::go(); }\n"},
        {"src/deep.rs": "pub fn go() {}\n"},
    ),
    Later(
        reads.MOUNTED,
        "an address above a router",
        {
            "api.py": """
                from flask import Blueprint
                bp = Blueprint("api", __name__)
                @bp.get("/users")
                def users(): ...
            """,
            "app.py": "from flask import Flask\nfrom api import bp\napp = Flask(__name__)\n",
        },
        {
            "app.py": """
                from flask import Flask
                from api import bp
                app = Flask(__name__)
                app.register_blueprint(bp, url_prefix="/v1")
            """
        },
    ),
    Later(
        PART,
        "a symbol that an index names",
        {**APP, "lib.py": "class Engine: ...\n"},
        {"lib.py": "class Engine:\n    def start(self): ...\n"},
        START,
    ),
    Later(
        PART,
        "a second one of its name",
        {**APP, "lib.py": "def start(): ...\n"},
        {"lib.py": "def start(): ...\ndef start(): ...\n"},
        AGAIN,
    ),
    Later(PART, "the file of it", APP, {"lib.py": "class Engine:\n    def start(self): ...\n"}, START),
]


def linked(tree: Tree, base: Linked | None, told_: Told) -> Linked:
    made = inputs(tree)
    trace = decode_trace(encode_trace(base.trace)) if base is not None else None
    return relink(SOURCE, made.entries, made.facts, made.keys, trace, told=told_)


def is_clean(tree: Tree, found: Linked, told_: Told = NOTHING) -> bool:
    made = inputs(tree)
    return found.index == split(link(SOURCE, made.entries, made.facts, told_)).index


def forgets(group: str, name: str, kind: str) -> bool:
    if group[0] == "\0":
        return group == kind
    found = WHOLE if name == WHOLE else BODY if name.endswith("()") else PART
    return found == kind


@pytest.mark.parametrize("case", LATER, ids=lambda case: f"{case.kind[-12:]} {case.name}")
def test_what_appears_later_is_found(case: Later, monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = dedented(case.tree), dedented({**case.tree, **case.appears})
    base = linked(before, None, case.told)
    assert is_clean(after, linked(after, base, case.told), case.told)
    assert is_clean(before, linked(before, linked(after, None, case.told), case.told), case.told), "and when it goes"

    number = Reads.number
    monkeypatch.setattr(
        Reads,
        "number",
        lambda self, group, name: number(self, "\0forgotten" if forgets(group, name, case.kind) else group, name),
    )
    stale = linked(after, linked(before, None, case.told), case.told)
    assert not is_clean(after, stale, case.told), "nothing but this reading tells"


def test_each_kind_of_reading_has_a_case() -> None:
    kinds = {value for name, value in vars(reads).items() if name.isupper() and isinstance(value, str)}
    assert {case.kind for case in LATER} >= kinds - {reads.OWNERS} | {
        PART,
        WHOLE,
        BODY,
    }  # owners: `ATTACHED` tells as well


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.language}: {case.name}")
def test_whatever_appears_in_a_world_or_goes_is_found(case: Case) -> None:
    chance = random.Random(case.name)
    tree = dedented(case.files)
    other = chance.choice(list(lacking(tree)))
    whole, less = linked(tree, None, NOTHING), linked(other, None, NOTHING)
    assert linked(tree, less, NOTHING).index == whole.index
    assert linked(other, whole, NOTHING).index == less.index


def lacking(tree: Tree) -> Iterator[Tree]:
    """The tree without one file, and with another name for one symbol in its file."""
    for path, text in tree.items():
        yield {name: each for name, each in tree.items() if name != path}
        for word in sorted({symbol.name for symbol in inputs({path: text}).facts[path].symbols}):
            if word.isidentifier():
                yield {**tree, path: re.sub(rf"\b{word}\b", f"other_{word}", text)}
