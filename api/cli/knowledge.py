"""``docrunch knowledge``: questions to the knowledge graph of a scanned repository."""

from typing import Annotated

import typer

from api.cli.context import Json

app = typer.Typer(
    help="Search the knowledge graph: entities, relations and texts by meaning, without a language model.",
    no_args_is_help=True,
    epilog="It follows every scan by itself, and may lag behind; `docrunch search` finds code sooner and says why.",
)

Repository = Annotated[str, typer.Argument(metavar="REPO", help="Name, slug, or an unambiguous last part of the name.")]
Ref = Annotated[str | None, typer.Option("--ref", help="Branch or tag. Default: the default branch.")]


@app.command(epilog='Example: docrunch knowledge search shop "where are prices summed" --mode local --keyword total')
def search(
    repository: Repository,
    query: Annotated[str, typer.Argument(metavar="QUERY", help="A name, or what you look for in words.")],
    mode: Annotated[
        str,
        typer.Option("--mode", help="local (entities), global (relations), hybrid (both), naive (texts) or mix (all)."),
    ] = "mix",
    limit: Annotated[int, typer.Option("--limit", help="Results, at most 200.")] = 10,
    keyword: Annotated[
        list[str] | None, typer.Option("--keyword", help="An identifier that the answer is about; repeatable.")
    ] = None,
    ref: Ref = None,
    as_json: Json = False,
) -> None:
    """Symbols, files, pages and relations near a query, best first, each with its place."""
    from api.cli import knowledge_run

    knowledge_run.search(repository, ref, query, mode, limit, keyword or [], as_json)


@app.command(epilog="Example: docrunch knowledge related shop Cart.add --depth 2")
def related(
    repository: Repository,
    symbol: Annotated[str, typer.Argument(metavar="SYMBOL", help="Id, name or its end, path, or id of a finding.")],
    depth: Annotated[int, typer.Option("--depth", min=1, max=5, help="Steps to follow.")] = 1,
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help="Neighbours shown.")] = 50,
    ref: Ref = None,
    as_json: Json = False,
) -> None:
    """What is joined to a symbol, nearest first. The joins have no direction; `docrunch graph` knows it."""
    from api.cli import knowledge_run

    knowledge_run.related(repository, ref, symbol, depth, limit, as_json)


@app.command(epilog="Example: docrunch knowledge export shop --format graphml > shop.graphml")
def export(
    repository: Repository,
    form: Annotated[str, typer.Option("--format", help="json (networkx node-link) or graphml.")] = "json",
    ref: Ref = None,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """The whole graph, on stdout."""
    from api.cli import knowledge_run

    knowledge_run.export(repository, ref, "json" if as_json else form)


@app.command(epilog="Example: docrunch knowledge status shop --json")
def status(
    repository: Annotated[str | None, typer.Argument(metavar="[REPO]", help="Default: all.")] = None,
    as_json: Json = False,
) -> None:
    """Whether the graph answers, and how much it holds."""
    from api.cli import knowledge_run

    knowledge_run.status(repository, as_json)
