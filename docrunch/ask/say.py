"""How statements name symbols, count things and shorten texts."""

import re
from collections.abc import Collection, Iterable

from docrunch.ask.model import MAX_TEXT
from docrunch.ask.passages import Passage
from docrunch.ask.words import terms
from docrunch.ask.world import World
from docrunch.documentation.escape import one_line, unmarked, visible
from docrunch.graph.model import NodeKind
from docrunch.graph.queries.faces import Face

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z`\"'(])")
_FIELD = re.compile(r"^\s*(?::(?:param|type|returns?|rtype|raises?|arg|versionadded)\b|@\w+|"
                    r"Args:|Parameters\s*$|Returns:|Raises:|\.\. )")  # fmt: skip
_RST_ESCAPE = re.compile(r"\\\s?")
_ASIDE = re.compile(r"(?:^|/)_?(?:examples?|samples?|demos?|docs?|benchmarks?|testdata)/")
_VERSIONED = re.compile(r"v\d+\.(.+)", re.DOTALL)
_LICENCE = re.compile(r"\bcopyright\b|\blicen[cs]ed? (?:under|to)\b|SPDX-", re.IGNORECASE)
# A line of code that no indentation tells from prose: a prompt, a call, an assignment.
_SHOWN = re.compile(r">>> |\.\.\. |[\w.]+\(.*\)\s*(?:#.*)?$|(?:let |const |var )?[\w.]+ :?= .+")
_CELL_LINK = re.compile(r"\[([^\]\[]+)\](?!\()")
MAX_NAME = 200
CODE_LINES = 14  # of one quotation


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
    """``“…”``: the first paragraphs up to where parameters are described, or up to the first code, which is below them
    as it is written. Empty where there are none."""
    made: list[str] = []
    block = ""
    for paragraph in re.split(r"\n\s*\n", doc.strip()):
        if _FIELD.match(paragraph):
            break
        lines = paragraph.split("\n")
        end = next((number for number, line in enumerate(lines) if _FIELD.match(line)), len(lines))
        if end < len(lines):
            made.append(unmarked(" ".join(" ".join(lines[:end]).split())))
            break
        if made and all(_SHOWN.match(line) or line.startswith((" ", "\t")) for line in lines):
            block = code_of(lines)
            break
        made.append(unmarked(_RST_ESCAPE.sub("", " ".join(paragraph.split()))))
        if sum(map(len, made)) > limit:
            break
    said = short(" ".join(made), limit)
    return f"“{said}”\n{block}" if said and block else f"“{said}”" if said else ""


def quoted(passage: Passage, limit: int = MAX_TEXT, wanted: Collection[str] = ()) -> str:
    """``“…”`` for prose; code below it stays as it is written. Args: ``wanted``: stems that shown code has."""
    lines = passage.text.split("\n")
    cut = (
        next((i for i, line in enumerate(lines) if _starts_code(lines, i)), len(lines)) if passage.code else len(lines)
    )
    prose = unmarked(_RST_ESCAPE.sub("", " ".join(_row(line.strip()) for line in lines[:cut])))
    prose = short(prose.removesuffix("::") + (":" if prose.endswith("::") else ""), limit)
    block = code_of(lines[cut:], wanted) if cut < len(lines) else ""
    made = f"“{prose}”" if re.search(r"\w", prose) else ""
    return f"{made}\n{block}" if block and made else made or block


def _starts_code(lines: list[str], number: int) -> bool:
    line = lines[number]
    return (
        line.lstrip().startswith(("```", "~~~", ".. code", ".. sourcecode"))
        or (number > 0 and not lines[number - 1].strip() and line.startswith(("    ", "\t")))
        or (number == 0 and line.startswith(("    ", "\t")))
    )


def _row(line: str) -> str:
    """A row of a table as words: its cells in their order."""
    if not (line.startswith("|") and line.endswith("|") and len(line) > 2):
        return line
    return " — ".join(_CELL_LINK.sub(r"\1", cell).strip() for cell in line.strip("|").split("|") if cell.strip())


def code_of(lines: list[str], wanted: Collection[str] = (), limit: int = CODE_LINES) -> str:
    """A block of code, indented by four, without its fences and directives; of a long one the lines that have most of
    the ``wanted`` stems."""
    body = [line for line in lines if not re.match(r"\s*(?:```|~~~|\.\. (?:code|sourcecode))|\s+:\w+:", line)]
    while body and not body[0].strip():
        body.pop(0)
    while body and not body[-1].strip():
        body.pop()
    indent = min((len(line) - len(line.lstrip()) for line in body if line.strip()), default=0)
    start = _best_start(body, set(wanted), limit)
    shown = [f"    {visible(line[indent:])[:160]}".rstrip() for line in body[start : start + limit]]
    before, after = ["    …"] if start else [], ["    …"] if start + limit < len(body) else []
    return "\n".join([*before, *shown, *after])


def _best_start(body: list[str], wanted: set[str], limit: int) -> int:
    """Where the block begins whose line has most of the stems, the first that does."""
    counts = [len(wanted.intersection(terms(line))) for line in body]
    last = len(body) - limit
    if last <= 0 or not any(counts):
        return 0
    best = first = counts.index(max(counts))
    while first > 0 and body[first - 1].strip():
        first -= 1
    return min(max(first, best - limit + 1), last)


def sentences(text: str) -> list[str]:
    return _SENTENCE.split(text)
