"""Errors cross processes by their code and end programs by their exit code; both are read by scripts."""

import pickle

from docrunch.errors import DocrunchError, RefNotFound, all_errors


def test_every_error_has_a_code_of_its_own_and_is_found_by_it() -> None:
    kinds = all_errors()
    subclasses: list[type[DocrunchError]] = []
    queue = [DocrunchError]
    while queue:
        kind = queue.pop()
        subclasses += kind.__subclasses__()
        queue += kind.__subclasses__()
    ours = {kind for kind in subclasses if kind.__module__ == "docrunch.errors"}
    assert ours <= set(kinds.values())
    assert {kind.code: kind for kind in ours} == {code: kinds[code] for code in (kind.code for kind in ours)}


def test_exit_codes_are_those_of_the_manual() -> None:
    by_code = {code: kind.exit_code for code, kind in all_errors().items()}
    assert {code: by_code[code] for code in ("usage", "not_found", "auth", "conflict", "unreachable")} == {
        "usage": 2,
        "not_found": 3,
        "auth": 4,
        "conflict": 5,
        "unreachable": 8,
    }
    assert (by_code["approval_required"], by_code["limit_exceeded"], by_code["failed"]) == (6, 7, 1)


def test_an_error_survives_a_process_border() -> None:
    error = pickle.loads(pickle.dumps(RefNotFound("no ref v9", hint="try v8")))
    assert (type(error), error.message, error.hint, str(error)) == (RefNotFound, "no ref v9", "try v8", "no ref v9")
