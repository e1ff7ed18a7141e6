"""The start page: what this is, how to run and test it, where the important code is, what was left out."""

from collections import Counter
from dataclasses import dataclass

from docrunch.documentation import paths
from docrunch.documentation.decisions import Decision
from docrunch.documentation.escape import code, prose, unmarked
from docrunch.documentation.files import is_example, is_test
from docrunch.documentation.manifests import Command, Manifest
from docrunch.documentation.reader import Reader
from docrunch.documentation.readme import first_paragraph
from docrunch.documentation.summaries import About, plural, shortened
from docrunch.documentation.views.links import Linker
from docrunch.documentation.world import STARTED, World
from docrunch.graph.model import Node
from docrunch.ids import NodeId

TOP_MODULES = 15
TOP_TOPICS = 12
TOP_ENTRIES = 12
MAX_LISTED = 5
MAX_NOTE = 80
MAX_LABELS = 3  # of one function
MIN_FACADE = 3  # re-exported names that make a module the front of others
TESTS_ONLY = "tests and examples only"


@dataclass(frozen=True, slots=True)
class LanguageRow:
    name: str
    files: int
    lines: int
    symbols: int


@dataclass(frozen=True, slots=True)
class ModuleLine:
    name: str
    about: str
    used_by: int
    citation: str


@dataclass(frozen=True, slots=True)
class Topic:
    label: str
    terms: str
    size: int
    members: str


@dataclass(frozen=True, slots=True)
class ReasonRow:
    reason: str
    files: int
    examples: str


@dataclass(frozen=True, slots=True)
class IndexView:
    title: str
    quote: str
    quote_citation: str
    descriptions: list[str]
    identity: list[str]
    languages: list[LanguageRow]
    commands: list[tuple[str, list[str]]]
    entry_points: list[str]
    entry_points_more: int
    modules: list[ModuleLine]
    modules_more: int
    topics: list[Topic]
    clustering: str
    decisions: list[str]
    skipped: list[ReasonRow]
    issues: list[ReasonRow]
    unresolved: str
    next: list[str]


def index_view(world: World, about: About, manifests: tuple[Manifest, ...], decisions: list[Decision]) -> IndexView:
    link = Linker(Reader(world), paths.INDEX)
    data, readme = world.data, world.readme
    quote = first_paragraph(readme, data.texts[readme]) if readme else None
    entries = _entry_points(world, link, manifests)
    product = world.most_important(world.product_modules, TOP_MODULES)
    more = len(world.product_modules) - len(product)
    return IndexView(
        title=prose(data.title or _short_name(data.source.repository)),
        quote=prose(quote.text) if quote else "",
        quote_citation=world.cite(quote.path, quote.start, quote.end) if quote else "",
        descriptions=_descriptions(world, manifests, quote.text if quote else ""),
        identity=_identity(world, manifests),
        languages=_languages(world),
        commands=_commands(world, manifests),
        entry_points=entries[:TOP_ENTRIES],
        entry_points_more=max(0, len(entries) - TOP_ENTRIES),
        modules=[
            ModuleLine(
                link.node(m),
                about(m),
                world.count_users(m.path),
                world.cite(m.path, 1, m.end_line or 1),
            )
            for m in product
        ],
        modules_more=more,
        topics=_topics(world, link),
        clustering=_clustering(world),
        decisions=[_decision(world, link, decision) for decision in decisions],
        skipped=_skipped(world),
        issues=_issues(world),
        unresolved=_unresolved(world),
        next=_next(world, link, product, decisions),
    )


def _short_name(repository: str) -> str:
    return repository.rstrip("/").rsplit("/", 1)[-1]


def _descriptions(world: World, manifests: tuple[Manifest, ...], quoted: str) -> list[str]:
    """What manifests near the root say in one sentence, each text once."""
    made: list[str] = []
    seen = {quoted.strip().lower()}
    for manifest in [m for m in manifests if not _aside(m.path)]:
        text = unmarked(manifest.description)[:300]
        if text and text.lower() not in seen and len(made) < MAX_LISTED:
            seen.add(text.lower())
            made.append(f"“{prose(text)}” ({world.cite(manifest.path, manifest.description_line)})")
    return made


