"""Ports of the local stack: the usual ones where free, else the next free ones. Loopback only."""

import socket
from collections.abc import Collection

from docrunch.errors import Failed

LOOPBACK = "127.0.0.1"
TRIES = 200


def is_free(port: int) -> bool:
    """Nobody listens on it, on loopback or on any other address of this machine."""
    for address in (LOOPBACK, "0.0.0.0"):  # noqa: S104 - bound for a moment to see whether that is possible
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError:
                return False
    return True


def choose(preferred: int, taken: Collection[int] = ()) -> int:
    """The preferred port or the next free one.

    Raises:
        Failed: none of the following ports is free.
    """
    for port in range(preferred, min(preferred + TRIES, 65536)):
        if port not in taken and is_free(port):
            return port
    raise Failed(f"no free port from {preferred} on", hint="Stop what uses them, or set another preferred port.")
