"""``docrunch status``: what runs, where, and how much disk it uses."""

from api.cli import context
from api.cli.output import emit, emit_json, pairs, size, table

PARTS = ("pg", "temporal", "objects", "cache", "run")


def run(as_json: context.Json = False) -> None:
    """Show the local stack: processes, addresses, what fails, disk use."""
    import time

    from api.cli.failing import failing_parts
    from docrunch.disk import directory_bytes, free_bytes
    from workers.stack.state import ChildState, read_state

    settings = context.settings()
    state = read_state(settings.home)
    alive = state is not None and state.alive
    disk = {name: directory_bytes(settings.home / name) for name in PARTS}
    free = free_bytes(settings.home)
    failing = failing_parts(state.health_url if state is not None and alive else "", settings.home)
    processes = [*state.children] if state is not None and alive else []
    if state is not None and alive and "postgres" in state.ports:  # embedded: a daemon of its own
        processes.insert(0, ChildState("postgres", state.postgres, log=str(settings.home / "pg" / "postgres.log")))
    children = [
        {
            "name": child.name,
            "pid": child.process.pid if child.process else None,
            "running": child.process is not None and child.process.process() is not None,
            "restarts": child.restarts,
            "uptime_seconds": round(time.time() - child.process.created) if child.process else 0,
            "log": child.log,
        }
        for child in processes
    ]
    phase = state.phase if state is not None and alive else "external" if context.is_external(settings) else "stopped"
    shown: dict[str, object] = {"phase": phase, "home": str(settings.home)}
    if state is not None and alive:
        shown |= {
            "message": state.message,
            "temporal": state.temporal_address,
            "temporal_ui": state.temporal_ui,
            "temporal_version": state.temporal_version,
            "health": f"{state.health_url}/readyz",
            "version": state.version,
        }
    if as_json:
        used = {**disk, "total": sum(disk.values()), "free": free}
        emit_json({**shown, "failing": failing, "processes": children, "disk": used})
        return
    emit(pairs({name: value for name, value in shown.items() if value}))
    if failing:
        emit("\nFAILING (runs wait, and go on once this is over)\n" + pairs(failing))
    if children:
        rows = [
            (c["name"], c["pid"] or "-", "running" if c["running"] else "waiting", c["restarts"], c["uptime_seconds"])
            for c in children
        ]
        emit("\n" + table(rows, ("PROCESS", "PID", "STATE", "RESTARTS", "SECONDS")))
    rooms = [(name, size(room)) for name, room in {**disk, "total": sum(disk.values())}.items()]
    emit("\n" + table(rooms, ("DISK", "USED")) + (f"\n\n{size(free)} free" if free is not None else ""))
