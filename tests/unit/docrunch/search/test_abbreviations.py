"""The beginning of a name is enough to find it, or those of its parts, as where one goes to a symbol."""

import time

import pytest

from docrunch.search.abbreviations import LONGEST, Names

NAMES = Names(
    [
        "Response", "ResponseClass", "_response", "HTTPError", "HttpError", "http_error", "HTTPErrorHandler",
        "getAllRecords", "get_all_records", "GET_ALL_RECORDS", "getAll", "garbage", "a\nResponseOfNobody", "été_dété",
    ]
)  # fmt: skip


def begin(abbreviation: str, most: int = 20) -> list[str]:
    return [fit.name for fit in NAMES.begin(abbreviation, most)]


@pytest.mark.parametrize(
    ("abbreviation", "names"),
    [
        ("Resp", ["_response", "Response", "ResponseClass"]),
        ("resp", ["_response", "Response", "ResponseClass"]),
        ("HTTPErr", ["HTTPError", "HttpError", "HTTPErrorHandler", "http_error"]),
        ("gAR", ["getAllRecords", "GET_ALL_RECORDS", "get_all_records"]),
        ("g_a_r", ["getAllRecords", "GET_ALL_RECORDS", "get_all_records"]),
        ("getA", ["getAll", "getAllRecords", "GET_ALL_RECORDS", "get_all_records"]),
        ("gar", ["garbage"]),
        ("HErr", ["HttpError", "http_error"]),
        ("été", ["été_dété"][:0]),
        ("re", []),
        ("_", []),
        ("$$$", []),
        ("Resp.", []),
        ("R" * (LONGEST + 1), []),
    ],
)
def test_what_begins_so(abbreviation: str, names: list[str]) -> None:
    assert sorted(begin(abbreviation)) == sorted(names)


def test_what_is_nearest_to_complete_comes_first() -> None:
    assert begin("Resp", 2)[0] in {"Response", "_response"}
    assert begin("getA")[0] == "getAll"
    worths = [fit.worth for fit in NAMES.begin("getA", 20)]
    assert worths == sorted(worths, reverse=True)
    assert all(0 < worth <= 1 for worth in worths)


def test_the_whole_name_is_no_abbreviation_of_itself() -> None:
    assert begin("getall") == ["getAllRecords"]
    assert "HTTPError" not in begin("HTTPError")


@pytest.mark.parametrize("abbreviation", ["AAAAAA", "A_A_A_A_A", "aAaAaAa", "_9_9_9_9_9", "A9A9A9", "a" * 32])
def test_hostile_names_cost_no_time(abbreviation: str) -> None:
    letters = ("AAAA_", "A_", "aA", "9", "a9", "A9_", "a")
    hostile = Names(f"{'A' if at % 2 else 'a'}{letters[at % 7] * 25}{at}" for at in range(5_000))
    began = time.perf_counter()
    hostile.begin(abbreviation, 32)
    assert time.perf_counter() - began < 1.0
