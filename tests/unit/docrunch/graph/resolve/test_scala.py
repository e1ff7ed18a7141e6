"""Scala names: packages, imports in scopes, companions, linearisation, extension methods, bare calls."""

from tests.support.scala_world import SCALA as FILES


def test_inherited_members_and_linearisation(world):
    found = world(FILES)
    show = found.calls("shop.core.Square.show")
    assert "shop.core.Loud.name" in show, "the last trait comes first"
    assert "shop.core.Named.name" not in show
    assert "shop.core.Named.describe" in show
    assert ("shop.core.Loud.name", "shop.core.Named.name") in found.edges("overrides")
    assert ("shop.core.Square.area", "shop.core.Shape.area") in found.edges("overrides")
    assert found.calls("shop.core.Shape.twice") == {"shop.core.Shape.area"}, "called by its bare name"


def test_class_parameters_and_chains_of_bare_calls(world):
    found = world(FILES)
    assert found.calls("shop.core.Shape.help") == {"shop.core.Helper.assist"}
    show = found.calls("shop.core.Square.show")
    assert {"shop.core.Square.again", "shop.core.Shape.help"} <= show
    assert found.calls("shop.core.Square.area") == {"shop.core.Square.compute"}
    assert found.calls("shop.core.Square.compute") == {"shop.core.Square.scale"}, "of the companion"


def test_imports_renames_wildcards_and_package_objects(world):
    show = world(FILES).calls("shop.core.Square.show")
    assert "shop.util.Log.info" in show
    assert "shop.util.rounded" in show, "a member of a package object, by a wildcard"
    assert "shop.root" in show, "`package shop; package core` sees what shop has"


def test_companions_keep_values_and_types_apart(world):
    found = world(FILES)
    squares = {n.id: n for n in found.graph.nodes if n.qualified_name == "shop.core.Square"}
    (class_,) = [n for n in squares.values() if n.signature.startswith("class")]
    again = found.node("shop.core.Square.again")
    assert [e.target for e in found.graph.edges if e.source == again.id and e.kind == "calls"] == [class_.id]
    applies = sorted((n.line, n.id) for n in found.graph.nodes if n.qualified_name == "shop.core.Square.apply")
    show = found.node("shop.core.Square.show")
    called = {e.target for e in found.graph.edges if e.source == show.id and e.kind == "calls"}
    assert applies[0][1] in called, "Square(1) runs apply of one argument"
    assert applies[1][1] not in called
    assert found.calls("shop.core.Circles.unit") == {"shop.core.Circle"}, "a case class is its own apply"
    assert "shop.core.Circle.diameter" in found.calls("shop.core.Circles.wide"), (
        "what a method returns is its last line"
    )


def test_patterns_generators_and_lambdas_bind(world):
    show = world(FILES).calls("shop.core.Square.show")
    assert {"shop.core.Shape.twice", "shop.core.Circle.diameter"} <= show
    assert "shop.core.Helper.assist" not in show, "nobody knows what unknown is"


def test_this_of_outer_types_self_aliases_and_local_imports(world):
    found = world(FILES)
    assert found.calls("shop.core.Helper.Inside.up") == {"shop.core.Helper.assist"}
    assert "shop.core.Deep.inner" in found.calls("shop.core.Helper.assist")


def test_scala_3(world):
    found = world(FILES)
    run = found.calls("three.run")
    assert {"three.extended", "shop.core.Helper.assist", "shop.core.Square.apply", "shop.core.Shape.twice"} <= run
    assert {"three.Color.Mix", "three.Color.hex", "three.ordering.compare"} <= run
    assert {"shop.core.Circle", "shop.core.Circle.diameter", "three.helper"} <= run
    assert "three.shout" not in run, "nothing is known of strings"
    assert found.calls("three.Color.hex") == {"three.Color.shape"}
    assert found.calls("three.extended") == {"shop.core.Helper.assist"}
    assert ("three.ordering", "three.Ord") in found.edges("implements")


def test_overloads_by_the_number_of_arguments(world):
    found = world(FILES)
    assists = sorted((n.line, n.id) for n in found.graph.nodes if n.qualified_name == "shop.core.Helper.assist")
    run = found.node("three.run")
    lines = {e.target: e.lines for e in found.graph.edges if e.source == run.id and e.kind == "calls"}
    assert set(lines) >= {assists[0][1], assists[1][1]}
    assert lines[assists[0][1]] != lines[assists[1][1]]
