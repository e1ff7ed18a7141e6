"""PHP names: namespaces and aliases, functions that fall back, parents and traits, types that syntax shows."""

import pytest

APP = {
    "composer.json": '{"name": "app/shop", "autoload": {"psr-4": {"App\\\\": "src/"}}}\n',
    "src/Model/Base.php": """
        <?php
        namespace App\\Model;

        abstract class Base implements Storable
        {
            protected Store $store;
            public function __construct(Store $store) { $this->store = $store; }
            public function save(): static { $this->store->write($this); $this->validate(); return $this; }
            protected function validate(): void {}
            public static function make(): static { return new static(new Store()); }
        }
    """,
    "src/Model/Storable.php": """
        <?php
        namespace App\\Model;

        interface Storable { public function save(); }
    """,
    "src/Model/Store.php": """
        <?php
        namespace App\\Model;

        class Store { public function write(Storable $item): bool { return $item->save() !== null; } }
    """,
    "src/Model/User.php": """
        <?php
        namespace App\\Model;

        use App\\Support\\{Loggable, Clock as Time};
        use function App\\Support\\now;
        use const App\\Support\\LIMIT;

        final class User extends Base
        {
            use Loggable { log as protected writeLog; }

            public const ROLE = 'user';
            private static ?Time $clock = null;
            /** @var Address[] */
            private array $addresses = [];

            public function __construct(Store $store, private readonly Time $time)
            {
                parent::__construct($store);
            }

            protected function validate(): void
            {
                parent::validate();
                $this->writeLog(self::ROLE);
                $this->log('x');
                $this->time->tick();
                self::$clock?->tick();
                now(LIMIT);
                strlen('x');
            }

            public function streets(): array
            {
                foreach ($this->addresses as $address) { $address->street(); }
                return $this->addresses[0]->lines();
            }
        }
    """,
    "src/Model/Address.php": """
        <?php
        namespace App\\Model;

        class Address
        {
            public function street(): string { return ''; }
            public function lines(): array { return []; }
            public function __invoke() {}
        }
    """,
    "src/Support/Loggable.php": """
        <?php
        namespace App\\Support;

        trait Loggable
        {
            public function log(string $text): void { $this->format($text); }
            private function format($t) {}
        }
    """,
    "src/Support/Clock.php": """
        <?php
        namespace App\\Support;

        class Clock { public function tick(): int { return 1; } }
    """,
    "src/Support/functions.php": """
        <?php
        namespace App\\Support;

        const LIMIT = 3;
        function now(int $at): int { return later($at); }
        function later(int $at): int { return $at; }
    """,
    "index.php": """
        <?php
        require_once __DIR__ . '/src/Support/functions.php';
        require 'vendor/autoload.php';

        use App\\Model\\User;
        use App\\Model;

        $user = User::make()->save();
        $user->streets();
        $other = new Model\\Address();
        $other->street();
        $other();
    """,
}
MODEL, SUPPORT = "App\\Model", "App\\Support"


@pytest.fixture(scope="module")
def app(world):
    return world(APP)


def test_qualified_names_are_those_of_php(app):
    assert app.node(f"{MODEL}\\User").kind == "class"
    assert app.node(f"{MODEL}\\User::streets").kind == "method"
    assert app.node(f"{MODEL}\\User::$time").kind == "property"
    assert app.node(f"{SUPPORT}\\now").kind == "function"


def test_use_leads_to_the_declaring_file_and_the_name(app):
    found = app.edges("imports")
    assert found["src/Model/User.php", "src/Support/Loggable.php"] == ("exact", 1.0)
    assert ("src/Model/User.php", f"{SUPPORT}\\Clock") in found, "grouped and aliased"
    assert ("src/Model/User.php", f"{SUPPORT}\\now") in found
    assert ("src/Model/User.php", f"{SUPPORT}\\LIMIT") in found


