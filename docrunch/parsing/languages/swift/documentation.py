"""Swift markup: ``///`` lines or ``/** … */`` directly above a declaration
(https://developer.apple.com/documentation/xcode/writing-symbol-documentation-in-your-source-files).
"""

import re

from docrunch.parsing.draft import Draft
from docrunch.parsing.model import Param
from docrunch.parsing.walk import Walk

_STAR = re.compile(r"^[ \t]*\*+ ?", re.MULTILINE)
_SLASHES = re.compile(r"^[ \t]*/// ?", re.MULTILINE)
_FIELD = re.compile(r"^(\s*)[-*+]\s+(parameters?|returns?|throws?)\b(?:\s+(\w+))?\s*:\s*(.*)$", re.IGNORECASE)
_ENTRY = re.compile(r"^(\s*)[-*+]\s+`?(\w+)`?\s*:\s*(.*)$")


def comment_above(walk: Walk, draft: Draft) -> None:
    """Fill the documentation of a draft, and what it says about parameters and result."""
    found = walk.comments.above(draft.start_line)
    if not found:
        return
    texts = [walk.slice(comment.start_byte, comment.end_byte) for comment in found]
    if texts[-1].startswith("/**") and texts[-1] != "/**/":
        text, first = _STAR.sub("", texts[-1][3:].removesuffix("*/")), found[-1].start_line
    else:
        kept = 0
        while kept < len(texts) and texts[-1 - kept].startswith("///"):
            kept += 1
        if not kept:
            return
        text, first = _SLASHES.sub("", "\n".join(texts[-kept:])), found[-kept].start_line
    draft.doc, draft.doc_line, draft.doc_end_line = text.strip(), first, found[-1].end_line
    told, draft.returns_doc = _describe(draft.doc)
    if told:
        draft.params = tuple(_with(param, told) for param in draft.params)


def _with(param: Param, told: dict[str, str]) -> Param:
    name = param.name.rsplit(" ", 1)[-1]
    return Param(param.name, param.type, param.default, told[name]) if name in told else param


def _describe(doc: str) -> tuple[dict[str, str], str]:
    """(parameter → text, text about the result)."""
    entries: dict[str, list[str]] = {}
    current: list[str] | None = None
    in_list = False
    for line in doc.splitlines():
        field = _FIELD.match(line)
        entry = _ENTRY.match(line) if in_list and field is None else None
        if field is not None:
            word, name = field[2].lower().rstrip("s"), field[3] or ""
            in_list = word == "parameter" and not name
            key = name if word == "parameter" else f"<{word}>"
            current = entries.setdefault(key, [field[4]]) if key else None
        elif entry is not None:
            current = entries.setdefault(entry[2], [entry[3]])
        elif not line.strip():
            current = None
        elif current is not None:
            current.append(line.strip())
    texts = {key: " ".join(part for part in parts if part) for key, parts in entries.items()}
    result = texts.pop("<return>", "")
    texts.pop("<throw>", None)
    return texts, result
