"""A pytest plugin (``-p raised``) that records what the package raises while its tests expect it to.

Environment: RETRIEVAL_TREE, RETRIEVAL_OUT. One row per exception that leaves the package for a test: how it is printed,
where in the package it was raised, and the test that caused it.
"""

import inspect
import json
import os
import sys
import traceback
from pathlib import Path

import pytest

TREE = os.path.realpath(os.environ["RETRIEVAL_TREE"]) + os.sep
_rows = []
_test = ""
MOST_CHARACTERS = 6_000
INSTALLED = "/usr/lib/python3/dist-packages/"


def _relative(filename):
    real = os.path.realpath(filename)
    return real[len(TREE) :] if real.startswith(TREE) else ""


def _is_test(path):
    return not path or path.startswith("tests/") or "/tests/" in path


def _as_installed(printed):
    """The same on every machine, and as an installed package has it: without the ``src`` folder of the sources."""
    for prefix, shown in (
        (TREE + "src/", INSTALLED),
        (TREE, INSTALLED),
        (sys.base_prefix, "/usr"),
        (sys.prefix, "/usr"),
    ):
        printed = printed.replace(prefix, shown)
    return printed


def _record(error, trace):
    frames = traceback.extract_tb(trace)
    inner = [frame for frame in frames if not _is_test(_relative(frame.filename))]
    if not inner:
        return
    printed = "".join(traceback.format_exception(type(error), error, trace))
    _rows.append(
        {
            "test": _test,
            "source": _source(),
            "type": type(error).__name__,
            "message": str(error),
            "trace": _as_installed(printed)[-MOST_CHARACTERS:],
            "path": _relative(inner[-1].filename),
            "line": inner[-1].lineno,
        }
    )


_function = None


def _source():
    try:
        return inspect.getsource(_function)
    except (OSError, TypeError):
        return ""


class _Watch:
    def __init__(self, cls):
        self.leave = cls.__exit__
        cls.__exit__ = lambda context, kind, error, trace: self.seen(context, kind, error, trace)

    def seen(self, context, kind, error, trace):
        if error is not None:
            _record(error, trace)
        return self.leave(context, kind, error, trace)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item):
    global _test, _function
    _test, _function = item.nodeid, getattr(item, "function", None)


def pytest_configure(config):
    try:
        from _pytest.raises import RaisesExc as watched
    except ImportError:
        from _pytest.python_api import RaisesContext as watched
    _Watch(watched)


def pytest_unconfigure(config):
    Path(os.environ["RETRIEVAL_OUT"]).write_text(json.dumps(_rows))
