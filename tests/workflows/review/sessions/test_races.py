"""Two at once in one session, on real PostgreSQL: each thing happens once, whoever wins."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.workflows.review.sessions.ways import again, drawn, opened, seated
from tests.workflows.test_races import at_once
from workflows.engine.verify import verify
from workflows.models import Seat, SessionItem, SessionNote
from workflows.review.draw.reading import draw_of
from workflows.review.sessions import holding, seating, sweeping

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_secretaries_call_the_next_case_once(session, pool, clerk):
    opened(session, seated(session, pool[:5], clerk), clerk)
    case = SessionItem.objects.filter(session=session).order_by("position").first().application_id
    answers = at_once(6, lambda _: holding.call(session, case, by=clerk))

    assert sorted(map(str, answers)) == ["False"] * 5 + ["True"]
    assert SessionNote.objects.filter(session=session, what="called").count() == 1


def test_decline_and_sweep_at_once_bring_one_successor(session, pool, clerk, official, second_official):
    drawn(session, clerk, [official, second_official])
    at = timezone.now()
    seating.invite(session, by=clerk, at=at)
    seats = list(
        Seat.objects.filter(session=session).order_by("pk").select_related("session", "expert__user")
    )
    for one in seats[1:]:
        seating.accept(one, by=one.expert.user, at=at)
    late = at + timedelta(hours=49)
    work = [
        lambda: seating.decline(seats[0], by=seats[0].expert.user, reason="出差", at=late),
        lambda: sweeping.fall_due(at=late),
    ]
    at_once(4, lambda i: work[i % 2]())

    seats[0].refresh_from_db()
    assert seats[0].state in ("declined", "silent")
    assert Seat.objects.filter(session=session, state="invited").count() == 1
    made = again(session).certificate
    assert [entry["out"] for entry in made["replacements"]] == [seats[0].expert.code]
    draw_of(made)
    assert verify().holds
