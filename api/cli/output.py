"""What goes where: the result to stdout, everything else to stderr."""

import json
import os
import re
import sys
from collections.abc import Iterable, Mapping

from docrunch.errors import DocrunchError
from docrunch.trace import current_trace_id


def emit_json(value: object) -> None:
    """One JSON object per line; a stream is several lines."""
    made = json.dumps(value, ensure_ascii=False, default=str)
    sys.stdout.write(_TERMINAL.sub(lambda found: json.dumps(found.group())[1:-1], made) + "\n")
    sys.stdout.flush()


def emit(text: str) -> None:
    sys.stdout.write(printable(text) + "\n")
    sys.stdout.flush()


def say(text: str) -> None:
    """A line for a person."""
    sys.stderr.write(printable(text) + "\n")
    sys.stderr.flush()


# Escape sequences, C1 controls, bidirectional and invisible characters, lone surrogates (which no stream can write).
_TERMINAL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)


def printable(text: str) -> str:
    """What repositories, docpacks and servers say must not steer the terminal: such characters are shown escaped."""
    return _TERMINAL.sub(lambda found: ascii(found.group())[1:-1], text)


def table(rows: Iterable[Iterable[object]], header: Iterable[str]) -> str:
    """Aligned columns, two spaces apart, without trailing blanks."""
    cells = [[str(cell) for cell in row] for row in (header, *rows)]
    widths = [max(len(cell) for cell in column) for column in zip(*cells, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    return "\n".join(lines)


def pairs(values: Mapping[str, object]) -> str:
    """``name  value`` lines, names aligned."""
    width = max((len(name) for name in values), default=0)
    return "\n".join(f"{name.ljust(width)}  {value}".rstrip() for name, value in values.items())


def colour_wanted() -> bool:
    """A terminal, and nobody asked for plain text (https://no-color.org)."""
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def size(count: float) -> str:
    """``1.4 MB``."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def error_object(error: DocrunchError) -> dict[str, dict[str, object]]:
    made: dict[str, object] = {
        "code": error.code,
        "message": error.message,
        "hint": error.hint,
        "trace_id": current_trace_id(),
    }
    candidates = [dict(each) for each in error.candidates]
    return {"error": {**made, "candidates": candidates} if candidates else made}
