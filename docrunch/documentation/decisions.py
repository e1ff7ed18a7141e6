"""Architecture decision records found in the repository: title, status, date, and their text made safe."""

import re
from collections.abc import Mapping

import msgspec

from docrunch.documentation.escape import fence, prose, unmarked
from docrunch.source.model import FileEntry

_FOLDER = re.compile(
    r"(?:^|/)(?:adrs?|decisions|decision-records|architecture-decisions|architecture_decisions)/[^/]+$"
)
_NUMBERED = re.compile(r"(?:adr[-_ ]?)?(\d{1,5})[-_ .][^/]*\.(?:md|markdown)", re.IGNORECASE)
_DOC_NUMBERED = re.compile(r"(?:^|/)docs?/(?:[^/]+/)*\d{4}-[^/]+\.(?:md|markdown)$", re.IGNORECASE)
_TEMPLATE = re.compile(r"(?:^|[-_ .])(?:template|readme|index)(?:$|[-_ .])", re.IGNORECASE)
_STATUS_LINE = re.compile(r"^\s*(?:[-*]\s*)?(?:\*\*)?status(?:\*\*)?\s*:\s*(?:\*\*)?\s*(.+?)\s*$", re.IGNORECASE)
_DATE_LINE = re.compile(r"^\s*(?:[-*]\s*)?(?:\*\*)?date(?:\*\*)?\s*:\s*(?:\*\*)?\s*(.+?)\s*$", re.IGNORECASE)
_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_ITEM = re.compile(r"^(\s*)(?:[-*+]|(\d+)[.)])\s+(.*)$")
_FENCE = re.compile(r"^\s{0,3}(`{3,}|~{3,})\s*([\w+#-]*)")


class Decision(msgspec.Struct, frozen=True):
    path: str
    number: str  # as in the file name, without leading zeros; empty without one
    title: str
    status: str  # as written; empty where the record names none
    status_line: int
    date: str
    date_line: int
    lines: int


def decision_paths(entries: tuple[FileEntry, ...]) -> list[str]:
    """Records in a folder for decisions, and numbered Markdown files below ``doc`` or ``docs``; by path."""
    found = []
    for entry in entries:
        name = entry.path.rsplit("/", 1)[-1]
        if entry.skip is not None or not name.lower().endswith((".md", ".markdown")):
            continue
        in_folder = _FOLDER.search(entry.path) and (_NUMBERED.fullmatch(name) or name[:4].lower() == "adr-")
        if (in_folder or _DOC_NUMBERED.search(entry.path)) and not _TEMPLATE.search(name.rsplit(".", 1)[0]):
            found.append(entry.path)
    return sorted(found)


def read_decision(path: str, text: bytes) -> Decision:
    lines = split_lines(text)
    name = path.rsplit("/", 1)[-1]
    numbered = _NUMBERED.fullmatch(name)
    title = next((m.group(2) for line in lines if (m := _HEADING.match(line))), "") or name.rsplit(".", 1)[0]
    status, status_line = _value(lines, "status", _STATUS_LINE)
    date, date_line = _value(lines, "date", _DATE_LINE)
    return Decision(
        path=path,
        number=str(int(numbered.group(1))) if numbered else "",
        title=unmarked(re.sub(r"^(?:ADR[-\s]*)?\d{1,5}\s*[.:)-]\s*", "", title, flags=re.IGNORECASE)),
        status=unmarked(status)[:120],
        status_line=status_line,
        date=unmarked(date)[:40],
        date_line=date_line,
        lines=len(lines),
    )


def _value(lines: list[str], name: str, pattern: re.Pattern[str]) -> tuple[str, int]:
    """``Status: x``, or the first line below a heading ``Status``."""
    for number, line in enumerate(lines, start=1):
        found = pattern.match(line)
        if found:
            return found.group(1).strip("*\"' "), number
        heading = _HEADING.match(line)
        if heading and heading.group(2).strip("*: ").lower() == name:
            for below in range(number, min(number + 5, len(lines))):
                if lines[below].strip() and not _HEADING.match(lines[below]):
                    return lines[below].strip(" -*"), below + 1
    return "", 0


def safe_markdown(text: bytes) -> str:
    """A record's text with its headings, lists and code kept and everything else shown as plain text.

    Headings move one level down (the page has its own title), the first title is left out, links keep their words.
    """
    made: list[str] = []
    lines = split_lines(text)
    number = _after_front_matter(lines)
    titled = False
    while number < len(lines):
        line = lines[number]
        number += 1
        opened, heading, item = _FENCE.match(line), _HEADING.match(line), _ITEM.match(line)
        if opened:
            end = number
            while end < len(lines) and not lines[end].strip().startswith(opened.group(1)):
                end += 1
            language = opened.group(2) if opened.group(2).lower() != "mermaid" else "text"
            made += ["", fence("\n".join(lines[number:end]), language or "text"), ""]
            number = end + 1
        elif heading:
            if titled or len(heading.group(1)) > 1:
                made += ["", f"{'#' * min(len(heading.group(1)) + 1, 6)} {prose(unmarked(heading.group(2)))}", ""]
            titled = True
        elif item:
            depth = min(len(item.group(1).expandtabs(4)) // 2, 4)
            made.append(f"{'  ' * depth}- {prose(unmarked(item.group(3)))}")
        else:
            made.append(prose(unmarked(line)))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(made)).strip("\n")


def _after_front_matter(lines: list[str]) -> int:
    if lines and lines[0].strip() == "---":
        return next((n + 1 for n, line in enumerate(lines[1:60], start=1) if line.strip() == "---"), 0)
    return 0


def split_lines(text: bytes) -> list[str]:
    """Lines without their ends; a final LF makes no extra line."""
    lines = [line.rstrip("\r") for line in text.decode("utf-8", "replace").split("\n")]
    return lines[:-1] if lines and not lines[-1] else lines


def read_decisions(entries: tuple[FileEntry, ...], texts: Mapping[str, bytes]) -> list[Decision]:
    return [read_decision(path, texts[path]) for path in decision_paths(entries) if path in texts]
