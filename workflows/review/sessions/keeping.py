"""Who keeps a session: its secretary, and handing that over to a colleague."""

from datetime import datetime

from django.db.models import Q
from viewflow.workflow.models import Task

from accounts.models import Membership, Role, User
from config.words import T
from workflows.models import Conflict, ReviewSession, Seat, SessionItem
from workflows.review.sessions import news, refusals
from workflows.review.sessions.turns import OPEN, Stage, require_own, turn


def clerk_of(office: int, pk: int) -> User:
    """The clerk `pk` of an office.

    Raises:
        NotUnderstood: there is none there.
    """
    clerks = Membership.objects.in_force().filter(organisation=office, role=Role.CLERK)
    found = clerks.filter(user=pk, user__is_active=True).select_related("user").first()
    if found is None:
        raise refusals.NotUnderstood(what=T("colleague", "同事"))
    return found.user


def hand_over(session: ReviewSession, *, by: User, to: User, reason: str, at: datetime | None = None) -> None:
    """`to` is the secretary from now on, with the task that waits; they are told, and the minutes say so.

    Raises:
        NotTheirSession: one of the two is no clerk of the office that runs it.
        KeptAway: `to` sits on the panel, or has a standing conflict with one of its cases.
        SessionMoved: it is over.
        ReasonNeeded: no reason is given.
    """
    if not reason.strip():
        raise refusals.ReasonNeeded
    with turn(session, by=by, at=at) as taken:
        taken.require(*(stage for stage in Stage if stage not in (Stage.SIGNED, Stage.CANCELLED)))
        held = taken.session
        require_own(held, to)
        if _is_tied(held, to):
            raise refusals.KeptAway(name=str(to), number=held.number)
        was, held.secretary = held.secretary, to
        Task.objects.filter(process__sessionprocess__session=held, status__in=OPEN).update(owner=to)
        taken.note("handed_over", reason, name=str(to), was=str(was))
        news.handed_over(taken, reason)


def _is_tied(session: ReviewSession, user: User) -> bool:
    """Whether `user` sits on the panel or is kept away from one of the cases."""
    cases = SessionItem.objects.filter(session=session, removed_at=None).values("application")
    tied = Conflict.objects.standing().filter(expert__user=user.pk, application__in=cases)
    seated = Seat.objects.filter(~Q(state=Seat.State.STOOD_DOWN), session=session, expert__user=user.pk)
    return tied.exists() or seated.exists()
