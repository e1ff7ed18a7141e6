"""``docrunch runs``: list, show, watch and cancel runs. Ids may be cut to a unique beginning."""

from typing import Annotated

import typer

from api.cli.context import Json
from api.cli.output import emit, emit_json, pairs, table

SHOWN_ISSUES = 30

app = typer.Typer(help="Runs of the main job.", no_args_is_help=True)
Id = Annotated[str, typer.Argument(metavar="ID", help="Workflow id, run id, or a unique beginning.")]


@app.command("list")
def list_(
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000)] = 20,
    running: Annotated[bool, typer.Option("--running", help="Only those that run now.")] = False,
    as_json: Json = False,
) -> None:
    """Runs, newest first."""
    import msgspec

    from api.cli.runs_run import call
    from api.operations.runs import list_runs

    found = call(lambda services: list_runs(services.database, limit=limit, open_only=running))
    if as_json:
        emit_json({"runs": msgspec.to_builtins(found)})
        return
    rows = [
        (run.workflow_id, run.repository or "-", run.status, f"{run.started_at:%Y-%m-%d %H:%M:%S}", _seconds(run))
        for run in found
    ]
    emit(table(rows, ("ID", "REPOSITORY", "STATUS", "STARTED", "SECONDS")) if rows else "There are no runs.")


@app.command()
def show(id_: Id, as_json: Json = False) -> None:
    """Everything known of a run, its issues included."""
    from api.cli.runs_run import call
    from api.operations.runs import show_run

    found = call(lambda services: show_run(services.database, services.temporal, id_, services.ui_url))
    if as_json:
        emit_json(found)
        return
    issues = found.pop("issues")
    emit(pairs({name: value for name, value in found.items() if value not in (None, {}, "")}))
    if issues:
        rows = [(i["reason"], f"{i['path']}:{i['line']}" if i["line"] else i["path"], i["detail"]) for i in issues]
        emit("\n" + table(rows[:SHOWN_ISSUES], ("ISSUE", "WHERE", "DETAIL")))
        if len(rows) > SHOWN_ISSUES:
            emit(f"… and {len(rows) - SHOWN_ISSUES:,} more (--json has them)")


@app.command()
def watch(id_: Id, as_json: Json = False) -> int:
    """Follow a run until it ends; Ctrl-C only stops watching. With --json: one line per change."""
    from api.cli.runs_run import watch as follow

    return follow(id_, as_json)


@app.command()
def cancel(
    id_: Id,
    wait: Annotated[bool, typer.Option("--wait", help="Until it has ended.")] = False,
    as_json: Json = False,
) -> None:
    """Cancel a run: what is not published is undone, caches stay."""
    from api.cli.runs_run import cancel as stop

    found = stop(id_, wait)
    if as_json:
        emit_json(found)
    else:
        emit(f"{found['workflow_id']}: {found['status']}")


def _seconds(run: object) -> str:
    started, closed = getattr(run, "started_at", None), getattr(run, "closed_at", None)
    return f"{(closed - started).total_seconds():.1f}" if started and closed else "-"
