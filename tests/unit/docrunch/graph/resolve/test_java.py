"""Java: what calls mean, feature by feature. Each case is a tiny tree, a caller, and all that it calls."""

import pytest

from tests.support.calls import calls_of

E, I = "exact", "inferred"  # noqa: E741
CASES: list[tuple[str, dict[str, str], str, dict[str, str]]] = [
    (
        "a static method through a single-type import",
        {
            "a/Tool.java": "package a; public class Tool { public static void go() {} }",
            "b/Use.java": "package b; import a.Tool; class Use { void run() { Tool.go(); } }",
        },
        "b.Use.run",
        {"a.Tool.go": E},
    ),
    (
        "a class of the same package needs no import, wherever its file is",
        {
            "src/main/a/Tool.java": "package a; class Tool { static void go() {} }",
            "src/test/a/Use.java": "package a; class Use { void run() { Tool.go(); } }",
        },
        "a.Use.run",
        {"a.Tool.go": E},
    ),
    (
        "a class of another package without import is not guessed",
        {
            "a/Tool.java": "package a; public class Tool { public static void go() {} }",
            "b/Use.java": "package b; class Use { void run() { Tool.go(); } }",
        },
        "b.Use.run",
        {},
    ),
    (
        "an import on demand",
        {
            "a/Tool.java": "package a; public class Tool { public static void go() {} }",
            "b/Use.java": "package b; import a.*; class Use { void run() { Tool.go(); } }",
        },
        "b.Use.run",
        {"a.Tool.go": E},
    ),
    (
        "the package wins over an import on demand, a single import over the package",
        {
            "a/One.java": "package a; public class One { public static void go() {} }",
            "a/Two.java": "package a; public class Two { public static void go() {} }",
            "b/One.java": "package b; public class One { public static void go() {} }",
            "b/Two.java": "package b; public class Two { public static void go() {} }",
            "b/Use.java": "package b; import a.*; import a.Two; class Use { void run() { One.go(); Two.go(); } }",
        },
        "b.Use.run",
        {"b.One.go": E, "a.Two.go": E},
    ),
    (
        "an imported class hides one of that name in java.lang, and what is not imported is java.lang's",
        {
            "a/Record.java": "package a; public class Record { public static void go() {} }",
            "a/Thread.java": "package a; public class Thread { public static void go() {} }",
            "b/Use.java": "package b; import a.Record; class Use { void run() { Record.go(); Thread.go(); } }",
        },
        "b.Use.run",
        {"a.Record.go": E, "java.lang.Thread.go": E},
    ),
    (
        "a whole name needs no import",
        {
            "a/b/Tool.java": "package a.b; public class Tool { public static class In { public static void go() {} } }",
            "c/Use.java": "package c; class Use { void run() { a.b.Tool.In.go(); } }",
        },
        "c.Use.run",
        {"a.b.Tool.In.go": E},
    ),
    (
        "static imports, single and on demand",
        {
            "a/Tool.java": "package a; public class Tool { public static void go() {} public static void on() {} }",
            "b/Use.java": "package b; import static a.Tool.go; class Use { void run() { go(); } }",
            "b/All.java": "package b; import static a.Tool.*; class All { void run() { on(); } }",
        },
        "b.Use.run",
        {"a.Tool.go": E},
    ),
    (
        "a method of the class hides a static import of its name, whatever its parameters",
        {
            "a/Tool.java": "package a; public class Tool { public static void go(int x) {} }",
            "b/Use.java": "package b; import static a.Tool.go; class Use { void go() {} void run() { go(1); } }",
        },
        "b.Use.run",
        {},
    ),
    (
        "fields, parameters, locals and loops have the types they declare",
        {
            "a/A.java": """
                package a;
                import java.util.List;
                class A {
                    B field;
                    void run(C given, List<D> all, F... rest) {
                        E local = null;
                        field.b(); this.field.bb(); given.c(); local.e();
                        for (D each : all) each.d();
                        for (var other : rest) other.f();
                        all.get(0).dd();
                        rest[1].ff();
                    }
                }
                class B { void b() {} void bb() {} }
                class C { void c() {} }
                class D { void d() {} void dd() {} }
                class E { void e() {} }
                class F { void f() {} void ff() {} }
            """,
        },
        "a.A.run",
        {f"a.{name}": I for name in ("B.b", "B.bb", "C.c", "D.d", "D.dd", "E.e", "F.f", "F.ff")},
    ),
    (
        "var, resources, caught exceptions, casts and patterns",
        {
            "a/A.java": """
                package a;
                class A {
                    void run(Object o) {
                        var made = new B();
                        made.b();
                        try (B open = made.open()) { open.b(); } catch (Bad bad) { bad.tell(); }
                        ((C) o).c();
                        if (o instanceof D d) d.d();
                        switch (o) { case D(F part) -> part.f(); case G g -> g.g(); default -> {} }
                    }
                }
                class B implements AutoCloseable { void b() {} B open() { return this; } }
                class Bad extends Exception { void tell() {} }
                class C { void c() {} }
                record D(F part) { void d() {} }
                class F { void f() {} }
                class G { void g() {} }
            """,
        },
        "a.A.run",
        {
            "a.B": E,
            "a.C.c": E,
            **{f"a.{name}": I for name in ("B.b", "B.open", "Bad.tell", "D.d", "F.f", "G.g")},
        },
    ),
    (
        "two locals of one name and different types are not told apart",
        {
            "a/A.java": """
                package a;
                class A { void run() { { B x = null; x.go(); } { C x = null; x.go(); } } }
                class B { void go() {} }
                class C { void go() {} }
            """,
        },
        "a.A.run",
        {},
    ),
    (
        "the parameter of a lambda hides a field",
        {
            "a/A.java": """
                package a;
                class A { B x; void run(java.util.List<Object> all) { all.forEach(x -> x.go()); } }
                class B { void go() {} }
            """,
        },
        "a.A.run",
        {},
    ),
    (
        "fluent chains follow what methods return",
        {
            "a/A.java": """
                package a;
                class A { void run() { B.of().with(1).build().go(); new B().with(2); } }
                class B { static B of() { return new B(); } B with(int x) { return this; } C build() { return null; } }
                class C { void go() {} }
            """,
        },
        "a.A.run",
        {"a.B": E, "a.B.of": E, "a.B.with": E, "a.B.build": I, "a.C.go": I},
    ),
    (
        "an unknown receiver is not guessed by the method's name",
        {
            "a/A.java": "package a; class A { void run(Object o) { o.measureAll(); outside.measureAll(); } }",
            "a/B.java": "package a; class B { void measureAll() {} }",
        },
        "a.A.run",
        {},
    ),
    (
        "inherited methods: superclass first, then interfaces; super skips the own one",
        {
            "a/A.java": """
                package a;
                class A extends B implements C { void go() { super.go(); up(); dflt(); } }
                class B { void go() {} void up() {} }
                interface C { default void dflt() {} default void up() {} }
            """,
        },
        "a.A.go",
        {"a.B.go": I, "a.B.up": I, "a.C.dflt": I},
    ),
    (
        "Outer.this, Outer.super and an interface's default by name",
        {
            "a/A.java": """
                package a;
                class A extends B implements C {
                    public void dflt() { C.super.dflt(); }
                    void go() {}
                    class In { void go() {} void run() { A.this.go(); A.super.go(); go(); } }
                }
                class B { void go() {} }
                interface C { default void dflt() {} }
            """,
        },
        "a.A.In.run",
        {"a.A.go": I, "a.B.go": I, "a.A.In.go": I},
    ),
    (
        "an interface's default called by the interface's name",
        {
            "a/A.java": """
                package a;
                class A implements C { public void dflt() { C.super.dflt(); } }
                interface C { default void dflt() {} }
            """,
        },
        "a.A.dflt",
        {"a.C.dflt": I},
    ),
    (
        "a call through an interface is a call of the interface's method",
        {
            "a/A.java": """
                package a;
                class A { void run(C c) { c.go(); } }
                interface C { void go(); }
                class D implements C { public void go() {} }
            """,
        },
        "a.A.run",
        {"a.C.go": I},
    ),
    (
        "an inner class calls methods of the class around it",
        {"a/A.java": "package a; class A { static void go() {} class In { void run() { go(); } } }"},
        "a.A.In.run",
        {"a.A.go": E},
    ),
    (
        "a supertype that we cannot see may have the method: less certain",
        {
            "a/A.java": """
                package a;
                import other.Base;
                class A { static void go() {} class In extends Base { void run() { go(); } } }
            """,
        },
        "a.A.In.run",
        {"a.A.go": I},
    ),
    (
        "every class has the methods of Object: the outer class's are not meant",
        {
            "a/A.java": 'package a; class A { public String toString() { return ""; }'
            " class In { void run() { toString(); } } }"
        },
        "a.A.In.run",
        {},
    ),
    (
        "overloads by the number of arguments, open parameters included",
        {
            "a/A.java": """
                package a;
                class A {
                    void run() { go(); go(1); go(1, 2, 3, 4); }
                    static void go() {}
                    static void go(int a) {}
                    static void go(int a, int b, int... c) {}
                }
            """,
        },
        "a.A.run",
        {"a.A.go@4": I, "a.A.go@5": I, "a.A.go@6": I},
    ),
    (
        "overloads by the types of literals, locals, fields, results and casts",
        {
            "a/A.java": """
                package a;
                class A {
                    long field;
                    void run(char c, Object o, B b) {
                        go("x"); go(c); go(field); go(b.text()); go((int[]) o); go(o); go(b); go(1 > 2); go(null, b);
                    }
                    static void go(String a) {}
                    static void go(char a) {}
                    static void go(long a) {}
                    static void go(int[] a) {}
                    static void go(Object a) {}
                    static void go(B a) {}
                    static void go(boolean a) {}
                    static void go(int a, B b) {}
                    static void go(String a, B b) {}
                }
                class B { StringBuilder text() { return null; } }
            """,
        },
        "a.A.run",
        {"a.B.text": I, **{f"a.A.go@{line}": I for line in (7, 8, 9, 10, 11, 12, 13, 15)}},
    ),
    (
        "widening, boxing and supertypes are left open where more than one could take the argument",
        {
            "a/A.java": """
                package a;
                class A {
                    void run(int x, B b) { go(x); on(b); }
                    static void go(long a) {}
                    static void go(Integer a) {}
                    static void on(Up a) {}
                    static void on(Over a) {}
                }
                class B implements Up, Over {}
                interface Up {}
                interface Over {}
            """,
        },
        "a.A.run",
        {},
    ),
    (
        "whether one outside class is above another is not known: it stays open",
        {
            "a/A.java": """
                package a;
                import java.nio.file.Path;
                import java.nio.file.attribute.FileTime;
                class A {
                    void run(Path file, FileTime time) { newer(file, time); }
                    static void newer(Path file, Path other) {}
                    static void newer(Path file, FileTime time, String... options) {}
                }
            """,
        },
        "a.A.run",
        {},
    ),
    (
        "an array is no element of any number of arguments",
        {
            "a/A.java": """
                package a;
                class A {
                    void run(String[] some, String one) { go(some, 1); go(one, 1, 2); all(one); all(some); }
                    static void go(Object a, int... b) {}
                    static void go(Object a, java.util.BitSet b) {}
                    static void all(String a) {}
                    static void all(String... a) {}
                }
            """,
        },
        "a.A.run",
        {"a.A.go@4": I, "a.A.all@6": I, "a.A.all@7": I},
    ),
    (
        "what could be meant by a call says nothing about the call behind it",
        {
            "a/A.java": """
                package a;
                class A {
                    void run() { all().filter("x"); }
                    static Other all() { return null; }
                    static Object all(String a) { return null; }
                }
            """,
        },
        "a.A.run",
        {"a.A.all@4": I},
    ),
    (
        "overloads that only an unknown type could tell apart stay open",
        {"a/A.java": "package a; class A { void run() { go(Other.make()); } void go(A a) {} void go(Object b) {} }"},
        "a.A.run",
        {},
    ),
    (
        "what overloads return may agree",
        {
            "a/A.java": """
                package a;
                class A {
                    void run() { make(Other.make()).go(); }
                    B make(A a) { return null; }
                    B make(Object b) { return null; }
                }
                class B { void go() {} }
            """,
        },
        "a.A.run",
        {"a.B.go": I},
    ),
    (
        "an overriding method stands for the overridden one, also through type parameters",
        {
            "a/A.java": """
                package a;
                class A { void run(Both both) { both.take(null); both.take(1, 2); } }
                class Base<T> { void take(int a, int b) {}
                    void take(T one) {} }
                class Both extends Base<A> { void take(A one) {} }
            """,
        },
        "a.A.run",
        {"a.Both.take": I, "a.Base.take@3": I},
    ),
    (
        "constructors by the number of arguments, the class where none is written",
        {
            "a/A.java": """
                package a;
                class A { void run() { new B(); new B(1); new C(); new D(1, 2); new A.In(); } static class In {} }
                class B { B() {}
                    B(int x) {} }
                class C {}
                record D(int x, int y) {}
            """,
        },
        "a.A.run",
        {"a.B.B@3": I, "a.B.B@4": I, "a.C": E, "a.D": E, "a.A.In": E},
    ),
    (
        "constructors call each other and that of the superclass",
        {
            "a/A.java": """
                package a;
                class A extends B { A() { this(1); }
                    A(int x) { super(x); } }
                class B { B(int y) {} }
            """,
        },
        "a.A.A",
        {"a.A.A@3": I, "a.B.B": E},
    ),
    (
        "a field, a local and a method may share a name",
        {
            "a/A.java": """
                package a;
                class A {
                    B size;
                    B size() { return size; }
                    void run(int size) { size(); this.size.go(); size().go(); }
                }
                class B { void go() {} }
            """,
        },
        "a.A.run",
        {"a.A.size@4": I, "a.B.go": I},
    ),
    (
        "constants of an enum, with and without a body",
        {
            "a/Kind.java": """
                package a;
                enum Kind {
                    ONE { int size() { return base(); } }, TWO;
                    int size() { return 0; }
                    int base() { return 1; }
                }
            """,
            "a/A.java": "package a; class A { void run() { Kind.TWO.size(); Kind.values(); } }",
        },
        "a.A.run",
        {"a.Kind.size": I},
    ),
    (
        "methods of a nameless class know each other, what it inherits and what is around it",
        {
            "a/A.java": """
                package a;
                class A {
                    static void around() {}
                    B run(C local) {
                        return new B() {
                            void first() { second(); up(); around(); local.go(); this.up(); }
                            void second() {}
                        };
                    }
                }
                class B { void up() {} }
                class C { void go() {} }
            """,
        },
        "a.A.run.first",
        {"a.A.run.second": I, "a.B.up": I, "a.A.around": E, "a.C.go": I},
    ),
    (
        "members of a nameless class are no members of the class around it",
        {
            "a/A.java": "package a; class A { Runnable r = new Runnable() { public void tick() {} };"
            " void run() { tick(); } }"
        },
        "a.A.run",
        {},
    ),
    (
        "type parameters: of a field's type, of a supertype, bounded ones",
        {
            "a/A.java": """
                package a;
                class A extends Base<B> {
                    Box<B> box;
                    <T extends C> void run(T bounded, Box<? extends C> wild) {
                        box.get().go(); inherited().go(); bounded.go(); wild.get().go();
                    }
                }
                class Base<T> { T inherited() { return null; } }
                class Box<V> { V get() { return null; } }
                class B { void go() {} }
                class C { void go() {} }
            """,
        },
        "a.A.run",
        {"a.Box.get": I, "a.Base.inherited": I, "a.B.go": I, "a.C.go": I},
    ),
    (
        "a type parameter is no class of its name",
        {
            "a/A.java": "package a; class A<T> { void run(T t) { t.go(); } }",
            "a/T.java": "package a; class T { void go() {} }",
        },
        "a.A.run",
        {},
    ),
    (
        "a type nested in a supertype is known by its name alone",
        {
            "a/A.java": "package a; class A extends B { void run() { In.go(); new In(); } }",
            "a/B.java": "package a; class B { static class In { static void go() {} } }",
        },
        "a.A.run",
        {"a.B.In.go": E, "a.B.In": E},
    ),
    (
        "a library's class of the same simple name is not the repository's",
        {
            "a/List.java": "package a; public class List { public void go() {} }",
            "b/Use.java": "package b; import java.util.List; class Use { void run(List list) { list.go(); } }",
        },
        "b.Use.run",
        {"java.util.List.go": "inferred"},
    ),
    (
        "what holds a value gives it back: optional, supplier, map",
        {
            "a/A.java": """
                package a;
                import java.util.Map;
                import java.util.Optional;
                class A {
                    void run(Optional<B> o, Map<String, B> m) { o.get().go(); m.get("x").stop(); o.toString(); }
                }
                class B { void go() {} void stop() {} }
            """,
        },
        "a.A.run",
        {"a.B.go": I, "a.B.stop": I},
    ),
]


