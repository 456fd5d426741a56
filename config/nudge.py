"""Wake a worker without ever waiting for one: what a nudge does not reach, a sweeper finds by its row."""

from functools import cache
from time import monotonic

import structlog
from kombu.connection import Connection
from kombu.exceptions import KombuError
from kombu.pools import producers

from config.celery import app

# While the broker is away, one nudge in this many seconds finds out whether it is back.
QUIET_SECONDS = 5
# An old nudge is worth nothing: the sweeper was there meanwhile.
EXPIRES_SECONDS = 60

log = structlog.get_logger(__name__)
_quiet_until = 0.0


def nudge(task: str, *args: str) -> bool:
    """Send `task` (its name) to a worker; False, with a line in the log, where the broker is away.

    Costs at most 2 s, and nothing for some seconds after that.
    """
    global _quiet_until  # noqa: PLW0603 - one clock for the process
    if monotonic() < _quiet_until:
        return False
    try:
        with producers[_broker()].acquire(block=True, timeout=1) as producer:
            app.send_task(
                task, args=args, producer=producer, retry=False, expires=EXPIRES_SECONDS, confirm_timeout=1
            )
    except (KombuError, OSError) as error:
        _quiet_until = monotonic() + QUIET_SECONDS
        log.warning("broker_away", task=task, error=type(error).__name__)
        return False
    return True


@cache
def _broker() -> Connection:
    # Celery's own pool waits six seconds for a broker that refuses, and for ever for one that is silent.
    broker: Connection = app.connection_for_write(
        connect_timeout=1,
        transport_options={
            "max_retries": 1,
            "interval_start": 0,
            "interval_step": 0,
            "interval_max": 0,
            "connect_retries_timeout": 1,
            "socket_timeout": 1,
            "socket_connect_timeout": 1,
            "read_timeout": 1,
            "write_timeout": 1,
        },
    )
    return broker
