"""What becomes of a session when an expert leaves the database; and the grade that service earns."""

from decimal import Decimal

import pytest

from accounts.models import Role
from tests.workflows.conftest import fresh, person_with
from tests.workflows.review.sessions.ways import opened, reviewed, seated
from workflows import tasks
from workflows.models import Assignment, Expert, Seat, SessionNote
from workflows.review.experts import deciding, grading
from workflows.review.experts.refusals import ReasonNeeded

pytestmark = pytest.mark.django_db


@pytest.fixture
def director(association):
    """The association's official."""
    return person_with(Role.OFFICIAL, association)


def test_removed_expert_leaves_cases_and_seats(session, pool, clerk, director):
    seated(session, pool[:5], clerk)
    gone = pool[2]
    deciding.remove(gone, by=director, reason="调离本市")

    ended = Assignment.objects.filter(expert=gone).values_list("state", "ended_reason")
    assert list(ended) == [("ended", "调离本市")] * 2
    seat = Seat.objects.get(expert=gone)
    assert (seat.state, seat.reason) == ("prevented", "调离本市")
    case = Assignment.objects.filter(expert=pool[0]).first().application
    assert fresh(case).reviews_wanted == 4
    assert SessionNote.objects.filter(session=session, what="prevented", by=director).count() == 1


def test_suspended_expert_is_followed_too_and_no_reason_changes_nothing(session, pool, clerk, director):
    seated(session, pool[:5], clerk)
    with pytest.raises(ReasonNeeded):
        deciding.suspend(pool[1], by=director, reason=" ")
    assert Seat.objects.get(expert=pool[1]).state == "confirmed"
    deciding.suspend(pool[1], by=director, reason="两次未到会")
    assert Seat.objects.get(expert=pool[1]).state == "prevented"


def test_grade_counts_answers_presence_and_distance(session, pool, clerk, association):
    seats = seated(session, pool[:5], clerk)
    assert grading.regrade(association) == 5
    assert grading.parts_of(pool[0].pk) == {"answered": 100, "came": None, "in_time": None, "near": None}
    opened(session, seats, clerk)
    for case in {one.application for one in Assignment.objects.select_related("application")}:
        reviewed(case, pool[:5])
    # Everybody scored the same: nobody is far from the panel.
    assert grading.regrade(association) == 0
    assert grading.parts_of(pool[0].pk)["near"] == 100
    assert set(Expert.objects.values_list("grade", flat=True)) == {Decimal("100.00"), None}


def test_nightly_task_grades_every_office(session, pool, clerk):
    seated(session, pool[:5], clerk)
    tasks.grade_experts()
    assert Expert.objects.filter(grade=Decimal(100)).count() == 5


def test_late_answer_and_empty_chair_cost(session, pool, clerk, association):
    seats = seated(session, pool[:5], clerk)
    one = seats[0]
    Seat.objects.filter(pk=one.pk).update(answer_by=one.invited_at)
    type(session).objects.filter(pk=session.pk).update(stage="signed")
    Seat.objects.filter(session=session).exclude(pk=one.pk).update(signed_in_at=one.invited_at)
    grading.regrade(association)
    assert grading.parts_of(one.expert_id) == {"answered": 0, "came": 0, "in_time": None, "near": None}
    one.expert.refresh_from_db()
    other = seats[1].expert
    other.refresh_from_db()
    assert (one.expert.grade, other.grade) == (Decimal("0.00"), Decimal("100.00"))
