"""Calls: what makes an edge right, wrong or unjudged, and what counts as found."""

from benchmarks.accuracy.compare_calls import calls, traces
from benchmarks.accuracy.facts import CallSite, OracleFacts, OurCall, OurGraph, Place, TracedCall, Verdict
from benchmarks.accuracy.scores import CallScore, ClassScore, TraceScore

HELP = Place("b.py", 10)
OTHER = Place("b.py", 20)
MAIN = Place("a.py", 1)


def site(
    verdict: Verdict, *targets: Place, name: str = "help", line: int = 5, start: int = 0, certain: bool = True
) -> CallSite:
    return CallSite("a.py", start or line, line, name, verdict, targets, certain)


def edge(target: Place = HELP, line: int = 5, name: str = "help", confidence: str = "exact") -> OurCall:
    return OurCall("a.py", line, target, name, confidence, 0.9, MAIN)


def scored(edges: list[OurCall], sites: list[CallSite], *seen: TracedCall) -> CallScore:
    oracle = OracleFacts("o", calls=tuple(sites), traced=seen or None, files={"calls": ("a.py",)})
    return calls(OurGraph(calls=tuple(edges)), oracle)[0]


def verdict(made: OurCall, sites: list[CallSite], *seen: TracedCall) -> tuple[int, int, int]:
    whole = scored([made], sites, *seen).all
    return whole.right, whole.wrong, whole.unjudged


def test_an_edge_to_the_definition_is_right() -> None:
    assert verdict(edge(), [site("inside", HELP)]) == (1, 0, 0)


def test_an_edge_to_another_definition_is_wrong() -> None:
    assert verdict(edge(OTHER), [site("inside", HELP)]) == (0, 1, 0)


def test_an_edge_into_the_repository_is_wrong_where_the_callee_is_outside() -> None:
    assert verdict(edge(), [site("outside")]) == (0, 1, 0)


def test_an_edge_on_a_line_without_a_call_is_wrong() -> None:
    assert verdict(edge(line=6), [site("inside", HELP)]) == (0, 1, 0)


def test_where_the_oracle_cannot_say_nothing_is_judged() -> None:
    assert verdict(edge(), [site("unknown")]) == (0, 0, 1)


def test_what_the_oracle_knows_of_another_call_of_the_line_does_not_judge_this_one() -> None:
    assert verdict(edge(), [site("unknown"), site("outside", name="print")]) == (0, 0, 1)
    assert verdict(edge(), [site("outside"), site("unknown", name="print")]) == (0, 1, 0)


def test_an_alias_may_be_the_unknown_call() -> None:
    assert verdict(edge(), [site("unknown", name="h"), site("outside", name="print")]) == (0, 0, 1)
    assert verdict(edge(), [site("outside", name="h"), site("outside", name="print")]) == (0, 1, 0)


def test_what_the_tests_saw_is_right_whatever_the_static_oracle_says() -> None:
    assert verdict(edge(), [site("outside")], TracedCall(MAIN, 5, HELP)) == (1, 0, 0)
    assert verdict(edge(), [site("outside")], TracedCall(MAIN, 5, OTHER, also=(HELP,))) == (1, 0, 0)
    assert verdict(edge(), [site("outside")], TracedCall(MAIN, 6, HELP)) == (0, 1, 0)


def test_any_line_of_the_expression_up_to_the_name_will_do() -> None:
    chained = [site("inside", HELP, line=7, start=5)]
    assert [verdict(edge(line=line), chained) for line in (5, 7, 8)] == [(1, 0, 0), (1, 0, 0), (0, 1, 0)]
    assert scored([edge(line=6)], chained).found == 1


def test_one_of_several_definitions_is_right_but_not_asked_for() -> None:
    several = [site("inside", HELP, OTHER, certain=False)]
    assert verdict(edge(OTHER), several) == (1, 0, 0)
    assert scored([edge(OTHER)], several).resolvable == 0


def test_the_holder_of_the_callee_is_right_but_not_what_was_looked_for() -> None:
    held = [CallSite("a.py", 5, 5, "help", "inside", (HELP,), also=(OTHER,))]
    score = scored([edge(OTHER)], held)
    assert (score.all.right, score.resolvable, score.found) == (1, 1, 0)


def test_recall_counts_sites_and_tells_firm_edges_from_guesses() -> None:
    sites = [site("inside", HELP, line=line) for line in (1, 2, 3)] + [site("outside", line=9), site("unknown", line=8)]
    score = scored([edge(line=1), edge(line=2, confidence="heuristic")], sites)
    assert (score.resolvable, score.found, score.firm, score.unknown, score.outside) == (3, 2, 1, 1, 1)


def test_classes_carry_what_they_state() -> None:
    score = scored([edge(), edge(OTHER, confidence="inferred")], [site("inside", HELP)])
    assert score.classes == {"exact": ClassScore(1, 0, 0, 0.9), "inferred": ClassScore(0, 1, 0, 0.9)}
    assert score.classes["exact"].certainty == 0.9


def test_edges_of_files_the_oracle_did_not_read_are_left_alone() -> None:
    assert scored([OurCall("c.py", 5, HELP, "help", "exact", 1.0, MAIN)], []).all == ClassScore()


def test_a_missed_and_a_wrong_call_are_listed_with_their_place() -> None:
    oracle = OracleFacts("o", calls=(site("inside", HELP),), files={"calls": ("a.py",)})
    _, found = calls(OurGraph(calls=(edge(OTHER),)), oracle)
    assert [(one.what, one.place) for one in found] == [("wrong", "a.py:5"), ("missed", "a.py:5")]
    assert found[0].text == "calls help → b.py:20 (exact); the oracle: b.py:10"


def test_the_trace_is_compared_by_pairs_of_definitions() -> None:
    seen = (
        TracedCall(MAIN, 5, HELP),
        TracedCall(MAIN, 6, HELP),
        TracedCall(MAIN, 7, OTHER, written=False),
        TracedCall(Place("a.py", 0), 5, HELP),
    )
    graph = OurGraph(calls=(edge(),))
    assert traces(graph, OracleFacts("o", traced=seen)) == TraceScore(pairs=3, found=1, written=2, written_found=1)


def test_an_edge_to_a_class_is_its_constructor_at_run_time() -> None:
    made = TracedCall(MAIN, 5, Place("b.py", 21), also=(OTHER,))
    assert traces(OurGraph(calls=(edge(OTHER),)), OracleFacts("o", traced=(made,))).found == 1
