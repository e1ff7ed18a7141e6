"""``docrunch export graph``: the code graph as JSONL, node-link JSON, GraphML or a SCIP index."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli import context
from api.cli.output import emit_json, say

app = typer.Typer(help="Exports.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Write what was found in exchange formats."""


@app.command()
def graph(
    what: Annotated[str, typer.Argument(metavar="REPO|SOURCE", help="A scanned repository, or a source to read now.")],
    ref: Annotated[str | None, typer.Option("--ref", help="Branch, tag or sha. Default: the default branch.")] = None,
    format_name: Annotated[str, typer.Option("--format", help="jsonl, json, graphml or scip.")] = "jsonl",
    scip: Annotated[
        list[Path] | None,
        typer.Option("--scip", help="A SCIP index of the source; its references become exact edges. May repeat."),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="A file; otherwise stdout.")] = None,
    as_json: context.Json = False,
) -> None:
    """Export the graph of a repository or a source.

    A repository whose default branch is not published gives its newest scan; stderr says which one it is.
    """
    import sys

    from api.cli.export_run import open_graph
    from api.operations.export_graph import check_format, write_graph
    from docrunch.errors import UsageError
    from docrunch.files import atomic_file

    check_format(format_name)
    if as_json and out is None:
        raise UsageError("--json needs --out: the graph itself goes to stdout otherwise")
    with open_graph(what, ref, format_name, scip or ()) as (found, tree):
        if out is None:
            write_graph(found, format_name, sys.stdout.buffer, tree)
            sys.stdout.buffer.flush()
            return
        with atomic_file(out) as handle:
            write_graph(found, format_name, handle, tree)
    if as_json:
        emit_json({"path": str(out), "format": format_name, "nodes": len(found.nodes), "edges": len(found.edges)})
    else:
        say(f"{len(found.nodes):,} nodes and {len(found.edges):,} edges in {out}")
