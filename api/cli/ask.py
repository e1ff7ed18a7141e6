"""``docrunch ask``: a question about a repository, answered with citations."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.context import Json

EPILOG = """docrunch ask flask "what breaks if I change url_for?"

docrunch ask flask "how are sessions signed?" --json

docrunch ask --from graph.jsonl "who calls Mux.Route?"

Without a language model (llm.base_url and llm.model) the answer is made of what is computed and of quotations; with
one it is worded from these, and every sentence is checked against the lines it cites. `docrunch graph` and
`docrunch search` say more about one thing."""


def run(
    words: Annotated[
        list[str], typer.Argument(metavar="[REPO] QUESTION", help="A scanned repository, then what to answer.")
    ],
    ref: Annotated[str | None, typer.Option("--ref", help="Branch, tag or sha. Default: the default branch.")] = None,
    no_model: Annotated[bool, typer.Option("--no-model", help="Quotations only, whatever is configured.")] = False,
    show_evidence: Annotated[bool, typer.Option("--show-evidence", help="Print what the answer rests on.")] = False,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Return when the question has started.")] = False,
    file: Annotated[
        Path | None, typer.Option("--from", help="A graph.jsonl or .docpack to ask instead: needs no running stack.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Answer a question about a repository; each statement names the lines it rests on.

    Not finding an answer is an answer: exit code 0, and with --json `"found": false`. What could not be used is said in
    `degraded`.
    """
    from api.cli import ask_run

    return ask_run.run(ask_run.Asked(words, ref, no_model, show_evidence, no_wait, file, as_json))
