"""What a model writes reaches a reader sentence by sentence, checked."""

import msgspec
import pytest

from docrunch.ask.model import Answer
from docrunch.ask.prompt import make_prompt
from docrunch.ask.wording import MAX_OUTPUT, Wording, worded_answer
from tests.support.asking import answer_to, make_asked

WORLD = make_asked()


def worded(answer: Answer, *pieces: str) -> tuple[Answer, Wording]:
    wording = Wording(make_prompt(answer).given, WORLD.library.exists)
    for piece in pieces:
        wording.feed(piece)
    wording.end()
    return worded_answer(answer, wording, "chat"), wording


def test_each_piece_gives_the_sentences_it_completes() -> None:
    answer = answer_to("where is total defined?", WORLD)
    wording = Wording(make_prompt(answer).given, WORLD.library.exists)
    assert wording.feed("`shop.prices.total` is a fun") == []
    assert [each.text for each in wording.feed("ction. [e1]\nIt sums the pri")] == [
        "`shop.prices.total` is a function."
    ]
    assert [each.text for each in wording.end()] == []  # cited nothing
    assert dict(wording.dropped) == {"no citation": 1}


def test_bullets_and_several_claims_on_a_line() -> None:
    found, _ = worded(
        answer_to("where is total defined?", WORLD),
        "- `total` is a function [e1]. `total` is in `src/shop/prices.py` [e1]\n1. `total` is a function [e1]\n",
    )
    assert [each.text for each in found.sentences] == ["`total` is a function", "`total` is in `src/shop/prices.py`"]
    assert (found.model, found.dropped) == ("chat", 0)


def test_what_is_left_out_is_counted_and_said() -> None:
    found, _ = worded(
        answer_to("where is total defined?", WORLD), "`total` is a function. [e1]\n`total` flies to Mars. [e1]\nHi!\n"
    )
    assert found.dropped == 2
    (note,) = [each for each in found.degraded if "left out" in each]
    assert note.startswith("2 sentences of the model left out (no citation: 1, says what the cited lines")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "nothing that is supported"),
        ("NOT FOUND", "does not answer it"),
        ("\ud83d\udca5" * 10, "nothing that is supported"),
        ("lies. [e1]\n" * 5, "nothing that is supported"),
    ],
)
def test_a_model_without_a_supported_sentence_leaves_the_quotations(written: str, said: str) -> None:
    answer = answer_to("where is total defined?", WORLD)
    found, _ = worded(answer, written)
    assert (found.sentences, found.answer, found.model) == (answer.sentences, answer.answer, None)
    assert said in found.degraded[-1]


def test_a_flood_is_not_read_to_its_end() -> None:
    found, wording = worded(answer_to("where is total defined?", WORLD), *["spam [e1]\n" * 100] * 1_000)
    assert wording.full
    assert any(f"{MAX_OUTPUT:,}" in note for note in found.degraded)


def test_an_answer_is_the_same_however_it_is_cut() -> None:
    answer = answer_to("what breaks if I change total?", WORLD)
    text = "".join(f"{each.text.split(' [')[0]} [{each.id}]\n" for each in answer.evidence if each.citations)
    whole, _ = worded(answer, text)
    cut, _ = worded(answer, *text)
    assert whole == cut
    assert whole.model == "chat"
    assert msgspec.json.encode(whole)
