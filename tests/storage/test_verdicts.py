import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from accounts.models import Organisation
from storage import verdicts
from storage.models import Document, DocumentState
from storage.verification import verify
from tests.storage import papers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def heard():
    """Every verdict told, with the transaction it was told in."""
    told: list[tuple[str, str]] = []

    def hear(document: Document) -> None:
        assert connection.in_atomic_block
        told.append((str(document.pk), document.state))

    verdicts.subscribe(hear)
    yield told
    verdicts.unsubscribe(hear)


def waiting(document: Document) -> Document:
    document.refresh_from_db()
    return document


def test_subscriber_hears_of_a_verdict_once(uploaded, heard):
    document = uploaded()

    assert [verify(document.pk), verify(document.pk)] == [True, False]

    assert heard == [(str(document.pk), "verified")]


def test_subscriber_hears_of_a_refusal(uploaded, heard):
    document = uploaded(sha256="0" * 64)

    verify(document.pk)

    assert heard == [(str(document.pk), "refused")]


def test_subscribing_twice_hears_once(uploaded):
    heard = []
    verdicts.subscribe(heard.append)
    verdicts.subscribe(heard.append)
    try:
        verify(uploaded().pk)
    finally:
        verdicts.unsubscribe(heard.append)

    assert len(heard) == 1


def test_fact_of_a_subscriber_and_verdict_stand_or_fall_together(uploaded, firm):
    def keep_a_fact_and_fail(document: Document) -> None:
        Organisation.objects.filter(pk=firm.pk).update(name="改名")
        raise RuntimeError("the power goes")

    document = uploaded()
    verdicts.subscribe(keep_a_fact_and_fail)
    try:
        with pytest.raises(RuntimeError):
            verify(document.pk)
    finally:
        verdicts.unsubscribe(keep_a_fact_and_fail)

    assert waiting(document).state == DocumentState.CHECKING
    assert Organisation.objects.get(pk=firm.pk).name == "厦门示例软件有限公司"
    assert verify(document.pk) is True


def test_two_workers_at_once_give_one_verdict(uploaded, heard):
    documents = [uploaded() for _ in range(3)]
    gate = threading.Barrier(4)

    def work(document_id) -> bool:
        try:
            gate.wait(5)
            return verify(document_id)
        finally:
            connections.close_all()

    for document in documents:
        with ThreadPoolExecutor(4) as pool:
            verdict_count = sum(pool.map(work, [document.pk] * 4))
        assert verdict_count == 1
    assert sorted(heard) == sorted((str(document.pk), "verified") for document in documents)


def test_row_that_is_being_checked_is_passed_over(uploaded):
    document = uploaded()

    def from_another_worker() -> bool:
        try:
            return verify(document.pk)
        finally:
            connections.close_all()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        Document.objects.select_for_update().get(pk=document.pk)
        assert pool.submit(from_another_worker).result(5) is False
    assert waiting(document).state == DocumentState.CHECKING
    assert verify(document.pk) is True
    assert waiting(document).verified_at <= timezone.now()
    assert waiting(document).size_bytes == len(papers.PDF)
