"""What belongs to the models when database and models are compared."""

from collections.abc import MutableMapping
from typing import Any


def include_name(name: str | None, kind: str, parents: MutableMapping[Any, str | None]) -> bool:
    """Partitions of ``events`` come and go with time; `db.events.partitions` owns them."""
    return not (kind == "table" and name is not None and name.startswith("events_"))
