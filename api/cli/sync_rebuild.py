"""``docrunch sync rebuild`` and ``sync verify``."""

from typing import Annotated

import typer

from api.cli.context import Json
from api.cli.sync import Repository, Target
from api.cli.sync import app as app

__all__ = ["app", "rebuild", "verify"]

Ref = Annotated[str | None, typer.Option("--ref", metavar="B", help="One branch or tag.")]


@app.command(epilog="Example: docrunch sync rebuild --target lightrag --repository flask --dry-run")
def rebuild(
    target: Target = None,
    repository: Repository = None,
    ref: Ref = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be written.")] = False,
    as_json: Json = False,
) -> int:
    """Build derived stores anew, beside those that are read, and switch when they equal the truth.

    Without options: every store of every repository. What is published meanwhile is in it. A store that does not hold
    exactly what it should is not switched to: the old one stays, and the exit code is 1.
    """
    from api.cli.sync_rebuild_run import rebuild_stores

    return rebuild_stores(target, repository, ref, dry_run=dry_run, as_json=as_json)


@app.command(epilog="Example: docrunch sync verify --repository flask --repair")
def verify(
    target: Target = None,
    repository: Repository = None,
    ref: Ref = None,
    sample: Annotated[int, typer.Option("--sample", min=0, metavar="N", help="Compare N entities; 0: all.")] = 0,
    repair: Annotated[bool, typer.Option("--repair", help="Put right what differs, and compare again.")] = False,
    as_json: Json = False,
) -> int:
    """Compare derived stores with Postgres, entity by entity and by hash.

    MISSING, STALE and EXTRA count entities of the store; NOTES count rows that say something untrue about it.
    WAITING entities are on their way, and no drift. Without options: every store of every repository. Exit code 1:
    something differs and was not repaired, or could not be compared.
    """
    from api.cli.sync_rebuild_run import verify_stores

    return verify_stores(target, repository, ref, sample=sample, repair=repair, as_json=as_json)
