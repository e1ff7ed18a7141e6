"""The derived stores of one process, built when they are first needed: some take a second to import."""

import asyncio
import importlib
from collections.abc import Callable
from contextlib import suppress

from activities.projections.target import Target, TargetContext, make_target

Make = Callable[[str, TargetContext], Target]


class Targets:
    def __init__(self, context: Callable[[], TargetContext], make: Make = make_target) -> None:
        self._context = context
        self._make = make
        self._made: dict[str, Target] = {}
        self._lock = asyncio.Lock()

    async def get(self, name: str) -> Target:
        """Raises:
        InvalidConfig: there is no such target, or it cannot work with these settings.
        """
        async with self._lock:
            if name not in self._made:
                if self._make is make_target and name.isidentifier():
                    with suppress(ImportError):  # `make_target` says what is missing
                        await asyncio.to_thread(importlib.import_module, f"activities.projections.{name}")
                self._made[name] = self._make(name, self._context())
            return self._made[name]

    async def aclose(self) -> None:
        for target in self._made.values():
            await target.aclose()
        self._made.clear()
