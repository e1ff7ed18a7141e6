"""``docrunch config show``: every setting, its value, and where the value came from."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.context import Json
from api.cli.output import emit, emit_json, table

app = typer.Typer(help="Settings.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Settings: flag > environment > project file > user file > default."""


@app.command()
def show(
    project: Annotated[Path | None, typer.Option("--project", help="Apply the settings file of this project.")] = None,
    as_json: Json = False,
) -> None:
    """Print every setting with its origin; secrets are masked."""
    from docrunch.config import load
    from docrunch.config_doc import shown_value
    from docrunch.config_layers import leaves

    loaded = load(project=project)
    rows = {}
    for key in leaves(type(loaded.settings)):
        value: object = loaded.settings
        for part in key.split("."):
            value = getattr(value, part)
        rows[key] = {"value": shown_value(value), "origin": loaded.origin(key)}
    if as_json:
        emit_json(rows)
    else:
        emit(table([(k, _text(r["value"]), r["origin"]) for k, r in rows.items()], ("SETTING", "VALUE", "ORIGIN")))


def _text(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "-"
    if isinstance(value, dict):
        return ", ".join(f"{key}={item}" for key, item in value.items()) or "-"
    return str(value).lower() if isinstance(value, bool) else str(value)
