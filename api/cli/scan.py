"""``docrunch scan SOURCE``: the main job. This file is its command line; `scan_run` does it."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.context import Json


def run(
    source: Annotated[str, typer.Argument(help="Path, .zip, .tar.gz, or https git URL.")],
    name: Annotated[str | None, typer.Option("--name", help="Name of the repository.")] = None,
    ref: Annotated[str | None, typer.Option("--ref", help="Branch, tag, sha, or @worktree.")] = None,
    path: Annotated[str | None, typer.Option("--path", help="Only this sub-directory.")] = None,
    include: Annotated[list[str] | None, typer.Option("--include", help="Only files that match; may repeat.")] = None,
    exclude: Annotated[list[str] | None, typer.Option("--exclude", help="No files that match; may repeat.")] = None,
    docpack: Annotated[Path | None, typer.Option("--docpack", help="Where to write the docpack.")] = None,
    docs: Annotated[Path | None, typer.Option("--docs", help="Where to write the Markdown tree.")] = None,
    estimate: Annotated[bool, typer.Option("--estimate", help="Only say what it would take.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Scan again whenever the source changes.")] = False,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Return when the run has started.")] = False,
    no_embeddings: Annotated[bool, typer.Option("--no-embeddings", help="Leave embeddings out.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="A partial result fails (exit 1).")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="In this process: no server, no network.")] = False,
    scip: Annotated[
        list[Path] | None, typer.Option("--scip", help="A SCIP index of the source, for exact edges; may repeat.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Turn a repository into a docpack and a documentation tree, in the current directory."""
    from api.cli.scan_flags import ScanFlags
    from api.cli.scan_run import run_scan

    return run_scan(
        ScanFlags(
            source=source,
            name=name,
            ref=ref,
            path=path or "",
            include=tuple(include or ()),
            exclude=tuple(exclude or ()),
            docpack=docpack,
            docs=docs,
            estimate=estimate,
            watch=watch,
            wait=not no_wait,
            embeddings=not no_embeddings,
            strict=strict,
            offline=offline,
            scip=tuple(scip or ()),
            as_json=as_json,
        )
    )
