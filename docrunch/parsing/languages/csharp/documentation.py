"""XML documentation comments: ``///`` or ``/** … */`` directly above a declaration, as plain text.

Tags: https://learn.microsoft.com/en-us/dotnet/csharp/language-reference/xmldoc/recommended-tags
"""

import re

import msgspec

from docrunch.parsing.draft import Draft
from docrunch.parsing.walk import Walk

_STAR = re.compile(r"^[ \t]*\*+ ?", re.MULTILINE)
_NAMED = re.compile(
    r"<(?:see|seealso|paramref|typeparamref)\s+(?:cref|name|langword|href)\s*=\s*[\"']([^\"']*)[\"']\s*/>"
)
_PARAMETER = re.compile(r"<param\s+name\s*=\s*[\"'](\w+)[\"']\s*>(.*?)</param>", re.DOTALL)
_RETURNS = re.compile(r"<returns>(.*?)</returns>", re.DOTALL)
_SECTION = re.compile(
    r"<(param|typeparam|returns|exception|permission|seealso|value)\b[^<>]*(?<!/)>.*?</\1>", re.DOTALL
)
_BREAK = re.compile(
    r"<\s*(?:para|br|item|code|remarks|example|list)\b[^<>]*>|</\s*(?:para|code|remarks|example|summary)\s*>"
)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_CREF = re.compile(r"^[A-Z]:")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&"}
_ENTITY = re.compile("|".join(_ENTITIES))
_BLANK = re.compile(r"\n\s*\n\s*")


def document(walk: Walk, draft: Draft) -> None:
    """Fill the documentation of a draft, and what it says about parameters and result."""
    raw, first, last = _raw(walk, draft.start_line)
    if not raw:
        return
    draft.doc_line, draft.doc_end_line = first, last
    if "<" not in raw:
        draft.doc = raw
        return
    draft.doc = plain(_SECTION.sub("", raw))
    if draft.params and "<param" in raw:
        said = {name: " ".join(plain(text).split()) for name, text in _PARAMETER.findall(raw)}
        draft.params = tuple(
            msgspec.structs.replace(p, doc=said[p.name]) if p.name in said else p for p in draft.params
        )
    found = _RETURNS.search(raw) if "<returns" in raw else None
    if found is not None:
        draft.returns_doc = " ".join(plain(found[1]).split())


def _raw(walk: Walk, line: int) -> tuple[str, int, int]:
    """(text without comment marks, first line, last line) of the doc comment that ends on the line before."""
    texts: list[str] = []
    first = last = 0
    for comment in reversed(walk.comments.above(line)):
        written = walk.slice(comment.start_byte, comment.end_byte)
        if written.startswith("///") and not written.startswith("////"):
            texts.append(written[3:].removeprefix(" ").rstrip())
        elif written.startswith("/**") and written != "/**/" and not texts:
            return _STAR.sub("", written[3:].removesuffix("*/")).strip(), comment.start_line, comment.end_line
        else:
            break
        first, last = comment.start_line, last or comment.end_line
    return "\n".join(reversed(texts)).strip(), first, last


def plain(text: str) -> str:
    """XML as a reader sees it: paragraphs apart, references by their names, no tags."""
    text = _NAMED.sub(lambda found: _CREF.sub("", found[1]), text)
    text = _TAG.sub("", _BREAK.sub("\n\n", text))
    text = _ENTITY.sub(lambda found: _ENTITIES[found[0]], text)
    lines = [line.strip() for line in text.strip().split("\n")]
    return _BLANK.sub("\n\n", "\n".join(lines)).strip()
