"""docs/retrieval.md: what is measured, how, and the tables of one run."""

from pathlib import Path

from benchmarks.retrieval.report import Report

_ABOUT = Path(__file__).with_name("about.md")


def page(report: Report) -> str:
    """The text in ``about.md`` with the tables behind it."""
    return _ABOUT.read_text() + "\n" + "\n".join(report.tables()).rstrip() + "\n"