def test_include_of_a_literal_path_is_an_import_and_a_missing_one_is_counted(app):
    assert ("index.php", "src/Support/functions.php") in app.edges("imports")
    assert app.reasons("index.php")["import_missing_module"] == 1


def test_parents_traits_and_interfaces(app):
    assert (f"{MODEL}\\User", f"{MODEL}\\Base") in app.edges("inherits")
    assert (f"{MODEL}\\User", f"{SUPPORT}\\Loggable") in app.edges("inherits"), "a trait is copied, not implemented"
    assert (f"{MODEL}\\Base", f"{MODEL}\\Storable") in app.edges("implements")
    assert (f"{MODEL}\\User::validate", f"{MODEL}\\Base::validate") in app.edges("overrides")
    assert (f"{MODEL}\\Base::save", f"{MODEL}\\Storable::save") in app.edges("overrides")


def test_calls_of_this_parent_and_static(app):
    assert app.calls(f"{MODEL}\\Base::save") == {f"{MODEL}\\Store::write", f"{MODEL}\\Base::validate"}
    assert app.calls(f"{MODEL}\\User::__construct") == {f"{MODEL}\\Base::__construct"}
    assert app.calls(f"{MODEL}\\Base::make") == {f"{MODEL}\\Base::__construct", f"{MODEL}\\Store"}
    assert app.calls(f"{MODEL}\\Store::write") == {f"{MODEL}\\Storable::save"}, "an interface is as far as types go"


def test_aliased_traits_typed_properties_and_functions(app):
    assert app.calls(f"{MODEL}\\User::validate") == {
        f"{MODEL}\\Base::validate",
        f"{SUPPORT}\\Loggable::log",
        f"{SUPPORT}\\Clock::tick",
        f"{SUPPORT}\\now",
        "strlen",
    }
    assert app.calls(f"{SUPPORT}\\Loggable::log") == {f"{SUPPORT}\\Loggable::format"}
    assert app.calls(f"{SUPPORT}\\now") == {f"{SUPPORT}\\later"}, "the namespace first"


def test_elements_of_documented_arrays(app):
    assert app.calls(f"{MODEL}\\User::streets") == {f"{MODEL}\\Address::street", f"{MODEL}\\Address::lines"}


def test_file_level_code_late_static_binding_and_invocation(app):
    assert app.calls("index.php") == {
        f"{MODEL}\\Base::make",
        f"{MODEL}\\Base::save",
        f"{MODEL}\\User::streets",
        f"{MODEL}\\Address",
        f"{MODEL}\\Address::street",
        f"{MODEL}\\Address::__invoke",
    }


def one(world, body: str, **files: str):
    return world({"a.php": "<?php\n" + body, **{name + ".php": "<?php\n" + text for name, text in files.items()}})


