"""Every port that a workflow calls is implemented once, under the same name, with the same request and result."""

import importlib
import inspect
import pkgutil

import pytest

import activities
from workers.registry import _shape, port_methods, spec
from workflows.contracts.queues import Role

PORTS = sorted({port for role in Role for port in spec(role).ports}, key=lambda port: port.__name__)


def implementations(port: type) -> list[type]:
    for module in pkgutil.iter_modules(activities.__path__):
        importlib.import_module(f"activities.{module.name}")
    found, queue = [], list(port.__subclasses__())
    while queue:
        kind = queue.pop()
        queue += kind.__subclasses__()
        if kind.__module__.startswith("activities.") and not inspect.isabstract(kind):
            found.append(kind)
    return found


@pytest.mark.parametrize("port", PORTS, ids=lambda port: port.__name__)
def test_port_has_one_implementation_of_equal_shape(port: type) -> None:
    found = implementations(port)
    assert len(found) == 1, f"{port.__name__} is implemented by {[kind.__name__ for kind in found]}"
    for name, method in port_methods(port).items():
        real = getattr(found[0], method.__name__)
        definition = getattr(real, "__temporal_activity_definition", None)
        assert definition is not None, f"{found[0].__name__}.{method.__name__} lacks @activity.defn(name={name!r})"
        assert definition.name == name
        assert _shape(real) == _shape(method)
