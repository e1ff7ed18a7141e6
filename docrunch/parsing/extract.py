"""One text to its facts, in this process. Pure: the same text, language and limits give equal facts."""

import importlib
from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any, Protocol

import msgspec

from docrunch.options import Limits
from docrunch.parsing.captures import check_captures
from docrunch.parsing.catalog import languages, query_text
from docrunch.parsing.cognitive import counter, structures
from docrunch.parsing.comments import blank_lines, count_lines
from docrunch.parsing.manifests import read_manifest
from docrunch.parsing.markers import attached
from docrunch.parsing.model import Entry, FileFacts, Reference
from docrunch.parsing.parser import Grammar, Node, ParseBudgetExceeded, bare_run_exceeds, depth_exceeds, grammar
from docrunch.parsing.salient import salient_identifiers
from docrunch.parsing.walk import Handler, Walk
from docrunch.source.model import Issue

MAX_BARE_RUN = 20_000  # 0.3 s of queries, which grow with the square


class Hooks(Protocol):
    """What a language's `hooks.py` provides."""

    HANDLERS: dict[str, Handler]

    def finish(self, walk: Walk, root: Node) -> None: ...


class Reader(Protocol):
    """What the `reader.py` of a language without a grammar provides. ``base`` has the line counts and the manifest."""

    def read(self, text: bytes, base: FileFacts) -> FileFacts: ...


@cache
def _reader(language: str) -> Reader:
    found: Reader = importlib.import_module(f"docrunch.parsing.languages.{language}.reader")
    return found


Begin = Callable[[bytes, str], tuple[bytes, Walk]]


def _begin(text: bytes, language: str) -> tuple[bytes, Walk]:
    """The text that the grammar sees, equally long, and the walk; `hooks.begin` where a language has its own."""
    return text, Walk(text)


class _Ready(msgspec.Struct, frozen=True):
    grammar: Grammar
    hooks: Hooks
    common_names: frozenset[str]
    begin: Begin
    count: Callable[[Walk, Node], None] | None  # cognitive complexity


@cache
def _ready(language: str) -> _Ready:
    """Grammar, compiled query and handlers of a language, loaded once.

    Raises:
        UnknownCapture: the query captures what nothing handles.
    """
    spec = languages()[language]
    loaded = grammar(spec.grammar, spec.function, query_text(language))
    hooks: Hooks = importlib.import_module(f"docrunch.parsing.languages.{spec.hooks}.hooks")
    check_captures(language, loaded.capture_names(), frozenset(hooks.HANDLERS) | {"structure"})
    table = structures(spec.hooks)
    count = counter(table) if table is not None else None
    return _Ready(loaded, hooks, frozenset(spec.common_names), getattr(hooks, "begin", _begin), count)


def extract(text: bytes, language: str, limits: Limits) -> FileFacts:
    """The facts of one stored text. Never raises for content: what is wrong with it becomes an issue.

    A text beyond a limit yields line counts and the issue ``too_large``, ``parse_budget_exceeded``,
    ``too_many_nodes``, ``too_deep`` or ``too_many_tokens``.
    """
    if len(text) > limits.max_file_bytes:
        detail = f"{len(text)} bytes, the limit is {limits.max_file_bytes}"
        return _inventory(text, language, Issue("", "too_large", detail, stage="parse"))
    spec = languages().get(language)
    if spec is not None and spec.grammar:
        return _parse(text, language, limits)
    manifest, issue = read_manifest(text, language)
    issues = (issue,) if issue is not None else ()
    facts = msgspec.structs.replace(_inventory(text, language), manifest=manifest, issues=issues)
    if spec is not None and spec.reader:
        found = _reader(language).read(text, facts)
        return msgspec.structs.replace(found, markers=attached(found.markers, found.symbols))
    return facts


def _inventory(text: bytes, language: str, *issues: Issue) -> FileFacts:
    lines = count_lines(text)
    return FileFacts(language=language, lines=lines, code_lines=lines - len(blank_lines(text)), issues=issues)


def _parse(text: bytes, language: str, limits: Limits) -> FileFacts:
    ready = _ready(language)
    seen, walk = ready.begin(text, language)
    try:
        root = ready.grammar.parse(seen).root_node
    except ParseBudgetExceeded as error:
        detail = f"the grammar needs more than {error.operations} operations, the limit for {len(text)} bytes"
        return _inventory(text, language, Issue("", "parse_budget_exceeded", detail, stage="parse"))
    beyond = _beyond(root, limits)
    if beyond is not None:
        return _inventory(text, language, beyond)
    _visit(walk, ready, root)
    ready.hooks.finish(walk, root)
    return _facts(walk, ready, language, _syntax_issues(ready.grammar, root))


def _beyond(root: Node, limits: Limits) -> Issue | None:
    nodes = root.descendant_count
    if nodes > limits.max_nodes:
        return Issue("", "too_many_nodes", f"{nodes} syntax nodes, the limit is {limits.max_nodes}", stage="parse")
    if nodes > limits.max_depth and depth_exceeds(root, limits.max_depth):
        return Issue("", "too_deep", f"nested deeper than {limits.max_depth} levels", stage="parse")
    if nodes > MAX_BARE_RUN and bare_run_exceeds(root, MAX_BARE_RUN):
        return Issue("", "too_many_tokens", f"more than {MAX_BARE_RUN} tokens in a row without a name", stage="parse")
    return None


