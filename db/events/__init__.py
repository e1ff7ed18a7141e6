"""The event log: typed kinds, ordered append, readers that lose and repeat nothing, partitions by week."""

from db.events.derive import per_item
from db.events.listen import listen
from db.events.store import EventFilter, NewEvent, StoredEvent, after, append, event_id, last_seq

__all__ = ["EventFilter", "NewEvent", "StoredEvent", "after", "append", "event_id", "last_seq", "listen", "per_item"]