def _identity(world: World, manifests: tuple[Manifest, ...]) -> list[str]:
    source = world.data.source
    made = [f"Repository: {prose(source.repository)}", f"Commit: {prose(source.commit)}"]
    parsed = [entry for entry in world.data.entries if entry.skip is None]
    made.append(
        f"Size: {plural(len(parsed), 'file')}, {sum(e.lines for e in parsed):,} lines, "
        f"{plural(len(world.modules), 'module')} of code, "
        f"{plural(sum(world.count_symbols(m.path) for m in world.modules), 'symbol')}"
    )
    for manifest in [m for m in manifests if m.requires and not _aside(m.path)][:3]:
        made.append(f"Requires: {prose(manifest.requires[:80])} ({world.cite(manifest.path, manifest.requires_line)})")
    return made


def _languages(world: World) -> list[LanguageRow]:
    files: Counter[str] = Counter()
    lines: Counter[str] = Counter()
    for entry in world.data.entries:
        if entry.skip is None:
            files[entry.language] += 1
            lines[entry.language] += entry.lines
    symbols = Counter(n.language for n in world.data.graph.nodes if n.symbol >= 0)
    ordered = sorted(files, key=lambda name: (-symbols[name], -lines[name], name))
    shown = ordered if len(ordered) == TOP_TOPICS + 1 else ordered[:TOP_TOPICS]
    rows = [LanguageRow(prose(name), files[name], lines[name], symbols[name]) for name in shown]
    if len(ordered) > len(shown):
        rest = ordered[len(shown) :]
        rows.append(LanguageRow(f"{len(rest)} others", sum(files[n] for n in rest), sum(lines[n] for n in rest), 0))
    return rows


def _commands(world: World, manifests: tuple[Manifest, ...]) -> list[tuple[str, list[str]]]:
    titles = {"install": "Install or build", "run": "Run", "test": "Test"}
    made = []
    for purpose, title in titles.items():
        chosen = [
            c
            for m in manifests
            if m.path.count("/") <= 1 and not _aside(m.path)
            for c in m.commands
            if c.purpose == purpose
        ]
        if chosen:
            made.append((title, [_command(world, c) for c in chosen[:TOP_ENTRIES]]))
    return made


def _command(world: World, command: Command) -> str:
    folder = command.path.rpartition("/")[0]
    where = f" in {code(folder + '/')}" if folder else ""
    note = (
        f": runs {code(shortened(command.note, MAX_NOTE))}" if command.note and command.path.endswith(".json") else ""
    )
    if command.note and not note:
        note = f": {prose(shortened(command.note, MAX_NOTE))}"
    return f"{code(command.command)}{where}{note} ({world.cite(command.path, command.line)})"


def _entry_points(world: World, link: Linker, manifests: tuple[Manifest, ...]) -> list[str]:
    made = [
        f"Command {code(name)} runs {code(shortened(target, MAX_NOTE))} ({world.cite(m.path, line)})"
        for m in manifests
        if not _aside(m.path)
        for name, target, line in m.scripts
    ]
    labels = _labels(world)
    started = [n for n in world.data.graph.nodes if (n.entry_point or n.id in labels) and not _aside(n.path)]
    functions = [n for n in started if n.symbol >= 0]
    covered = {n.path for n in functions}
    for n in world.most_important(functions):
        made.append(f"{link.node(n, in_table=False)}, {n.kind}{labels.get(n.id, '')} ({link.cite_node(n)})")
    for module in world.modules:
        if module.id in labels and not _aside(module.path):
            made.append(f"{link.node(module, in_table=False)}{labels[module.id]} ({link.cite_node(module)})")
        facts = world.data.facts.get(module.path)
        if facts and facts.entry_point and module.path not in covered and not _aside(module.path):
            made.append(f"{link.node(module, in_table=False)}, can be run directly ({link.cite_node(module)})")
    return made


def _labels(world: World) -> dict[NodeId, str]:
    """What starts a node from outside, as behind its name: ``: `GET /users`, `POST /users` and 2 more``."""
    found: dict[NodeId, dict[str, None]] = {}
    for entry in world.data.graph.entries:
        if entry.kind in STARTED and entry.label:
            found.setdefault(entry.handler, {})[entry.label] = None
    made = {}
    for node, every in found.items():
        shown = [code(shortened(label, MAX_NOTE)) for label in list(every)[:MAX_LABELS]]
        more = f" and {len(every) - MAX_LABELS} more" if len(every) > MAX_LABELS else ""
        made[node] = f": {', '.join(shown)}{more}"
    return made


