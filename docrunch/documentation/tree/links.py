"""Links of an index to pages that are not there become their text; everything else stays byte for byte."""

import posixpath
import re
from collections.abc import Callable

# Leftmost first: what is no link is skipped whole, so that text shown as code is never taken for one.
_PIECE = re.compile(
    r"^ {0,3}(?P<fence>`{3,}|~{3,})[^\n]*\n(?:.*?\n)?? {0,3}(?P=fence)[`~]* *$"
    r"|\\[^\n]"
    r"|\[(?P<label>(?:`[^`\n]*`|\\[^\n]|[^\[\]\\\n`])*)\]\((?P<target>[^()\s]*)\)"
    r"|(?P<ticks>`+)(?!`)[^\n]*?(?<!`)(?P=ticks)(?!`)",
    re.MULTILINE | re.DOTALL,
)


def without_links(text: str, page: str, exists: Callable[[str], bool]) -> str:
    """The text of ``page`` without relative links to pages for which ``exists`` says no."""
    folder = posixpath.dirname(page)
    known: dict[str, bool] = {}

    def leads_somewhere(target: str) -> bool:
        path = target.partition("#")[0]
        if not path.endswith(".md") or "://" in path or path.startswith("/"):
            return True
        if path not in known:
            known[path] = exists(posixpath.normpath(posixpath.join(folder, path)))
        return known[path]

    def keep(found: re.Match[str]) -> str:
        label, target = found["label"], found["target"]
        return found[0] if label is None or leads_somewhere(target) else label

    return _PIECE.sub(keep, text)
