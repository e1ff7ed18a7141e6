"""``docrunch docs``: the documentation trees of scanned repositories."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.context import Json

EPILOG = """Pages that you edit are kept: a newer version is put beside them as *.new. Take it over, or undo your edit,
and the page follows the scans again."""

app = typer.Typer(help="Documentation trees: where they are, and what was edited.", no_args_is_help=True, epilog=EPILOG)

Repo = Annotated[str, typer.Argument(metavar="REPO", help="Name, slug, or an unambiguous last part of the name.")]
Ref = Annotated[str | None, typer.Option("--ref", help="Branch or tag. Default: the default branch.")]


@app.command(epilog="docrunch docs status flask")
def status(
    repo: Repo,
    ref: Annotated[str | None, typer.Option("--ref", help="Branch or tag. Default: all of them.")] = None,
    as_json: Json = False,
) -> None:
    """Where the trees are, how far they follow what is published, which pages were edited."""
    from api.cli import docs_run

    docs_run.status(repo, ref, as_json)


@app.command(epilog="ls $(docrunch docs path flask)")
def path(repo: Repo, ref: Ref = None, as_json: Json = False) -> None:
    """Print where the tree of a ref is."""
    from api.cli import docs_run

    docs_run.path(repo, ref, as_json)


@app.command(epilog="docrunch docs write flask --commit ~/flask --branch docs")
def write(
    repo: Repo,
    to: Annotated[Path | None, typer.Option("--to", metavar="DIR", help="A directory, new or written before.")] = None,
    commit: Annotated[
        Path | None,
        typer.Option("--commit", metavar="GITREPO", help="A local git repository: one commit, never pushed."),
    ] = None,
    branch: Annotated[
        str | None, typer.Option("--branch", help="Branch of --commit. Default: storage.markdown.branch.")
    ] = None,
    ref: Ref = None,
    as_json: Json = False,
) -> int:
    """Write the published pages to a directory, or commit them to a branch.

    Neither the working tree nor the index of the repository is touched; the branch must not be checked out.
    """
    from api.cli import docs_run

    return docs_run.write(repo, ref, to, commit, branch, as_json)
