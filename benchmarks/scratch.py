"""A database of a benchmark's own, and how long its server has worked."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection


@contextmanager
def scratch(work: str) -> Iterator[None]:
    """A database of its own with today's schema, dropped afterwards."""
    name = connection.settings_dict["NAME"]
    wanted = f"{name}_{work}_benchmark"
    _alone(f'DROP DATABASE IF EXISTS "{wanted}"', f'CREATE DATABASE "{wanted}"')
    connection.settings_dict["NAME"] = wanted
    try:
        call_command("migrate", verbosity=0)
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = name
        _alone(f'DROP DATABASE "{wanted}" WITH (FORCE)')


def _alone(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connection.close()


def statements(work: Callable[[], object]) -> int:
    """How many statements `work` sends, BEGIN and COMMIT of its transaction included."""
    sent, began, inside = 0, False, connection.in_atomic_block

    def count(execute: Any, *given: Any) -> Any:
        nonlocal sent, began
        sent, began = sent + 1, began or connection.in_atomic_block
        return execute(*given)

    with connection.execute_wrapper(count):
        work()
    return sent + 2 * (began and not inside)


def server_seconds(session: Any) -> Callable[[], float]:
    """What gives the seconds that a session's server process has been on a processor; 0 where it is elsewhere."""
    row = session.execute(
        "SELECT pg_backend_pid(), inet_server_addr() IS NULL OR inet_server_addr() = inet_client_addr()"
    ).fetchone()
    clock = Path(f"/proc/{row[0]}/schedstat")
    if not row[1] or not clock.exists():
        return lambda: 0.0
    return lambda: int(clock.read_text().split()[0]) / 1e9
