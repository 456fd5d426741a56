"""What falls due in sessions: invitations nobody answered, conflicts found since, reminders."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import User
from workflows.engine import clock
from workflows.models import Conflict, ReviewSession, Seat, SessionItem
from workflows.review.counting import SITTING
from workflows.review.sessions import news
from workflows.review.sessions.seating import fall
from workflows.review.sessions.turns import BEFORE, turn

State = Seat.State
AT_ONCE = 200
# So long before an answer is due, or a session begins, people are reminded; once.
AHEAD = timedelta(hours=24)


def fall_due(at: datetime | None = None) -> int:
    """Seats whose invitation was not answered in time fall, and those with a conflict found since; how many.

    One session at a time under its lock; one that somebody else holds is left to the next sweep.
    """
    now = at or clock.now()
    system, fallen = User.objects.system(), 0
    for pk in _sessions(now):
        with transaction.atomic():
            free = ReviewSession.objects.select_for_update(of=("self",), skip_locked=True)
            session = free.filter(pk=pk).first()
            if session is None:
                continue
            with turn(session, by=system, at=at, own=False) as taken:
                # The expert who answers at the same moment waits for this lock, or was here before.
                due = Seat.objects.filter(_due(now), session=session).select_related(
                    "expert__user", "session"
                )
                for seat in due.annotate(tied=Exists(_ties())).order_by("pk"):
                    fall(taken, seat, State.RECUSED if seat.tied else State.SILENT, "")
                    fallen += 1
    return fallen


def remind_due(at: datetime | None = None) -> int:
    """Remind once of invitations that wait for an answer, and of sessions that begin; how many."""
    now = at or clock.now()
    unanswered = Q(state=State.INVITED, answer_by__gt=now, answer_by__lte=now + AHEAD)
    # Whoever was asked a moment ago needs no reminder.
    unanswered &= Q(invited_at__lte=now - AHEAD / 4)
    coming = Q(
        state=State.CONFIRMED, session__stage="confirmed", session__starts_at__gt=now,
        session__starts_at__lte=now + AHEAD,
    )  # fmt: skip
    with transaction.atomic():
        seats = list(
            Seat.objects.filter(unanswered | coming, reminded_at=None)
            .select_for_update(of=("self",), skip_locked=True)
            .select_related("expert__user", "session__round", "session__room")
            .order_by("pk")[:AT_ONCE]
        )
        news.reminded(seats)
        Seat.objects.filter(pk__in=[one.pk for one in seats]).update(reminded_at=now)
    return len(seats)


def _ties() -> QuerySet[Conflict]:
    cases = SessionItem.objects.filter(session=OuterRef(OuterRef("session")), removed_at=None)
    return Conflict.objects.standing().filter(
        expert=OuterRef("expert"), application__in=cases.values("application")
    )


def _due(now: datetime) -> Q:
    silent = Q(state=State.INVITED, answer_by__lte=now)
    return Q(session__stage__in=BEFORE) & (silent | (Q(state__in=SITTING) & Q(Exists(_ties()))))


def _sessions(now: datetime) -> list[int]:
    found = Seat.objects.filter(_due(now)).values_list("session_id", flat=True)
    return sorted(set(found.order_by(F("answer_by").asc(nulls_last=True))[:AT_ONCE]))
