"""What an operator sees in the Temporal UI without our code: summaries, details, search attributes."""

from collections.abc import Sequence

from temporalio import workflow

from workflows.contracts.progress import Counts, Outcome, Phase
from workflows.contracts.search_attributes import OUTCOME, PHASE, UNDO_INCOMPLETE

SUMMARY_BYTES = 200  # the limit of Temporal Cloud; 400 on a server of one's own
DETAILS_BYTES = 20_000

Row = tuple[str, str]


def summary(*parts: str) -> str:
    """One line, cut at the limit of the server: ``docpack github.com/owner/name @ 1a2b3c4``."""
    return _cut(" ".join(part for part in parts if part), SUMMARY_BYTES)


def show_phase(phase: Phase) -> None:
    """Write the phase where runs can be listed by it. An event: only when the phase changes."""
    workflow.upsert_search_attributes([PHASE.value_set(phase.value)])


def show_outcome(outcome: Outcome, undo_incomplete: Sequence[str] = ()) -> None:
    updates = [PHASE.value_set(Phase.DONE.value), OUTCOME.value_set(outcome.value)]
    workflow.upsert_search_attributes(
        [*updates, UNDO_INCOMPLETE.value_set(True)] if undo_incomplete else updates,
    )


def show_details(title: str, rows: Sequence[Row], note: str = "") -> None:
    """Replace the run's current details. Costs no event: the server asks a worker for them."""
    workflow.set_current_details(details(title, rows, note))


def details(title: str, rows: Sequence[Row], note: str = "") -> str:
    """A Markdown table, with a sentence below it where something has to be said."""
    lines = [f"### {title}", "", "| | |", "|---|---|", *(f"| {name} | {_cell(value)} |" for name, value in rows)]
    if note:
        lines += ["", note]
    return _cut("\n".join(lines), DETAILS_BYTES)


def counted(counts: Counts, files: int, elapsed: float) -> list[Row]:
    """Rows for the counters of a scan: how far, how fast, how long still."""
    done = counts.parsed + counts.parse_failed
    rows = [("files", f"{done:,} of {files:,} (reused {counts.parse_reused:,}, lost {counts.parse_failed:,})")]
    if counts.texts:
        rows.append(
            ("texts", f"{counts.texts:,} (embedded {counts.embedded:,}, reused {counts.embed_reused:,})"),
        )
    rows.append(("issues", f"{counts.issues:,}"))
    rate = done / elapsed if elapsed > 0 else 0.0
    if rate > 0:
        rows.append(("rate", f"{rate:,.1f} files/s"))
        rows.append(("ETA", duration((files - done) / rate) if done < files else "—"))
    if counts.padded_tokens:
        rows.append(("batch fill", f"{counts.tokens / counts.padded_tokens:.0%}"))
    return rows


def duration(seconds: float) -> str:
    """``75`` → ``1 min 15 s``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _cut(text: str, limit: int) -> str:
    raw = text.encode()
    return text if len(raw) <= limit else raw[: limit - 3].decode(errors="ignore") + "…"
