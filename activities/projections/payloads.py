"""Texts of outbox rows as the values that targets take."""

from typing import Any

import msgspec

from db.publishing.payload import decode_file
from docrunch.storage.model import Document, EntityType


def decode_payload(entity_type: EntityType, text: str) -> Any:
    """`db.publishing.payload.FileState` of a file, its fields of a page, a `Document` of anything else.

    Raises:
        ValueError: the text is not what such an entity carries.
    """
    try:
        if entity_type is EntityType.FILE:
            return decode_file(msgspec.json.decode(text))
        if entity_type is EntityType.PAGE:
            return msgspec.json.decode(text, type=dict[str, Any])
        return msgspec.json.decode(text, type=Document)
    except (msgspec.MsgspecError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"its outbox row cannot be read: {error}") from error
