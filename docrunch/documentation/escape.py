"""Foreign text made safe for Markdown: what a repository says may look like markup, and must stay text.

Docstrings, READMEs, names and paths are hostile until they went through one of these functions. Nothing else in
the documentation package puts foreign text on a page.
"""

import re

# Control characters but tab and LF, soft hyphen, zero-width and bidirectional controls, line separators,
# invisible operators, byte order mark, interlinear annotations, surrogates, tags and variation selectors.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e0fff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a]"
)
_MARKUP = re.compile(r"[\\`*\[\]|~$^]|(?<![^\W_])_|_(?![^\W_])")
_SPECIAL = re.compile(r"[\\`*\[\]|~$^_&<]")  # all that `_MARKUP`, `_ENTITY` and tags begin with
_ENTITY = re.compile(r"&(?=#?\w+;)")
_BLOCK_START = re.compile(r"^(?:[-+=#>:]|\d+[.)])")
_NAME = re.compile(r"[\w./:-]+", re.ASCII)  # most of what is shown as code: nothing in it needs care
_MAY_BE_MARKED = re.compile(r"[<`\[{*]")  # without one of these `unmarked` has nothing to take away
_TICKS = re.compile(r"`+")
_SPAN = re.compile(r"(`+)(.+?)\1")
_ROLE = re.compile(r":(?:[a-z]+:){0,2}[a-z]+:`~?([^`<]*?)(?: <[^`>]*>)?`")
_RST_LINK = re.compile(r"`([^`<]+?) ?<[^`>]*>`__?")
_MD_IMAGE = re.compile(r"!\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])")
_MD_LINK = re.compile(r"\[([^\[\]]+)\](?:\([^()\s]*(?:\s\"[^\"]*\")?\)|\[[^\]]*\])")
_JSDOC_LINK = re.compile(r"\{@link(?:code|plain)? +([^{}|\n]*?)(?:\|[^{}\n]*)?\}")
_TAG = re.compile(r"<!--.*?(?:-->|$)|</?[a-zA-Z][^<>]*>", re.DOTALL)
MAX_UNMARKED = 4_000  # characters looked at for one line: keeps hostile input from costing quadratic time
_FENCE_LANGUAGE = re.compile(r"[^a-z0-9+#-]")


def visible(text: str) -> str:
    """Without characters that cannot be seen but change what is seen; tabs and LF stay."""
    if text.isascii() and text.isprintable():
        return text
    return _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """Visible text with all white space collapsed."""
    return " ".join(visible(text).split())


def prose(text: str, *, starts_line: bool = True) -> str:
    """One line of foreign prose as Markdown text that renders as exactly these characters."""
    made = one_line(text)
    if _SPECIAL.search(made):
        made = _MARKUP.sub(r"\\\g<0>", made)
        made = _ENTITY.sub("&amp;", made).replace("<", "&lt;")
    start = _BLOCK_START.match(made) if starts_line else None
    if start:
        made = made[: start.end() - 1] + "\\" + made[start.end() - 1 :]
    return made


def unmarked(text: str) -> str:
    """Prose without the inline markup it was written in (code ticks, roles, links, images, tags): words only.

    Used for one-line descriptions; names in it stay readable without claiming to be symbols.
    """
    if not _MAY_BE_MARKED.search(text):
        return one_line(text[:MAX_UNMARKED])
    made = _TAG.sub("", visible(text[:MAX_UNMARKED]))
    made = _MD_IMAGE.sub("", made)
    made = _MD_LINK.sub(r"\1", made)
    made = _JSDOC_LINK.sub(r"\1", made)
    made = _ROLE.sub(r"\1", made)
    made = _RST_LINK.sub(r"\1", made)
    made = _SPAN.sub(r"\2", made)
    return one_line(made.replace("**", ""))


def code(text: str, *, in_table: bool = False) -> str:
    """An inline code span that shows ``text`` on one line, whatever ticks it holds; empty for empty text."""
    if _NAME.fullmatch(text):
        return f"`{text}`"
    made = one_line(text)
    if not made:
        return ""
    longest = max((len(run) for run in _TICKS.findall(made)), default=0)
    if in_table:
        made = made.replace("|", "\\|")
    ticks = "`" * (longest + 1)
    pad = " " if made.startswith("`") or made.endswith("`") else ""
    return f"{ticks}{pad}{made}{pad}{ticks}"


def fence(text: str, language: str = "text") -> str:
    """A fenced block that shows ``text`` verbatim (invisible characters dropped) and cannot be left from inside."""
    body = visible(text).strip("\n").expandtabs(4) if language == "text" else visible(text).strip("\n")
    longest = max((len(run) for run in _TICKS.findall(body)), default=0)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks}{_FENCE_LANGUAGE.sub('', language.lower())}\n{body}\n{ticks}"


def diagram_label(text: str, limit: int = 48) -> str:
    """Text inside ``["…"]`` of a mermaid diagram: what is not a plain character becomes a ``#code;`` entity."""
    made = one_line(text)
    if len(made) > limit:
        made = made[: limit // 2 - 1] + "…" + made[-(limit - limit // 2) :]
    return "".join(c if c.isalnum() or c in " ._/:,@()…" else f"#{ord(c)};" for c in made) or "#32;"
