"""The one shape of a manifest, and careful access to decoded documents."""

from collections.abc import Mapping

Manifest = dict[str, str | list[str] | dict[str, str]]
_MAX_ITEMS = 2_000  # entries of one table; more is no manifest but a lock file


class Unreadable(ValueError):
    """The text should be a manifest of a known format but does not follow it. The message holds no content."""


def table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def texts(value: object) -> list[str]:
    if not isinstance(value, list):
        return []
    return [item for item in value[:_MAX_ITEMS] if isinstance(item, str)]


def compact(**fields: str | list[str] | dict[str, str]) -> Manifest:
    """The fields that say something, in the order given."""
    return {name: value for name, value in fields.items() if value}


def pairs(value: object) -> dict[str, str]:
    """The entries of a table whose values are text, in order; lists of text give their first item."""
    found: dict[str, str] = {}
    for key, item in list(table(value).items())[:_MAX_ITEMS]:
        if isinstance(item, str):
            found[key] = item
        elif isinstance(item, list) and item and isinstance(item[0], str):
            found[key] = item[0]
    return found
