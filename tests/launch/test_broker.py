"""Whichever broker is installed here carries a message, and asks for its password."""

from collections.abc import Callable
from pathlib import Path

import pytest
from amqp.exceptions import AccessRefused
from kombu import Connection
from kombu.exceptions import OperationalError

from launch.places import Home
from launch.ports import Ports
from launch.processes import Processes
from launch.servers import broker

Start = Callable[[Path, Processes, Ports, str], str]
HERE = [
    pytest.param(server, start, id=server.name)
    for server, start in (
        (broker.redis() or broker.packaged_redis(), broker.start_redis),
        (broker.rabbitmq(), broker.start_rabbitmq),
    )
    if server is not None
]


@pytest.mark.parametrize(("server", "start"), HERE)
def test_broker_carries_a_message_and_asks_for_its_password(
    home: Home, processes: Processes, server: Path, start: Start
) -> None:
    url = start(server, processes, Ports(home), "secret")
    with Connection(url) as connection:
        queue = connection.SimpleQueue("greetings")
        queue.put({"n": 7})
        assert queue.get(timeout=10).payload == {"n": 7}
        queue.close()
    with (
        pytest.raises((OperationalError, OSError, AccessRefused)),
        Connection(url.replace("secret", "guess")) as stranger,
    ):
        stranger.ensure_connection(max_retries=1, timeout=5)


def test_there_is_a_broker_to_test() -> None:
    assert HERE
