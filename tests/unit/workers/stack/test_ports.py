"""Ports: two stacks, or a stack and somebody else's server, never fight for one."""

import socket

import pytest

from docrunch.errors import Failed
from workers.stack import ports


def test_a_taken_port_leads_to_the_next_free_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not ports.is_free(port)
        assert port < ports.choose(port) < port + ports.TRIES


def test_a_port_that_we_are_about_to_use_is_not_chosen_again() -> None:
    first = ports.choose(20_500)
    assert ports.choose(first, taken=(first,)) > first


def test_nothing_free_is_an_error_that_names_the_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "is_free", lambda _port: False)
    with pytest.raises(Failed, match="7233"):
        ports.choose(7233)
