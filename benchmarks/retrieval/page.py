"""docs/retrieval.md: what is measured, how, and the tables of one run."""

from pathlib import Path

from benchmarks.retrieval.report import Report

_ABOUT = Path(__file__).with_name("about.md")


def page(report: Report, per_kind: int) -> str:
    """The text in ``about.md`` with the tables behind it.

    Args:
        per_kind: the most queries of one kind and package in them.
    """
    return _ABOUT.read_text().replace("PER_KIND", str(per_kind)) + "\n" + "\n".join(report.tables()).rstrip() + "\n"
