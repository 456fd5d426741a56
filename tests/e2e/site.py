"""A whole site for the browser: its own database, bucket, queue, web server and worker, as in production."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import psycopg

from config.celery import app
from launch.faults import tail
from launch.places import ROOT, VENV, Home
from launch.ports import LOOPBACK, Ports
from launch.processes import Processes, Record
from tests.templates import BUCKET, copy, demonstration, drop, manage, ours, url_of


@dataclass
class Site:
    """A running site. `environment` holds what its processes were given; `accounts` who can sign in."""

    home: Home
    database: str
    environment: dict[str, str]
    accounts: dict[str, dict[str, str]]
    processes: Processes = field(init=False)
    address: str = ""

    def __post_init__(self) -> None:
        self.home.prepare()
        self.processes = Processes(self.home)
        self.environment["BAILU_DATA_DIR"] = str(self.home.folder)

    def start(self) -> None:
        """Start the web server and a worker with its clock."""
        self.address = self.start_web("web")
        self.processes.start(
            "worker",
            [VENV / "bin" / "celery", "-A", "config", "worker", "-B", "-c", "1", "-P", "solo",
             "--without-gossip", "--without-mingle", "--loglevel", "WARNING"],
            environment=self.environment, folder=ROOT, grace_s=8,
        )  # fmt: skip

    def start_web(self, name: str, **settings: str) -> str:
        """Start a web server with its own `settings`; its address, once it answers."""
        port = Ports(self.home).of(name)
        address = f"http://{LOOPBACK}:{port}"
        web = self.processes.start(
            name,
            [VENV / "bin" / "granian", "--interface", "wsgi", "--host", LOOPBACK, "--port", str(port),
             "--workers", "1", "--blocking-threads", "4", "--no-ws", "--log-level", "warning",
             "config.wsgi:application"],
            environment=self.environment | {"SITE_URL": address} | settings, folder=ROOT, grace_s=8,
        )  # fmt: skip
        self._await(web, address)
        return address

    def _await(self, web: Record, address: str) -> None:
        def answers() -> bool:
            try:
                with urlopen(f"{address}/health/live", timeout=5) as answer:
                    return bool(answer.status == 200)
            except (URLError, OSError):
                return False

        self.processes.await_ready(web, answers, within_s=60)

    def stop(self) -> None:
        """Stop all that was started here, and drop the database."""
        self.processes.stop()
        drop(self.database)

    def manage(self, *arguments: str) -> str:
        """Run a management command on the site's data and return its standard output."""
        return manage(self.environment, *arguments)

    def sql(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of the site's database; the one value of a test's arrangement that no page can make."""
        with psycopg.connect(self.environment["DATABASE_URL"], autocommit=True) as connection:
            found = connection.execute(query, values)
            return found.fetchall() if found.description else []

    def value(self, query: str, *values: Any) -> Any:
        """The only value of the only row."""
        ((found,),) = self.sql(query, *values)
        return found

    def round_of(self, case: int) -> int:
        """The id of the round of a case."""
        found: int = self.value("SELECT round_id FROM workflows_application WHERE id = %s", case)
        return found

    def state_of(self, case: int) -> str:
        """The state of a case."""
        found: str = self.value("SELECT state FROM workflows_application WHERE id = %s", case)
        return found

    def nudge(self, task: str) -> None:
        """Have the worker do a task now, for example `workflows.sweep_deadlines`, which its clock asks for later."""
        app.send_task(task, queue=self.environment["CELERY_QUEUE"])

    def open_call(self, year: int, policy: str = "2019") -> int:
        """A call of that year with the demonstration's offices, open now; its id. No page makes calls yet."""
        found: int = self.value(
            """INSERT INTO workflows_round (programme, policy, year, handler_id, authority_id, published,
                                            opens_at, closes_at)
               SELECT programme, %s, %s, handler_id, authority_id, true,
                      now() - interval '1 day', now() + interval '9 days'
                 FROM workflows_round WHERE year = 2019 AND programme = 'talent-tax-rebate' RETURNING id""",
            policy,
            year,
        )
        return found

    def log_tail(self, lines: int = 60) -> str:
        """The ends of the logs of all processes."""
        logs = sorted(self.home.log.glob("*.log"))
        return "\n".join(f"── {log.name}\n" + "\n".join(tail(log, lines)) for log in logs)


def until(condition: Callable[[], Any], *, within_s: float = 20, what: str = "") -> Any:
    """The first true answer of `condition`; what the worker does takes its time."""
    end = time.monotonic() + within_s
    while not (found := condition()):
        assert time.monotonic() < end, f"not within {within_s} s: {what or condition}"
        time.sleep(0.1)
    return found


def new_site(folder: Path, worker: str) -> Site:
    """A site with the demonstration in it, not started yet: a copy of a template that is made once."""
    environment = os.environ | {
        "BAILU_DEMO": "1",
        "DEBUG": "0",
        "LOG_LEVEL": "WARNING",
        "LOG_JSON": "0",
        "S3_BUCKET": BUCKET,
        "CELERY_QUEUE": f"e2e-{worker}-{os.getpid()}",
        "PYTHONUNBUFFERED": "1",
    }
    database = f"{ours()}_e2e_{worker}"
    copy(database, demonstration(folder))
    return Site(Home(folder), database, environment | {"DATABASE_URL": url_of(database)}, _accounts())


def _accounts() -> dict[str, dict[str, str]]:
    """Who can sign in, by the local part of their address."""
    from workflows.demonstration.cast import DOMAIN, PASSWORD, accounts
    from workflows.demonstration.experts import SIGN_IN

    known = {account["email"].partition("@")[0]: account for account in accounts()}
    experts = [f"expert{n}" for n in range(2, SIGN_IN + 1)]
    return known | {name: {"email": f"{name}@{DOMAIN}", "password": PASSWORD} for name in experts}
