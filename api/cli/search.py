"""``docrunch search``: find symbols, documentation and files by words, names, errors or whole issue texts."""

from typing import Annotated

import typer

from api.cli.context import Json

EPILOG = """docrunch search flask "where are session cookies signed"

docrunch search flask werkzeug "Headers.get" --kind method --json

docrunch search . "$(cat traceback.txt)" --group file

The last word is the query, the others are repositories; without one, the repository you are in. A query may be a few
words, a name (Session.send), a place (src/app.py:42), an error message, or the text of an issue with its stack trace,
up to 8 KB; nothing in it is an operator. `-` reads it from stdin.

The beginning of a name is enough: Resp finds Response, gAR getAllRecords. Of words that are nowhere it says what they
may have meant ("Did you mean"); hits that only their meaning speaks for, and that hardly, are called weak."""


def run(
    words: Annotated[
        list[str], typer.Argument(metavar="[REPO]... QUERY", help="Scanned repositories, then what to look for.")
    ],
    mode: Annotated[
        str,
        typer.Option("--mode", help="hybrid, keyword (no vectors, no graph), semantic (vectors alone) or graph."),
    ] = "hybrid",
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", help="symbol, section or file, or a kind of symbol such as class. Repeatable."),
    ] = None,
    path: Annotated[
        str, typer.Option("--path", metavar="GLOB", help="Folder, file or glob: * within a folder, ** any.")
    ] = "",
    ref: Annotated[str | None, typer.Option("--ref", help="Branch or tag. Default: the default branch.")] = None,
    limit: Annotated[int, typer.Option("--limit", help="Hits, 1 to 100.")] = 10,
    group: Annotated[str, typer.Option("--group", metavar="file", help="Rank files instead of what is in them.")] = "",
    explain: Annotated[bool, typer.Option("--explain", help="Show what each signal adds to the score.")] = False,
    as_json: Json = False,
) -> None:
    """Find code and documentation: why each hit is one, and the lines that say so.

    What could not be used for ranking (vectors that are not there yet, a damaged index) is said in `degraded`.
    """
    from api.cli import search_run

    search_run.run(words, mode, kind or [], path, ref, limit, group, explain, as_json)
