"""Which files a scan could not read as code, and for which reasons. They make its outcome ``partial``."""

from collections.abc import Iterable

from docrunch.parsing.model import FileFacts

LOST_FILE_REASONS = frozenset({"parse_timeout", "parser_crashed", "parse_memory"})
"""The file has no facts at all; tried again by every scan, since a time or a crash says nothing about the text."""

EMPTY_FACTS_REASONS = frozenset({"too_deep", "too_many_nodes", "too_many_tokens", "too_large", "parse_budget_exceeded"})
"""The file has facts that hold line counts and nothing else: a limit in deterministic units was reached."""


def count_empty(facts: Iterable[FileFacts]) -> int:
    """Files whose facts hold nothing but line counts because of a limit."""
    return sum(any(issue.reason in EMPTY_FACTS_REASONS for issue in found.issues) for found in facts)
