"""Answers that are remembered for as long as a process lives, and a way to forget all of them at once.

Such an answer lies wherever memory was free when it was given, amid values that live for a moment. Python gives memory
back to the system by the megabyte and only where nothing is left in it: after a large link some ten thousand answers of
a few bytes each held 800 MB.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import ParamSpec, TypeVar, cast

_P = ParamSpec("_P")
_T = TypeVar("_T")
_forgetting: list[Callable[[], None]] = []


def remembered(most: int) -> Callable[[Callable[_P, _T]], Callable[_P, _T]]:
    """A pure function of hashable values whose last ``most`` answers are kept."""

    def decorate(work: Callable[_P, _T]) -> Callable[_P, _T]:
        kept = lru_cache(most)(work)
        _forgetting.append(kept.cache_clear)
        return cast(Callable[_P, _T], kept)

    return decorate


def forgets(forget: Callable[[], None]) -> Callable[[], None]:
    """``forget`` lets go of what its module remembers: it only costs time to find that again."""
    _forgetting.append(forget)
    return forget


def forget_all() -> None:
    """Nothing that was remembered is needed: every answer is found again when it is asked for."""
    for forget in _forgetting:
        forget()
