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


@app.command()
def remove(
    name: Annotated[str, typer.Argument(help="Name, slug, or an unambiguous last part of the name.")],
    as_json: Json = False,
) -> None:
    """Forget a repository. `docrunch gc` then frees what only it used."""
    from api.cli.runs_run import call
    from api.operations.repositories import remove_repository

    found = call(lambda services: remove_repository(services.database, name))
    if as_json:
        emit_json({"removed": found.name, "slug": found.slug})
    else:
        emit(f"Removed {found.name}.")
