"""``docrunch sync``: derived stores, how far they are, and what to do about those that are behind.

Building anew and comparing have a module of their own, which registers its commands with `app`.
"""

from datetime import UTC, datetime
from typing import Annotated

import typer

from api.cli.context import Json
from api.cli.output import emit, emit_json, say, table

EPILOG = """The stores follow every scan by themselves. `status` says how far they are, and what to do where one is
behind; `verify` whether they hold what they should, and puts it right; `rebuild` makes them anew."""

app = typer.Typer(
    help="Derived stores: knowledge graph (lightrag) and documentation on disk (markdown).",
    no_args_is_help=True,
    epilog=EPILOG,
)
Repository = Annotated[
    str | None, typer.Option("--repository", metavar="R", help="Name, slug, or an unambiguous last part of the name.")
]
Target = Annotated[str | None, typer.Option("--target", metavar="T", help="One store: lightrag, markdown.")]
_NOTHING = "Nothing to follow: no repository was scanned yet, or storage.sync.targets is empty."
_HEADER = ("REPOSITORY", "TARGET", "WAITING", "SYNCED", "FAILED", "DEAD", "BEHIND", "LAG p50/p95/max", "CIRCUIT", "GEN")


@app.command(epilog="Example: docrunch sync status --repository flask --json")
def status(repository: Repository = None, target: Target = None, as_json: Json = False) -> None:
    """What waits for each store, how late it is, and why.

    WAITING counts changes that are not applied yet, FAILED those among them that will be tried again. BEHIND is the age
    of the oldest change that waits. LAG is the time from a change to its being applied, over the last day. A CIRCUIT is
    open while the store does not answer: only a probe is tried, and no entity loses an attempt. DEAD entities wait for
    `docrunch sync retry --failed`.
    """
    from api.cli.sync_run import show_status

    enabled, found = show_status(repository, target)
    if as_json:
        emit_json({"enabled": enabled, "targets": found})
        return
    if not enabled:
        say("storage.sync.enabled is false: derived stores stay as they are.")
    emit(table([_row(each) for each in found], _HEADER) if found else _NOTHING)
    for each in found:
        for line in _remarks(each):
            emit(line)


@app.command(epilog="Example: docrunch sync retry --failed --repository flask --target lightrag")
def retry(
    failed: Annotated[bool, typer.Option("--failed", help="Needed: what failed, and what was given up.")] = False,
    repository: Repository = None,
    target: Target = None,
    entity: Annotated[str | None, typer.Option("--entity", metavar="E", help="One path or id.")] = None,
    as_json: Json = False,
) -> None:
    """Try entities again that failed or were given up, with all their attempts.

    `docrunch sync status` names them, and why they failed.
    """
    from api.cli.sync_run import try_again
    from docrunch.errors import UsageError

    if not failed:
        raise UsageError("say --failed: nothing else is tried again", hint="Run `docrunch sync retry --failed`.")
    found = try_again(repository, target, entity)
    if as_json:
        emit_json({"retried": found})
        return
    for each in found:
        emit(f"{each['repository']} → {each['target']}: {each['entities']:,} entities are tried again")
    if not found:
        emit("Nothing has failed.")


@app.command(epilog="Example: docrunch sync run flask")
def run(
    repository: Annotated[str, typer.Argument(metavar="REPO", help="Name, slug, or last part of the name.")],
    target: Target = None,
    as_json: Json = False,
) -> int:
    """Bring the stores of a repository up to date now, and wait. Ctrl-C only stops waiting.

    Exit code 8: a store does not answer. 1: entities were given up.
    """
    from api.cli.sync_run import bring_up_to_date

    found, code = bring_up_to_date(repository, target)
    if as_json:
        emit_json({"targets": found})
        return code
    emit(table([_row(each) for each in found], _HEADER))
    for each in found:
        for line in _remarks(each):
            emit(line)
    return code


def _row(status: dict[str, object]) -> tuple[object, ...]:
    states, lag = _mapping(status["states"]), _mapping(status["lag"])
    generations = status["generations"]
    active = (
        sorted({each["generation"] for each in generations if each["state"] == "active"})
        if isinstance(generations, list)
        else []
    )
    return (
        status["repository"],
        status["target"],
        f"{status['waiting']:,}",
        f"{states['synced']:,}",
        f"{states['failed']:,}",
        f"{states['dead']:,}",
        f"{status['oldest_seconds']:.0f} s" if status["waiting"] else "-",
        f"{lag['p50']:.1f}/{lag['p95']:.1f}/{lag['max']:.1f} s" if lag else "-",
        status["circuit"],
        ",".join(map(str, active)) or "-",
    )


def _remarks(status: dict[str, object]) -> list[str]:
    where = f"{status['repository']} → {status['target']}"
    lines = []
    if status["circuit"] == "open":
        lines.append(f"{where} does not take anything: {status['error']}")
        lines.append(
            f"{where}: {status['waiting']:,} changes wait and lose nothing;"
            f" tried {status['failures']} times, next at {_moment(status['probe_at'])}, then it drains by itself"
        )
    if status["breached_at"]:
        lines.append(f"{where}: later than it may be since {_moment(status['breached_at'])}")
    problems = status["problems"]
    for each in problems if isinstance(problems, list) else []:
        lines.append(f"{where}: {each['key'] or 'packages'} {_attempts(each)}: {each['error']}")
    dead = _mapping(status["states"])["dead"]
    if dead:
        lines.append(
            f"{where}: {dead:,} given up, the others go on; once the cause is gone:"
            f" docrunch sync retry --failed --repository {status['repository']} --target {status['target']}"
        )
    return lines


def _attempts(problem: dict[str, object]) -> str:
    tried = f"after {problem['attempts']} attempts"
    if problem["state"] == "dead":
        return f"was given up {tried}"
    return f"failed {tried}, next at {_moment(problem.get('next_attempt'))}"


def _moment(when: object) -> str:
    """2026-01-31 12:00:00 UTC, of an ISO time."""
    return datetime.fromisoformat(str(when)).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if when else "once"


def _mapping(value: object) -> dict[str, float]:
    return value if isinstance(value, dict) else {}
