"""A whole site for the browser: its own database, bucket, queue, web server and worker, as in production."""

import fcntl
import hashlib
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

import psycopg
from django.utils import timezone
from psycopg import sql

from launch.faults import tail
from launch.places import PYTHON, ROOT, VENV, Home
from launch.ports import LOOPBACK, Ports
from launch.processes import Processes, Record

# What the demonstration is made of; a template database is used again until one of these changes.
MADE_OF = ("*/migrations/*.py", "workflows/demonstration/**/*.py", "workflows/programmes/**/*.py")


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
        """Have the worker do a task of `workflows.tasks` now, which its clock would ask for later."""
        self.manage("shell", "-c", f"from workflows import tasks; tasks.{task}.delay()")

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


def manage(environment: Mapping[str, str], *arguments: str) -> str:
    """Run a management command; its standard output, and an error with all it said where it fails."""
    done = subprocess.run(
        [PYTHON, "manage.py", *arguments],
        cwd=ROOT,
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
    return done.stdout


@contextmanager
def server() -> Iterator[psycopg.Connection[Any]]:
    """The database server that the tests were given, at a database that is always there."""
    with psycopg.connect(_url("postgres"), autocommit=True) as connection:
        yield connection


def _url(database: str) -> str:
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}"))


def drop(database: str) -> None:
    with server() as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))
        )


def _copy(database: str, template: str | None = None) -> None:
    drop(database)
    with server() as connection:
        made = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database))
        if template:
            made += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
        connection.execute(made)


def new_site(folder: Path, worker: str) -> Site:
    """A site with the demonstration in it, not started yet: a copy of a template that is made once."""
    name = urlsplit(os.environ["DATABASE_URL"]).path.lstrip("/")
    environment = os.environ | {
        "BAILU_DEMO": "1",
        "DEBUG": "0",
        "LOG_LEVEL": "WARNING",
        "LOG_JSON": "0",
        "S3_BUCKET": "bailu-e2e",
        "CELERY_QUEUE": f"e2e-{worker}-{os.getpid()}",
        "PYTHONUNBUFFERED": "1",
    }
    template = f"{name}_e2e_{_mark()}"
    accounts = _template(name, template, environment | {"BAILU_DATA_DIR": str(folder)})
    database = f"{name}_e2e_{worker}"
    _copy(database, template)
    return Site(Home(folder), database, environment | {"DATABASE_URL": _url(database)}, accounts)


def _template(name: str, template: str, environment: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The template's accounts by the local part of their address; made by whoever comes first."""
    lock = Path(tempfile.gettempdir()) / f"{name}_e2e.lock"
    with lock.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with server() as connection:
            rows = connection.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [f"{name}_e2e_"]
            )
            there = [row for (row,) in rows]
        if template not in there:
            # One of an earlier state of the code is of no use any more.
            for old in there:
                if "_gw" not in old:
                    drop(old)
            made = f"{template}_new"
            _copy(made)
            building = dict(environment, DATABASE_URL=_url(made))
            manage(building, "migrate", "--no-input", "-v", "0")
            manage(building, "load_demonstration")
            with server() as connection:
                connection.execute(
                    sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                        sql.Identifier(made), sql.Identifier(template)
                    )
                )
    # What is there already is told again, without making anything.
    from workflows.demonstration.cast import DOMAIN, PASSWORD, accounts
    from workflows.demonstration.experts import SIGN_IN

    known = {account["email"].partition("@")[0]: account for account in accounts()}
    experts = [f"expert{n}" for n in range(2, SIGN_IN + 1)]
    return known | {name: {"email": f"{name}@{DOMAIN}", "password": PASSWORD} for name in experts}


def _mark() -> str:
    found = hashlib.sha256(f"{timezone.localdate()}{os.environ['FIELD_KEYS']}".encode())
    for pattern in MADE_OF:
        for file in sorted(ROOT.glob(pattern)):
            found.update(file.read_bytes())
    return found.hexdigest()[:12]
