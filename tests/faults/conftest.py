"""Processes that die, a database of their own that dies, and how large it all is."""

import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection
from django.db.models.functions import Now

from benchmarks import world
from launch.account import remove_folder
from launch.places import ROOT, Home
from launch.ports import Ports
from launch.processes import Processes, Record, birth
from launch.servers.binaries import installed, matching, packaged
from launch.servers.postgres import DURABLE, TESTS, Postgres
from notifications.models import OutboxRow

# `make faults` sets it.
FULL = os.environ.get("BAILU_FAULTS") == "full"
SOME = 500 if FULL else 20
LARGE = 10_000 if FULL else 20
MANY = 100_000 if FULL else 300
PATIENCE_S = 1800 if FULL else 60


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Those marked `faults` have a smaller sibling elsewhere: they run in `make faults`, or where they are named."""
    if FULL or "faults" in config.option.markexpr:
        return
    left = [item for item in items if item.get_closest_marker("faults")]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


class Child:
    """A process on the way, which answers or dies."""

    def __init__(self, process: BaseProcess, answer: Path) -> None:
        self.process, self.file = process, answer

    def kill(self) -> None:
        """`kill -9`, and not before it lives."""
        assert self.process.is_alive()
        self.process.kill()
        assert self.wait() == (-signal.SIGKILL, "")

    def wait(self) -> tuple[int, str]:
        """Its exit status and what it said, once it has ended."""
        self.process.join(PATIENCE_S)
        status = self.process.exitcode
        assert status is not None, "it runs on"
        return status, self.file.read_text() if self.file.exists() else ""


class Doer:
    """Does the verbs of `tests.faults.processes`, each in a process of its own on one database."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder, self.made = url, folder, 0

    def start(self, verb: str, **given: Any) -> Child:
        self.made += 1
        answer = self.folder / f"answer-{self.made}"
        child = get_context("fork").Process(target=run, args=(self.url, verb, given, answer))
        child.start()
        return Child(child, answer)

    def does(self, verb: str, **given: Any) -> dict[str, Any]:
        """Its answer, where it lives to give one."""
        status, answer = self.start(verb, **given).wait()
        assert status == 0, answer
        return dict(json.loads(answer))

    def dies(self, verb: str, **given: Any) -> None:
        """It is killed by itself where it was told to be."""
        assert self.start(verb, **given).wait() == (-signal.SIGKILL, "")

    def elsewhere(self, verb: str, environment: dict[str, str], **given: Any) -> dict[str, Any]:
        """As `does`, with settings of its own."""
        mine = {**os.environ, "DATABASE_URL": self.url, "LOG_LEVEL": "WARNING", **environment}
        child = subprocess.run(
            [sys.executable, "-m", "tests.faults.processes", verb, json.dumps(given)],
            cwd=ROOT, env={**mine, "DJANGO_SETTINGS_MODULE": "config.settings"},
            capture_output=True, text=True, check=False, timeout=PATIENCE_S,
        )  # fmt: skip
        assert child.returncode == 0, child.stderr
        return dict(json.loads(child.stdout))

    def asks(self, sql: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as looker:
            return looker.execute(sql).fetchall()

    @contextmanager
    def stopped_in_the_middle(self, sql: str, *params: Any) -> Iterator[Callable[[], None]]:
        """A stranger holds what `sql` takes, so that who needs it waits; gives what waits until one does."""
        stranger, looker = psycopg.connect(self.url), psycopg.connect(self.url, autocommit=True)
        stranger.execute(sql, params)

        def wait() -> None:
            until = time.monotonic() + PATIENCE_S
            waiting = "SELECT count(*) FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))"
            me = stranger.info.backend_pid
            while looker.execute(waiting, [me]).fetchone() == (0,):
                assert time.monotonic() < until, "nobody waits"
                time.sleep(0.05)

        try:
            yield wait
        finally:
            # Which takes back what it did; the server may be gone.
            stranger.close()
            looker.close()

    def wait_until_quiet(self) -> None:
        """Until no statement of a process that was killed runs on."""
        others = """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                       AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state = 'active'"""
        until = time.monotonic() + PATIENCE_S
        with psycopg.connect(self.url, autocommit=True) as looker:
            while looker.execute(others).fetchone() != (0,):
                assert time.monotonic() < until, "something runs on"
                time.sleep(0.05)


def address() -> str:
    """Of this test's own database."""
    where = connection.settings_dict
    password = f":{where['PASSWORD']}" if where["PASSWORD"] else ""
    return f"postgres://{where['USER']}{password}@{where['HOST']}:{where['PORT']}/{where['NAME']}"


def run(url: str, verb: str, given: dict[str, Any], answer: Path) -> None:
    """In the new process: a session of its own with the database, then the verb."""
    from tests.faults import processes

    # The parent's session is the parent's.
    connection.connection, connection.in_atomic_block, connection.run_on_commit = None, False, []
    where = urlsplit(url)
    connection.settings_dict |= {
        "HOST": where.hostname, "PORT": where.port, "NAME": where.path[1:], "USER": where.username,
        "PASSWORD": where.password or "",
    }  # fmt: skip
    status = 1
    try:
        answer.write_text(json.dumps(getattr(processes, verb)(**given)))
        status = 0
    except Exception:
        answer.write_text(traceback.format_exc())
    finally:
        # Nothing of the test's own end is done twice.
        os._exit(status)


@pytest.fixture
def doer(db: Any, tmp_path: Path) -> Doer:
    return Doer(address(), tmp_path)


@pytest.fixture
def here(db: Any, request: pytest.FixtureRequest) -> world.World:
    """A round with some submitted cases, of whose submission everybody has been told."""
    made = world.make(getattr(request, "param", SOME), people=True)
    OutboxRow.objects.update(delivered_at=Now())
    return made


@dataclass
class Server:
    """A PostgreSQL of the test's own, which can be killed."""

    processes: Processes
    postgres: Postgres
    ports: Ports
    url: str = ""

    def start(self) -> str:
        chosen = matching(self.postgres.major(), installed(), lambda: packaged(self.postgres.account))
        # What is killed is a process, not the machine: what it wrote is written.
        self.url = self.postgres.start(chosen, self.ports, DURABLE if FULL else TESTS)
        return self.url

    def kill(self) -> None:
        """`kill -9` of the server and of each of its sessions."""
        record: Record = self.processes.running.pop()
        asked = subprocess.run(["ps", "-Ao", "pid=,ppid="], capture_output=True, text=True, check=True)
        pairs = [tuple(map(int, line.split())) for line in asked.stdout.splitlines()]
        family = [record.pid, *(pid for pid, parent in pairs if parent == record.pid)]
        assert len(family) > 1
        for pid in family:
            os.kill(pid, signal.SIGKILL)
        assert record.child is not None
        record.child.wait(10)
        until = time.monotonic() + 10
        while any(birth(pid) for pid in family):
            assert time.monotonic() < until
            time.sleep(0.02)


@pytest.fixture
def server(tmp_path: Path, django_db_blocker: Any) -> Iterator[Server]:
    home = Home(tmp_path / "data")
    home.prepare()
    processes = Processes(home)
    made = Server(processes, Postgres(processes, "secret"), Ports(home))
    try:
        made.start()
        with django_db_blocker.unblock():
            yield made
    finally:
        processes.stop()
        remove_folder(home.folder / "postgres")
