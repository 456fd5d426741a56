"""A private PostgreSQL, for real."""

import subprocess
from pathlib import Path

import psycopg
import pytest

from launch.account import Account, ordinary, owned_folder
from launch.faults import Halt
from launch.places import Home
from launch.ports import Ports
from launch.processes import Processes, birth
from launch.servers.binaries import Binaries, installed, matching
from launch.servers.postgres import TESTS, Postgres

OLD, NEW, PACKAGE = (
    Binaries(Path("/15"), 15),
    Binaries(Path("/17"), 17),
    Binaries(Path("/p"), 18, packaged=True),
)


@pytest.fixture
def binaries() -> Binaries:
    """Those of this machine; the tests themselves run on the same ones, or on the package."""
    return matching(None, installed(), _of_the_package)


def test_new_cluster_takes_the_newest_installed() -> None:
    assert matching(None, [NEW, OLD], lambda: PACKAGE) == NEW


def test_new_cluster_takes_the_package_where_nothing_is_installed() -> None:
    assert matching(None, [], lambda: PACKAGE) == PACKAGE


def test_cluster_keeps_the_version_that_made_it() -> None:
    assert matching(15, [NEW, OLD], lambda: PACKAGE) == OLD
    assert matching(18, [NEW, OLD], lambda: PACKAGE) == PACKAGE


def test_cluster_of_a_version_that_is_gone_says_so() -> None:
    with pytest.raises(Halt, match="was made by PostgreSQL 16") as caught:
        matching(16, [NEW, OLD], lambda: PACKAGE)
    assert "make demo RESET=1" in caught.value.next_step


def test_data_survives_a_stop_and_a_password_is_asked(
    home: Home, processes: Processes, binaries: Binaries
) -> None:
    url = Postgres(processes, "secret").start(binaries, Ports(home), TESTS)
    with psycopg.connect(url) as connection:
        connection.execute("create table t as select 7 as n")
    processes.stop()

    again = Postgres(processes, "secret").start(binaries, Ports(home), TESTS)

    assert again == url
    with psycopg.connect(again) as connection:
        assert connection.execute("select n from t").fetchone() == (7,)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url.replace("secret", "guess"))


def test_server_without_a_record_is_ended_before_the_next(
    home: Home, processes: Processes, binaries: Binaries
) -> None:
    Postgres(processes, "secret").start(binaries, Ports(home), TESTS)
    orphan = processes.running.pop()
    (home.run / "postgres.process").unlink()

    url = Postgres(processes, "secret").start(binaries, Ports(home), TESTS)

    assert birth(orphan.pid) is None
    with psycopg.connect(url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_cluster_that_was_interrupted_while_it_was_made_is_made_anew(
    home: Home, processes: Processes, binaries: Binaries
) -> None:
    server = Postgres(processes, "secret")
    (server.folder / "fresh").mkdir()
    (server.folder / "fresh" / "PG_VERSION").write_text("15")
    with psycopg.connect(server.start(binaries, Ports(home), TESTS)) as connection:
        assert connection.execute("select current_database()").fetchone() == ("bailu",)


def test_folder_that_the_account_cannot_enter_lies_elsewhere_and_is_linked(tmp_path: Path) -> None:
    account = ordinary()
    if account is None:
        # Only root starts servers as somebody else; anybody else makes the folder where it was asked for.
        assert owned_folder(tmp_path / "postgres", None) == tmp_path / "postgres"
        return
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    real = owned_folder(closed / "postgres", account)
    try:
        assert (closed / "postgres").resolve() == real
        assert not real.is_relative_to(tmp_path)
        assert _may_write(account, real)
    finally:
        real.rmdir()


def _may_write(account: Account, folder: Path) -> bool:
    done = subprocess.run(
        ["touch", str(folder / "x")],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        cwd="/",
        check=False,
    )
    (folder / "x").unlink(missing_ok=True)
    return done.returncode == 0


def _of_the_package() -> Binaries:
    from launch.servers.binaries import packaged

    return packaged(ordinary())
