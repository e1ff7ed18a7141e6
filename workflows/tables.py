"""The tables step / compensation / what a user sees: ``python -m workflows.tables > docs/workflows.md``."""

import sys
from collections.abc import Sequence

from workflows import cleanup, docpack, health, scan, search, shard, sweep
from workflows.contracts.search_attributes import REGISTRY
from workflows.steps import StepRow

TABLES: tuple[tuple[str, str | None, Sequence[StepRow]], ...] = (
    ("DocpackWorkflow", docpack.__doc__, docpack.STEPS),
    ("RepoScanWorkflow", scan.__doc__, scan.STEPS),
    ("ShardScan", shard.__doc__, shard.STEPS),
    ("CleanupWorkflow", cleanup.__doc__, cleanup.STEPS),
    ("OrphanSweeperWorkflow", sweep.__doc__, sweep.STEPS),
    ("HealthCheckWorkflow", health.__doc__, health.STEPS),
    ("SearchWorkflow", search.__doc__, search.STEPS),
)
_HEAD = """# Workflows

<!-- Generated from the code: python -m workflows.tables > docs/workflows.md -->

What happens when a run fails or is cancelled at a step. Compensations run in reverse order, each one registered before
its step, and all of them even when one fails; what could not be undone is listed in the result and finished by the
sweeper. A **final** step is a point of no return: nothing before it is undone once it has happened.
"""


def markdown() -> str:
    parts = [_HEAD]
    for name, purpose, rows in TABLES:
        parts.append(
            f"\n## {name}\n\n{(purpose or '').strip()}\n\n| step | undone by | what a user sees |\n|---|---|---|\n"
        )
        parts += [_row(row) for row in rows]
    parts.append("\n## Search attributes\n\n| name | type | meaning |\n|---|---|---|\n")
    parts += [f"| `{row.key.name}` | {row.type} | {row.meaning} |\n" for row in REGISTRY]
    return "".join(parts)


def _row(row: StepRow) -> str:
    undone = f"`{row.compensation}`" if row.compensation else "—"
    return f"| `{row.step}`{' (final)' if row.final else ''} | {undone} | {row.sees} |\n"


if __name__ == "__main__":
    sys.stdout.write(markdown())
