"""Reading ``.git/config`` as text. Git itself never sees the file: options in it run commands (interfaces.md §6)."""

import re
from collections.abc import Iterator

_SECTION = re.compile(r'\[\s*([A-Za-z0-9.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]')
_ENTRY = re.compile(r"([A-Za-z][A-Za-z0-9-]*)\s*(?:=\s*(.*))?", re.DOTALL)
_SCP = re.compile(r"(?:[^@/\s]+@)?([A-Za-z0-9.-]+):(?!/)(.+)")
_URL = re.compile(r"(https?|ssh|git|git\+ssh)://(?:[^@/\s]*@)?([A-Za-z0-9.-]+)(?::[0-9]+)?/(.+)", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z0-9_.~+-]+(?:/[A-Za-z0-9_.~+-]+)+")

Entry = tuple[str, str, str, str]  # section (lower), subsection, key (lower), value


def entries(text: str) -> Iterator[Entry]:
    """What the file says, in order. Includes are not followed; what is malformed is passed over."""
    section, subsection = "", ""
    for line in _joined_lines(text):
        line = line.strip()
        header = _SECTION.match(line)
        if header:
            section = header.group(1).lower()
            subsection = re.sub(r"\\(.)", r"\1", header.group(2) or "")
            line = line[header.end() :].strip()
        entry = _ENTRY.fullmatch(line)
        if entry and section:
            yield section, subsection, entry.group(1).lower(), _value(entry.group(2) or "")


def last_value(text: str, section: str, key: str) -> str | None:
    found = None
    for name, subsection, this, value in entries(text):
        if (name, subsection, this) == (section, "", key):
            found = value
    return found


def origin_url(text: str) -> str | None:
    """The first ``url`` of the remote ``origin``, as written. May hold credentials: never show it."""
    return next(
        (value for name, sub, key, value in entries(text) if (name, sub, key) == ("remote", "origin", "url")), None
    )


def repository_of(url: str) -> str | None:
    """``host/owner/name`` in lower case, without credentials and port; None for paths and unknown forms."""
    found = _URL.fullmatch(url.strip())
    host, path = (found.group(2), found.group(3)) if found else ("", "")
    if not found and "://" not in url:
        scp = _SCP.fullmatch(url.strip())
        host, path = (scp.group(1), scp.group(2)) if scp else ("", "")
    path = path.strip("/").removesuffix(".git")
    if "." not in host or not _NAME.fullmatch(path) or any(part in {".", ".."} for part in path.split("/")):
        return None
    return f"{host}/{path}".lower()


def web_url(url: str) -> str | None:
    """https address for links, with the letters of the path as written."""
    name = repository_of(url)
    if name is None:
        return None
    host, _, path = name.partition("/")
    at = url.lower().rfind(path)
    return f"https://{host}/{url[at : at + len(path)]}" if at >= 0 else f"https://{name}"


def _joined_lines(text: str) -> Iterator[str]:
    pending = ""
    for line in text.split("\n"):
        line = line.rstrip("\r")
        if line.endswith("\\") and not line.endswith("\\\\"):
            pending += line[:-1]
            continue
        yield pending + line
        pending = ""
    if pending:
        yield pending


def _value(raw: str) -> str:
    """Quotes and escapes resolved, comments dropped."""
    out: list[str] = []
    quoted = False
    position = 0
    while position < len(raw):
        char = raw[position]
        if char == "\\" and position + 1 < len(raw):
            position += 1
            out.append({"n": "\n", "t": "\t", "b": "\b"}.get(raw[position], raw[position]))
        elif char == '"':
            quoted = not quoted
        elif char in "#;" and not quoted:
            break
        else:
            out.append(char)
        position += 1
    return "".join(out).strip()
