"""The values of the yardstick: what is asked of which tree, and which answers are right."""

from enum import StrEnum
from typing import Literal

import msgspec

Group = Literal["symbol", "file"]
Half = Literal["tuning", "held-out", "untouched"]


class View(StrEnum):
    """What of a package is indexed. Documentation and change logs never are: queries are made from them."""

    CODE = "code"  # without tests, which queries are made from
    BARE = "bare"  # with tests, and with documentation comments of functions blanked
    BEFORE = "before"  # a release before the one whose change log is asked about; with tests


class Query(msgspec.Struct, frozen=True):
    """``targets``: node ids of symbols, or paths where ``group`` is ``file``; any of them is right."""

    package: str
    language: str
    kind: str
    group: Group
    text: str
    targets: tuple[str, ...]
    view: View
    release: str = ""  # of the tree that is asked; empty: the package's main one
