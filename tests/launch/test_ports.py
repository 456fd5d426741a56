"""Ports are kept, unless somebody else has taken them."""

import socket

import pytest

from launch.faults import Halt
from launch.places import Home
from launch.ports import LOOPBACK, Ports, answers, is_free, web_port


def test_port_is_kept_between_launches(home: Home) -> None:
    port = Ports(home).of("postgres")
    assert Ports(home).of("postgres") == port


def test_port_that_was_taken_meanwhile_is_another(home: Home) -> None:
    port = Ports(home).of("postgres")
    with socket.create_server((LOOPBACK, port)):
        assert not is_free(port)
        assert answers(port)
        assert Ports(home).of("postgres") != port


def test_two_servers_never_share_a_port(home: Home) -> None:
    ports = Ports(home)
    assert len({ports.of(name) for name in ("postgres", "broker", "documents")}) == 3


@pytest.mark.parametrize("text", ["", "http", "-1", "0", "65536", "80 80"])
def test_web_port_that_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(Halt, match="is not a port"):
        web_port(text)


def test_web_port_that_is_taken_names_a_free_one() -> None:
    with socket.create_server((LOOPBACK, 0)) as server:
        taken = server.getsockname()[1]
        with pytest.raises(Halt) as caught:
            web_port(str(taken))
    assert caught.value.sentence == f"Port {taken} is in use by another program."
    assert "make demo PORT=" in caught.value.next_step
    assert is_free(int(caught.value.next_step.rpartition("=")[2]))
