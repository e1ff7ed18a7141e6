"""Text in any encoding is stored as UTF-8 with the line numbers an editor shows."""

import codecs
from typing import Any

import pytest

from docrunch.source.encoding import NotText, decode
from docrunch.source.intake import count_lines

TEXT = "eins\nzwei é ü\r\ndrei\n"


@pytest.mark.parametrize(
    ("raw", "encoding", "guessed"),
    [
        (TEXT.encode(), "utf-8", False),
        (codecs.BOM_UTF8 + TEXT.encode(), "utf-8-sig", False),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16-le", False),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16-be", False),
        (codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"), "utf-32-le", False),
        (TEXT.encode("latin-1"), "latin-1", True),
    ],
)
def test_the_stored_text_is_the_same(raw: bytes, encoding: str, guessed: bool) -> None:
    found = decode(raw)
    assert found.text.decode() == TEXT
    assert (found.encoding, found.guessed) == (encoding, guessed)
    assert count_lines(found.text) == 3


def test_utf16_without_a_mark_is_recognised() -> None:
    found = decode("using System;\r\nclass A {}\r\n".encode("utf-16-le"))
    assert (found.text, found.encoding, found.guessed) == (b"using System;\r\nclass A {}\r\n", "utf-16-le", True)


def test_a_declared_encoding_is_believed_when_harmless() -> None:
    raw = "# -*- coding: koi8-r -*-\nx = 'привет'\n".encode("koi8-r")
    assert "привет" in decode(raw).text.decode()
    assert decode(raw).encoding == "koi8-r"
    for hostile in ("zlib", "base64", "rot13", "idna", "unicode_escape", "../../x", "no-such"):
        found = decode(f"# coding: {hostile}\nx = 'é'\n".encode("latin-1"))
        assert (found.encoding, found.guessed) == ("latin-1", True)


@pytest.mark.parametrize(
    "raw", [b"\x89PNG\r\n\x1a\n\0\0\0", b"\0" * 100, bytes(range(256)), b"\x80\x02]q\x01\x01\x02\x03\x04"]
)
def test_binary_is_not_text(raw: bytes) -> None:
    with pytest.raises(NotText) as caught:
        decode(raw)
    assert caught.value.declared == ""


def test_text_that_breaks_its_own_declaration_is_undecodable(world: Any) -> None:
    tree = world.scan(world.put("src", {"a.py": codecs.BOM_UTF16_LE + b"a\0b"}))
    assert world.skips(tree) == {"a.py": "undecodable"}


@pytest.mark.parametrize(
    ("text", "lines"), [(b"", 0), (b"a", 1), (b"a\n", 1), (b"a\nb", 2), (b"\n\n", 2), (b"a\rb\r", 1)]
)
def test_lines_end_at_lf(text: bytes, lines: int) -> None:
    assert count_lines(text) == lines
