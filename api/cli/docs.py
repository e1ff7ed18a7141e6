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


@app.command(epilog="Example: docrunch docs status flask")
def status(
    repo: Repo,
    ref: Annotated[str | None, typer.Option("--ref", help="Branch or tag. Default: all of them.")] = None,
    as_json: Json = False,
) -> None:
    """Where the trees are, how far they follow what is published, which pages were edited.

    What is missing or older than published comes by itself; `docrunch sync status --target markdown` says when, or why
    not.
    """
    from api.cli import docs_run

    docs_run.status(repo, ref, as_json)


@app.command(epilog="Example: ls $(docrunch docs path flask)")
def path(repo: Repo, ref: Ref = None, as_json: Json = False) -> None:
    """Print where the tree of a ref is, or will be."""
    from api.cli import docs_run

    docs_run.path(repo, ref, as_json)


@app.command(epilog="Example: docrunch docs write flask --commit ~/flask --branch docs")
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
    """Write the published pages to a directory, or commit them to a branch, once.

    Neither the working tree nor the index of the repository is touched; the branch must not be checked out. Pages that
    somebody edited are kept. Exit code 1: a page could not be written; 5: the place holds files that are not ours.
    """
    from api.cli import docs_run

    return docs_run.write(repo, ref, to, commit, branch, as_json)
