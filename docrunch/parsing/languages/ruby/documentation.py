"""Comments above Ruby definitions, and the types that YARD tags state (https://yardoc.org/guides/tags.html)."""

import re

import msgspec

from docrunch.parsing.comments import Comment
from docrunch.parsing.draft import Draft
from docrunch.parsing.languages.ruby.parameters import bare
from docrunch.parsing.walk import Walk

_MAGIC = re.compile(r"#\s*(?:-\*-|!|(?:frozen_string_literal|encoding|coding|warn_indent|typed|rubocop)\b)")
_MARK = re.compile(r"^[ \t]*#+ ?", re.MULTILINE)
_BLOCK = re.compile(r"\A=begin[^\n]*\n(.*?)\n?=end.*\Z", re.DOTALL)
_TAG = re.compile(r"^@(\w+)[ \t]*(.*)$")
_PARAM = re.compile(r"^(?:\[([^\[\]]*)\][ \t]*)?([*&]*\w+:?)(?:[ \t]+\[([^\[\]]*)\])?[ \t]*(.*)$", re.DOTALL)
_RETURN = re.compile(r"^(?:\[([^\[\]]*)\])?[ \t]*(.*)$", re.DOTALL)


def document(walk: Walk, draft: Draft, line: int) -> None:
    """Fill the documentation of a draft from the comment above ``line``; types come from its tags."""
    doc, first, last = doc_before(walk, line)
    if not doc:
        return
    draft.doc, draft.doc_line, draft.doc_end_line = doc, first, last
    if "@" not in doc:
        return
    params, returned = describe(doc)
    draft.returns, draft.returns_doc = returned
    if params:
        draft.params = tuple(
            msgspec.structs.replace(param, type=params[key][0], doc=params[key][1])
            if (key := bare(param.name)) in params
            else param
            for param in draft.params
        )


def doc_before(walk: Walk, line: int) -> tuple[str, int, int]:
    """(text, first line, last line) of the comment that ends on the line before; empty without."""
    found = walk.comments.above(line)
    kept = [comment for comment in found if not _MAGIC.match(_text(walk, comment))]
    if not kept:
        return "", 0, 0
    raw = "\n".join(_text(walk, comment) for comment in kept)
    block = _BLOCK.match(raw)
    text = block[1] if block is not None else _MARK.sub("", raw)
    return text.strip("\n").rstrip(), kept[0].start_line, kept[-1].end_line


def _text(walk: Walk, comment: Comment) -> str:
    return walk.slice(comment.start_byte, comment.end_byte)


def describe(doc: str) -> tuple[dict[str, tuple[str, str]], tuple[str, str]]:
    """(parameter → (type, text), (type, text) of the result)."""
    params: dict[str, tuple[str, str]] = {}
    returned = ("", "")
    tag, lines = "", [""]
    for line in [*doc.split("\n"), "@end"]:
        started = _TAG.match(line)
        if started is None:
            lines.append(line.strip())
            continue
        text = " ".join(each for each in lines if each)
        if tag == "param" and (found := _PARAM.match(text)) is not None:
            params.setdefault(bare(found[2]), (found[1] or found[3] or "", found[4]))
        elif tag == "return" and not any(returned) and (found := _RETURN.match(text)) is not None:
            returned = (found[1] or "", found[2])
        tag, lines = started[1], [started[2]]
    return params, returned
