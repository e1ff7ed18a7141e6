"""A pytest plugin (``-p python_trace``) that records which function of the tree called which, and from which line.

Environment: ACCURACY_TREE, ACCURACY_OUT. Rows: [caller file, line, callee file, callee's first line, class made].
Only direct calls between two files of the tree: what a library calls back has no caller here. Connections that leave
this machine are refused, so that the result does not depend on the network.
"""

import json
import os
import socket
import sys
import threading
from pathlib import Path

TREE = os.path.realpath(os.environ["ACCURACY_TREE"]) + os.sep
OUT = os.environ["ACCURACY_OUT"]
OPTIMIZED = 0x1  # CO_OPTIMIZED: functions have it, bodies of modules and classes do not
_rows: set[tuple[str, int, str, int, str]] = set()
_inside: dict[str, str] = {}


def _relative(filename: str) -> str:
    """Path in the tree, "" outside of it."""
    known = _inside.get(filename)
    if known is None:
        real = "" if filename.startswith("<") else os.path.realpath(filename)  # frozen and generated code has no file
        known = _inside[filename] = real[len(TREE) :] if real.startswith(TREE) else ""
    return known


def _profile(frame, event, _argument):
    if event != "call":
        return
    code = frame.f_code
    callee = _relative(code.co_filename)
    if not callee or code.co_name[0] == "<" or not code.co_flags & OPTIMIZED:
        return
    back = frame.f_back
    caller = _relative(back.f_code.co_filename) if back is not None else ""
    if not caller:
        return
    made = ""
    if code.co_name in ("__init__", "__new__") and code.co_varnames:
        first = frame.f_locals.get(code.co_varnames[0])
        kind = first if isinstance(first, type) else type(first)
        module = sys.modules.get(kind.__module__)
        home = _relative(getattr(module, "__file__", None) or "")
        made = f"{home}:{kind.__qualname__}" if home else ""
    _rows.add((caller, back.f_lineno, callee, code.co_firstlineno, made))


def pytest_configure(config):
    _stay_here()
    threading.setprofile(_profile)
    sys.setprofile(_profile)


def pytest_unconfigure(config):
    sys.setprofile(None)
    threading.setprofile(None)
    Path(OUT).write_text(json.dumps(sorted(_rows)))


def _stay_here():
    connect = socket.socket.connect

    def refuse(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise OSError(101, "network is off while tracing")
        return connect(self, address)

    socket.socket.connect = refuse
