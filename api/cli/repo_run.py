"""What ``repo remove`` does, with the services it needs."""

import asyncio

from api.cli.output import emit, emit_json, pairs, say
from api.cli.runs_run import call
from api.operations.takedown import TakedownEnd, remove_repository
from docrunch.errors import Failed, Unreachable


def removed(name: str, wait: float, as_json: bool) -> int:
    """Raises:
    DocrunchError: there is no such repository, a run of it goes on, or the takedown failed.
    """
    try:
        end = call(
            lambda services: remove_repository(services.database, services.temporal, name, patience=wait, tell=say)
        )
    except (KeyboardInterrupt, asyncio.CancelledError):
        say("\nDetached; the removal goes on.")
        raise KeyboardInterrupt from None
    if as_json:
        emit_json(_plain(end))
    else:
        emit(_text(end))
    if end.result is None:
        return Unreachable.exit_code
    return Failed.exit_code if end.result.left else 0


def _plain(end: TakedownEnd) -> dict[str, object]:
    found: dict[str, object] = {
        "removed": end.repository,
        "slug": end.slug,
        "workflow_id": end.workflow_id,
        "complete": end.result is not None and not end.result.left,
        "waiting": end.waiting,
    }
    return found | {"report": end.result.model_dump(mode="json") if end.result else None}


def _text(end: TakedownEnd) -> str:
    if end.result is None:
        return "\n".join(
            [
                f"{end.repository} is removed here, but not everywhere yet:",
                *(f"  {place}: {why}" for place, why in end.waiting.items()),
                f"This goes on by itself ({end.workflow_id}). `docrunch repo remove` again says how far it is.",
            ]
        )
    result = end.result
    counted = {f"{table} rows": count for table, count in result.removed.items() if count}
    counted |= {f"in {store}": count for store, count in result.dropped.items()}
    counted |= {"objects": result.objects}
    counted |= {f"{cache} kept for others": count for cache, count in result.shared.items() if count}
    looked = ", ".join(f"{count:,} {what}" for what, count in result.checked.items())
    lines = [pairs({name: f"{count:,}" for name, count in counted.items()})]
    if result.workflows:
        lines.append(f"Temporal keeps the histories of {len(result.workflows):,} runs until their retention is over.")
    if result.left:
        left = ", ".join(f"{name}: {count:,}" for name, count in result.left.items())
        return "\n".join([*lines, f"{end.repository} is removed, but something is LEFT: {left}."])
    return "\n".join([*lines, f"Removed {end.repository}. Nothing is left (looked at {looked})."])
