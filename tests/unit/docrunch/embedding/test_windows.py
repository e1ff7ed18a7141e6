from hypothesis import given
from hypothesis import strategies as st

from docrunch.embedding.windows import windows
from docrunch.embedding.words import estimate_tokens


def test_windows_name_the_lines_and_bytes_they_hold() -> None:
    data = b"intro\n\none two three\nfour five six\n\n\nseven\n"  # 1 + 3 + 3 + 1 words, 4 to a window
    found = windows(data, 0, len(data), 1, 4)
    assert [(w.start_line, w.end_line, w.text) for w in found] == [
        (1, 3, "intro\n\none two three\n"),
        (4, 4, "four five six\n"),
        (7, 7, "seven\n"),
    ]
    assert all(data[w.start_byte : w.end_byte].decode() == w.text for w in found)


def test_one_endless_line_is_cut_between_words_and_between_characters() -> None:
    data = ("word " * 100 + "ü" * 1000).encode()
    found = windows(data, 0, len(data), 9, 20)
    assert len(found) > 5
    assert all(w.start_line == w.end_line == 9 and "�" not in w.text for w in found)
    assert b"".join(data[w.start_byte : w.end_byte] for w in found) == data


def test_a_file_of_line_ends_has_no_windows() -> None:
    assert windows(b"\n" * 200_000, 0, 200_000, 1, 100) == []


@given(st.text(alphabet="ab \n.üß", max_size=300), st.integers(2, 30))
def test_no_text_is_lost_and_line_numbers_are_right(text: str, budget: int) -> None:
    data = text.encode()
    found = windows(data, 0, len(data), 1, budget)
    kept = "".join(w.text for w in found)
    assert "".join(kept.split()) == "".join(text.split())
    for window in found:
        assert window.start_line == 1 + data[: window.start_byte].count(b"\n")
        assert estimate_tokens(window.text) <= budget or len(window.text.split()) == 1  # a word may be longer
