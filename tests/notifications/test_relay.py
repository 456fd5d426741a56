"""The relay: each row once, whoever dies, whatever fails."""

from collections import Counter
from datetime import timedelta
from email import message_from_bytes
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from config.words import T
from notifications import relay
from notifications.mailbox import Mailbox
from notifications.messages import tell
from notifications.models import Message, OutboxRow
from notifications.outbox import deliver_due, put, put_all
from notifications.topics import topic

WORDS = T(en="Told", zh="告知")


def put_many(name: str, count: int) -> None:
    put_all([(name, f"{name}:{n}", {"n": n}) for n in range(count)])


def end_leases() -> None:
    """Two minutes pass."""
    OutboxRow.objects.exclude(claimed_until=None).update(claimed_until=Now() - timedelta(seconds=1))


def let_all_be_due() -> None:
    OutboxRow.objects.update(due_at=Now() - timedelta(seconds=1))


@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.django_db(transaction=True)
def test_relays_at_the_same_time_deliver_each_row_once(batch):
    got: Counter[str] = Counter()

    @topic("test.many", batch=batch)
    def take(*given):
        got.update([key for key, _ in given[0]] if batch else [given[1]])

    put_many("test.many", 400)
    barrier = Barrier(4)
    delivered = []

    def run() -> None:
        try:
            barrier.wait()
            delivered.append(deliver_due(limit=20))
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 400
    assert set(got.values()) == {1}
    assert sum(delivered) == 400


@pytest.mark.django_db(transaction=True)
def test_relay_killed_between_effect_and_mark_delivers_again_and_the_receiver_drops_the_double(
    process, tmp_path
):
    effects = tmp_path / "effects"
    put("test.append", "once", {})
    assert process("append_and_die", str(effects)).returncode == 9

    @topic("test.append")
    def append(payload, key):
        with effects.open("a") as file:
            file.write(f"{key}\n")

    assert deliver_due() == 0  # the dead relay's lease still runs
    end_leases()
    assert deliver_due() == 1
    assert effects.read_text().splitlines() == ["once", "once"]
    assert set(effects.read_text().splitlines()) == {"once"}


@pytest.mark.django_db(transaction=True)
def test_relay_killed_before_the_commit_leaves_messages_exactly_once(process, lin):
    put("test.write", "w", {})
    assert process("write_and_die", "").returncode == 9
    assert Message.objects.count() == 0

    @topic("test.write")
    def write(payload, key):
        tell([lin], key=key, subject=WORDS, body=WORDS, link="", topic="test.write")

    end_leases()
    deliver_due()
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_mail_sent_twice_carries_the_same_message_id(process, tmp_path, lin, settings):
    tell([lin], key="k", subject=WORDS, body=WORDS, link="", topic="t")
    assert process("mail_and_die", str(tmp_path)).returncode == 9
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    end_leases()
    assert deliver_due() == 1
    mails, _ = Mailbox(tmp_path).newest()
    assert len(mails) == 2
    raw = [message_from_bytes(path.read_bytes()) for path in tmp_path.iterdir()]
    assert len({mail["Message-ID"] for mail in raw}) == 1


def test_poison_row_does_not_hold_up_the_others(db):
    got = []

    @topic("test.poison")
    def take(payload, key):
        if payload["n"] == 3:
            raise ValueError("lin@example.com 350299199001150013")
        got.append(payload["n"])

    put_many("test.poison", 60)
    assert deliver_due() == 59
    assert got == [n for n in range(60) if n != 3]
    row = OutboxRow.objects.get(delivered_at=None)
    assert (row.attempts, row.last_error, row.claimed_until) == (1, "ValueError", None)


def test_failures_leave_no_personal_data_in_the_log(db, caplog):
    @topic("test.poison")
    def take(payload, key):
        raise ValueError("lin@example.com 350299199001150013")

    put("test.poison", "p", {})
    deliver_due()
    assert "outbox_row_failed" in caplog.text
    assert "lin@example.com" not in caplog.text
    assert "350299" not in caplog.text


def test_waits_grow_until_the_row_is_given_up(db):
    @topic("test.never")
    def take(payload, key):
        raise TimeoutError

    put("test.never", "n", {})
    waits = []
    for _ in range(relay.MAX_ATTEMPTS - 1):
        let_all_be_due()
        before = timezone.now()
        assert deliver_due() == 0
        waits.append(round((OutboxRow.objects.get().due_at - before).total_seconds()))
    assert waits[:5] == [10, 20, 40, 80, 160]
    assert waits[-1] == 7200
    assert OutboxRow.objects.get().state == "waiting"
    let_all_be_due()
    deliver_due()
    row = OutboxRow.objects.get()
    assert (row.state, row.attempts, row.last_error) == ("given up", relay.MAX_ATTEMPTS, "TimeoutError")
    assert deliver_due() == 0


