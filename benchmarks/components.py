"""The parts, each alone in this process, against a baseline on the same input."""

import statistics
import time
from collections.abc import Callable

from threadpoolctl import threadpool_limits

from benchmarks import clustering, corpus, embedding, graph, knowledge, parse, polyglot, publish, queries, search_index
from benchmarks.table import Row
from docrunch.collector import rarely
from docrunch.graph.link import link
from docrunch.options import Limits
from docrunch.parsing.catalog import languages
from docrunch.parsing.extract import extract
from docrunch.source.model import FileEntry, SourceKind, SourceRef

GRAPH_FILES = 1_000
LINK_SECONDS = 2.0
SYMBOLS = 2_000
GROUP_SECONDS = 1.5
PUBLISH_SECONDS = 15.0
TEXTS = 1_000
MOST_TEXTS = 400  # of one language


def rows(quick: bool, say: Callable[[str], None]) -> list[Row]:
    rarely()  # as parser children and workers do
    repeat = 1 if quick else 3
    say("parse and extract")
    made = parsing(repeat)
    say("link, clusters")
    made += [linking(200 if quick else GRAPH_FILES), grouping(repeat)]
    say("a large tree of several languages")
    made += polyglot.rows(600 if quick else polyglot.FILES, processes=2)
    say("questions to the graph")
    made.append(asking(500 if quick else queries.FILES))
    made += search_index.rows(corpus.small() if quick else corpus.large(), say)
    say("knowledge graph")
    made += knowledge.rows(
        corpus.small()[0] if quick else corpus.large()[-1],
        50 if quick else knowledge.FILES,
        lambda line: say(f"  {line}"),
    )
    say("encoder")
    made.append(encoding(repeat))
    say("publish")
    made.append(publishing(500 if quick else 5_000, repeat))
    return made


def parsing(repeat: int) -> list[Row]:
    made = []
    texts = {language: found[:MOST_TEXTS] for language, found in parse.texts_of(corpus.every_language()).items()}
    for language in deep():
        if language not in texts:
            made.append(Row(f"parse + extract, {language}", "not measured", note="no tool here fetches packages"))
            continue
        ours, bare, pooled = parse.rates(language, texts[language], repeat)
        made.append(
            Row(
                f"parse + extract, {language}", f"{ours:.1f} MB/s", f"{bare:.1f} MB/s, grammar alone", ours / bare,
                f"≥ {parse.TARGET_MB_PER_SECOND:g} MB/s", ours >= parse.TARGET_MB_PER_SECOND,
                f"{sum(map(len, texts[language])) / 1e6:.1f} MB; {pooled:.1f} MB/s through one child",
            )
        )  # fmt: skip
    return made


def deep() -> list[str]:
    """Languages whose fixtures yield calls, as `docs/languages.md` counts them."""
    fixtures = corpus.PROJECT / "tests" / "unit" / "docrunch" / "parsing" / "fixtures"
    return [
        language
        for language, spec in sorted(languages().items())
        if spec.grammar and any(b'["call",' in path.read_bytes() for path in (fixtures / language).glob("*.facts"))
    ]


def linking(files: int) -> Row:
    paths = [f"pkg/m{number}.py" for number in range(files)]
    texts = [graph.module_text(number, files).encode() for number in range(files)]
    entries = [FileEntry(path, len(text), language="python") for path, text in zip(paths, texts, strict=True)]
    started = time.process_time()
    facts = {path: extract(text, "python", Limits()) for path, text in zip(paths, texts, strict=True)}
    parsed = time.process_time() - started
    started = time.process_time()
    made = link(SourceRef("bench", "c" * 40, "main", SourceKind.GIT), entries, facts)
    seconds = time.process_time() - started
    bar = LINK_SECONDS * files / GRAPH_FILES
    note = f"{len(made.nodes):,} nodes, {len(made.edges):,} edges"
    return Row(f"link {files:,} files", f"{seconds:.2f} s", f"{parsed:.2f} s, parsing them", seconds / parsed,
               f"≤ {bar:g} s", seconds <= bar, note)  # fmt: skip


def grouping(repeat: int) -> Row:
    with threadpool_limits(1):
        found = [sum(clustering.timed(SYMBOLS, 384, 1.2)[1:]) for _ in range(repeat)]
    seconds = statistics.median(found)
    return Row(f"clusters and relatedness of {SYMBOLS:,} symbols", f"{seconds:.2f} s", bar=f"≤ {GROUP_SECONDS} s",
               met=seconds <= GROUP_SECONDS, note="one thread")  # fmt: skip


def asking(files: int) -> Row:
    """The slowest kind of question."""
    said: list[str] = []
    found = queries.measure(files, said.append)
    name, (median, high) = max(found.items(), key=lambda item: item[1][1])
    return Row("questions, p95 of the slowest", f"{high:.1f} ms", bar=f"≤ {queries.BAR_MS:g} ms",
               met=high <= queries.BAR_MS, note=f"{name}, median {median:.1f} ms; {'; '.join(said)}")  # fmt: skip


def encoding(repeat: int) -> Row:
    encoder = embedding.open_default(threads=0)
    texts = embedding.texts_of(corpus.small()[0], TEXTS)
    batches = embedding.filled_batches(encoder, texts)
    ours, bare = [], []
    for _ in range(repeat):
        started = time.perf_counter()
        encoder.encode(texts)
        ours.append(time.perf_counter() - started)
        bare.append(embedding.run_alone(encoder, batches))
    ratio = min(bare) / min(ours)
    fill = encoder.stats.tokens / encoder.stats.padded_tokens
    return Row(
        "encoder", f"{len(texts) / min(ours):.0f} texts/s", f"{len(texts) / min(bare):.0f} texts/s, session alone",
        ratio, f"≥ {embedding.TARGET}", ratio >= embedding.TARGET, f"batches {fill:.0%} filled, tokenizer included",
    )  # fmt: skip


def publishing(files: int, repeat: int) -> Row:
    found = publish.run(files, repeat)
    number = publish.size(publish.world(files))
    seconds, base = statistics.median(found["first publish"]), statistics.median(found["plain COPY"])
    again = statistics.median(found["unchanged"])
    bar = PUBLISH_SECONDS * number / 750_000
    return Row(f"publish {number:,} rows", f"{seconds:.2f} s", f"{base:.2f} s, plain COPY", seconds / base,
               f"≤ {bar:.3g} s", seconds <= bar, f"unchanged {again:.2f} s")  # fmt: skip
