"""Real files of every language, damaged at random, through the parser's children: none may crash or lie.

    python -m tests.fuzz.run [--rounds 60] [--seed 1] [--language go …]

Files come from packages of the registries; one of them is a collection of examples in hundreds of languages. A child
may refuse a file for its time or memory; it may not crash, and facts must be well formed and survive their encoding.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from docrunch.options import Limits
from docrunch.parsing.catalog import detect, languages
from docrunch.parsing.pool import ParseItem, ParseOutcome, ParsePool
from tests.support import corpus
from tests.unit.docrunch.parsing.test_mutated import check, damaged

MAX_BYTES = 60_000  # larger files make a round slow and say nothing new
MAX_FILES = 60  # of one language
ALLOWED = {"parse_timeout", "parse_memory"}


def main() -> int:
    arguments = parse_arguments()
    found = sources(arguments.corpus)
    read = sorted(key for key, spec in languages().items() if spec.grammar or spec.reader)
    failed = 0
    with ParsePool(2, Limits(parse_seconds=10.0)) as pool:
        for language in arguments.language or read:
            texts = found.get(language, [])
            if not texts:
                print(f"{language:12} no real file here")
                continue
            started, reasons = time.perf_counter(), Counter[str]()
            rng = random.Random(f"{language} {arguments.seed}")
            made = [damaged(rng.choice(texts), rng) for _ in range(arguments.rounds)]
            items = [ParseItem(str(n), text, language) for n, text in enumerate(made)]
            wrong = [
                f"{language} seed {arguments.seed} round {outcome.key}: {problem}"
                for outcome in pool.run(items)
                for problem in problems(outcome, made[int(outcome.key)], reasons)
            ]
            failed += bool(wrong)
            said = ", ".join(f"{reason} {number}" for reason, number in reasons.most_common())
            seconds = time.perf_counter() - started
            print(f"{language:12} {len(texts):3} files, {len(made)} rounds, {seconds:5.1f} s; {said}", flush=True)
            for line in wrong[:5]:
                print(f"  {line}")
    print(f"{failed} failed")
    return 1 if failed else 0


def problems(outcome: ParseOutcome, text: bytes, reasons: Counter[str]) -> Iterator[str]:
    if outcome.facts is None:
        reason = outcome.issue.reason if outcome.issue is not None else "nothing"
        reasons[reason] += 1
        if reason not in ALLOWED:
            yield reason
        return
    reasons.update(issue.reason for issue in outcome.facts.issues)
    try:
        check(outcome.facts, text)
    except AssertionError as error:
        yield f"facts are not well formed: {str(error)[:200]}"


def sources(root: Path) -> dict[str, list[bytes]]:
    packages = [
        corpus.pypi_sdist(root, "flask", "3.1.2"),
        corpus.pypi_sdist(root, "pygments", "2.18.0"),
        corpus.npm(root, "zod", "4.1.5"),
        corpus.npm(root, "express", "4.21.2"),
        corpus.go_module(root, "github.com/go-chi/chi/v5", "v5.2.1"),
        corpus.crate(root, "serde_json", "1.0.140"),
        corpus.npm(root, "create-t3-app", "7.39.3"),  # templates in TSX and Prisma
        corpus.npm(root, "expo-modules-core", "2.2.0"),  # Kotlin and Swift
        corpus.go_module(root, "github.com/hashicorp/hcl/v2", "v2.22.0"),
        corpus.go_module(root, "github.com/hashicorp/terraform-config-inspect", "v0.0.0-20231204233900-a34142ec2a72"),
    ]
    found: dict[str, list[bytes]] = {}
    for path in sorted(path for package in packages for path in package.rglob("*") if path.is_file()):
        # Pygments keeps what it made of its examples beside them, under the name of the example.
        if path.stat().st_size < MAX_BYTES and path.suffix != ".output":
            text = path.read_bytes()
            found.setdefault(detect(path.name, text[:1000]), []).append(text)
    return {language: texts[:: max(1, len(texts) // MAX_FILES)] for language, texts in found.items()}


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=60, help="damaged files of each language")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--language", action="append", help="may repeat; default: all that are parsed")
    parser.add_argument("--corpus", type=Path, default=Path(tempfile.gettempdir()) / "docrunch-corpus")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
