"""Parse and extract: MB/s of one core per language, beside the bare tree-sitter parse of the same files.

    python benchmarks/parse.py DIRECTORY… [--repeat N]

Directories hold unpacked real packages. Prints one row per language: files, megabytes, MB/s of `extract`, MB/s of the
grammar alone, their ratio (process time of this core, best of N, with the garbage collector as the children set it),
and MB/s through `ParsePool` with one child (its start excluded; wall time, so it shows the load of the machine).
"""

import argparse
import gc
import time
from collections.abc import Callable
from pathlib import Path

from docrunch.options import Limits
from docrunch.parsing.catalog import detect, languages
from docrunch.parsing.catalog import query_text as query
from docrunch.parsing.extract import extract
from docrunch.parsing.parser import grammar
from docrunch.parsing.pool import ParseItem, ParsePool

TARGET_MB_PER_SECOND = 3.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directories", nargs="+", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    gc.freeze()
    gc.disable()
    print(f"{'language':<12}{'files':>7}{'MB':>8}{'extract':>10}{'bare':>8}{'ratio':>8}{'pool':>8}   MB/s")
    for language, texts in sorted(texts_of(options.directories).items()):
        print(_row(language, texts, rates(language, texts, options.repeat)))


def texts_of(directories: list[Path]) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    for path in sorted(path for directory in directories for path in directory.rglob("*") if path.is_file()):
        language = detect(path.name, b"")
        if language in languages() and languages()[language].grammar and path.stat().st_size < Limits().max_file_bytes:
            found.setdefault(language, []).append(path.read_bytes())
    return found


def rates(language: str, texts: list[bytes], repeat: int) -> tuple[float, float, float]:
    """MB/s of `extract`, of the grammar alone, and through a pool with one child."""
    spec, limits = languages()[language], Limits()
    bare = grammar(spec.grammar, spec.function, query(language))
    megabytes = sum(map(len, texts)) / 1e6
    extract(texts[0], language, limits)
    ours = _best(lambda: [extract(text, language, limits) for text in texts], repeat, time.process_time)
    base = _best(lambda: [bare.parse(text) for text in texts], repeat, time.process_time)
    items = [ParseItem(str(number), text, language) for number, text in enumerate(texts)]
    with ParsePool(1, limits) as pool:
        list(pool.run(items[:1]))
        pooled = _best(lambda: list(pool.run(items)), repeat, time.perf_counter)
    return megabytes / ours, megabytes / base, megabytes / pooled


def _row(language: str, texts: list[bytes], found: tuple[float, float, float]) -> str:
    ours, bare, pooled = found
    mark = "" if ours >= TARGET_MB_PER_SECOND else f"   below {TARGET_MB_PER_SECOND}"
    return (
        f"{language:<12}{len(texts):>7}{sum(map(len, texts)) / 1e6:>8.2f}{ours:>10.2f}{bare:>8.2f}"
        f"{ours / bare:>8.2f}{pooled:>8.2f}{mark}"
    )


def _best(work: Callable[[], object], repeat: int, clock: Callable[[], float]) -> float:
    seconds = []
    for _ in range(repeat):
        start = clock()
        work()
        seconds.append(clock() - start)
        gc.collect()
    return min(seconds)


if __name__ == "__main__":
    main()
