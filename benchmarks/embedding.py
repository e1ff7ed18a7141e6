"""Rate of the CPU encoder against the bare runtime on the same shapes.

    python benchmarks/embedding.py [--source DIR] [--texts 1500] [--runs 3] [--threads 0]

Embeds the cards and sections of a source tree (this repository by default) through `Encoder.encode`, then runs the
same filled batches through the ONNX Runtime session alone, from as many threads. Runs alternate, the best of each are
compared: other load on the machine only ever adds. Target: at least 0.9 of the raw rate; batch fill says how much of
the computation was padding.
"""

import argparse
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from docrunch.embedding.batching import Ids, fill, plan, tokenise
from docrunch.embedding.encoders import EncoderSettings
from docrunch.embedding.model_files import find_model
from docrunch.embedding.onnx_encoder import OnnxEncoder, rows_for
from docrunch.embedding.units import text_units
from docrunch.options import Limits
from docrunch.parsing.catalog import detect, is_parsed
from docrunch.parsing.extract import extract

TARGET = 0.9
LARGEST = 500_000  # bytes of one file


def texts_of(source: Path, count: int) -> list[str]:
    """Distinct texts of parsed files in path order, at most ``count``."""
    found: dict[str, None] = {}
    for path in sorted(source.rglob("*")):
        relative = path.relative_to(source)
        if any(part.startswith(".") for part in relative.parts) or not path.is_file():
            continue
        if path.stat().st_size > LARGEST:
            continue
        data = path.read_bytes()
        language = detect(relative.as_posix(), data[:1024])
        if not is_parsed(language):
            continue
        facts = extract(data, language, Limits())
        for unit in text_units(relative.as_posix(), facts, data, mode="card", instructions={}):
            found[unit.text] = None
        if len(found) >= count:
            break
    return list(found)[:count]


def filled_batches(encoder: OnnxEncoder, texts: list[str]) -> list[tuple[Ids, Ids]]:
    ids = tokenise(encoder.tokenizer, texts)
    return [fill(batch, ids, 0) for batch in plan([len(row) for row in ids], rows_for)]


def run_alone(encoder: OnnxEncoder, batches: list[tuple[Ids, Ids]]) -> float:
    """Seconds that the session needs for filled batches, with a batch for every core at a time."""
    started = time.perf_counter()
    with ThreadPoolExecutor(encoder.lanes) as pool:
        for _ in pool.map(lambda batch: encoder.run(*batch), batches):
            pass
    return time.perf_counter() - started


def raw_rate(source: Path, sample: int = 2_000) -> float:
    """Texts a second of the session alone, on every n-th text of a source in the batches a scan would make."""
    encoder = open_default(threads=0)
    every = sorted(texts_of(source, 1_000_000), key=len)
    texts = every[:: max(1, len(every) // sample)]
    return len(texts) / run_alone(encoder, filled_batches(encoder, texts))


def open_default(threads: int) -> OnnxEncoder:
    settings = EncoderSettings()
    return OnnxEncoder(
        find_model(None), max_tokens=settings.max_tokens, threads=threads, cache_dir=None, instructions={}
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", type=Path, default=Path.cwd())
    parser.add_argument("--texts", type=int, default=1500)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=0)
    asked = parser.parse_args()
    started = time.perf_counter()
    encoder = open_default(asked.threads)
    print(f"start without cache  {time.perf_counter() - started:8.2f} s  {encoder.spec.id}")
    texts = texts_of(asked.source, asked.texts)
    batches = filled_batches(encoder, texts)
    encode, raw = [], []
    for _ in range(asked.runs):
        started = time.perf_counter()
        encoder.encode(texts)
        encode.append(time.perf_counter() - started)
        raw.append(run_alone(encoder, batches))
    ours, bare = min(encode), min(raw)
    ratio = bare / ours
    print(f"encode               {len(texts) / ours:8.0f} texts/s  {len(texts)} texts, tokenizer included")
    print(f"session.run alone    {len(texts) / bare:8.0f} texts/s  {len(batches)} batches of the same shapes")
    print(f"ratio                {ratio:8.3f}          target ≥ {TARGET}: {'met' if ratio >= TARGET else 'MISSED'}")
    print(f"batch fill           {encoder.stats.tokens / encoder.stats.padded_tokens:8.3f}          real of computed")
    return 0 if ratio >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
