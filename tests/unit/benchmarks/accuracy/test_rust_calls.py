"""Callees as MIR writes them, and what becomes of a call expression."""

from benchmarks.accuracy.facts import CallSite, Place, SymbolFact
from benchmarks.accuracy.oracles.rust_calls import Callees, MirCall, Owned, Site, mir_calls, segments, sites

RUN = Owned("src/lib.rs", 3, "run", "", "", ())
BUMP = Owned("src/glob.rs", 7, "bump", "Parser", "", ())
SHOW = Owned("src/glob.rs", 12, "show", "Show", "", ())  # declared by a trait
PARSER_SHOW = Owned("src/glob.rs", 20, "show", "Parser", "Show", ())
OTHER_SHOW = Owned("src/glob.rs", 30, "show", "Other", "Show", ())
CLONE = Owned("src/glob.rs", 40, "clone", "Parser", "Clone", ())
TRI = SymbolFact("src/lib.rs", 50, 55, "function", "tri!")
CALLEES = Callees([RUN, BUMP, SHOW, PARSER_SHOW, OTHER_SHOW, CLONE], [TRI])


def place(one: Owned) -> Place:
    return Place(one.path, one.line)


def test_calls_are_read_with_their_span() -> None:
    text = """\
        _4 = glob::Parser::<'_>::bump(move _5, const "(") -> [return: bb1]; // scope 0 at s.rs:2:9: 3:22
        _0 = core::panicking::panic(const "x") -> unwind continue; // scope 1 at src/a.rs:4:5: 4:9
        drop(_5) -> [return: bb6, unwind terminate(cleanup)]; // scope 0 at src/a.rs:5:1: 5:2
        _9 = move _8(copy _2) -> [return: bb6, unwind continue]; // scope 0 at src/a.rs:6:1: 6:2
        _9 = Add(copy _8, copy _2); // scope 0 at src/a.rs:7:1: 7:2
"""
    assert list(mir_calls(text)) == [
        MirCall("s.rs", 2, 9, 3, "glob::Parser::<'_>::bump"),
        MirCall("src/a.rs", 4, 5, 4, "core::panicking::panic"),
    ]


def test_paths_lose_their_type_arguments() -> None:
    assert segments("glob::Parser::<'_, fn(u8) -> u8>::bump::<Vec<u8>>") == ["glob", "Parser", "bump"]
    assert segments("core::slice::<impl [u8]>::iter") == ["core", "slice", "", "iter"]
    assert segments("glob::<impl glob::Parser<'_>>::bump") == ["glob", "Parser", "bump"]


def test_functions_and_methods_of_the_crate() -> None:
    assert CALLEES.of("run") == ("inside", [place(RUN)], [])
    assert CALLEES.of("glob::Parser::<'_>::bump") == ("inside", [place(BUMP)], [])


def test_what_is_elsewhere_is_outside_and_what_is_not_found_unknown() -> None:
    assert CALLEES.of("std::vec::Vec::<glob::Parser<'_>>::push")[0] == "outside"
    assert CALLEES.of("<std::string::String as std::clone::Clone>::clone")[0] == "outside"
    assert CALLEES.of("glob::Parser::<'_>::derived")[0] == "unknown"


def test_a_method_of_a_trait_is_that_of_the_type_where_the_type_is_known() -> None:
    every = [place(PARSER_SHOW), place(OTHER_SHOW), place(SHOW)]
    assert CALLEES.of("<glob::Parser<'_> as glob::Show>::show") == ("inside", [place(PARSER_SHOW)], every)
    assert CALLEES.of("<T as glob::Show>::show::<u8>") == ("inside", [place(SHOW)], every)
    assert CALLEES.of("<&glob::Parser<'_> as std::clone::Clone>::clone") == ("inside", [place(CLONE)], [])


def test_expressions_take_the_answer_of_their_span_and_stay_unknown_without() -> None:
    found = [
        Site("src/lib.rs", 4, 5, 5, "bump"),
        Site("src/lib.rs", 8, 5, 8, "bump"),
        Site("src/lib.rs", 9, 5, 9, "tri!"),
        Site("src/lib.rs", 9, 5, 9, ""),
    ]
    mir = "\n".join(
        f"_4 = {callee}(move _5) -> [return: bb1, unwind continue]; // scope 0 at src/lib.rs:{span}"
        for callee, span in (
            ("glob::Parser::<'_>::bump", "4:5: 5:12"),
            ("run", "9:10: 9:15"),  # a macro's tokens
            ("run", "10:1: 10:9"),  # made by a macro: not written there
        )
    )
    texts = {"src/lib.rs": [""] * 8 + ["    tri!(run());", "derive!(A)"]}
    assert sorted(sites(found, mir, CALLEES, texts)) == [
        CallSite("src/lib.rs", 4, 5, "bump", "inside", (place(BUMP),)),
        CallSite("src/lib.rs", 8, 8, "bump", "unknown", (), certain=False),
        CallSite("src/lib.rs", 9, 9, "", "unknown", (), certain=False),
        CallSite("src/lib.rs", 9, 9, "run", "inside", (place(RUN),)),
        CallSite("src/lib.rs", 9, 9, "tri!", "inside", (Place("src/lib.rs", 50),)),
    ]
