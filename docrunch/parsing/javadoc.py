"""Javadoc and KDoc: the ``/** … */`` directly above a declaration (https://docs.oracle.com/en/java/javase/21/docs/specs/javadoc/)."""

import re

from docrunch.parsing import docstrings
from docrunch.parsing.draft import Draft
from docrunch.parsing.walk import Walk

_STAR = re.compile(r"^[ \t]*\*+ ?", re.MULTILINE)


def javadoc_above(walk: Walk, draft: Draft) -> None:
    """Fill the documentation of a draft, and what it says about parameters and result."""
    doc, first, last = javadoc_before(walk, draft.start_line)
    if not doc:
        return
    draft.doc, draft.doc_line, draft.doc_end_line = doc, first, last
    draft.params, draft.returns_doc = docstrings.apply(doc, draft.params)


def javadoc_before(walk: Walk, line: int) -> tuple[str, int, int]:
    """(text, first line, last line) of the doc comment that ends on the line before; empty without."""
    found = walk.comments.above(line)
    if not found:
        return "", 0, 0
    comment = found[-1]
    raw = walk.slice(comment.start_byte, comment.end_byte)
    if not raw.startswith("/**") or raw == "/**/":
        return "", 0, 0
    text = _STAR.sub("", raw[3:].removesuffix("*/")).strip()
    return text, comment.start_line, comment.end_line
