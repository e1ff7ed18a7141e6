"""Raw bytes → stored text: always UTF-8, line ends untouched, so that lines and byte offsets mean one thing."""

import codecs
import re

import msgspec

from docrunch.source.classify import BINARY_PROBE

_BOMS = (  # the 32-bit marks begin with the 16-bit ones, so they come first
    (codecs.BOM_UTF8, "utf-8-sig", "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16-be"),
)
# PEP 263. Only text codecs that cannot do anything but decode; names come from hostile files.
_DECLARED = re.compile(rb"^[ \t\f]*(?:#|//|/?\*|--|;|%).{0,60}?coding[:=][ \t]*([-\w.]{1,32})", re.MULTILINE)
_CODEC_NAMES = """
    ascii big5 cp1250 cp1251 cp1252 cp1253 cp1254 cp437 cp850 cp866 cp932 cp949 euc_jp euc_kr gb18030 gb2312 gbk
    iso8859-1 iso8859-2 iso8859-5 iso8859-7 iso8859-9 iso8859-15 iso2022_jp koi8-r koi8-u mac-roman shift_jis
    tis-620
"""
_TRUSTED_CODECS = frozenset(_CODEC_NAMES.split())
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r\f\x1b\x08") + b"\x7f"
MAX_CONTROL_SHARE = 0.02  # of bytes that are not UTF-8: above this it is no text


class Decoded(msgspec.Struct, frozen=True):
    text: bytes  # UTF-8 without a byte order mark
    encoding: str  # name of what it was
    guessed: bool = False


class NotText(Exception):
    """The bytes are binary (``declared`` empty), or do not hold what they declare to be."""

    def __init__(self, declared: str = "") -> None:
        super().__init__(declared)
        self.declared = declared


def decode(raw: bytes) -> Decoded:
    """
    Raises:
        NotText: see there.
    """
    for mark, name, codec in _BOMS:
        if raw.startswith(mark):
            return _as_declared(raw[len(mark) :], codec, name)
    if b"\0" in raw[:BINARY_PROBE]:
        return _wide_without_mark(raw)
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return _legacy(raw)
    if len(raw) > BINARY_PROBE and b"\0" in raw:
        raise NotText
    return Decoded(raw, "utf-8")


def _as_declared(raw: bytes, codec: str, name: str) -> Decoded:
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError:
        raise NotText(name) from None
    if "\0" in text:
        raise NotText
    return Decoded(text.encode("utf-8"), name)


def _wide_without_mark(raw: bytes) -> Decoded:
    """UTF-16 of mostly Latin text has its NUL bytes on one side only; everything else with NUL is binary."""
    probe = raw[:BINARY_PROBE]
    half = len(probe) // 2
    for codec, zeros, others in (("utf-16-le", probe[1::2], probe[0::2]), ("utf-16-be", probe[0::2], probe[1::2])):
        if len(raw) % 2 == 0 and half and zeros.count(0) > 0.7 * half and others.count(0) == 0:
            found = _as_declared(raw, codec, codec)
            return Decoded(found.text, codec, guessed=True)
    raise NotText


def _legacy(raw: bytes) -> Decoded:
    if len(raw.translate(None, _CONTROLS)) < len(raw) * (1 - MAX_CONTROL_SHARE) or b"\0" in raw:
        raise NotText
    declared = _DECLARED.search(raw, 0, 400)
    if declared and raw.count(b"\n", 0, declared.start()) < 2:
        name = declared.group(1).decode("ascii", "replace")
        try:
            codec = codecs.lookup(name).name if re.fullmatch(r"[\w.-]+", name) else ""
        except LookupError:
            codec = ""
        if codec in _TRUSTED_CODECS:
            return _as_declared(raw, codec, codec)
    return Decoded(raw.decode("latin-1").encode("utf-8"), "latin-1", guessed=True)
