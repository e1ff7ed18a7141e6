"""The facts of a Markdown file: headings, marked comments, links, paths and names in code."""

import msgspec

from docrunch.parsing.comments import Comments
from docrunch.parsing.languages.markdown import inline
from docrunch.parsing.markdown import read_sections
from docrunch.parsing.model import FileFacts


def read(text: bytes, base: FileFacts) -> FileFacts:
    comments = Comments(text)
    references = tuple(inline.read(text, comments))
    return msgspec.structs.replace(
        base, sections=read_sections(text), references=references, markers=tuple(comments.markers)
    )
