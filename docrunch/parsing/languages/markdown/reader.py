"""The facts of a Markdown file."""

import msgspec

from docrunch.parsing.markdown import read_sections
from docrunch.parsing.model import FileFacts


def read(text: bytes, base: FileFacts) -> FileFacts:
    return msgspec.structs.replace(base, sections=read_sections(text))
