"""Ruby names: constants by scope and ancestry, classes in several files, methods by ancestors, what self is."""

import pytest

from tests.support.php_ruby import RUBY


@pytest.fixture(scope="module")
def shop(world):
    return world(RUBY)


def test_qualified_names_are_those_of_ruby(shop):
    assert shop.node("Shop::User#save").kind == "method"
    assert shop.node("Shop::User::build").kind == "method"
    assert shop.node("Shop::User::ROLES").kind == "constant"
    assert shop.node("Shop::Store").kind == "class"
    assert shop.node("Shop::User#addresses").kind == "property"


def test_requires_lead_to_files_and_to_the_outside(shop):
    found = shop.edges("imports")
    assert ("lib/shop.rb", "lib/shop/model.rb") in found
    assert ("lib/shop.rb", "lib/shop/store.rb") in found
    assert ("lib/shop.rb", "json") in found
    assert ("lib/shop.rb", "shop/late") in found, "an autoload of a file that is not there"


def test_ancestors(shop):
    found = shop.edges("inherits")
    assert ("Shop::User", "Shop::Model") in found
    assert ("Shop::Model", "Shop::Validation") in found
    assert shop.edges("implements") == {}, "a module is mixed in, not implemented"
    assert ("Shop::User#save", "Shop::Model#save") in shop.edges("overrides")


def test_calls_of_self_constants_and_variables(shop):
    assert shop.calls("Shop::Model#save") == {
        "Shop::Validation#validate",
        "Shop::Clock#tick",
        "Shop::Model#touch",
        "Shop::open",
        "Kernel#puts",
    }
    assert shop.reasons("lib/shop/model.rb")["no_member"] == 1
    assert shop.calls("Shop::open") == {"Shop::Store#initialize", "Shop::Store#load"}


def test_super_yard_types_memoised_results_and_what_extend_is_not(shop):
    assert shop.calls("Shop::User#initialize") == {"Shop::Model#initialize", "Shop::Clock", "Shop::Clock#tick"}
    assert shop.calls("Shop::User#save") == {
        "Shop::Model#save",
        "Shop::User#addresses",
        "Shop::Address#street",
        "Shop::User#clock",
        "Shop::Clock#tick",
    }, "`find_by` is a method of the class, not of its instances"


def test_methods_of_the_class_itself(shop):
    assert shop.calls("Shop::User::build") == {"Shop::User#initialize", "Shop::User#save", "Shop::Finders#find_by"}
    assert shop.calls("Shop::Store#load") == {"Shop::User::build", "Shop::User#clock", "Shop::Clock#tick"}


def test_a_class_is_all_of_its_definitions(shop):
    assert shop.calls("Shop::User#extended") == {"Shop::Model#touch", "Shop::User#clock"}


def one(world, body: str, **files: str):
    return world({"a.rb": body, **{name + ".rb": text for name, text in files.items()}})


@pytest.mark.parametrize(
    ("body", "source", "expected"),
    [
        ("def a; b; end\ndef b; end", "a", {"b"}),
        ("class A; def m; b; end; end\ndef b; end", "A#m", {"b"}),
        ("class A; def m; b = 1; b; end; def b; end; end", "A#m", set()),
        ("class A; def m(b); b; end; def b; end; end", "A#m", set()),
        ("class A; def m; b(); end; def b; end; end", "A#m", {"A#b"}),
        ("class A; def m; [1].each { |b| b }; end; def b; end; end", "A#m", set()),
        ("class A; def m; b.c; end; def b; B.new; end; end\nclass B; def c; end; end", "A#m", {"A#b", "B#c"}),
        ("class A; def m(x); x.foo; end; def foo; end; end", "A#m", set()),
        ("class A; def self.s; n; end; def n; end; end", "A::s", set()),
        ("class A; def m; s; end; def self.s; end; end", "A#m", set()),
        ("class A; def m; self.class.s; end; def self.s; end; end", "A#m", {"A::s"}),
        ("class A; def m; x = A; x.s; end; def self.s; end; end", "A#m", {"A::s"}),
        ("module M; module_function; def a; b; end; def b; end; end\nM.a", "M#a", {"M#b"}),
        ("module M; extend self; def a; end; end\ndef t; M.a; end", "t", {"M#a"}),
        ("class A; def m; x = B.new; x = other; x.c; end; end\nclass B; def c; end; end", "A#m", {"B"}),
        ("class A; def m; x = B.new; x ||= B.new; x.c; end; end\nclass B; def c; end; end", "A#m", {"B", "B#c"}),
        ("class A; attr_accessor :n; def m; self.n = 1; n; end; end", "A#m", {"A#n"}),
        ("class A; attr_writer :n; def m; n; end; end", "A#m", set()),
        ("class A; def m; n?; n!; end; def n?; end; def n!; end; end", "A#m", {"A#n?", "A#n!"}),
        ("class A; def m; o; end; alias o p; def p; end; end", "A#m", {"A#o"}),
        ("class A; define_method(:d) { e }; def e; end; end", "A#d", {"A#e"}),
        ("class A < B; def m; super; end; end\nclass B; def m; end; end", "A#m", {"B#m"}),
        ("class A < Struct.new(:x); def m; x; end; end", "A#m", {"A#x"}),
        ("P = Struct.new(:x) do\n  def m; x; end\nend", "P#m", {"P#x"}),
        ("module I; def i; end; end\nmodule J; def i; end; end\nclass A; include I; include J; def m; i; end; end",
         "A#m", {"J#i"}),
        ("module I; def i; end; end\nclass A; prepend I; def i; end; def m; i; end; end", "A#m", {"I#i"}),
        ("module C; def self.included(b); b.extend(ClassMethods); end; module ClassMethods; def k; end; end; end\n"
         "class A; include C; k; def self.m; k; end; end", "A::m", {"C::ClassMethods#k"}),
        ("module N; class A; def m; B.new; end; end; class B; def initialize; end; end; end\n"
         "class B; def initialize; end; end", "N::A#m", {"N::B#initialize"}),
        ("module N; class A; def m; ::B.new; end; end; class B; end; end\nclass B; def initialize; end; end",
         "N::A#m", {"B#initialize"}),
        ("module N; module Q; end; end\nclass B; def self.s; end; end\nclass N::Q::A; def m; B.s; end; end",
         "N::Q::A#m", {"B::s"}),
        ("class A; def m; raise Oops; end; class Oops < StandardError; end; end", "A#m", {"Kernel#raise"}),
        ("class A < Outside; def m; whatever; end; end", "A#m", set()),
        ("class A; def m; Foo.bar; end; end", "A#m", {"Foo.bar"}),
        ("module R; refine String do; def shout; end; end; end\nmodule S; def self.t; shout; end; end", "S::t", set()),
        ("class A; def m; \"#{n}\"; end; def n; end; end", "A#m", {"A#n"}),
        ("def A.s; end\nclass A; def self.m; s; end; end", "A::m", {"A::s"}),
        ("class A; def m; dup.n; end; def n; end; end", "A#m", {"A#n"}),
    ],
)  # fmt: skip
def test_what_a_call_means(world, body, source, expected):
    assert one(world, body).calls(source) == expected


def test_a_method_that_two_files_define_is_no_guess(world):
    found = one(world, "class A; def m; n; end; end", b="class A; def n; end; end", c="class A; def n; end; end")
    assert found.calls("A#m") == set()


def test_a_specification_may_define_helpers_that_nobody_else_sees(world):
    found = one(world, "describe 'x' do\n  def helper; end\nend\n", b="class A; def m; helper; end; end")
    assert found.calls("A#m") == set()
