"""No row of an upload is without its upload, although no foreign key looks at each of them."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from storage import uploads
from workflows.models import Application, RosterImport, StagedPerson

pytestmark = pytest.mark.django_db
NOBODY = 987_654_321


@pytest.fixture
def upload(draft: Application, owner: User) -> RosterImport:
    document = uploads.deposit(
        data=b"%PDF-1.4\n" * 50, user=owner, organisation=draft.applicant, filename="a.xlsx",
        content_type="application/pdf", purpose="roster",
    )  # fmt: skip
    return RosterImport.objects.create(application=draft, document=document, started_by=owner)


def staged(upload_id: int, places: range) -> None:
    StagedPerson.objects.bulk_create(
        StagedPerson(roster_import_id=upload_id, position=place) for place in places
    )


def delete_by_hand(upload: RosterImport) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM workflows_rosterimport WHERE id = %s", [upload.pk])


def test_row_of_no_upload_is_refused(upload: RosterImport) -> None:
    staged(upload.pk, range(2))

    with pytest.raises(IntegrityError, match=str(NOBODY)), transaction.atomic():
        staged(NOBODY, range(2))
    assert StagedPerson.objects.count() == 2


def test_one_stray_among_the_rows_of_a_statement_is_refused(upload: RosterImport) -> None:
    rows = [StagedPerson(roster_import_id=pk, position=1) for pk in (upload.pk, upload.pk, NOBODY)]

    with pytest.raises(IntegrityError), transaction.atomic():
        StagedPerson.objects.bulk_create(rows)
    assert not StagedPerson.objects.exists()


def test_row_does_not_move_to_another_upload(upload: RosterImport) -> None:
    staged(upload.pk, range(1))

    with pytest.raises(IntegrityError), transaction.atomic():
        StagedPerson.objects.update(roster_import_id=NOBODY)
    assert StagedPerson.objects.update(name="甲", roster_import_id=upload.pk) == 1


def test_upload_keeps_its_id(upload: RosterImport) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RosterImport.objects.update(id=NOBODY)


def test_upload_with_rows_is_not_deleted_from_under_them(upload: RosterImport) -> None:
    staged(upload.pk, range(2))

    with pytest.raises(IntegrityError), transaction.atomic():
        delete_by_hand(upload)
    upload.delete()
    assert not StagedPerson.objects.exists()


def test_upload_without_rows_is_deleted(upload: RosterImport) -> None:
    delete_by_hand(upload)

    assert not RosterImport.objects.filter(pk=upload.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_who_deletes_the_upload_waits_for_who_adds_to_it(upload: RosterImport) -> None:
    said: list[Any] = []
    deleting = threading.Thread(target=in_a_thread(lambda: delete_by_hand(upload), said))
    with transaction.atomic():
        staged(upload.pk, range(1))
        deleting.start()
        deleting.join(0.5)
        assert deleting.is_alive()
    deleting.join(20)

    assert [type(answer) for answer in said] == [IntegrityError]
    assert StagedPerson.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_adds_to_an_upload_waits_for_who_deletes_it(upload: RosterImport) -> None:
    said: list[Any] = []
    adding = threading.Thread(target=in_a_thread(lambda: staged(upload.pk, range(1)), said))
    with transaction.atomic():
        delete_by_hand(upload)
        adding.start()
        adding.join(0.5)
        assert adding.is_alive()
    adding.join(20)

    assert [type(answer) for answer in said] == [IntegrityError]
    assert not StagedPerson.objects.exists()


def in_a_thread(work: Callable[[], None], said: list[Any]) -> Callable[[], None]:
    """`work` on a connection of its own; what it is refused for is kept."""

    def run() -> None:
        try:
            work()
        except IntegrityError as error:
            said.append(error)
        finally:
            connection.close()

    return run
