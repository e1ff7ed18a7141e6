"""Docstrings: cleaning, and the parameters that Google, NumPy and Sphinx styles and JSDoc describe."""

import inspect
import re

import msgspec

from docrunch.parsing.model import Param

_QUOTES = re.compile(r"[rRuU]?(\"\"\"|'''|\"|')(.*)\1\Z", re.DOTALL)
_SPHINX = re.compile(r"^\s*:(param|parameter|arg|argument|key|keyword|returns?)\b([^:\n]*):[ \t]*(.*)$")
_GOOGLE_SECTION = re.compile(r"^(Args|Arguments|Parameters|Params|Keyword Args|Keyword Arguments|Returns?|Yields):\s*$")
_GOOGLE_ENTRY = re.compile(r"^(\*{0,2}\w+)\s*(?:\([^)]*\))?\s*:\s*(.*)$")
_NUMPY_SECTION = re.compile(r"^(Parameters|Other Parameters|Returns|Yields)\n-{3,}\s*$", re.MULTILINE)
_NUMPY_ENTRY = re.compile(r"^(\*{0,2}\w+(?:\s*,\s*\*{0,2}\w+)*)\s*(?::.*)?$")
_HEADING = re.compile(r"^\S.*\n-{3,}\s*$", re.MULTILINE)
_JSDOC_TAG = re.compile(r"^@(\w+)[ \t]*(.*)$")
_JSDOC_PARAM = re.compile(r"(?:\{[^}]*\}\s*)?\[?([\w$.]+)[^\s\]]*\]?\s*(?:-\s*)?(.*)$", re.DOTALL)
_JSDOC_RETURN = re.compile(r"(?:\{[^}]*\}\s*)?(?:-\s*)?(.*)$", re.DOTALL)


def clean(literal: str) -> str:
    """The text of a docstring literal: quotes and common indentation removed, escapes as written."""
    found = _QUOTES.match(literal)
    return inspect.cleandoc(found[2] if found is not None else literal)


def apply(doc: str, params: tuple[Param, ...]) -> tuple[tuple[Param, ...], str]:
    """Parameters with what ``doc`` says about them, and what it says about the result."""
    described, returns = describe(doc)
    if described and params:
        params = tuple(
            msgspec.structs.replace(param, doc=described[key])
            if (key := param.name.lstrip("*.")) in described
            else param
            for param in params
        )
    return params, returns


def describe(doc: str) -> tuple[dict[str, str], str]:
    """What a docstring says: (parameter name without stars → text, text about the result)."""
    if "\n@" in doc or doc.startswith("@"):
        return _jsdoc(doc)
    if ":param" in doc or ":return" in doc or ":arg" in doc or ":key" in doc:
        return _sphinx(doc)
    if "\n---" in doc and _NUMPY_SECTION.search(doc):
        return _numpy(doc)
    if "rgs:" in doc or "Arguments:" in doc or "Param" in doc or "Return" in doc or "Yields:" in doc:
        return _google(doc)
    return {}, ""


def _sphinx(doc: str) -> tuple[dict[str, str], str]:
    entries: list[tuple[str, list[str]]] = []
    for line in doc.splitlines():
        found = _SPHINX.match(line)
        if found is not None:
            words = found[2].split()
            key = "" if found[1].startswith("return") else (words[-1].lstrip("*\\") if words else "?")
            entries.append((key, [found[3]]))
        elif line.startswith((" ", "\t")) and entries:
            entries[-1][1].append(line.strip())
        elif line.lstrip().startswith(":"):
            entries.append(("?", []))  # another field: ends the one before
    return _collect(entries)


def _collect(entries: list[tuple[str, list[str]]]) -> tuple[dict[str, str], str]:
    described: dict[str, str] = {}
    returns = ""
    for key, lines in entries:
        text = " ".join(line for line in lines if line).strip()
        if key == "":
            returns = returns or text
        elif key != "?":
            described.setdefault(key, text)
    return described, returns


def _google(doc: str) -> tuple[dict[str, str], str]:
    entries: list[tuple[str, list[str]]] = []
    section, margin, entry_margin = "", 0, -1
    for line in doc.splitlines():
        stripped = line.strip()
        indent = len(line) - len(line.lstrip())
        if section and stripped and indent <= margin:
            section = ""
        heading = _GOOGLE_SECTION.match(stripped)
        if heading is not None and not section:
            section, margin, entry_margin = heading[1], indent, -1
            if section[0] in "RY":
                entries.append(("", []))
            continue
        if not section or not stripped:
            continue
        if section[0] in "RY":
            entries[-1][1].append(stripped)
            continue
        entry_margin = indent if entry_margin < 0 else entry_margin
        found = _GOOGLE_ENTRY.match(stripped) if indent == entry_margin else None
        if found is not None:
            entries.append((found[1].lstrip("*"), [found[2]]))
        elif entries:
            entries[-1][1].append(stripped)
    return _collect(entries)


def _numpy(doc: str) -> tuple[dict[str, str], str]:
    entries: list[tuple[str, list[str]]] = []
    headings = list(_HEADING.finditer(doc))
    for heading, following in zip(headings, [*headings[1:], None], strict=True):
        title = heading[0].split("\n", 1)[0].strip()
        body = doc[heading.end() : following.start() if following is not None else len(doc)].strip("\n")
        if title in ("Parameters", "Other Parameters"):
            entries.extend(_numpy_entries(body))
        elif title in ("Returns", "Yields"):
            lines = body.splitlines()
            entries.append(("", [line.strip() for line in lines if line.startswith(" ")] or lines[:1]))
    return _collect(entries)


def _numpy_entries(body: str) -> list[tuple[str, list[str]]]:
    """Entries of a parameter list; names listed together (``x, y : int``) share their lines."""
    entries: list[tuple[str, list[str]]] = []
    for line in body.splitlines():
        if line.startswith((" ", "\t")):
            if entries:
                entries[-1][1].append(line.strip())
        elif (found := _NUMPY_ENTRY.match(line.strip())) is not None:
            shared: list[str] = []
            entries.extend((name.strip().lstrip("*"), shared) for name in found[1].split(","))
    return entries


def _jsdoc(doc: str) -> tuple[dict[str, str], str]:
    entries: list[tuple[str, list[str]]] = []
    for line in doc.splitlines():
        tag = _JSDOC_TAG.match(line.strip())
        if tag is None:
            if entries:
                entries[-1][1].append(line.strip())
        elif tag[1] in ("param", "arg", "argument") and (named := _JSDOC_PARAM.match(tag[2])) is not None:
            entries.append((named[1], [named[2]]))
        elif tag[1] in ("returns", "return") and (named := _JSDOC_RETURN.match(tag[2])) is not None:
            entries.append(("", [named[1]]))
        else:
            entries.append(("?", []))
    return _collect(entries)
