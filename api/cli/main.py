"""``docrunch``: all commands, and the one place where errors become messages and exit codes."""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

import typer

from api.cli import (
    ask,
    config,
    docpack,
    docs,
    doctor,
    down,
    export,
    gc,
    graph,
    knowledge,
    migrate,
    repo,
    runs,
    scan,
    search,
    status,
    sync_rebuild,
    up,
    worker,
)
from api.cli.output import emit_json, error_object, say
from docrunch.collector import rarely
from docrunch.errors import DocrunchError, Failed, UsageError

INTERRUPTED = 130
DEBUG = "DOCRUNCH_LOGGING__LEVEL"  # set to debug: unexpected errors show their traceback

_ClickUsageError = typer.BadParameter.__bases__[0]  # typer carries its own click and does not export its error base

app = typer.Typer(
    name="docrunch",
    help="Turn a repository into a code graph, documentation, search, answers and a reproducible docpack.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("up")(up.run)
app.command("down")(down.run)
app.command("status")(status.run)
app.command("doctor")(doctor.run)
app.command("migrate")(migrate.run)
app.command("scan")(scan.run)
app.command("ask", epilog=ask.EPILOG)(ask.run)
app.command("search", epilog=search.EPILOG)(search.run)
app.command("gc")(gc.run)
app.command("worker")(worker.run)
app.add_typer(repo.app, name="repo")
app.add_typer(runs.app, name="runs")
app.add_typer(export.app, name="export")
app.add_typer(graph.app, name="graph")
app.add_typer(knowledge.app, name="knowledge")
app.add_typer(docpack.app, name="docpack")
app.add_typer(sync_rebuild.app, name="sync")
app.add_typer(docs.app, name="docs")
app.add_typer(config.app, name="config")


@app.callback(invoke_without_command=True)
def root(version: bool = typer.Option(False, "--version", help="Print the version and exit.")) -> None:
    if version:
        import docrunch

        print(docrunch.__version__)
        raise typer.Exit


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (architecture §9)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in given
    try:
        result = app(args=given, standalone_mode=False)
        return result if isinstance(result, int) else 0
    except DocrunchError as error:
        return report(error, as_json)
    except typer.Exit as stop:
        return stop.exit_code
    except (KeyboardInterrupt, typer.Abort):
        say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - the reader went away; nothing more can be said
        return 0
    except Exception as error:
        if isinstance(error, _ClickUsageError):
            return report(_usage(error), as_json)
        if os.environ.get(DEBUG) == "debug":
            raise
        hint = f"This is a defect. Run again with {DEBUG}=debug for the traceback."
        return report(Failed(f"unexpected {type(error).__name__}: {error}", hint=hint), as_json)


def report(error: DocrunchError, as_json: bool) -> int:
    """Say what happened and what to do; with ``--json`` as one object on stdout."""
    if as_json:
        emit_json(error_object(error))
    else:
        say(f"error: {error.message}" + (f"\n  {error.hint}" if error.hint else ""))
    return error.exit_code


def _usage(error: Exception) -> UsageError:
    message = getattr(error, "format_message", lambda: str(error))()
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "docrunch"
    return UsageError(message[:1].lower() + message[1:].rstrip("."), hint=f"See `{command} --help`.")


def entry() -> NoReturn:
    """The ``docrunch`` program.

    It leaves without the interpreter's own shutdown: threads of the Temporal SDK may still call into Python then, which
    aborts the process after all work is done (seen once, on a loaded machine).
    """
    rarely()  # importing makes many values and frees none: a tenth of the time of a command
    code = main()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    entry()
