"""What of a file can be found: its symbols, its sections, itself, and windows over its text.

A pure function of the file's path, language, text and nodes. Windows hold the bodies: at most `WINDOW_LINES` lines,
one function each where it fits, and what stands between functions by the class or file around it.
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from itertools import islice, pairwise
from typing import NamedTuple

from docrunch.graph.model import Node, NodeKind
from docrunch.search.model import DocumentKind, SearchDocument
from docrunch.search.sections import TitledLines, is_prose, sections
from docrunch.search.windows import Piece, cut

WINDOW_LINES = 60
MOST_DOCUMENTS = 10_000  # of one file and kind: a data file of more keys is found by its text
MOST_TITLE = 400  # characters
MOST_FIELD = 16_384  # characters of one field; a line of a megabyte is found by its beginning


class Field(IntEnum):
    """Where in a document a term stands."""

    NAME = 0
    PATH = 1  # qualified name without the name, path, title trail
    SIGNATURE = 2
    DOC = 3
    BODY = 4


class Found(NamedTuple):
    """A document, its texts by field, and the number of its symbol in the facts (-1 without)."""

    document: SearchDocument
    texts: dict[Field, str]
    symbol: int = -1


def file_documents(path: str, language: str, text: bytes, nodes: Iterable[Node]) -> list[Found]:
    """The documents of one file by (line, kind, id).

    Args:
        nodes: of this file, its module among them.
    """
    module, symbols = _apart(nodes)
    lines = _lines(text)
    found = [_file(path, len(lines), module), *(_symbol(node) for node in symbols)]
    if is_prose(path, language, code=bool(symbols)):
        found += _sections(path, lines, sections(language, text, lines))
    else:
        found += _windows(path, lines, symbols)
    return sorted(found, key=lambda each: (each.document.line, each.document.kind, each.document.id))


def _apart(nodes: Iterable[Node]) -> tuple[Node | None, list[Node]]:
    module, symbols = None, []
    for node in nodes:
        if node.kind == NodeKind.MODULE:
            module = node
        elif node.name:
            symbols.append(node)
    return module, symbols[:MOST_DOCUMENTS]


def _file(path: str, lines: int, module: Node | None) -> Found:
    name = path.rsplit("/", 1)[-1]
    qualified = module.qualified_name if module else ""
    document = SearchDocument(path, DocumentKind.FILE, path, 1, max(lines, 1), module.id if module else "", name)
    texts = {Field.NAME: name, Field.PATH: f"{path} {qualified}", Field.DOC: _short(module.doc if module else "")}
    return Found(document, texts)


def _symbol(node: Node) -> Found:
    document = SearchDocument(
        node.id,
        DocumentKind.SYMBOL,
        node.path,
        node.line,
        node.end_line,
        node.id,
        node.name,
        node.qualified_name,
        str(node.kind),
    )
    around = f"{node.qualified_name.removesuffix(node.name)} {node.path}"
    texts = {
        Field.NAME: _short(node.name),
        Field.PATH: _short(around),
        Field.SIGNATURE: _short(node.signature),
        Field.DOC: _short(node.doc),
    }
    return Found(document, texts, node.symbol)


def _sections(path: str, lines: Sequence[str], given: Iterable[TitledLines]) -> Iterator[Found]:
    """Each section, in parts of at most `WINDOW_LINES` lines."""
    for section in islice(given, MOST_DOCUMENTS):
        title, trail = section.title[:MOST_TITLE], " › ".join(section.trail)[:MOST_TITLE]
        for first, last in _parts(section.line, section.end_line):
            body = "\n".join(lines[first - 1 : last])
            if not body.strip():
                continue
            key = f"{path}#L{first}"
            document = SearchDocument(key, DocumentKind.SECTION, path, first, last, "", title, trail)
            texts = {Field.NAME: title, Field.PATH: f"{trail} {path}", Field.BODY: _short(body)}
            yield Found(document, texts)


def _windows(path: str, lines: Sequence[str], symbols: Sequence[Node]) -> Iterator[Found]:
    pieces = cut([Piece(node.start_line, node.end_line, at) for at, node in enumerate(symbols)], len(lines), symbols)
    made = 0
    for piece in pieces:
        owner = symbols[piece.symbol] if piece.symbol >= 0 else None
        for first, last in _parts(piece.line, piece.end_line):
            body = "\n".join(lines[first - 1 : last])
            if not body.strip() or made >= MOST_DOCUMENTS:
                continue
            made += 1
            document = SearchDocument(
                f"{path}#L{first}-L{last}", DocumentKind.WINDOW, path, first, last, owner.id if owner else ""
            )
            around = f"{owner.qualified_name if owner else ''} {path}"
            yield Found(document, {Field.PATH: _short(around), Field.BODY: _short(body)})


def _parts(first: int, last: int) -> Iterator[tuple[int, int]]:
    """Ranges of at most `WINDOW_LINES` lines, of equal length."""
    total = last - first + 1
    if total < 1:
        return
    count = -(-total // WINDOW_LINES)
    yield from ((low, high - 1) for low, high in pairwise(first + total * part // count for part in range(count + 1)))


def _lines(text: bytes) -> list[str]:
    found = text.decode("utf-8", "replace").split("\n")
    return found[:-1] if found[-1] == "" else found


def _short(text: str) -> str:
    return text[:MOST_FIELD]
