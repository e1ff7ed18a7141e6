"""``docrunch doctor``: is everything here that Docrunch needs, and does it answer?"""

from typing import TYPE_CHECKING

from api.cli import context
from api.cli.output import emit, emit_json, table
from docrunch.errors import Failed, Unreachable

if TYPE_CHECKING:
    from api.operations.doctor import Finding

MARKS = {"ok": "ok", "warn": "!", "fail": "FAIL"}


def run(as_json: context.Json = False) -> int:
    """Check tools, settings, services and room on the disk; says what to do about each finding."""
    from api.operations.doctor import diagnose
    from workers.client import silence_core

    silence_core()
    settings = context.settings()
    try:
        settings, stack = context.connected(settings), True
    except Unreachable:
        stack = False
    findings = [*_tools(), *diagnose(settings, services=stack)]
    failed = any(finding.status == "fail" for finding in findings)
    if as_json:
        emit_json({"ok": not failed, "checks": [_row(f.name, f.status, f.detail, f.hint) for f in findings]})
    else:
        rows = [(MARKS[f.status], f.name, f.detail + (f" → {f.hint}" if f.hint else "")) for f in findings]
        emit(table(rows, ("", "CHECK", "RESULT")))
        if not stack:
            emit("\nThe local stack is not running; `docrunch up` starts it, and its services are then checked too.")
    return Failed.exit_code if failed else 0


def _row(name: str, status: str, detail: str, hint: str) -> dict[str, str]:
    return {"name": name, "status": status, "detail": detail, "hint": hint}


def _tools() -> list["Finding"]:
    from api.operations.doctor import Finding
    from docrunch.errors import DocrunchError
    from workers.stack.temporal_binary import find, version

    try:
        binary = find()
    except DocrunchError as error:
        return [Finding("temporal", "fail", error.message, error.hint or "")]
    if binary is None:
        return [Finding("temporal", "warn", "not installed", "the first `docrunch up` downloads or builds it")]
    return [Finding("temporal", "ok", f"{version(binary)} at {binary}")]
