"""What must hold for every page: links resolve, citations exist, names in code exist, diagrams can be read."""

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from functools import lru_cache
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from docrunch.documentation.cite import parse
from docrunch.documentation.manifests import read_manifests
from docrunch.documentation.mermaid import MAX_NODES
from docrunch.documentation.model import DocumentationInput, Page
from docrunch.documentation.problem import Problem
from docrunch.documentation.tables import stated_tables
from docrunch.parsing.model import FileFacts

_NAME = re.compile(r"[A-Za-z_$][\w$]*(?:(?:\.|::|/|#)[\w$*-]+)*(?:\(\))?")
_CITATION = re.compile(r".+#L\d+-L\d+")
_DIAGRAM_NODE = re.compile(r"^\s*([nt]\d+)\[")
_DIAGRAM_EDGE = re.compile(r"^\s*([nt]\d+) (?:-->|\}o--o\{|\}o--\|\|) ([nt]\d+)(?: : \"[^\"]*\")?$")


def check_pages(pages: Sequence[Page], data: DocumentationInput) -> list[Problem]:
    """All checks over a whole tree; an empty list means that they hold."""
    paths = {page.path for page in pages}
    lines = {entry.path: entry.lines for entry in data.entries}
    names = known_names(data)
    problems = list(check_names(pages))
    for page in pages:
        problems += check_links(page, paths)
        problems += check_citations(page, lines)
        problems += check_symbols(page, names)
        problems += check_diagrams(page)
    return problems


def check_names(pages: Iterable[Page]) -> Iterator[Problem]:
    """Paths are unique without regard to case."""
    for path, number in Counter(page.path.lower() for page in pages).items():
        if number > 1:
            yield Problem("page_name", path, f"{number} pages have this path without regard to case")


def check_links(page: Page, known: Set[str]) -> Iterator[Problem]:
    """Relative links lead to known pages; others are https; there are no images and no HTML."""
    for token in tokens(page.text):
        if token.type in {"html_inline", "html_block", "image"}:
            yield Problem("markup", page.path, f"a page holds {token.type.replace('_', ' ')}")
        elif token.type == "link_open":
            yield from _check_link(page.path, str(token.attrGet("href") or ""), known)


def _check_link(page: str, href: str, known: Set[str]) -> Iterator[Problem]:
    parts = urlsplit(href)
    if parts.scheme or parts.netloc:
        if parts.scheme != "https":
            yield Problem("link", page, f"a link with the scheme {parts.scheme!r}")
    elif posixpath.normpath(posixpath.join(posixpath.dirname(page), parts.path)) not in known:
        yield Problem("link", page, f"{href} leads nowhere")


def check_citations(page: Page, lines: dict[str, int]) -> Iterator[Problem]:
    """Cited files exist and have the cited lines; ``lines`` is path → number of lines."""
    for found in parse(page.text):
        if not 1 <= found.start <= found.end <= lines.get(found.path, 0):
            yield Problem("citation", page.path, f"{found.path}#L{found.start}-L{found.end} does not exist")


def check_symbols(page: Page, known: Set[str]) -> Iterator[Problem]:
    """Inline code that looks like a name is one of `known_names`."""
    for token in tokens(page.text):
        if token.type != "code_inline" or _CITATION.fullmatch(token.content):
            continue
        if _NAME.fullmatch(token.content) and token.content.removesuffix("()") not in known:
            yield Problem("symbol", page.path, f"{token.content} is no known name")


def known_names(data: DocumentationInput) -> set[str]:
    """Names that the graph, the facts, the inventory and the manifests hold."""
    known: set[str] = set()
    for node in data.graph.nodes:
        known |= {node.name, node.qualified_name}
    for entry in data.entries:
        known.add(entry.path)
        folder = posixpath.dirname(entry.path)
        while folder and folder + "/" not in known:
            known |= {folder, folder + "/"}
            folder = posixpath.dirname(folder)
    for facts in data.facts.values():
        for symbol in facts.symbols:
            known |= {symbol.local_name, symbol.returns, symbol.type}
            for param in symbol.params:
                known |= {param.name, param.type, param.default}
        known |= _names_of_tables(facts)
    known |= {each.name for each in stated_tables(data.graph.nodes, data.facts)}
    for manifest in read_manifests(data.entries, data.texts):
        for command in manifest.commands:
            known |= {command.command, command.note}
        for name, target, _ in manifest.scripts:
            known |= {name, target}
    return known


def _names_of_tables(facts: FileFacts) -> set[str]:
    known: set[str] = set()
    for table in facts.tables:
        known |= {table.name, table.model, *(name for name, _ in table.reads)}
        for column in table.columns:
            known |= {column.name, column.type, column.default}
        for key in table.keys:
            known |= {key.table, key.model, *key.columns, *key.targets}
        for index in table.indexes:
            known |= {index.name, *index.columns}
    return known


def check_diagrams(page: Page) -> Iterator[Problem]:
    """Diagrams are ``graph LR`` or ``erDiagram`` with at most 25 declared nodes, and edges between them only."""
    for token in tokens(page.text):
        if token.type == "fence" and token.info.strip() == "mermaid":
            yield from _check_diagram(page.path, token.content)


def _check_diagram(page: str, content: str) -> Iterator[Problem]:
    lines = content.splitlines()
    if not lines or lines[0] not in ("graph LR", "erDiagram"):
        yield Problem("diagram", page, "a diagram is neither graph LR nor erDiagram")
    nodes = {found.group(1) for line in lines if (found := _DIAGRAM_NODE.match(line))}
    if len(nodes) > MAX_NODES:
        yield Problem("diagram", page, f"a diagram has {len(nodes)} nodes")
    for line in lines:
        edge = _DIAGRAM_EDGE.match(line)
        if edge and not nodes.issuperset(edge.groups()):
            yield Problem("diagram", page, f"an edge has an undeclared end: {line.strip()}")


@lru_cache(maxsize=4)  # the checks of one page follow each other
def tokens(text: str) -> tuple[Token, ...]:
    """Block and inline tokens of a page in order (CommonMark with tables)."""
    found: list[Token] = []
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        found.append(token)
        found.extend(token.children or ())
    return tuple(found)
