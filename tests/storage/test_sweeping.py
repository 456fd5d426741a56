import io
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone

from storage import uploads, verdicts
from storage.errors import NoSuchObject
from storage.models import Document, DocumentState
from storage.retention import expire, retain
from storage.tasks import drop_abandoned, requeue_waiting, sweep_uploads
from storage.verification import verify
from tests.storage import papers

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


def aged(document: Document, **fields) -> Document:
    Document.objects.filter(pk=document.pk).update(**fields)
    document.refresh_from_db()
    return document


def test_check_that_was_never_sent_is_asked_for_again(uploaded):
    long_ago = timezone.now() - timedelta(seconds=31)
    document = aged(uploaded(), queued_at=long_ago)

    assert requeue_waiting() == 1
    assert requeue_waiting() == 0

    document.refresh_from_db()
    assert document.queued_at > long_ago
    assert verify(document.pk) is True


def test_check_that_was_just_sent_is_left_alone(uploaded):
    uploaded()

    assert requeue_waiting() == 0


def test_abandoned_upload_goes_with_its_object(objects, begun, wang):
    document = aged(begun(papers.PDF).document, created_at=timezone.now() - timedelta(days=1, minutes=1))
    objects.put(document.incoming_key, io.BytesIO(b"half"), 4, "application/pdf")

    assert drop_abandoned() == 1

    assert not Document.objects.filter(pk=document.pk).exists()
    with pytest.raises(NoSuchObject):
        objects.stat(document.incoming_key)


def test_upload_of_today_is_not_abandoned(folder, begun):
    begun(papers.PDF)

    sweep_uploads()

    assert Document.objects.count() == 1


@pytest.mark.parametrize("broker", ["redis://127.0.0.1:1/0", "amqp://127.0.0.1:1//"])
def test_broker_that_is_away_fails_nothing_and_delays_nothing(broker):
    code = (
        "import django, time, uuid; django.setup(); from storage.tasks import queue_check; began = time.monotonic();"
        f"[queue_check(uuid.UUID('{uuid4()}')) for _ in range(10)]; print(time.monotonic() - began)"
    )
    env = {
        **os.environ,
        "CELERY_BROKER_URL": broker,
        "LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "broker_away" in done.stderr
    assert float(done.stdout) < 3


def deposit(user, days: int | None) -> Document:
    document = uploads.deposit(
        user=user, organisation=None, filename="a.csv", content_type="text/csv", data=b"a", purpose="x"
    )
    if days is not None:
        retain(document, timezone.localdate() + timedelta(days=days))
    return document


def test_content_goes_after_the_last_day_of_its_retention(objects, wang):
    over, last_day, for_good = deposit(wang, -1), deposit(wang, 0), deposit(wang, None)

    assert expire() == 1

    over.refresh_from_db()
    assert (over.state, over.removed_at is None) == (DocumentState.VERIFIED, False)
    with pytest.raises(NoSuchObject):
        objects.stat(over.object_key)
    assert uploads.read(last_day) == uploads.read(for_good) == b"a"


def test_retention_is_only_lengthened(folder, wang):
    document = deposit(wang, 10)

    retain(document, timezone.localdate())

    assert document.retained_until == timezone.localdate() + timedelta(days=10)


def test_expiry_goes_on_beyond_one_chunk(folder, wang, django_assert_num_queries):
    documents = [deposit(wang, -1) for _ in range(201)]

    assert expire() == 201

    assert not Document.objects.verified().exists()
    assert not any(folder.path(document.object_key).exists() for document in documents)


def test_content_of_a_refused_document_goes(uploaded, objects):
    document = uploaded(papers.EXE)
    verify(document.pk)

    assert expire() == 1

    with pytest.raises(NoSuchObject):
        objects.stat(document.object_key)


def test_subscribers_of_other_tests_are_gone():
    assert verdicts._callbacks == [] or all(c.__module__.startswith("workflows") for c in verdicts._callbacks)
