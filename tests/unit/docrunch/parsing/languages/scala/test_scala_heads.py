"""Most heads are read from their text, the others from their nodes: a user must not see which."""

import msgspec
import pytest

from docrunch.options import Limits
from docrunch.parsing.extract import extract
from docrunch.parsing.model import FileFacts, Symbol

HEADS = [
    "def f: Int",
    "def f()",
    "override def f(a: Int, b: => List[A]): Map[K, List[V]]",
    "final protected def f[F[_], A, B](fa: F[A])(f: A => F[B])(implicit F: Monad[F], n: Int): F[B]",
    "implicit def f[A](as: A*)(using ctx: Context): (A, B) => C",
    "private def f(a: this.type, g: (A, B) => Option[A => B]): a.b.C",
    "def f(x:Int, y:List[Int]): Unit",
]


def _read(text: str) -> FileFacts:
    return extract(text.encode(), "scala", Limits())


def _method(facts: FileFacts) -> Symbol:
    (found,) = [symbol for symbol in facts.symbols if symbol.name == "f"]
    return msgspec.structs.replace(found, start_byte=0, end_byte=0, signature="")


@pytest.mark.parametrize("head", HEADS)
def test_a_head_says_the_same_with_a_comment_in_it(head: str) -> None:
    plain = _read(f"class C {{\n  {head} = x.y(1)\n}}\n")
    other = _read(f"class C {{\n  {head} /* why */ = x.y(1)\n}}\n".replace("def f", "def /* by hand */ f"))
    assert _method(plain) == _method(other)
    assert plain.bindings == other.bindings
    assert plain.references == other.references
    assert plain.locals == other.locals


def test_a_signature_ends_before_the_body_and_its_comment() -> None:
    facts = _read("class C {\n  def f(a: Int): Int =\n    // why\n    a\n  def g(a: Int = 1): Int = // why\n    a\n}\n")
    assert [symbol.signature for symbol in facts.symbols if symbol.complexity] == [
        "def f(a: Int): Int",
        "def g(a: Int = 1): Int",
    ]


def test_type_parameters_with_a_variance_are_no_uses_of_types() -> None:
    facts = _read("class Box[+A, -B](a: A) { def get[C >: A](b: B): C = a }\n")
    assert [reference.chain for reference in facts.references if reference.chain[0][0] == ":"] == []


def test_a_string_that_interpolates_belongs_to_its_definition() -> None:
    text = 'class C {\n  def f(x: Int) = s"a ${x}"\n  def g(x: Int) = s"""a ${x} b"""\n}\n'
    written = [text.encode()[symbol.start_byte : symbol.end_byte] for symbol in _read(text).symbols]
    assert written[1:] == [b'def f(x: Int) = s"a ${x}"', b'def g(x: Int) = s"""a ${x} b"""']


@pytest.mark.parametrize("made", ["java.util.HashSet[String]", "java.util.HashSet[T]()", "java.util.HashSet(1)"])
def test_a_construction_by_path_is_one_call_of_the_class(made: str) -> None:
    facts = _read(f"class C[T] {{ def f() = new {made} }}\n")
    found = [reference for reference in facts.references if "java" in str(reference.chain)]
    assert [(reference.kind, reference.chain) for reference in found] == [("call", ("java", "util", ":HashSet"))]


def test_a_head_that_never_closes_takes_no_time() -> None:
    text = "class C {\n  def f(" + "a: Map[A, " * 2000 + "\n}\n"
    assert _read(text).lines == 3
