"""Small trees of several languages, read and parsed, for tests of linking."""

import textwrap
from collections.abc import Mapping
from functools import cache

import msgspec

from docrunch.canonical import sha256_hex
from docrunch.options import Limits
from docrunch.parsing.catalog import detect
from docrunch.parsing.extract import extract
from docrunch.parsing.model import FileFacts
from docrunch.source.model import FileEntry
from tests.support.csharp_world import CSHARP
from tests.support.data_world import DATA
from tests.support.edits import Tree
from tests.support.scala_world import SCALA
from tests.support.structural import STRUCTURAL
from tests.support.swift import SHOP

PYTHON = {
    "pyproject.toml": '[project]\nname = "shop"\n',
    "src/shop/__init__.py": "from .cart import *\nfrom .prices import total as total\n__all__ = ['Cart', 'total']\n",
    "src/shop/cart.py": """
        from . import prices
        from .base import Base

        class Cart(Base):
            def __init__(self, currency: prices.Currency):
                self.currency = currency
                self.peer = prices.make()
            def add_item(self, item):
                super().add_item(item)
                self.peer.convert_all(item)
                return prices.total([item])
    """,
    "src/shop/base.py": """
        class Root:
            def close_cart(self): ...

        class Base(Root):
            def add_item(self, item):
                self.close_cart()
    """,
    "src/shop/prices.py": """
        import math
        from typing import Optional

        class Currency:
            def convert_all(self, other: "Currency") -> "Currency":
                return other

        def make() -> Optional[Currency]:
            return Currency()

        def total(items):
            return math.fsum(rounded(i) for i in items)

        def rounded(value):
            return round(value, 2)
    """,
    "src/shop/loop_a.py": "from .loop_b import *\nfrom .loop_b import far as near\ndef here(): return there()\n",
    "src/shop/loop_b.py": """
        from .loop_a import *
        from .loop_a import near as far
        def there(): return here() or far()
    """,
    "tests/test_cart.py": """
        import shop
        from shop.cart import Cart

        def test_add(thing):
            cart = shop.Cart(None)
            cart.add_item(1)
            thing.convert_all(2)
    """,
    "tools/run.py": """
        import shop.prices as p
        from shop import Cart

        def main(x):
            x.close_cart()
            p.total([])
    """,
}
TYPESCRIPT = {
    "package.json": '{"name": "root", "workspaces": ["packages/*"]}',
    "tsconfig.json": '{"compilerOptions": {"baseUrl": ".", "paths": {"@lib/*": ["packages/lib/src/*"]}}}',
    "packages/lib/package.json": '{"name": "lib", "main": "dist/index.js"}',
    "packages/lib/src/index.ts": 'export * from "./shape";\nexport { area as size } from "./area";\n',
    "packages/lib/src/shape.ts": """
        export interface Shape { measure(): number }
        export class Square implements Shape {
            constructor(private side: number) {}
            measure(): number { return this.side; }
            static unit(): Square { return new Square(1); }
        }
        Square.prototype.later = function () { return 1; };
    """,
    "packages/lib/src/area.ts": 'import { Square } from "./shape";\nexport const area = (s: Square) => s.measure();\n',
    "packages/app/src/main.ts": """
        import { Square, size } from "lib";
        import type { Shape } from "@lib/shape";
        export default function main(s: Shape) {
            const q = Square.unit();
            size(q);
            s.measure();
        }
    """,
    "packages/app/src/main.test.ts": 'import main from "./main";\ntest("x", () => { main(null); });\n',
}
GO = {
    "go.mod": "module example.com/mux\n\ngo 1.22\n",
    "mux.go": """
        package mux

        import "example.com/mux/inner"

        type Mux struct { tree *inner.Node }
        type Router interface { Route(path string) }

        func New() *Mux { return &Mux{} }
        func (m *Mux) Route(path string) { m.tree.InsertRoute(path) }
    """,
    "more.go": """
        package mux

        func (m *Mux) Mount(r Router) { m.Route("/"); r.Route("x"); helper() }
        func helper() { New().Mount(nil) }
    """,
    "inner/tree.go": """
        package inner

        type Node struct { next *Node }
        func (n *Node) InsertRoute(path string) *Node { return n.next }
    """,
    "inner/walk.go": 'package inner\n\nfunc (n *Node) Walk() { n.InsertRoute("").Walk() }\n',
    "mux_test.go": 'package mux\n\nimport "testing"\n\nfunc TestMux(t *testing.T) { New().Route("/") }\n',
    "cmd/app/main.go": 'package main\n\nimport m "example.com/mux"\n\nfunc main() { m.New().Mount(nil) }\n',
}
RUST = {
    "Cargo.toml": '[package]\nname = "glob-set"\n[dependencies]\nserde = "1"\n',
    "src/lib.rs": """
        pub mod pattern;
        mod util;
        pub use crate::pattern::Pattern;

        #[macro_export]
        macro_rules! glob { () => {}; }

        pub trait Matcher { fn is_matching(&self, path: &str) -> bool; }
        pub fn build() -> Pattern { glob!(); util::trimmed(""); Pattern::parse("x") }
    """,
    "src/pattern.rs": """
        use crate::Matcher;
        use super::util::{self, trimmed as cut};

        pub struct Pattern { text: String }
        impl Pattern {
            pub fn parse(text: &str) -> Pattern { cut(text); util::trimmed(text); Pattern { text: String::new() } }
        }
        impl Matcher for Pattern { fn is_matching(&self, path: &str) -> bool { self.extended_match() } }
    """,
    "src/util.rs": """
        use crate::pattern::Pattern;
        pub fn trimmed(text: &str) -> &str { text }
        impl Pattern { pub fn extended_match(&self) -> bool { true } }

        #[cfg(test)]
        mod tests { use super::*; #[test] fn trims() { trimmed("x"); } }
    """,
    "tests/all.rs": 'use glob_set::{build, Matcher};\n#[test]\nfn works() { build().is_matching("x"); }\n',
}
C = {
    "include/geo/base.hpp": """
        #define GEO_BEGIN_NAMESPACE namespace geo { inline namespace v1 {
        #define GEO_END_NAMESPACE }}
        #define CHECK(x) check_it(x)
        enum color { RED, GREEN };
        extern "C" int check_it(int x);
    """,
    "include/geo/shape.hpp": """
        #include <vector>
        #include "base.hpp"
        GEO_BEGIN_NAMESPACE
        void log(int level);
        void log(int level, int depth);
        class Base { public: virtual void draw(); int side() const; };
        class Shape : public Base {
         public:
          void draw() override;
          void grow(int by = 1);
          Shape* next;
          std::vector<Shape> parts;
        };
        using Alias = Shape;
        GEO_END_NAMESPACE
    """,
    "src/shape.cpp": """
        #include <geo/shape.hpp>
        namespace geo {
        void log(int level) { CHECK(level); }
        void log(int level, int depth) { log(depth); }
        void Shape::draw() { side(); grow(); helper(); next->draw(); for (auto& part : parts) part.grow(2); }
        void Shape::grow(int by) { log(by, RED); }
        }
        void geo::Base::draw() { log(1); }
        int geo::Base::side() const { return GREEN; }
    """,
    "src/helper.hpp": "#include <geo/shape.hpp>\nnamespace geo { static inline void helper() {} }\n",
    "src/check.c": """
        #include "geo/base.hpp"
        static int count(int x) { return x; }
        int check_it(int x) { return count(x) + RED; }
    """,
    "src/main.cpp": """
        #include "helper.hpp"
        #include "missing.hpp"
        using namespace geo;
        namespace g = geo;
        int main() { Alias s; s.draw(); g::log(1); helper(); check_it(2); return Shape().side(); }
    """,
}

