"""Who can have a seat in a session, who sits, and where they sit besides."""

from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet

from accounts.models import User
from config.words import T, listed
from workflows.models import Conflict, Expert, ReviewSession, Seat, SessionItem
from workflows.review.counting import SITTING
from workflows.review.sessions import refusals
from workflows.review.sessions.turns import BEFORE, Stage, Turn

State = Seat.State


def place(taken: Turn, expert: Expert, *, in_field: bool, follows: Seat | None = None) -> Seat:
    """A planned seat for `expert`.

    Raises:
        CannotSit, ConflictStands, ExpertElsewhere: why they cannot.
    """
    session = taken.session
    if why := cannot_sit(session, expert):
        raise refusals.CannotSit(expert=expert.code, why=why)
    if conflicts_of([session], [expert.pk]):
        raise refusals.ConflictStands(expert=expert.code)
    require_free(session, expert)
    return Seat.objects.create(
        session=session,
        expert=expert,
        in_field=in_field,
        held_on=session.held_on,
        half=session.half,
        follows=follows,
    )


def experts_by_code(session: ReviewSession, codes: Sequence[str]) -> list[Expert]:
    """The experts of the office's database with these codes, in this order.

    Raises:
        NotUnderstood: no code at all.
        UnknownExperts: the database has nobody with some of them.
    """
    if not codes:
        raise refusals.NotUnderstood(what=T("codes of experts", "专家编号"))
    found = Expert.objects.filter(office=session.office_id).in_bulk(codes, field_name="code")
    if unknown := [code for code in codes if code not in found]:
        raise refusals.UnknownExperts(codes=listed(unknown))
    return [found[code] for code in codes]


def cannot_sit(session: ReviewSession, expert: Expert) -> T | None:
    """Why `expert` can have no seat at all in a session; None where they can."""
    if expert.status != Expert.Status.ENROLLED:
        return T("they are not enrolled", "未在库")
    if expert.user_id is None:
        return T("they have no account yet", "尚无账号")
    if expert.user_id == session.secretary_id:
        return T("they are the secretary", "为本场次秘书")
    if Seat.objects.filter(session=session, expert=expert).exists():
        return T("they have had a seat here already", "已在本场次中")
    return None


def conflicts_of(sessions: Iterable[ReviewSession], experts: Iterable[int]) -> set[int]:
    """Those of these experts with a standing conflict with a case of one of the sessions."""
    cases = SessionItem.objects.filter(session__in=list(sessions), removed_at=None).values("application")
    found = Conflict.objects.standing().filter(expert__in=list(experts), application__in=cases)
    return set(found.values_list("expert_id", flat=True))


def require_free(session: ReviewSession, expert: Expert) -> None:
    """Nothing where `expert` sits nowhere else in the session's half-day; nobody can take it up at the same time.

    Raises:
        ExpertElsewhere: they do.
    """
    Expert.objects.select_for_update(of=("self",)).get(pk=expert.pk)
    if session.held_on is None:
        return
    other = (
        Seat.objects.filter(expert=expert, held_on=session.held_on, half=session.half, state__in=SITTING)
        .exclude(session=session)
        .select_related("session")
        .first()
    )
    if other is not None:
        raise refusals.ExpertElsewhere(expert=expert.code, number=other.session.number)


def waiting_for(user: User) -> QuerySet[Seat]:
    """An expert's seats that wait for an answer or a signature, those that are due first."""
    waits = Q(state=State.INVITED, session__stage__in=(*BEFORE, Stage.HELD)) | Q(
        state=State.CONFIRMED, session__stage=Stage.CONCLUDED, signed_at=None
    )
    return Seat.objects.filter(waits, expert__user=user.pk).order_by("answer_by", "pk")


def seats_waiting(user: User) -> int:
    """How many of them, for the navigation."""
    return waiting_for(user).count()


def sitting(session: ReviewSession) -> list[Seat]:
    """The seats that count, in the order in which they were taken."""
    found = Seat.objects.filter(session=session, state__in=SITTING).select_related("expert__user")
    return [of_session(one, session) for one in found.order_by("pk")]


def of_session(one: Seat, session: ReviewSession) -> Seat:
    """The seat, with its session, which is there already: it is not read anew with every seat."""
    one.session = session
    return one


def confirmed(session: ReviewSession) -> list[Seat]:
    """Those who will come."""
    return [one for one in sitting(session) if one.state == State.CONFIRMED]
