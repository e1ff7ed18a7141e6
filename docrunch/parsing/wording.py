"""Source text in one line: signatures, annotations, defaults."""

import re

SIGNATURE_CHARACTERS = 300
DEFAULT_CHARACTERS = 80
_CLOSE = re.compile(r",? ([)\]])")


def one_line(text: str) -> str:
    """White space collapsed, no space inside brackets, no trailing comma before a closing one."""
    if "\n" not in text and "  " not in text:
        return text.strip()
    collapsed = " ".join(text.split()).replace("( ", "(").replace("[ ", "[")
    return _CLOSE.sub(r"\1", collapsed) if " )" in collapsed or " ]" in collapsed else collapsed


def signature(text: str) -> str:
    return shorten(one_line(text), SIGNATURE_CHARACTERS)


def default(text: str) -> str:
    return shorten(one_line(text), DEFAULT_CHARACTERS)


def shorten(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