JVM = {
    "src/main/java/com/acme/Store.java": """
        package com.acme;

        import com.acme.base.Entry;
        import static com.acme.base.Checks.*;
        import java.util.List;

        public class Store<T> extends com.acme.base.Root implements Opened {
            private final List<Entry> entries;
            Store(int size) { super(size); this.entries = null; }
            Store() { this(1); }
            public Entry find(String name) { notEmpty(name); return find(name, 1); }
            Entry find(String name, int from) { entries.get(0).rename(name); closeRoot(); return null; }
            class Part { Entry first() { return Store.this.find(""); } }
            static Store<Entry> make() { return new Store<>(2); }
        }
    """,
    "src/main/java/com/acme/Opened.java": "package com.acme;\ninterface Opened { default void open() { open(); } }\n",
    "src/main/java/com/acme/base/Entry.java": """
        package com.acme.base;

        public record Entry(String name) {
            public Entry rename(String to) { return new Entry(to); }
            public enum Kind { ONE { int size() { return 1; } }; int size() { return 0; } }
        }
    """,
    "src/main/java/com/acme/base/Checks.java": """
        package com.acme.base;

        public final class Checks {
            public static void notEmpty(String text) { notEmpty(text, "x"); }
            public static void notEmpty(String text, Object... rest) { Entry.Kind.ONE.size(); }
        }
    """,
    "src/main/java/com/acme/base/Root.java": """
        package com.acme.base;

        public abstract class Root {
            protected Root(int size) {}
            protected void closeRoot() { new Runnable() { public void run() { closeRoot(); } }.run(); }
        }
    """,
    "src/main/kotlin/com/acme/Shelf.kt": """
        package com.acme

        import com.acme.base.Entry
        import com.acme.base.Checks as Check

        class Shelf(val store: Store<Entry>) : Opened {
            val first by lazy { store.find("a") }
            fun add(entry: Entry) = entry.rename("b").labelled(2)
            companion object { fun empty() = Shelf(Store.make()) }
        }

        fun Entry.labelled(times: Int = 1): Entry { Check.notEmpty(name); return rename("c") }
        fun shelf() = Shelf.empty().add(Shelf.empty().first)
    """,
    "src/test/kotlin/com/acme/ShelfTest.kt": """
        package com.acme

        class ShelfTest {
            @Test fun works() { shelf().labelled(); Shelf.empty().open() }
        }
    """,
}
WORLDS = {
    "c": C,
    "python": PYTHON,
    "typescript": TYPESCRIPT,
    "go": GO,
    "rust": RUST,
    "jvm": JVM,
    "data": DATA,
    "swift": SHOP,
    "csharp": CSHARP,
    "scala": SCALA,
    "structural": STRUCTURAL,
}
ALL = {f"{name}/{path}": text for name, world in WORLDS.items() for path, text in world.items()}


LOST = "# lost\n"  # the first line of a file without facts


class Inputs(msgspec.Struct, frozen=True):
    entries: tuple[FileEntry, ...]
    facts: dict[str, FileFacts]
    keys: dict[str, str]


@cache
def _facts(data: bytes, language: str) -> FileFacts:
    return extract(data, language, Limits())


def inputs(tree: Mapping[str, str]) -> Inputs:
    entries, facts, keys = [], {}, {}
    for path, text in sorted(tree.items()):
        data = text.encode()
        language, sha = detect(path, data[:1000]), sha256_hex(data)
        entries.append(FileEntry(path, len(data), sha, sha, language, data.count(b"\n")))
        if not text.startswith(LOST):
            facts[path] = _facts(data, language)
            keys[path] = f"{sha} {language}"
    return Inputs(tuple(entries), facts, keys)


def dedented(world: Mapping[str, str]) -> Tree:
    return {path: textwrap.dedent(text).lstrip("\n") for path, text in world.items()}
