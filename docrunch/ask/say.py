"""How statements name symbols, count things and shorten texts."""

import re
from collections.abc import Iterable

from docrunch.ask.model import MAX_TEXT
from docrunch.ask.passages import Passage
from docrunch.ask.world import World
from docrunch.documentation.escape import one_line, unmarked, visible
from docrunch.graph.model import NodeKind
from docrunch.graph.queries.faces import Face

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z`\"'(])")
_FIELD = re.compile(r"^\s*(?::(?:param|type|returns?|rtype|raises?|arg|versionadded)\b|@(?:param|returns?|throws)|"
                    r"Args:|Parameters\s*$|Returns:|Raises:|\.\. )")  # fmt: skip
_RST_ESCAPE = re.compile(r"\\\s?")
_ASIDE = re.compile(r"(?:^|/)_?(?:examples?|samples?|demos?|docs?|benchmarks?|testdata)/")
_VERSIONED = re.compile(r"v\d+\.(.+)", re.DOTALL)
_LICENCE = re.compile(r"\bcopyright\b|\blicen[cs]ed? (?:under|to)\b|SPDX-", re.IGNORECASE)
MAX_NAME = 200


def short(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0] + " …"


def name_of(world: World, node: int) -> str:
    """`` `flask.helpers.url_for` ``; a file by its path."""
    view = world.view
    if view.node_kind(node) in (NodeKind.MODULE, NodeKind.PACKAGE) and view.path(node):
        return f"`{shorter(view.path(node))}`"
    return f"`{shorter(local_name(view.qualified_name(node) or view.name(node)))}`"


def face_name(found: Face) -> str:
    return (
        f"`{shorter(found.path if found.kind is NodeKind.MODULE and found.path else local_name(found.qualified_name))}`"
    )


def local_name(name: str) -> str:
    """Without the import path and the major version in it: ``github.com/go-chi/chi/v5.Mux.Use`` → ``chi.Mux.Use``."""
    path, _, last = name.rpartition("/")
    versioned = _VERSIONED.match(last)
    if not path or not versioned:
        return last if path and "." in last else name
    return f"{path.rsplit('/', 1)[-1]}.{versioned[1]}"


def shorter(name: str) -> str:
    return one_line(name[: 2 * MAX_NAME])[:MAX_NAME].replace("`", "'")


def is_aside(path: str | None) -> bool:
    """Code that shows or measures the product and is no part of it."""
    return bool(path) and _ASIDE.search(path or "") is not None


def is_product(path: str | None) -> bool:
    """A file of the tree that is not aside."""
    return bool(path) and not is_aside(path)


def plural(count: int, noun: str) -> str:
    if count == 1:
        return f"1 {noun}"
    return f"{count:,} {noun[:-1] + 'ies' if noun.endswith('y') else noun + 's'}"


def listed(names: Iterable[str], limit: int = 6) -> str:
    """``a, b, c and 4 more``."""
    found = list(dict.fromkeys(names))
    shown = ", ".join(found[:limit])
    return f"{shown} and {len(found) - limit:,} more" if len(found) > limit else shown


def first_words(doc: str, limit: int = 320) -> str:
    """The first paragraph of a documentation comment as plain words; empty without one, or if it is a licence."""
    if _LICENCE.search(doc[:600]):
        return ""
    lines: list[str] = []
    for line in doc.strip().split("\n"):
        if _FIELD.match(line) or (not line.strip() and lines):
            break
        lines.append(line.strip())
    return short(unmarked(_RST_ESCAPE.sub("", " ".join(lines))), limit)


def paragraphs(doc: str, limit: int = 600) -> str:
    """The first paragraphs up to where parameters are described."""
    made: list[str] = []
    for paragraph in re.split(r"\n\s*\n", doc.strip()):
        if _FIELD.match(paragraph):
            break
        made.append(unmarked(_RST_ESCAPE.sub("", " ".join(paragraph.split()))))
        if sum(map(len, made)) > limit:
            break
    return short(" ".join(made), limit)


def quoted(passage: Passage, limit: int = MAX_TEXT) -> str:
    """``“…”`` for prose; code below it stays as it is written."""
    lines = passage.text.split("\n")
    cut = (
        next((i for i, line in enumerate(lines) if _starts_code(lines, i)), len(lines)) if passage.code else len(lines)
    )
    prose = unmarked(_RST_ESCAPE.sub("", " ".join(line.strip() for line in lines[:cut])))
    prose = short(prose.removesuffix("::") + (":" if prose.endswith("::") else ""), limit)
    block = code_of(lines[cut:]) if cut < len(lines) else ""
    made = f"“{prose}”" if prose else ""
    return f"{made}\n{block}" if block and made else made or block


def _starts_code(lines: list[str], number: int) -> bool:
    line = lines[number]
    return (
        line.lstrip().startswith(("```", "~~~", ".. code", ".. sourcecode"))
        or (number > 0 and not lines[number - 1].strip() and line.startswith(("    ", "\t")))
        or (number == 0 and line.startswith(("    ", "\t")))
    )


def code_of(lines: list[str], limit: int = 14) -> str:
    """A block of code, indented by four, without its fences and directives."""
    body = [line for line in lines if not re.match(r"\s*(?:```|~~~|\.\. (?:code|sourcecode))|\s+:\w+:", line)]
    while body and not body[0].strip():
        body.pop(0)
    while body and not body[-1].strip():
        body.pop()
    indent = min((len(line) - len(line.lstrip()) for line in body if line.strip()), default=0)
    shown = [f"    {visible(line[indent:])[:160]}".rstrip() for line in body[:limit]]
    return "\n".join([*shown, "    …"] if len(body) > limit else shown)


def sentences(text: str) -> list[str]:
    return _SENTENCE.split(text)
