"""Holding a session: sign-in, opening it, calling one case after the other, questions, the end of each."""

import hmac
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.utils.crypto import salted_hmac

from accounts.models import User
from config.words import listed
from workflows.models import Application, Assignment, ReviewSession, Seat, SessionItem
from workflows.review.sessions import refusals
from workflows.review.sessions.assigning import assign
from workflows.review.sessions.on_case import require_case_quorum
from workflows.review.sessions.places import confirmed
from workflows.review.sessions.quorum import Quorum, quorum
from workflows.review.sessions.turns import Stage, Turn, turn

CODE_DIGITS = 6


def sign_in_code(session: ReviewSession) -> str:
    """What the board shows, and who is in the room can type: six digits of this session alone."""
    digest = salted_hmac("workflows.review.sessions.sign_in", f"{session.pk}:{session.made_at.isoformat()}")
    return str(int(digest.hexdigest(), 16) % 10**CODE_DIGITS).zfill(CODE_DIGITS)


def sign_in(seat: Seat, *, by: User, at: datetime | None = None) -> None:
    """The secretary ticks that an expert is there."""
    with turn(seat.session, by=by, at=at) as taken:
        _sign_in(taken, seat)


def sign_in_by_code(seat: Seat, code: str, *, by: User, at: datetime | None = None) -> None:
    """An expert signs in with the code on the board; `by` is the expert of the seat, as the page has made sure.

    Raises:
        WrongCode: it is another one.
    """
    if not hmac.compare_digest(code.strip().encode(), sign_in_code(seat.session).encode()):
        raise refusals.WrongCode
    with turn(seat.session, by=by, at=at, own=False) as taken:
        _sign_in(taken, seat)


def quorum_of(session: ReviewSession, seats: Sequence[Seat]) -> Quorum:
    """The quorum of a panel; members who score each on their own need not sign in."""
    here = [one for one in seats if one.signed_in_at is not None or session.held_on is None]
    away = [one.expert.name for one in seats if one not in here]
    return quorum((one.in_field for one in here), away, session.seats_wanted)


def open_session(session: ReviewSession, *, by: User, at: datetime | None = None) -> None:
    """The panel begins.

    Raises:
        NoQuorum: somebody is missing, or the panel is not as it has to be.
        SessionEmpty, CaseNotForSession: no cases, or some that are not before the panel yet.
    """
    with turn(session, by=by, at=at) as taken:
        taken.require(Stage.CONFIRMED)
        seats = confirmed(taken.session)
        found = quorum_of(taken.session, seats)
        if not found.is_met:
            raise refusals.NoQuorum(why=found.words)
        cases = list(
            Application.objects.filter(session_items__session=taken.session, session_items__removed_at=None)
        )
        if not cases:
            raise refusals.SessionEmpty(number=taken.session.number)
        if early := [str(case.number) for case in cases if not _is_reviewed(case)]:
            raise refusals.CaseNotForSession(names=listed(early))
        # What was dismissed or waived since they confirmed is theirs again.
        assign(taken, seats)
        taken.session.stage, taken.session.opened_at = Stage.HELD, taken.at
        taken.note("opened", experts=[one.expert.code for one in seats])
        taken.finish("hold")


def call(session: ReviewSession, case: int, *, by: User, at: datetime | None = None) -> bool:
    """Call a case: its defence begins, and the one before it ends. False where it is being heard already.

    Raises:
        ItemMoved: it was heard before.
        CaseNoQuorum: those who sit on it are too few, or too few of its field.
    """
    with turn(session, by=by, at=at) as taken:
        item = _item(taken, case)
        if item.called_at is not None:
            if item.ended_at is None:
                return False
            raise refusals.ItemMoved(number=item.application.number)
        require_case_quorum(item.application)
        for before in _running(taken):
            _end(taken, before)
        item.called_at = taken.at
        item.save(update_fields=["called_at"])
        taken.note("called", case=case, number=item.application.number, left=leaving(taken.session)[case])
    return True


def questions(session: ReviewSession, case: int, *, by: User, at: datetime | None = None) -> bool:
    """The defence is over, the panel asks; False where it asks already."""
    with turn(session, by=by, at=at) as taken:
        item = _item(taken, case)
        if item.called_at is None or item.ended_at is not None:
            raise refusals.ItemMoved(number=item.application.number)
        if item.questions_at is not None:
            return False
        item.questions_at = taken.at
        item.save(update_fields=["questions_at"])
        taken.note("questions", case=case, number=item.application.number)
    return True


def end_item(session: ReviewSession, case: int, *, by: User, at: datetime | None = None) -> bool:
    """The case has been heard; False where it had been before."""
    with turn(session, by=by, at=at) as taken:
        item = _item(taken, case)
        if item.called_at is None:
            raise refusals.ItemMoved(number=item.application.number)
        if item.ended_at is not None:
            return False
        _end(taken, item)
    return True


def leaving(session: ReviewSession) -> dict[int, list[str]]:
    """Case → codes of the confirmed members who leave the room for it: those who do not review it."""
    seats = confirmed(session)
    cases = SessionItem.objects.filter(session=session, removed_at=None).values_list(
        "application_id", flat=True
    )
    review = Assignment.objects.open().filter(
        application__in=list(cases), expert__in=[one.expert_id for one in seats]
    )
    stay = set(review.values_list("expert_id", "application_id"))
    found: dict[int, list[str]] = defaultdict(list)
    for case in cases:
        found[case] = [one.expert.code for one in seats if (one.expert_id, case) not in stay]
    return found


def _sign_in(taken: Turn, seat: Seat) -> None:
    taken.require(Stage.CONFIRMED, Stage.HELD)
    found = Seat.objects.select_related("expert").get(pk=seat.pk)
    if found.state != Seat.State.CONFIRMED:
        raise refusals.NotPresent(expert=found.expert.code)
    if found.signed_in_at is None:
        found.signed_in_at = taken.at
        found.save(update_fields=["signed_in_at"])
        taken.note("signed_in", expert=found.expert.code)


def _item(taken: Turn, case: int) -> SessionItem:
    taken.require(Stage.HELD)
    found = SessionItem.objects.filter(session=taken.session, application=case, removed_at=None)
    item = found.select_related("application").first()
    if item is None:
        raise refusals.NotInSession(number=taken.session.number)
    return item


def _running(taken: Turn) -> list[SessionItem]:
    found = SessionItem.objects.filter(
        session=taken.session, removed_at=None, called_at__isnull=False, ended_at=None
    )
    return list(found.select_related("application"))


def _end(taken: Turn, item: SessionItem) -> None:
    item.ended_at = taken.at
    item.save(update_fields=["ended_at"])
    taken.note("heard", case=item.application_id, number=item.application.number)


def _is_reviewed(case: Application) -> bool:
    """Whether experts can score it now."""
    step = case.declaration.steps.get("submit_review")
    return step is not None and case.state in {str(source) for source in step.sources}
