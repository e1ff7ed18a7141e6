"""What Postgres cannot hold in text and JSON, made storable: NUL and lone surrogates.

Both come from hostile or broken sources. They are replaced by visible escapes rather than dropped, so that two
different paths stay two rows.
"""

from typing import Any

import msgspec

_ENCODER = msgspec.json.Encoder()


def storable(value: str) -> str:
    """The text with NUL as ``\\x00`` and each lone surrogate as ``\\udcXX``; nearly always the text itself."""
    if "\0" in value:
        value = value.replace("\0", "\\x00")
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-8", "backslashreplace").decode()
    return value


def storable_json(value: Any) -> str:
    """JSON of plain data or msgspec structs that json and jsonb columns accept."""
    try:
        encoded = _ENCODER.encode(value)
    except UnicodeEncodeError:
        return _ENCODER.encode(_clean(msgspec.to_builtins(value))).decode()
    if b"\\u0000" in encoded:
        encoded = _ENCODER.encode(_clean(msgspec.json.decode(encoded)))
    return encoded.decode()


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(str(key)): _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value
