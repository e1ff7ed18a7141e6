"""Go doc comments: what stands directly above a declaration (https://go.dev/doc/comment)."""

import re

from docrunch.parsing.draft import Draft
from docrunch.parsing.walk import Walk

_DIRECTIVE = re.compile(r"//(?:go:|line |export |nolint|lint:|\+build|[a-z0-9]+:[a-z0-9])")


def comment_above(walk: Walk, draft: Draft, line: int) -> None:
    """Fill the documentation of a draft from the comments that end on the line before; directives are left out."""
    found = walk.comments.above(line)
    if not found:
        return
    texts: list[str] = []
    for comment in found:
        raw = walk.slice(comment.start_byte, comment.end_byte)
        if raw.startswith("/*"):
            texts.extend(part.strip() for part in raw[2:].removesuffix("*/").strip("\n").split("\n"))
        elif raw.startswith("// ") or _DIRECTIVE.match(raw) is None:
            texts.append(raw[2:].removeprefix(" ").rstrip())
    doc = "\n".join(texts).strip()
    if doc:
        draft.doc = doc
        draft.doc_line, draft.doc_end_line = found[0].start_line, found[-1].end_line
