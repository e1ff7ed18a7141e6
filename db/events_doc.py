"""Writes ``docs/events.v1.md`` from the event models: ``python -m db.events_doc``."""

import inspect
import typing
from pathlib import Path

import msgspec

from db.events.model import Payload, kinds

TARGET = Path(__file__).parents[1] / "docs" / "events.v1.md"
_INTRODUCTION = """# Events, version 1

Generated from `db/events/model.py` by `python -m db.events_doc`; do not edit.

Every event has `seq`, `created_at`, `tenant_id`, `job_id` (the workflow id), `repository_id`, `actor`, `event_id`,
`parent_id` (the `event_id` of its cause), `kind`, `subject`, `trace_id` and a `payload` that depends on the kind.

- The order of `seq` is the order of commits; numbers may skip. Remember the last `seq` and ask for what comes after:
  nothing is lost and nothing comes twice.
- An event commits together with the change that it reports, or not at all.
- Kinds marked *per item* are stored once per page or batch with all ids; `db.events.per_item` makes one event per id.
- A kind never changes its meaning. Fields may be added; anything else becomes a new kind.
"""


def document() -> str:
    sections = [_INTRODUCTION, *(_section(payload) for payload in kinds().values())]
    return "\n".join(sections)


def _section(payload: type[Payload]) -> str:
    listed = f" Per item of `{payload.items}`." if payload.items else ""
    lines = [
        f"## `{payload.kind}`",
        "",
        f"{inspect.getdoc(payload)}{listed}",
        "",
        "| field | type | default |",
        "|---|---|---|",
    ]
    hints = typing.get_type_hints(payload)
    for field in msgspec.structs.fields(payload):
        default = "" if field.required else f"`{msgspec.json.encode(_default(field)).decode()}`"
        lines.append(f"| `{field.name}` | `{_type_name(hints[field.name])}` | {default} |")
    return "\n".join([*lines, ""])


def _default(field: msgspec.structs.FieldInfo) -> object:
    return field.default if field.default is not msgspec.NODEFAULT else field.default_factory()


def _type_name(hint: object) -> str:
    name = hint.__name__ if isinstance(hint, type) and not typing.get_args(hint) else str(hint)
    return name.replace(" | None", " or null").replace("|", "\\|")


def main() -> None:
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(document())


if __name__ == "__main__":
    main()
