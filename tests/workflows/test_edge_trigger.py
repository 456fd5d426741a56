"""The database's own check of edges keeps pace with a batch."""

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Organisation, User
from workflows.models import Application, Round

pytestmark = pytest.mark.django_db


def test_check_of_edges_grows_with_the_rows_not_with_their_square(open_round: Round, owner: User) -> None:
    employers = Organisation.objects.bulk_create(
        Organisation(kind="employer", name=f"示例企业{n}") for n in range(8000)
    )
    cases = Application.objects.bulk_create(
        Application(
            programme=open_round.programme,
            policy=open_round.policy,
            year=open_round.year,
            round=open_round,
            applicant=employer,
            handler_id=open_round.handler_id,
            authority_id=open_round.authority_id,
            created_by=owner,
        )
        for employer in employers
    )
    # A session that has seen a single row first keeps the plan that it made for it.
    Application.objects.filter(pk=cases[0].pk).update(saved_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '8s'")
    assert Application.objects.filter(round=open_round).update(saved_at=timezone.now()) == 8000
