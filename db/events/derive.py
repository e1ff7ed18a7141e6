"""Per-item events, made from the ones that are stored per page or batch. Nothing is lost on the way."""

from collections.abc import Iterator

import msgspec

from db.events.model import kinds
from db.events.store import StoredEvent


def per_item(event: StoredEvent) -> Iterator[StoredEvent]:
    """One event per listed id, in the order of the list; other events pass unchanged.

    Fields of the payload that run parallel to the ids are split too. ``event_id`` gets the position appended, so
    each derived event keeps an id of its own; ``seq`` stays that of the stored event.
    """
    payload_type = kinds().get(event.kind)
    field = payload_type.items if payload_type is not None else None
    if field is None:
        yield event
        return
    count = len(event.payload[field])
    parallel = {name for name, value in event.payload.items() if isinstance(value, list) and len(value) == count}
    for position in range(count):
        payload = {name: [value[position]] if name in parallel else value for name, value in event.payload.items()}
        yield msgspec.structs.replace(event, event_id=f"{event.event_id}.{position}", payload=payload)
