"""Kotlin: what calls mean, feature by feature. Each case is a tiny tree, a caller, and all that it calls."""

import pytest

from tests.support.calls import calls_of

E, I = "exact", "inferred"  # noqa: E741
CASES: list[tuple[str, dict[str, str], str, dict[str, str]]] = [
    (
        "a function of the package, and one that is imported",
        {
            "a/Tool.kt": "package a\nfun go() {}\n",
            "b/Tool.kt": "package b\nfun on() {}\nfun off() {}\n",
            "a/Use.kt": "package a\nimport b.on\nfun run() { go(); on(); off() }\n",
        },
        "a.run",
        {"a.go": E, "b.on": E},
    ),
    (
        "aliases and star imports",
        {
            "b/Tool.kt": "package b\nfun on() {}\nclass Box { fun go() {} }\n",
            "a/Use.kt": "package a\nimport b.on as start\nimport b.Box as Case\n"
            "fun run() { start(); Case().go(); on() }\n",
            "a/Star.kt": "package a\nimport b.*\nfun star() { on() }\n",
        },
        "a.run",
        {"b.on": E, "b.Box": E, "b.Box.go": E},
    ),
    (
        "a star import",
        {"b/Tool.kt": "package b\nfun on() {}\n", "a/Star.kt": "package a\nimport b.*\nfun star() { on() }\n"},
        "a.star",
        {"b.on": E},
    ),
    (
        "default arguments, open parameters and a lambda behind the brackets count",
        {
            "a/A.kt": """
                package a
                fun go(x: Int, y: Int = 1) {}
                fun go(x: Int, y: Int, z: Int, block: () -> Unit) {}
                fun all(vararg xs: Int) {}
                fun run() { go(1); go(1, 2, 3) { }; all(1, 2, 3); all() }
            """,
        },
        "a.run",
        {"a.go@2": I, "a.go@3": I, "a.all": E},
    ),
    (
        "overloads by the types of literals, locals and lambdas",
        {
            "a/A.kt": """
                package a
                fun go(x: String) {}
                fun go(x: Int) {}
                fun go(x: B?) {}
                fun go(x: () -> Unit) {}
                class B
                fun run(b: B, o: Any) { go("x"); go(1); go(b); go { }; go(o) }
            """,
        },
        "a.run",
        {"a.go@2": I, "a.go@3": I, "a.go@4": I, "a.go@5": I},
    ),
    (
        "properties, parameters and locals have the types they declare or are given",
        {
            "a/A.kt": """
                package a
                class A(val given: B, plain: C) {
                    val made = D()
                    val late by lazy { E() }
                    val got get() = F()
                    val start = plain.c()
                    fun run(all: List<G>, map: Map<String, B>) {
                        given.b(); made.d(); late.e(); got.f()
                        for (each in all) each.g()
                        all[0].gg()
                        for ((key, value) in map) value.bb()
                        val local = made
                        local.dd()
                    }
                }
                class B { fun b() {}
                    fun bb() {} }
                class C { fun c() {} }
                class D { fun d() {}
                    fun dd() {} }
                class E { fun e() {} }
                class F { fun f() {} }
                class G { fun g() {}
                    fun gg() {} }
            """,
        },
        "a.A.run",
        {f"a.{name}": I for name in ("B.b", "B.bb", "D.d", "D.dd", "E.e", "F.f", "G.g", "G.gg")},
    ),
    (
        "a plain parameter of the primary constructor is known to initialisers",
        {"a/A.kt": "package a\nclass A(plain: C) {\n    val start = plain.c()\n}\nclass C { fun c() {} }\n"},
        "a.A.start",
        {"a.C.c": I},
    ),
    (
        "functions without a declared type return what their expression is",
        {
            "a/A.kt": """
                package a
                fun make() = B()
                fun again() = make()
                fun run() { again().go(); make()?.go() }
                class B { fun go() {} }
            """,
        },
        "a.run",
        {"a.again": E, "a.make": E, "a.B.go": I},
    ),
    (
        "safe calls, casts, elvis-free asserts and checks of type",
        {
            "a/A.kt": """
                package a
                fun run(b: B?, o: Any) { b?.go()?.go(); b!!.stop(); (o as C).c() }
                class B { fun go(): B? = this
                    fun stop() {} }
                class C { fun c() {} }
            """,
        },
        "a.run",
        {"a.B.go": I, "a.B.stop": I, "a.C.c": E},
    ),
    (
        "the class name stands for its companion object, not for instances",
        {
            "a/A.kt": """
                package a
                class A {
                    fun go() {}
                    companion object { fun make() = A()
                        const val MAX = 1 }
                }
                fun run() { A.make().go(); A.Companion.make(); A.go() }
            """,
        },
        "a.run",
        {"a.A.Companion.make": E, "a.A.go": I},
    ),
    (
        "methods call their companion's functions by name alone",
        {"a/A.kt": "package a\nclass A {\n    fun run() { make() }\n    companion object { fun make() {} }\n}\n"},
        "a.A.run",
        {"a.A.Companion.make": I},
    ),
    (
        "objects, nested classes and constants of enums",
        {
            "a/A.kt": """
                package a
                object Registry { fun add() {}
                    class Entry { fun go() {} } }
                enum class Kind { ONE { override fun size() = 1 }, TWO; open fun size() = 0 }
                fun run() { Registry.add(); Registry.Entry().go(); Kind.TWO.size() }
            """,
        },
        "a.run",
        {"a.Registry.add": E, "a.Registry.Entry": E, "a.Registry.Entry.go": E, "a.Kind.size": I},
    ),
    (
        "an extension of the type of the receiver, or of a supertype",
        {
            "b/Ext.kt": "package b\nimport a.B\nfun B.away() {}\nfun Any.other() {}\n",
            "a/A.kt": """
                package a
                import b.away
                open class B
                class C : B()
                class D
                fun B.near() {}
                fun D.near() {}
                fun run(b: B, c: C) { b.near(); c.away(); D().near() }
            """,
        },
        "a.run",
        {"a.near@6": I, "b.away": I, "a.D": E, "a.near@7": E},
    ),
    (
        "an extension that is not in sight is not meant",
        {
            "b/Ext.kt": "package b\nimport a.B\nfun B.away() {}\n",
            "a/A.kt": "package a\nclass B\nfun run(b: B) { b.away() }\n",
        },
        "a.run",
        {},
    ),
    (
        "a member wins over an extension",
        {"a/A.kt": "package a\nclass B { fun go() {} }\nfun B.go() {}\nfun run(b: B) { b.go() }\n"},
        "a.run",
        {"a.B.go": I},
    ),
    (
        "inside an extension, this is its receiver, by name or unnamed",
        {"a/A.kt": "package a\nclass B { fun go() {}\n fun on() {} }\nfun B.both() { this.go(); on() }\n"},
        "a.both",
        {"a.B.go": I, "a.B.on": I},
    ),
    (
        "an infix call",
        {"a/A.kt": "package a\nclass B { infix fun and(o: B) = o }\nfun run(x: B, y: B) { x and y }\n"},
        "a.run",
        {"a.B.and": I},
    ),
    (
        "this@Outer and super",
        {
            "a/A.kt": """
                package a
                open class Base { open fun go() {} }
                class A : Base() {
                    override fun go() {}
                    inner class In { fun go() {}
                        fun run() { this@A.go(); super@A.go(); go() } }
                }
            """,
        },
        "a.A.In.run",
        {"a.A.go": I, "a.Base.go": I, "a.A.In.go": I},
    ),
    (
        "a class calls the constructor of its superclass, a constructor the one it names",
        {
            "a/A.kt": """
                package a
                open class Base(x: Int)
                class A(y: Int) : Base(y)
                class B : Base {
                    constructor(x: Int) : super(x)
                    constructor() : this(1)
                }
            """,
        },
        "a.A",
        {"a.Base": E},
    ),
    (
        "constructors: primary ones are the class, secondary ones themselves",
        {
            "a/A.kt": """
                package a
                class B(x: Int) { constructor() : this(1) }
                fun run() { B(1); B() }
            """,
        },
        "a.run",
        {"a.B": E, "a.B.B": E},
    ),
    (
        "a function beside a class of its name: only the arguments' types could tell",
        {"a/A.kt": "package a\nclass B(x: Int)\nfun B(x: String) = B(1)\nfun run(x: Any) { B(x) }\n"},
        "a.run",
        {},
    ),
    (
        "a typealias is what it names",
        {"a/A.kt": "package a\nclass B { fun go() {} }\ntypealias C = B\nfun run(c: C) { c.go(); C() }\n"},
        "a.run",
        {"a.B.go": I, "a.B": E},
    ),
    (
        "a parameter that is called is no function of its name",
        {"a/A.kt": "package a\nfun block() {}\nfun run(block: () -> Unit) { block() }\n"},
        "a.run",
        {},
    ),
    (
        "the parameter of a lambda, named or not, is not guessed",
        {
            "a/A.kt": """
                package a
                class B { fun measureAll() {} }
                fun run(xs: Other, x: B) { xs.each { x -> x.measureAll() }; xs.each { it.measureAll() } }
            """,
        },
        "a.run",
        {},
    ),
    (
        "members of an object expression know each other",
        {
            "a/A.kt": """
                package a
                interface T { fun tick() }
                fun run(): T = object : T {
                    override fun tick() { inner() }
                    fun inner() {}
                }
                fun inner() {}
            """,
        },
        "a.run.tick",
        {"a.run.inner": I},
    ),
    (
        "type parameters",
        {
            "a/A.kt": """
                package a
                class Box<T>(val held: T) { fun get(): T = held }
                class B { fun go() {} }
                fun <T : B> run(box: Box<B>, t: T) { box.get().go(); box.held.go(); t.go() }
            """,
        },
        "a.run",
        {"a.Box.get": I, "a.B.go": I},
    ),
    (
        "soft keywords are names, too",
        {
            "a/A.kt": """
                package a
                class B { fun go() {} }
                fun run(value: B, open: B?, where: B?) {
                    val set: B = value
                    open?.go(); where?.go(); set.go()
                }
            """,
        },
        "a.run",
        {"a.B.go": I},
    ),
    (
        "Kotlin calls Java of the same repository",
        {
            "a/J.java": "package a; public class J { public J(int x) {} static J of() { return null; } void go() {} }",
            "a/A.kt": "package a\nfun run(j: J) { j.go(); J.of().go(); J(1) }\n",
        },
        "a.run",
        {"a.J.go": I, "a.J.of": E, "a.J.J": E},
    ),
    (
        "Java calls Kotlin: members, objects, functions of a file",
        {
            "a/Tools.kt": """
                package a
                class B { fun go() {}
                    companion object { @JvmStatic fun make() = B() } }
                fun helper(x: Int) {}
            """,
            "a/Use.java": "package a; class Use { void run(B b) { b.go(); B.make(); ToolsKt.helper(1); } }",
        },
        "a.Use.run",
        {"a.B.go": I, "a.B.Companion.make": E, "a.helper": E},
    ),
]


