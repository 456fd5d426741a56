"""The way of a session, by its verbs, as far as a test wants it."""

from collections.abc import Sequence

from accounts.models import User
from tests.workflows.conftest import fresh
from tests.workflows.review.seated import give, undertake
from workflows.engine.perform import perform
from workflows.models import Application, Expert, ReviewSession, Seat
from workflows.review.sessions import concluding, drawing, holding, seating


def again(session: ReviewSession) -> ReviewSession:
    """The row as the database has it."""
    return ReviewSession.objects.get(pk=session.pk)


def drawn(session: ReviewSession, clerk: User, officials: Sequence[User]) -> ReviewSession:
    """Announced, committed, revealed, drawn."""
    drawing.announce(session, by=clerk, in_field=["soft", "net"], seed=officials)
    secrets = [drawing.commit(session, by=one) for one in officials]
    for one, secret in zip(officials, secrets, strict=True):
        drawing.reveal(session, secret, by=one)
    drawing.draw(session, by=clerk)
    return again(session)


def seated(session: ReviewSession, experts: Sequence[Expert], clerk: User) -> list[Seat]:
    """Seated without a draw, invited, and everybody comes."""
    seating.seat(session, experts, by=clerk, reason="抽取记录见附件")
    seating.invite(session, by=clerk)
    return all_accept(session)


def all_accept(session: ReviewSession) -> list[Seat]:
    """Everybody who is asked comes; the confirmed seats."""
    for one in Seat.objects.filter(session=session, state="invited").select_related(
        "session", "expert__user"
    ):
        seating.accept(one, by=one.expert.user)
    return list(
        Seat.objects.filter(session=session, state="confirmed").select_related("session", "expert__user")
    )


def opened(session: ReviewSession, seats: Sequence[Seat], clerk: User) -> None:
    """Confirmed, everybody signed in, open."""
    seating.confirm(session, by=clerk)
    for one in seats:
        holding.sign_in(one, by=clerk)
    holding.open_session(session, by=clerk)


def reviewed(case: Application, experts: Sequence[Expert], points: str = "50") -> None:
    """Everybody has scored, and the first of them, who chairs, concluded that it passes."""
    for one in experts:
        undertake(case, one)
        give(case, one, points, "35")
    perform("pass_review", [case.pk], actor=experts[0].user, key=f"c{case.pk}", reason="同意立项")
    assert fresh(case).state == "verified"


def signed(session: ReviewSession) -> None:
    """Every member signs the minutes."""
    minutes = again(session).minutes_sha256
    for one in Seat.objects.filter(session=session, state="confirmed").select_related(
        "session", "expert__user"
    ):
        concluding.sign(one, minutes, by=one.expert.user)
