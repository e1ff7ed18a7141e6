"""Scaladoc: the ``/** … */`` directly above a definition (https://docs.scala-lang.org/style/scaladoc.html)."""

import re

from docrunch.parsing import docstrings
from docrunch.parsing.draft import Draft
from docrunch.parsing.walk import Walk

_STAR = re.compile(r"^[ \t]*\*+ ?", re.MULTILINE)


def document(walk: Walk, draft: Draft) -> None:
    """Fill the documentation of a draft, and what it says about parameters and result."""
    found = walk.comments.above(draft.start_line)
    if not found:
        return
    comment = found[-1]
    raw = walk.slice(comment.start_byte, comment.end_byte)
    if not raw.startswith("/**") or raw == "/**/":
        return
    draft.doc = _STAR.sub("", raw[3:].removesuffix("*/")).strip()
    draft.doc_line, draft.doc_end_line = comment.start_line, comment.end_line
    draft.params, draft.returns_doc = docstrings.apply(draft.doc, draft.params)
