"""What leads to the servers, and what is cleared away."""

import io

import pytest

from launch.faults import Halt
from launch.keys import keys
from launch.places import Home
from launch.say import Say
from launch.services import Services, clear, keys_of, shown


@pytest.fixture
def addresses(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    given = {
        "DATABASE_URL": "postgres://bailu:secret@db.example:5432/bailu",
        "CELERY_BROKER_URL": "amqp://bailu:secret@mq.example//",
        "S3_ENDPOINT": "https://s3.example",
        "S3_ACCESS_KEY": "bailu",
        "S3_SECRET_KEY": "secret",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return given


def test_addresses_from_the_environment_are_taken_and_nothing_is_started(
    home: Home, addresses: dict[str, str]
) -> None:
    out = io.StringIO()
    services = Services(home, Say(out))
    services.start()
    assert {name: services.environment[name] for name in addresses} == addresses
    assert services.processes.running == []
    assert services.stand_ins == []
    assert "secret" not in out.getvalue()


def test_half_an_address_of_documents_is_refused(
    home: Home, addresses: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("S3_SECRET_KEY")
    with pytest.raises(Halt, match="S3_ENDPOINT is set, but S3_SECRET_KEY is not"):
        Services(home, Say(io.StringIO())).start()


def test_without_a_store_the_demonstration_says_what_stands_in(
    home: Home, addresses: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("S3_ENDPOINT", "S3_ACCESS_KEY", "S3_SECRET_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("BAILU_SEARCH_PATH", "")
    services = Services(home, Say(io.StringIO()))
    services.start()
    assert services.environment["BAILU_STANDINS"] == "documents"
    assert "S3_ENDPOINT" not in services.environment


def test_without_a_store_the_tests_say_what_to_install(
    home: Home, addresses: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("S3_ENDPOINT")
    monkeypatch.setenv("BAILU_SEARCH_PATH", "")
    with pytest.raises(Halt, match="There is no S3 server on this machine") as caught:
        Services(home, Say(io.StringIO()), for_tests=True).start()
    assert "make minio" in caught.value.next_step


def test_documents_stay_where_they_were_written(
    home: Home, addresses: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("S3_ENDPOINT", "S3_ACCESS_KEY", "S3_SECRET_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("BAILU_SEARCH_PATH", "")
    (home.folder / "minio").mkdir()
    with pytest.raises(Halt, match="were written by MinIO, which is no longer here"):
        Services(home, Say(io.StringIO())).start()


def test_variables_of_make_do_not_reach_our_programs(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARGS", "annual_report --json")
    monkeypatch.setenv("MAKEFLAGS", "--no-print-directory")
    environment = Services(home, Say(io.StringIO())).environment
    assert "ARGS" not in environment
    assert "MAKEFLAGS" not in environment


def test_keys_that_are_gone_while_their_data_is_there_are_not_made_anew(home: Home) -> None:
    (home.folder / "postgres").mkdir()
    with pytest.raises(Halt, match="cannot be read without it") as caught:
        keys_of(home)
    assert "make demo RESET=1" in caught.value.next_step


def test_clear_takes_data_and_keys_and_leaves_the_lock_and_a_built_minio(home: Home) -> None:
    keys(home.folder / "secrets.json")
    for name in ("postgres", "documents", "mail", "bin"):
        (home.folder / name).mkdir()
    (home.run / "lock").touch()
    clear(home)
    assert sorted(entry.name for entry in home.folder.iterdir()) == ["bin", "log", "run"]
    assert (home.run / "lock").exists()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("postgres://bailu:secret@db.example:5432/bailu", "db.example:5432"),
        ("postgres:///bailu", "postgres"),
        ("https://s3.example", "s3.example"),
    ],
)
def test_address_is_shown_without_its_password(address: str, words: str) -> None:
    assert shown(address) == words
