"""Fixtures that every test may ask for; each family lives in its own file of ``tests/support``."""

from importlib.util import find_spec

_FAMILIES = ("tests.support.postgres", "tests.support.temporal", "tests.support.stack")
pytest_plugins = [name for name in _FAMILIES if find_spec(name) is not None]