def _aside(path: str) -> bool:
    return is_test(path) or is_example(path)


def _topics(world: World, link: Linker) -> list[Topic]:
    made = []
    for cluster in world.data.assembly.clustering.clusters:
        members = [world.nodes[n] for n in cluster.members if n in world.nodes]
        linkable = [n for n in members if n.path in world.module_at and not _aside(n.path)]
        made.append(
            Topic(
                prose(cluster.label),
                ", ".join(prose(term) for term, _ in cluster.terms[:6]),
                len(cluster.members),
                ", ".join(link.node(n) for n in world.most_important(linkable, 4)) or TESTS_ONLY,
            )
        )
    made.sort(key=lambda topic: topic.members == TESTS_ONLY)  # stable: by size otherwise
    return made[:TOP_TOPICS]


def _clustering(world: World) -> str:
    clustering = world.data.assembly.clustering
    if not clustering.clusters:
        return ""
    return (
        f"Similar {prose(clustering.items)} grouped by {prose(clustering.method)} over their embeddings "
        f"({plural(len(clustering.noise), 'item')} in no group). Similarity is no dependency."
    )


def _decision(world: World, link: Linker, decision: Decision) -> str:
    number = f"{decision.number}. " if decision.number else ""
    status = f": {prose(decision.status)}" if decision.status else ""
    name = link.page(paths.decision_page(decision.path), f"{number}{decision.title}"[:160])
    return f"{name}{status} ({world.cite(decision.path, 1, decision.lines)})"


def _skipped(world: World) -> list[ReasonRow]:
    found: dict[str, list[str]] = {}
    for entry in world.data.entries:
        if entry.skip is not None:
            found.setdefault(str(entry.skip), []).append(entry.path)
    return _reasons(found)


def _issues(world: World) -> list[ReasonRow]:
    found: dict[str, list[str]] = {}
    for issue in world.data.issues:
        found.setdefault(issue.reason, []).append(issue.path)
    return _reasons(found)


def _reasons(found: dict[str, list[str]]) -> list[ReasonRow]:
    rows = []
    for reason, listed in sorted(found.items(), key=lambda item: (-len(item[1]), item[0])):
        unique = list(dict.fromkeys(path for path in listed if path))
        more = f" and {len(unique) - MAX_LISTED} more" if len(unique) > MAX_LISTED else ""
        shown = ", ".join(code(path, in_table=True) for path in unique[:MAX_LISTED])
        rows.append(ReasonRow(prose(reason.replace("_", " ")), len(listed), shown + more))
    return rows


def _unresolved(world: World) -> str:
    totals: Counter[str] = Counter()
    for row in world.data.graph.unresolved:
        totals.update(row.reasons)
    if not totals:
        return ""
    ordered = sorted(totals.items(), key=lambda item: (-item[1], item[0]))
    shown = ", ".join(f"{prose(reason.replace('_', ' '))} {number:,}" for reason, number in ordered)
    number = sum(totals.values())
    which = f"{plural(number, 'reference')} could not be tied to one definition and {'is' if number == 1 else 'are'}"
    return f"{which} not in the graph, by reason: {shown}."


def _next(world: World, link: Linker, product: list[Node], decisions: list[Decision]) -> list[str]:
    made = [
        f"{link.page(paths.ARCHITECTURE, 'Architecture')}: how modules depend on each other, layers, cycles, hot spots",
        f"{link.page(paths.MODULE_INDEX, 'All modules')}: every module by directory, tests included",
    ]
    if world.tables:
        stated = plural(len(world.tables), "table")
        made.append(f"{link.page(paths.SCHEMA, 'Schema')}: {stated} with columns, keys and what refers to them")
    if product:
        made.append(f"{link.node(product[0], in_table=False)}: the module with the highest rank")
    facade = max(world.product_modules, key=world.count_reexports, default=None)
    if facade is not None and world.count_reexports(facade) >= MIN_FACADE:
        offered = plural(world.count_reexports(facade), "name")
        made.append(f"{link.node(facade, in_table=False)}: what users import, {offered} from other modules")
    functions = world.most_important((world.nodes[node] for node in world.function_pages), 3)
    if functions:
        best = ", ".join(link.node(n, in_table=False) for n in functions)
        made.append(f"Functions that most code leads to: {best}")
    if decisions:
        made.append(f"{plural(len(decisions), 'decision record')}, listed above")
    return made