def _visit(walk: Walk, ready: _Ready, root: Node) -> None:
    """Call the handlers in source order.

    Captures of one name arrive in no reliable order among nodes that start together, so the order is made here:
    by start, definitions first, outer before inner, then by capture and kind of node.
    """
    events: list[tuple[int, int, int, Any]] = []  # the last is a node, which has no order
    handlers: list[Handler] = []
    later = len(walk.text) + 1  # moves what is no definition behind the longest one
    for rank, (name, nodes) in enumerate(sorted(ready.grammar.captures(root).items())):
        handlers.append(_handler(ready, name))
        behind = 0 if name.startswith("definition.") else later
        events += [(node.start_byte, behind - node.end_byte, rank, node) for node in nodes]
    try:
        events.sort()
    except TypeError:  # nodes of one capture and one extent
        events.sort(key=_order)
    for start, _, rank, node in events:
        while start >= walk.scope_end:
            walk.close()
        handlers[rank](walk, node)
    while walk.stack:
        walk.close()


def _order(event: tuple[int, int, int, Node]) -> tuple[int, int, int, int]:
    start, end, rank, node = event
    return start, end, rank, node.kind_id


def _is_program(walk: Walk) -> bool:
    # ``#![…]`` is an attribute of Rust
    return walk.entry_point or (walk.text.startswith(b"#!") and walk.text[2:200].lstrip(b" \t").startswith(b"/"))


def _entries(walk: Walk) -> tuple[Entry, ...]:
    """Those that the language found, and functions marked as tests. A program starts at its main function, without one
    at its first line."""
    found = dict.fromkeys(walk.entries)
    if _is_program(walk) and not any(entry.kind == "main" for entry in found):
        started = [
            n for n, s in enumerate(walk.symbols) if s.name in ("main", "Main") and s.complexity and not s.receiver
        ]
        number = min(started, key=lambda n: walk.symbols[n].parent >= 0, default=-1)  # best at the top of the file
        found[Entry("main", "", walk.symbols[number].line if number >= 0 else 1, number)] = None
    for number, draft in enumerate(walk.symbols):
        if "test" in draft.modifiers and draft.complexity:
            found[Entry("test", draft.name, draft.line, number)] = None
    return tuple(sorted(found, key=attrgetter("line", "symbol", "scope", "kind", "label")))


def _handler(ready: _Ready, name: str) -> Handler:
    """What a capture's nodes go to: the language's own handler, and the count of cognitive complexity."""
    own = ready.hooks.HANDLERS.get(name)
    count = ready.count
    if name not in ("decision", "structure") or count is None:
        return own or _ignore
    if own is None:
        return count

    def both(walk: Walk, node: Node) -> None:
        own(walk, node)
        count(walk, node)

    return both


def _ignore(walk: Walk, node: Node) -> None:
    """A structure of a language without a table."""


def _syntax_issues(loaded: Grammar, root: Node) -> tuple[Issue, ...]:
    if not root.has_error:
        return ()
    broken = loaded.broken(root)
    line = broken[0].start_point[0] + 1 if broken else 0
    places = "1 place" if len(broken) == 1 else f"{len(broken)} places"
    return (Issue("", "syntax_errors", f"the grammar could not follow the text at {places}", line, "parse"),)


def _facts(walk: Walk, ready: _Ready, language: str, issues: tuple[Issue, ...]) -> FileFacts:
    lines, code_lines, comment_lines = walk.comments.counts()
    symbols = tuple(draft.freeze() for draft in walk.symbols)
    manifest = walk.manifest or read_manifest(walk.text, language)[0]
    local_somewhere: set[str] = set().union(*walk.local_names.values())
    references = tuple(
        [
            reference
            for reference in walk.references
            if reference.kind != "use"
            or len(chain := reference.chain) > 1
            or chain[0] not in local_somewhere
            or not walk.is_local(chain[0], reference.scope)
        ]
    )
    return FileFacts(
        language=language,
        lines=lines,
        code_lines=code_lines,
        comment_lines=comment_lines,
        doc=walk.doc,
        doc_line=walk.doc_line,
        doc_end_line=walk.doc_end_line,
        symbols=symbols,
        imports=tuple(walk.imports),
        references=references,
        bindings=tuple(walk.bindings),
        exports=tuple(walk.exports),
        markers=attached(tuple(walk.comments.markers), symbols),
        tables=tuple(walk.tables),
        package=walk.package,
        manifest=manifest,
        entries=_entries(walk),
        mounts=tuple(dict.fromkeys(walk.mounts)),
        entry_point=_is_program(walk),
        locals=_locals(walk, references, local_somewhere),
        identifiers=salient_identifiers(references, ready.common_names),
        issues=issues,
    )


def _locals(walk: Walk, references: tuple[Reference, ...], anywhere: set[str]) -> dict[int, tuple[str, ...]]:
    """Symbol index → the names local to it that a reference in it, or in what it encloses, starts with."""
    found: dict[int, set[str]] = {}
    local_names = walk.local_names
    for reference in references if anywhere else ():
        name = reference.chain[0].removesuffix("()")
        if name not in anywhere:
            continue
        scope = reference.scope
        while scope >= 0:
            if scope in local_names and name in local_names[scope]:
                found.setdefault(scope, set()).add(name)
                break
            scope = walk.symbols[scope].parent
    return {scope: tuple(sorted(names)) for scope, names in sorted(found.items())}
