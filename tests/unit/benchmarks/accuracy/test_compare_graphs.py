"""Call graphs: an edge to an interface's method leads to what implements it, as far as the analysis says so."""

from benchmarks.accuracy.compare_graphs import graphs
from benchmarks.accuracy.facts import GraphCall, OurCall, OurGraph, Place
from benchmarks.accuracy.scores import GraphScore

METHOD = Place("a.go", 3)
FIRST, SECOND, BELOW = Place("b.go", 10), Place("c.go", 20), Place("d.go", 30)
OUTSIDE = Place("net/http.Handler.ServeHTTP", 0)


def ours(target: Place = METHOD, *, skipped: bool = False) -> OurGraph:
    return OurGraph(
        calls=(OurCall("m.go", 5, target, "Run", "exact", 1.0, Place("m.go", 1)),),
        overridden=((FIRST, METHOD), (SECOND, METHOD), (BELOW, SECOND), (FIRST, OUTSIDE)),
        outside=((Place("m.go", 9), OUTSIDE),),
        skipped={"m.go": "generated"} if skipped else {},
    )


def scored(graph: OurGraph, *rows: GraphCall) -> GraphScore:
    return graphs(graph, {"VTA": rows})["VTA"]


def test_a_direct_call_needs_an_edge_on_its_line() -> None:
    found = scored(ours(FIRST), GraphCall("m.go", 5, FIRST, "static"), GraphCall("m.go", 6, FIRST, "static"))
    assert (found.direct, found.direct_found) == (2, 1)


def test_dispatch_goes_through_what_overrides_the_target_however_far_down() -> None:
    found = scored(ours(), GraphCall("m.go", 5, FIRST, "interface"), GraphCall("m.go", 5, BELOW, "interface"))
    assert (found.dispatched, found.dispatched_found) == (2, 2)
    assert (found.offered, found.confirmed) == (3, 2)  # nobody saw the second one called


def test_a_call_of_an_outside_interface_dispatches_too() -> None:
    found = scored(ours(), GraphCall("m.go", 9, FIRST, "interface"), GraphCall("m.go", 9, SECOND, "interface"))
    assert (found.dispatched, found.dispatched_found, found.offered, found.confirmed) == (2, 1, 1, 1)


def test_calls_of_function_values_are_counted_apart() -> None:
    found = scored(ours(), GraphCall("m.go", 5, Place("x.go", 1), "value"))
    assert (found.through_values, found.through_values_found, found.dispatched) == (1, 0, 0)


def test_files_that_the_scan_leaves_out_are_not_judged() -> None:
    assert scored(ours(skipped=True), GraphCall("m.go", 5, FIRST, "static")) == GraphScore()


def test_packages_add_up_by_counts() -> None:
    assert GraphScore(1, 1, 2, 1) + GraphScore(3, 0, 1, 1, 5, 4, 2, 1) == GraphScore(4, 1, 3, 2, 5, 4, 2, 1)
