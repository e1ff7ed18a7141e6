"""``docrunch repo``: what was scanned."""

from typing import Annotated

import typer

from api.cli.context import Json
from api.cli.output import emit, emit_json, table

app = typer.Typer(help="Scanned repositories.", no_args_is_help=True)


@app.command("list")
def list_(as_json: Json = False) -> None:
    """Repositories with their refs and sizes."""
    import msgspec

    from api.cli.runs_run import call
    from api.operations.repositories import list_repositories

    found = call(lambda services: list_repositories(services.database))
    if as_json:
        emit_json({"repositories": msgspec.to_builtins(found)})
        return
    rows = [
        (row.repository.name, row.repository.slug, ", ".join(row.refs), row.scans, f"{row.files:,}", f"{row.symbols:,}")
        for row in found
    ]
    header = ("NAME", "SLUG", "REFS", "SCANS", "FILES", "SYMBOLS")
    emit(table(rows, header) if rows else "Nothing was scanned yet.")


@app.command(epilog="Example: docrunch repo remove github.com/pallets/flask --json")
def remove(
    name: Annotated[str, typer.Argument(help="Name, slug, or an unambiguous last part of the name.")],
    wait: Annotated[
        float, typer.Option("--wait", metavar="S", help="Seconds to wait for what cannot be reached.")
    ] = 15,
    as_json: Json = False,
) -> int:
    """Forget a repository in every store, and prove that nothing of it is left.

    Its rows, its projections in derived stores and the objects that only it used are removed, then all of them are
    looked for. What cannot be reached now is removed as soon as it can be, by itself; say the same command again to see
    how far it is. Cache entries that other repositories use stay. Exit code 1: something was found; 5: a run of it goes
    on; 8: it goes on by itself.
    """
    from api.cli.repo_run import removed

    return removed(name, wait, as_json)
