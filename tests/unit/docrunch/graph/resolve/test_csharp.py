"""C# names: namespaces, usings, partial types, inheritance, extension methods, overloads."""

from tests.support.csharp_world import CSHARP as FILES


def test_members_of_the_type_its_parts_and_its_supertypes(world):
    found = world(FILES)
    save = found.calls("Shop.Core.Cart.Save")
    assert "Shop.Core.Base.Save" in save, "base.Save"
    assert "Shop.Core.Cart.Total" in save, "a member of the other part, not of a static using"
    assert "Shop.Core.Helper.Help" in save, "through an inherited field"
    assert found.calls("Shop.Core.Cart.Reset") == {"Shop.Core.Cart.Save"}
    assert found.edges("calls")["Shop.Core.Cart.Cart", "Shop.Core.Cart.Reset"] == ("exact", 1.0)
    assert ("Shop.Core.Cart.Save", "Shop.Core.Base.Save") in found.edges("overrides")
    assert ("Shop.Core.Base.Save", "Shop.Core.IStore.Save") in found.edges("overrides")


def test_overloads_by_the_number_of_arguments(world):
    found = world(FILES)
    logs = [n for n in found.graph.nodes if n.qualified_name == "Shop.Core.Base.Log"]
    called = {edge.target for edge in found.graph.edges if edge.kind == "calls"}
    assert {log.id for log in logs} <= called
    help_ = [n for n in found.graph.nodes if n.qualified_name == "Shop.Core.Helper.Help"]
    lines = {e.target: e.lines for e in found.graph.edges if e.kind == "calls" and e.source == help_[1].id}
    assert set(lines) == {help_[0].id}, "never the one with a parameter"


def test_usings_static_usings_and_aliases(world):
    save = world(FILES).calls("Shop.Core.Cart.Save")
    assert "Shop.Pricing.Rounding.Round" in save
    assert {"Shop.Pricing.Amount", "Shop.Pricing.Amount.Add"} <= save
    assert "Shop.Other.Amount.Add" not in save, "its namespace is not used here"
    assert not any("Shared" in name for name in save), "an unknown method is no namespace"


def test_elements_of_containers(world):
    found = world(FILES)
    assert "Shop.Core.Item.Touch" in found.calls("Shop.Core.Cart.Save")


def test_a_property_may_have_the_name_of_its_type(world):
    found = world(FILES)
    uses = found.edges("uses")
    assert ("Shop.Core.Cart.Color", "Shop.Core.Color") in uses
    assert ("Shop.Core.Cart.Save", "Shop.Core.Base.Options") not in found.edges("inherits")
    assert {"Shop.Core.Base.Options", "Shop.Core.Base.Options.Apply"} <= found.calls("Shop.Core.Cart.Save")


def test_casts_patterns_and_results(world):
    kinds = world(FILES).calls("Shop.Core.Cart.Kinds")
    assert kinds == {
        "Shop.Core.Item.Touch",
        "Shop.Core.Helper",
        "Shop.Core.Helper.Help",
        "Shop.Pricing.Amount.Add",
        "Shop.Core.Base.Make",
        "Shop.Core.Base.Save",
        "Shop.Pricing.Prices.Total",
        "System.Console.WriteLine",
    }, "a namespace by its last part; no call of a delegate, of nameof, of an unknown receiver"


def test_constructors_lead_to_their_types(world):
    found = world(FILES)
    assert "Shop.Core.Cart" in found.calls("Shop.Core.Cart.Cart"), "this(0)"
    assert "Shop.Core.Cart" in found.calls("Shop.Core.Base.Make")
    assert found.edges("implements")["Shop.Core.Base", "Shop.Core.IStore"] == ("exact", 1.0)
    assert ("Shop.Core.Cart", "Shop.Core.Base") in found.edges("inherits")


def test_extension_methods_need_a_receiver_of_their_type(world):
    found = world(FILES)
    twice = [n for n in found.graph.nodes if n.qualified_name == "Shop.Shared.Extensions.Twice"]
    (edge,) = [e for e in found.graph.edges if e.kind == "calls" and e.target in {n.id for n in twice}]
    assert edge.target == min(twice, key=lambda n: n.line or 0).id, "the one for Item"
    assert edge.confidence == "inferred"
    assert ("App/Program.cs", "Shop.Shared.Extensions.SaveAll") in found.edges("calls"), "of a supertype"
    assert ("App/Program.cs", "Shop.Shared.Extensions.Shout") not in found.edges("calls"), "nothing is known of strings"


def test_generic_types_are_told_apart_by_their_parameters(world):
    found = world(FILES)
    boxes = sorted((n for n in found.graph.nodes if n.qualified_name == "Shop.Other.Box"), key=lambda n: n.line or 0)
    runs = sorted((n for n in found.graph.nodes if n.qualified_name == "Shop.Other.Box.Run"), key=lambda n: n.line or 0)
    lines = {e.target: list(e.lines) for e in found.graph.edges if e.kind == "calls" and e.lines[0] in (8, 9)}
    assert lines[boxes[0].id] == lines[runs[0].id] == [8]
    assert lines[boxes[1].id] == lines[runs[1].id] == [9]
    assert ("Shop.Other.Box.Run", "Shop.Other.Amount.Add") in found.edges("calls"), "by the bound of T"
