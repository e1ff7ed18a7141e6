"""Real files, damaged at random: whatever a file holds, its facts are well formed and cost bounded time.

A worker parses whatever people commit: truncated files, merge conflicts, binary junk in the middle of a line.
"""

import random
import time
from pathlib import Path

import pytest

from docrunch.options import Limits
from docrunch.parsing.catalog import languages
from docrunch.parsing.codec import decode_facts, encode_facts
from docrunch.parsing.extract import extract
from docrunch.parsing.model import FileFacts

FIXTURES = Path(__file__).parent / "fixtures"
READ = sorted(key for key, spec in languages().items() if spec.grammar or spec.reader)
ROUNDS = 200
SECONDS = 20.0  # of processor time for one file of at most 200 kB; a hundred times what the slowest takes
_JUNK = (b"{", b"}", b"(", b")", b'"', b"'", b"`", b"/*", b"\n", b"\0", b"\xff\xfe", b"\r", b"\xe2\x80\xae", b"\\")
_CONFLICT = b"<<<<<<< HEAD\n=======\n>>>>>>> other\n"


def damaged(text: bytes, rng: random.Random) -> bytes:
    made = bytearray(text)
    for _ in range(rng.randint(1, 12)):
        at = rng.randrange(len(made) + 1)
        end = min(len(made), at + rng.randrange(1, 200))
        choice = rng.randrange(8)
        if choice == 0:
            del made[at:end]
        elif choice == 1:
            made[at:at] = made[at:end]
        elif choice == 2:
            made[at:at] = bytes([rng.randrange(256)])
        elif choice == 3:
            made[at:at] = rng.choice((*_JUNK, _CONFLICT))
        elif choice == 4:
            del made[at:]
        elif choice == 5:
            made[at:end] = bytes(reversed(made[at:end]))
        elif choice == 6:
            made[at:at] = rng.choice((b"(", b"[", b"{", b"f(", b"a.")) * rng.randrange(1, 3_000)
        else:
            made[at:at] = b"x" * rng.randrange(1, 5_000)
    return bytes(made)


def check(facts: FileFacts, text: bytes) -> None:
    lines = text.count(b"\n") + 1
    for index, symbol in enumerate(facts.symbols):
        assert -1 <= symbol.parent < len(facts.symbols)
        assert symbol.parent != index
        assert 0 <= symbol.start_byte <= symbol.end_byte <= len(text)
        assert 1 <= symbol.start_line <= symbol.line <= symbol.end_line <= lines, symbol
        assert symbol.doc_line <= symbol.doc_end_line <= lines
    for reference in facts.references:
        assert -1 <= reference.scope < len(facts.symbols)
        assert 1 <= reference.line <= lines
        assert reference.chain
        assert all(reference.chain)
    for binding in facts.bindings:
        assert -1 <= binding.scope < len(facts.symbols)
    encoded = encode_facts(facts)
    assert encode_facts(decode_facts(encoded)) == encoded


@pytest.mark.parametrize("language", READ)
def test_damaged_files_give_well_formed_facts_in_bounded_time(language: str) -> None:
    texts = [path.read_bytes() for path in sorted((FIXTURES / language).iterdir()) if path.suffix != ".facts"]
    rng = random.Random(f"damaged {language}")
    for _ in range(ROUNDS):
        text = damaged(rng.choice(texts), rng)
        started = time.process_time()
        facts = extract(text, language, Limits())
        assert time.process_time() - started < SECONDS
        check(facts, text)
