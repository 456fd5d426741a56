"""The outbox: rows are written with their cause, and a broker that is away costs nothing but time."""

import json
import socket
import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from config.celery import app
from notifications.models import OutboxRow
from notifications.outbox import deliver_due, nudge, put, put_all
from notifications.queries import outbox_state
from notifications.topics import topic


@pytest.fixture
def got() -> list[str]:
    """Keys that the topic `test.append` delivered in this process."""
    keys: list[str] = []

    @topic("test.append")
    def append(payload, key):
        keys.append(key)

    return keys


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_put_of_a_known_key_changes_nothing(db):
    put("test.append", "a", {"n": 1})
    put("test.append", "a", {"n": 2})
    assert list(OutboxRow.objects.values_list("key", "payload")) == [("a", {"n": 1})]


@pytest.mark.django_db(transaction=True)
def test_put_in_a_transaction_that_fails_leaves_nothing():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        put("test.append", "a", {})
        1 / 0  # noqa: B018
    assert OutboxRow.objects.count() == 0


def test_raw_insert_needs_topic_key_and_payload_only(db, got):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notifications_outbox (topic, key, payload)"
            " SELECT 'test.append', 'raw:' || n, jsonb_build_object('n', n) FROM generate_series(1, 3) n"
        )
    assert deliver_due() == 3
    assert got == ["raw:1", "raw:2", "raw:3"]


def test_row_due_later_waits(db, got):
    put("test.append", "later", {}, due_at=timezone.now() + timedelta(hours=1))
    assert deliver_due() == 0
    OutboxRow.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert deliver_due() == 1
    assert got == ["later"]


def test_nudge_is_one_call_a_transaction(db, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        put("test.append", "a", {})
        with transaction.atomic():
            put_all([("test.append", "b", {}), ("test.append", "c", {})])
        nudge()
    assert len(callbacks) == 1


def test_nudge_of_a_savepoint_that_failed_is_made_again(db, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            put("test.append", "a", {})
            1 / 0  # noqa: B018
        put("test.append", "b", {})
    assert len(callbacks) == 1


@pytest.mark.django_db(transaction=True)
def test_broker_that_refuses_costs_no_time_and_the_sweeper_delivers(process, closed_port, got):
    done = process("put_rows", "20", CELERY_BROKER_URL=f"redis://127.0.0.1:{closed_port}/0")
    assert done.returncode == 0, done.stderr
    # Celery's own six seconds a try would make two minutes of it, on however busy a machine.
    assert float(done.stdout) < 10
    assert done.stderr.count("broker_away") == 1
    assert deliver_due() == 20
    assert len(got) == 20


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
@pytest.mark.django_db(transaction=True)
def test_broker_that_is_silent_costs_two_seconds_once(process, silent_port, got, scheme):
    done = process("put_rows", "20", CELERY_BROKER_URL=f"{scheme}://127.0.0.1:{silent_port}/0")
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 2.5
    assert done.stderr.count("broker_away") == 1
    assert deliver_due() == 20


@pytest.mark.django_db(transaction=True)
def test_burst_of_transactions_calls_the_relay_a_few_times_and_once_more_at_its_end(process):
    queue = f"test-{uuid.uuid4().hex}"
    done = process("put_rows", "200", CELERY_QUEUE=queue)
    assert done.returncode == 0, done.stderr
    with app.connection_for_write() as broker:
        channel = broker.default_channel
        called = channel.queue_declare(queue, passive=True).message_count
        channel.queue_delete(queue)
    assert 2 <= called <= 50


def test_state_counts_what_is_due_and_what_was_given_up(db):
    put_all([("test.append", key, {}) for key in "abc"])
    put("test.append", "later", {}, due_at=timezone.now() + timedelta(hours=1))
    OutboxRow.objects.filter(key="a").update(given_up_at=timezone.now())
    state = outbox_state()
    assert (state.due, state.given_up) == (2, 1)
    assert state.oldest_due_at == OutboxRow.objects.get(key="b").due_at


def test_command_names_rows_given_up_and_tries_them_again(db, capsys, got):
    put("test.append", "a", {})
    OutboxRow.objects.update(given_up_at=timezone.now(), attempts=16, last_error="TimeoutError")
    with pytest.raises(SystemExit, match="1"):
        call_command("outbox", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["rows"] == [
        {"topic": "test.append", "key": "a", "attempts": 16, "last_error": "TimeoutError"}
    ]
    call_command("outbox", "--retry")
    assert deliver_due() == 1
    assert got == ["a"]
