"""``docrunch graph``: questions to the code graph of a scan, an export or a docpack."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.context import Json

EPILOG = """A SYMBOL is an id (n_…), a qualified name or its end (Cart.add), a place (src/cart.py:42) or a path. A name
that several symbols have is answered with the candidates and exit code 2, one that nothing has with exit code 3."""

app = typer.Typer(
    help="Ask the code graph: who calls what, what a change may break, what nobody uses.",
    no_args_is_help=True,
    epilog=EPILOG,
)

Symbol = Annotated[str, typer.Argument(metavar="SYMBOL", help="Id, qualified name or its end, path:line, or path.")]
Symbols = Annotated[list[str], typer.Argument(metavar="SYMBOL...", help="Ids, names, path:line, or paths.")]
Repo = Annotated[str | None, typer.Option("--repo", help="A scanned repository. Default: the one you are in.")]
Ref = Annotated[str | None, typer.Option("--ref", help="Branch, tag or sha. Default: the default branch.")]
From = Annotated[
    Path | None, typer.Option("--from", help="A graph.jsonl or .docpack to ask instead: needs no running stack.")
]
Limit = Annotated[int, typer.Option("--limit", min=0, help="Rows shown; 0 for all.")]
Depth = Annotated[int, typer.Option("--depth", min=1, max=20, help="Steps to follow.")]
Heuristic = Annotated[bool, typer.Option("--heuristic", help="Follow guessed edges too.")]
ExitCode = Annotated[bool, typer.Option("--exit-code", help="Exit 1 when there is something to report.")]


@app.command(epilog="docrunch graph callers Cart.add --depth 2")
def callers(
    symbol: Symbol,
    depth: Depth = 1,
    exact: Annotated[bool, typer.Option("--no-heuristic", help="Leave guessed calls out.")] = False,
    limit: Limit = 50,
    repo: Repo = None,
    ref: Ref = None,
    file: From = None,
    as_json: Json = False,
) -> None:
    """Who calls a symbol: most certain first, with the lines of the calls."""
    from api.cli import graph_run

    graph_run.callers(graph_run.Where(repo, ref, file), symbol, depth, not exact, limit, as_json, incoming=True)


@app.command(epilog="docrunch graph callees src/cart.py:42")
def callees(
    symbol: Symbol,
    depth: Depth = 1,
    exact: Annotated[bool, typer.Option("--no-heuristic", help="Leave guessed calls out.")] = False,
    limit: Limit = 50,
    repo: Repo = None,
    ref: Ref = None,
    file: From = None,
    as_json: Json = False,
) -> None:
    """What a symbol calls: most certain first, with the lines of the calls."""
    from api.cli import graph_run

    graph_run.callers(graph_run.Where(repo, ref, file), symbol, depth, not exact, limit, as_json, incoming=False)


@app.command(epilog="docrunch graph path cli.main db.connect")
def path(
    source: Annotated[str, typer.Argument(metavar="FROM", help="A symbol.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="Another one.")],
    heuristic: Heuristic = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit 1 when there is no path.")] = False,
    repo: Repo = None,
    ref: Ref = None,
    file: From = None,
    as_json: Json = False,
) -> int:
    """How one symbol leads to another: the fewest steps, the most certain among those."""
    from api.cli import graph_run

    found = graph_run.path(graph_run.Where(repo, ref, file), source, target, heuristic, as_json)
    return 1 if exit_code and not found else 0


@app.command(
    epilog="git diff | docrunch graph impact --diff - --fail-on high\n\n"
    "docrunch graph impact src/cart.py --from shop.docpack"
)
def impact(
    symbols: Annotated[
        list[str] | None, typer.Argument(metavar="[SYMBOL]...", help="Ids, names, path:line, or paths.")
    ] = None,
    diff: Annotated[str | None, typer.Option("--diff", help="A unified diff; - reads it from stdin.")] = None,
    side: Annotated[
        str, typer.Option("--side", help="Which side of the diff the graph is of: old (before it) or new.")
    ] = "old",
    depth: Depth = 6,
    heuristic: Heuristic = False,
    fail_on: Annotated[
        str | None, typer.Option("--fail-on", help="Exit 1 when the risk is low, medium or high, or above.")
    ] = None,
    limit: Limit = 20,
    repo: Repo = None,
    ref: Ref = None,
    file: From = None,
    as_json: Json = False,
) -> int:
    """What a change may break, which tests to run, and how risky it is.

    The risk is a sum of points for direct dependents, affected files, exported API, entry points and missing tests,
    all shown; high from 60, medium from 30. Guessed edges are not followed unless you ask.
    """
    from api.cli import graph_run

    where = graph_run.Where(repo, ref, file)
    return graph_run.impact(where, symbols or [], diff, side, depth, heuristic, fail_on, limit, as_json)


@app.command("who-tests", epilog="docrunch graph who-tests Cart.add")
def who_tests(
    symbols: Symbols,
    depth: Depth = 6,
    heuristic: Heuristic = False,
    limit: Limit = 50,
    repo: Repo = None,
    ref: Ref = None,
    file: From = None,
    as_json: Json = False,
) -> None:
    """The tests that reach a symbol, most relevant first; behind them files with tests that only import it."""
    from api.cli import graph_run

    graph_run.who_tests(graph_run.Where(repo, ref, file), symbols, depth, heuristic, limit, as_json)


@app.command(epilog="docrunch graph cycles --exit-code")
def cycles(
    exit_code: ExitCode = False,
    repo: Repo = None,
    ref: Ref = None,
    file: From = None,
    as_json: Json = False,
) -> int:
    """Files that import each other in a circle, with a shortest circle as an example."""
    from api.cli import graph_run

    found = graph_run.cycles(graph_run.Where(repo, ref, file), as_json)
    return 1 if exit_code and found else 0


@app.command(epilog="docrunch graph unused --under src --likely")
def unused(
    exported: Annotated[bool, typer.Option("--exported", help="Exported symbols too; others may use those.")] = False,
    likely: Annotated[bool, typer.Option("--likely", help="Only those that nothing speaks for.")] = False,
    under: Annotated[str, typer.Option("--under", help="Only in this file or directory.")] = "",
    limit: Limit = 50,
    exit_code: ExitCode = False,
    repo: Repo = None,
    ref: Ref = None,
    file: From = None,
    as_json: Json = False,
) -> int:
    """Symbols that nothing refers to, each with what makes that uncertain."""
    from api.cli import graph_run

    found = graph_run.unused(graph_run.Where(repo, ref, file), exported, likely, under, limit, as_json)
    return 1 if exit_code and found else 0


@app.command(epilog="docrunch graph markers --kind FIXME --under src")
def markers(
    kind: Annotated[list[str] | None, typer.Option("--kind", help="TODO, FIXME, HACK or XXX. Default: all.")] = None,
    under: Annotated[str, typer.Option("--under", help="Only in this file or directory.")] = "",
    limit: Limit = 50,
    exit_code: ExitCode = False,
    repo: Repo = None,
    ref: Ref = None,
    file: From = None,
    as_json: Json = False,
) -> int:
    """What comments say is left to do, and the symbols they are about."""
    from api.cli import graph_run

    found = graph_run.markers(graph_run.Where(repo, ref, file), kind or [], under, limit, as_json)
    return 1 if exit_code and found else 0


@app.command(epilog="docrunch graph unresolved --under src --limit 5")
def unresolved(
    under: Annotated[str, typer.Option("--under", help="Only in this file or directory.")] = "",
    limit: Annotated[
        int, typer.Option("--limit", min=0, help="Files shown, those with the most first; 0 for all.")
    ] = 20,
    repo: Repo = None,
    ref: Ref = None,
    file: From = None,
    as_json: Json = False,
) -> None:
    """What the graph does not know: references without a target, by language, reason and file."""
    from api.cli import graph_run

    graph_run.unresolved(graph_run.Where(repo, ref, file), under, limit, as_json)


@app.command(epilog="docrunch graph entrypoints --kind route --kind command")
def entrypoints(
    kind: Annotated[
        list[str] | None, typer.Option("--kind", help="main, script, command, route, job, test, api, or all.")
    ] = None,
    under: Annotated[str, typer.Option("--under", help="Only in this file or directory.")] = "",
    framework: Annotated[
        list[str] | None, typer.Option("--framework", help="Only what this framework starts: flask, gin, …")
    ] = None,
    limit: Limit = 200,
    repo: Repo = None,
    ref: Ref = None,
    file: From = None,
    as_json: Json = False,
) -> None:
    """Where something outside starts code: programs, commands, routes, jobs; tests and exported API when asked for."""
    from api.cli import graph_run

    graph_run.entrypoints(graph_run.Where(repo, ref, file), kind or [], under, framework or [], limit, as_json)


@app.command(epilog="docrunch graph rank --of file --by cognitive\n\ndocrunch graph rank --by hotspot")
def rank(
    of: Annotated[
        str | None, typer.Option("--of", help="symbol, file or package. Default: symbol; file for churn.")
    ] = None,
    by: Annotated[
        str,
        typer.Option(
            "--by",
            help="pagerank, in_degree, out_degree, complexity, cognitive, afferent, efferent or instability; "
            "of files also churn, commits, authors or hotspot (churn × complexity).",
        ),
    ] = "pagerank",
    history: Annotated[
        Path | None, typer.Option("--history", help="A full clone to read churn from, where the graph is a file.")
    ] = None,
    tests: Annotated[bool, typer.Option("--tests", help="Those of tests too.")] = False,
    limit: Limit = 20,
    repo: Repo = None,
    ref: Ref = None,
    file: From = None,
    as_json: Json = False,
) -> None:
    """What matters most, by a metric."""
    from api.cli import graph_churn, graph_run
    from docrunch.graph.queries.hotspots import BY

    where = graph_run.Where(repo, ref, file)
    if by in BY:
        graph_churn.rank(where, of or "file", by, tests, limit, history, as_json)
    else:
        graph_run.rank(where, of or "symbol", by, tests, limit, as_json)


@app.command(epilog="docrunch graph outline src/cart.py")
def outline(
    symbol: Symbol,
    depth: Annotated[int, typer.Option("--depth", min=0, max=20, help="Levels below it; 0 for all of a file.")] = 0,
    repo: Repo = None,
    ref: Ref = None,
    file: From = None,
    as_json: Json = False,
) -> None:
    """What a file, a directory or a symbol contains."""
    from api.cli import graph_run

    graph_run.outline(graph_run.Where(repo, ref, file), symbol, depth, as_json)


@app.command(epilog="docrunch graph communities --limit 10")
def communities(
    limit: Limit = 20,
    repo: Repo = None,
    ref: Ref = None,
    file: From = None,
    as_json: Json = False,
) -> None:
    """Groups of symbols that depend on each other more than on the rest, named from what is in them."""
    from api.cli import graph_run

    graph_run.communities(graph_run.Where(repo, ref, file), limit, as_json)
