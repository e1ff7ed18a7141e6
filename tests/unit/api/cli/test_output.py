"""Foreign text cannot steer the terminal, and every string can be written."""

import json

import pytest

from api.cli.output import emit, emit_json, printable, say
from docrunch.errors import SourceNotFound
from docrunch.source.spec import parse_spec


@pytest.mark.parametrize("hostile", ["\x1b[2J", "\x9b31m", "\r", "\u202e", "\u200b", "\x07", "\x7f"])
def test_control_and_invisible_characters_are_shown_escaped(hostile: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = f"a{hostile}b\tc\nd é"
    emit(text)
    say(text)
    emit_json({"name": text})
    shown = capsys.readouterr()
    assert hostile not in shown.out + shown.err
    assert shown.err == f"a{ascii(hostile)[1:-1]}b\tc\nd é\n"
    assert json.loads(shown.out.rsplit("\n", 2)[1]) == {"name": text}


def test_bytes_that_are_no_text_can_be_reported(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    emit_json({"name": "no\udcffpe"})
    assert json.loads(capsysbinary.readouterr().out) == {"name": "no\udcffpe"}
    assert printable("no\udcffpe") == "no\\udcffpe"


@pytest.mark.parametrize("text", ["me:{}@github.com/a/b", "https:/me:{}@github.com/a/b", "{}@github.com:a/b/c d"])
def test_credentials_in_a_mistyped_address_are_not_repeated(text: str, tmp_path: object) -> None:
    from pathlib import Path

    secret = "ghs" + "ecret99"
    with pytest.raises(SourceNotFound) as caught:
        parse_spec(text.format(secret), cwd=Path(str(tmp_path)))
    assert secret not in f"{caught.value.message} {caught.value.hint}"
