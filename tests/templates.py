"""Databases that are made once and copied from then on: the migrated one, and that with the demonstration in it."""

import fcntl
import hashlib
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.utils import timezone
from psycopg import sql

from launch.places import PYTHON, ROOT

MIGRATIONS = ("*/migrations/*.py",)
# What the demonstration is made of; its database is used again until one of these changes.
DEMONSTRATION = (*MIGRATIONS, "workflows/demonstration/**/*.py", "workflows/programmes/**/*.py")
# The bucket of its documents.
BUCKET = "bailu-e2e"


def migrated() -> str:
    """The database that migrations make of an empty one."""
    return _template(
        "migrated", MIGRATIONS, None, lambda url: manage({"DATABASE_URL": url}, "migrate", "-v", "0")
    )


def demonstration(data: Path) -> str:
    """The database with the demonstration in it; `data` is where its loading keeps what is no document."""
    given = {
        "BAILU_DEMO": "1", "BAILU_DATA_DIR": str(data), "LOG_LEVEL": "WARNING", "LOG_JSON": "0", "S3_BUCKET": BUCKET,
    }  # fmt: skip

    def build(url: str) -> None:
        manage({**given, "DATABASE_URL": url}, "load_demonstration")

    empty = migrated()
    return _template("e2e", DEMONSTRATION, empty, build, f"{timezone.localdate()}{os.environ['FIELD_KEYS']}")


def manage(environment: Mapping[str, str], *arguments: str) -> str:
    """Run a management command with these settings beside ours; what it printed, and all it said where it fails."""
    done = subprocess.run(
        [PYTHON, "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
    return done.stdout


def url_of(database: str) -> str:
    """The address of another database of the server that the tests were given."""
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}"))


def ours() -> str:
    """The name that all databases of these tests begin with."""
    return urlsplit(os.environ["DATABASE_URL"]).path.lstrip("/")


@contextmanager
def server() -> Iterator[psycopg.Connection[Any]]:
    """The database server that the tests were given, at a database that is always there."""
    with psycopg.connect(url_of("postgres"), autocommit=True) as connection:
        yield connection


def drop(database: str) -> None:
    with server() as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))
        )


def copy(database: str, template: str | None = None) -> None:
    """Make the database anew, as a copy of `template` or empty."""
    drop(database)
    with server() as connection:
        made = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database))
        if template:
            made += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
        connection.execute(made)


def _template(
    kind: str, made_of: tuple[str, ...], base: str | None, build: Callable[[str], object], also: str = ""
) -> str:
    """The name of a template, which whoever comes first makes; those of an earlier state of the code are dropped."""
    begins = f"{ours()}_{kind}_"
    name = begins + _mark(made_of, also)
    lock = Path(tempfile.gettempdir()) / f"{begins}lock"
    with lock.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with server() as connection:
            rows = connection.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [begins]
            ).fetchall()
        there = [row for (row,) in rows]
        if name not in there:
            for old in there:
                if "_gw" not in old:
                    drop(old)
            copy(f"{name}_new", base)
            build(url_of(f"{name}_new"))
            with server() as connection:
                connection.execute(
                    sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                        sql.Identifier(f"{name}_new"), sql.Identifier(name)
                    )
                )
    return name


def _mark(made_of: tuple[str, ...], also: str) -> str:
    found = hashlib.sha256(also.encode())
    for pattern in made_of:
        for file in sorted(ROOT.glob(pattern)):
            found.update(file.read_bytes())
    return found.hexdigest()[:12]