@pytest.mark.django_db(transaction=True)
def test_row_that_kills_its_worker_is_given_up_and_takes_nobody_with_it(process, tmp_path):
    put("test.append", "deadly", {})
    OutboxRow.objects.update(attempts=relay.MAX_ATTEMPTS - 1)
    assert process("append_and_die", str(tmp_path / "effects")).returncode == 9
    end_leases()
    deliver_due()
    row = OutboxRow.objects.get()
    assert (row.state, row.last_error) == ("given up", "WorkerLost")


def test_topic_without_a_handler_waits_for_one(db):
    put("test.unheard-of", "u", {})
    assert deliver_due() == 0
    assert OutboxRow.objects.get().last_error == "UnknownTopic"
    got = []

    @topic("test.unheard-of")
    def take(payload, key):
        got.append(key)

    let_all_be_due()
    assert deliver_due() == 1
    assert got == ["u"]


def test_lease_that_ended_during_delivery_gives_no_second_delivery(db):
    got = []

    @topic("test.slow", batch=True)
    def take(rows):
        got.extend(key for key, _ in rows)

    put_many("test.slow", 3)
    slow = relay._claim("test.slow", fresh=True, limit=10)
    end_leases()
    assert deliver_due() == 3
    assert relay._deliver(relay.topic_named("test.slow"), slow) == 0
    assert sorted(got) == ["test.slow:0", "test.slow:1", "test.slow:2"]


def test_batch_with_one_bad_row_delivers_the_others_once(db, lin):
    @topic("test.batch", batch=True)
    def take(rows):
        for key, payload in rows:
            tell([lin], key=key, subject=WORDS, body=WORDS, link="", topic="t")
            if payload["n"] == 7:
                raise ValueError

    put_many("test.batch", 20)
    deliver_due()
    assert Message.objects.count() == 19
    assert OutboxRow.objects.filter(topic="test.batch", delivered_at=None).get().payload == {"n": 7}


def test_channel_that_cannot_be_opened_fails_its_rows_only(db):
    got = []

    def away():
        raise ConnectionRefusedError

    @topic("test.away", around=away)
    def take(payload, key):
        got.append(key)

    @topic("test.here")
    def take_too(payload, key):
        got.append(key)

    put("test.away", "a", {})
    put("test.here", "b", {})
    assert deliver_due() == 1
    assert got == ["b"]
    assert OutboxRow.objects.get(key="a").last_error == "ConnectionRefusedError"


def test_ten_thousand_rows_take_a_few_statements_a_chunk(db, django_assert_num_queries):
    got = []

    @topic("test.batch", batch=True)
    def take(rows):
        got.append(len(rows))

    put_many("test.batch", 10_000)
    # Twenty chunks, each: which topics are due, claim, savepoint, hold, mark, release. Then none is due.
    with django_assert_num_queries(20 * 6 + 1):
        assert deliver_due() == 10_000
    assert got == [500] * 20


def test_effects_of_a_handler_are_delivered_in_the_same_run(db, lin, kate, mailoutbox):
    @topic("test.tells", batch=True)
    def take(rows):
        for key, _ in rows:
            tell([lin, kate], key=key, subject=WORDS, body=WORDS, link="", topic="t")

    put("test.tells", "t", {})
    assert deliver_due() == 3
    assert sorted(mail.to[0] for mail in mailoutbox) == ["kate@example.com", "lin@example.com"]


def test_run_that_is_out_of_time_leaves_the_rest_to_the_next(db):
    @topic("test.batch", batch=True)
    def take(rows):
        pass

    put_many("test.batch", 1500)
    assert deliver_due(seconds=-1) == 0
    assert deliver_due() == 1500


def test_transaction_of_one_row_that_fails_takes_its_writes_along(db, lin):
    @topic("test.half")
    def take(payload, key):
        tell([lin], key=key, subject=WORDS, body=WORDS, link="", topic="t")
        with transaction.atomic():
            raise ValueError

    put("test.half", "h", {})
    deliver_due()
    assert Message.objects.count() == 0