@pytest.mark.parametrize(
    ("body", "source", "expected"),
    [
        ("function a() { b(); } function b() {}", "a", {"b"}),
        ("namespace N; function a() { strlen(''); \\b(); } function b() {}", "N\\a", {"strlen", "b"}),
        ("namespace N; function a() { new Foo; }", "N\\a", {"N\\Foo"}),  # no class falls back
        ("class Foo {} function a() { $f = 'Foo'; new $f; }", "a", set()),
        ("class A { function m() {} } function a(A $x) { $x->m(); }", "a", {"A::m"}),
        ("class A { function m() {} } function a(?A $x = null) { $x?->m(); }", "a", {"A::m"}),
        ("class A { function m() {} } function a(A|null $x) { $x->m(); }", "a", {"A::m"}),
        ("class A { function m() {} } class B { function m() {} } function a(A|B $x) { $x->m(); }", "a", set()),
        ("class A { function m() {} } /** @param A $x */ function a($x) { $x->m(); }", "a", {"A::m"}),
        ("class A { function m() {} } function a($x) { $x = new A; $x->m(); }", "a", {"A"}),  # $x may be anything
        ("class A { function m() {} } function a() { $x = new A; $x = other(); $x->m(); }", "a", {"A", "other"}),
        ("class A { function m() {} } function a() { $x = null; $x ??= new A; $x->m(); }", "a", {"A", "A::m"}),
        ("class A { function m() {} } $x = new A; function a() { $x->m(); }", "a", set()),  # globals stay outside
        ("class A { function m(): self {} function n() {} } function a(A $x) { $x->m()->n(); }", "a", {"A::m", "A::n"}),
        ("class A { /** @return B */ function m() {} } class B { function n() {} } function a() { (new A)->m()->n(); }",
         "a", {"A", "A::m", "B::n"}),
        ("class A { function m() { return new B; } } class B { function n() {} } function a(A $x) { $x->m()->n(); }",
         "a", {"A::m", "B::n"}),
        ("class A { public $p; function m() { ($this->p)(); $this->p(); } function p() {} }",
         "A::m", {"A::p"}),
        ("enum E { case X; function m() { return self::X->n(); } function n() {} }", "E::m", {"E::n"}),
        ("class A { function m() { return function () { $this->n(); }; } function n() {} }", "A::m", {"A::n"}),
        ("class A { function m() { return new class { function k() { $this->n(); } }; } function n() {} }",
         "A::m", set()),
        ("trait T { function t() {} } class P { function t() {} } "
         "class A extends P { use T; function m() { $this->t(); } }",
         "A::m", {"T::t"}),
        ("trait T { function t() {} } trait U { function t() {} } "
         "class A { use T, U { U::t insteadof T; } function m() { $this->t(); } }", "A::m", {"U::t"}),
        ("class A { static function s() {} function m() { static::s(); self::s(); A::s(); } }", "A::m", {"A::s"}),
        ("class A extends \\Exception { function m() { $this->getMessage(); parent::m(); } }", "A::m", set()),
        ("class A { function m() {} } function a() { foreach (all() as $x) { $x->m(); } } "
         "/** @return A[] */ function all() {}",
         "a", {"A::m", "all"}),
        ("class A { function m() {} } function a(array $l) { /** @var A $x */ $x = $l['k']; $x->m(); }", "a", {"A::m"}),
        ("class A { function m() {} } function a() { try {} catch (A $e) { $e->m(); } }", "a", {"A::m"}),
        ("class A { function m() { return [$this, 'n']; } function n() {} }", "A::m", set()),
        ("class A { function __call($n, $a) {} } function a(A $x) { $x->magic(); }", "a", set()),
        ("function a() { array_map(fn (A $x) => $x->m(), []); } class A { function m() {} }",
         "a", {"array_map", "A::m"}),
    ],
)  # fmt: skip
def test_what_a_call_means(world, body, source, expected):
    assert one(world, body).calls(source) == expected


def test_a_first_class_callable_and_a_pair_are_uses(world):
    found = one(world, "class A { function m() { foo(...); return [$this, 'n']; } function n() {} } function foo() {}")
    assert ("A::m", "A::n") in found.edges("uses")
    assert ("A::m", "foo") in found.edges("uses")


def test_two_definitions_of_one_name_are_candidates(world):
    found = one(world, "function a() { foo(); }", b="function foo() {}", c="function foo() {}")
    assert found.calls("a") == set()
    assert len(found.graph.candidates) == 1


def test_several_namespaces_in_one_file(world):
    found = one(
        world,
        "namespace A { class X { function m() {} } function f() { g(); } function g() {} }\n"
        "namespace B { use A\\X; function h() { (new X)->m(); \\A\\f(); } }\n",
        b="namespace C; function i() { \\B\\h(); new \\A\\X; }",
    )
    assert found.calls("A\\f") == {"A\\g"}
    assert found.calls("B\\h") == {"A\\X", "A\\X::m", "A\\f"}
    assert found.calls("C\\i") == {"B\\h", "A\\X"}
