"""The catalogue: a wrong language loses every fact of a file, a stale extractor id serves old facts for new code."""

import subprocess
import sys

import pytest

from docrunch.parsing import catalog
from docrunch.parsing.captures import CAPTURES, UnknownCapture, check_captures
from docrunch.parsing.catalog import detect, extractor_id, is_parsed, languages


@pytest.mark.parametrize(
    ("path", "head", "language"),
    [
        ("a/b.py", b"", "python"),
        ("a/B.PY", b"", "python"),
        ("x.d.ts", b"", "typescript"),
        ("x.tsx", b"", "tsx"),
        ("x.cjs", b"", "javascript"),
        ("x.go", b"", "go"),
        ("x.rs", b"", "rust"),
        ("README.md", b"", "markdown"),
        ("go.mod", b"", "go-mod"),
        ("go.work", b"", "go-mod"),
        ("Makefile", b"", "makefile"),
        ("pyproject.toml", b"", "toml"),
        ("bin/run", b"#!/usr/bin/env -S python3 -u\n", "python"),
        ("bin/run", b"#!/usr/bin/node\n", "javascript"),
        ("bin/run", b"#!/bin/sh\n", "bash"),
        ("LICENSE", b"", "plain-text"),
        ("x.nothing", b"text", "unknown"),
    ],
)
def test_languages_are_told_by_name_then_shebang(path: str, head: bytes, language: str) -> None:
    assert detect(path, head) == language


def test_parsed_languages() -> None:
    parsed = [key for key in languages() if is_parsed(key)]
    assert {"go", "java", "javascript", "markdown", "python", "rust", "tsx", "typescript"} <= set(parsed)
    assert not is_parsed("cobol")


def test_the_catalogue_loads_no_grammar() -> None:
    program = "import sys, docrunch.parsing.catalog as c; c.detect('a.py', b''); c.extractor_id('python'); "
    program += "sys.exit('tree_sitter' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_extractor_ids_differ_by_language_and_follow_the_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    before = {language: extractor_id(language) for language in ("python", "go", "typescript", "tsx", "ini")}
    assert len(set(before.values())) == len(before)
    assert extractor_id("ini") == extractor_id("cobol")
    monkeypatch.setattr(catalog.importlib.metadata, "version", lambda name: "99")
    catalog.extractor_id.cache_clear()
    after = {language: extractor_id(language) for language in before}
    catalog.extractor_id.cache_clear()
    assert after["ini"] == before["ini"]
    assert all(after[language] != before[language] for language in ("python", "go", "typescript", "tsx"))


def test_a_capture_outside_the_vocabulary_is_refused_at_load() -> None:
    with pytest.raises(UnknownCapture, match="@defintion"):
        check_captures("python", ["defintion.function"], frozenset(CAPTURES))
    with pytest.raises(UnknownCapture, match="nothing handles @guard"):
        check_captures("go", ["guard"], frozenset({"comment"}))