@pytest.mark.parametrize(("files", "source", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_calls(world, files: dict[str, str], source: str, expected: dict[str, str]) -> None:
    found = {k: v for k, v in calls_of(world(files).graph, source).items() if k.split(".")[0] != "other"}
    assert found == expected


def test_imports_lead_to_the_file_of_the_type(world):
    found = world(
        {
            "src/a/Tool.java": "package a; public class Tool { public static class In {} public static int go() {} }",
            "src/b/One.java": "package b; import a.Tool.In; class One {}",
            "src/b/Two.java": "package b; import static a.Tool.go; class Two {}",
            "src/b/All.java": "package b; import a.*; import static a.Tool.*; class All {}",
            "src/b/Out.java": "package b; import java.util.List; import a.Missing; class Out {}",
        }
    )
    edges = {pair for pair in found.edges("imports") if pair[1].startswith(("src", "java", "a.M"))}
    assert edges == {
        ("src/b/One.java", "src/a/Tool.java"),
        ("src/b/Two.java", "src/a/Tool.java"),
        ("src/b/All.java", "src/a/Tool.java"),
        ("src/b/All.java", "src/a"),
        ("src/b/Out.java", "java.util.List"),
        ("src/b/Out.java", "a.Missing"),
    }


def test_supertypes_and_overrides(world):
    found = world(
        {
            "a/A.java": "package a; class A extends B implements C { public void go() {} }",
            "a/B.java": "package a; abstract class B implements java.io.Serializable { abstract void go(); }",
            "a/C.java": "package a; interface C extends D {} interface D { void go(); }",
        }
    )
    assert ("a.A", "a.B") in found.edges("inherits")
    assert ("a.A", "a.C") in found.edges("implements")
    assert ("a.C", "a.D") in found.edges("inherits")
    assert ("a.B", "java.io.Serializable") in found.edges("implements")
    assert ("a.A.go", "a.B.go") in found.edges("overrides")


def test_ambiguous_calls_leave_candidates(world):
    found = world(
        {"a/A.java": "package a; class A { void run() { go(Other.make()); } void go(A a) {} void go(Object b) {} }"}
    )
    assert found.reasons("a/A.java")["ambiguous"] == 1
    assert [len(row.targets) for row in found.graph.candidates] == [2]


def test_cyclic_inheritance_ends(world):
    found = world(
        {"a/A.java": "package a; class A extends B { void run() { go(); } } class B extends A { void go() {} }"}
    )
    assert "a.B.go" in calls_of(found.graph, "a.A.run")