@pytest.mark.parametrize(("files", "source", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_calls(world, files: dict[str, str], source: str, expected: dict[str, str]) -> None:
    assert calls_of(world(files).graph, source) == expected


def test_imports_lead_to_the_files_of_what_they_name(world):
    found = world(
        {
            "src/a/Tool.kt": "package a\nfun go() {}\nclass Box { companion object { fun make() {} } }\n",
            "src/b/One.kt": "package b\nimport a.go\nfun one() {}\n",
            "src/b/Two.kt": "package b\nimport a.Box.Companion.make\nfun two() { make() }\n",
            "src/b/All.kt": "package b\nimport a.*\nimport kotlin.math.abs\nfun all() {}\n",
        }
    )
    assert {pair for pair in found.edges("imports") if pair[1].startswith(("src", "kotlin"))} == {
        ("src/b/One.kt", "src/a/Tool.kt"),
        ("src/b/Two.kt", "src/a/Tool.kt"),
        ("src/b/All.kt", "src/a"),
        ("src/b/All.kt", "kotlin.math.abs"),
    }
    assert calls_of(found.graph, "b.two") == {"a.Box.Companion.make": "exact"}


def test_an_extension_belongs_to_its_file(world):
    found = world({"a/A.kt": "package a\nclass B\nfun B.go() {}\n"})
    assert ("a/A.kt", "a.go") in found.edges("contains")
