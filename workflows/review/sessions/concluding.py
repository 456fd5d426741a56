"""The end of a session: every case is concluded, the minutes are frozen, and each member signs their hash."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from accounts.models import User
from config.words import listed
from workflows.models import Conclusion, ReviewSession, Seat, SessionItem
from workflows.review.sessions import news, refusals
from workflows.review.sessions.minutes import minutes_of, sha256_of_minutes
from workflows.review.sessions.places import confirmed
from workflows.review.sessions.turns import Stage, turn


def open_cases(session: ReviewSession) -> list[str]:
    """Numbers of the cases on which the chair has not concluded, in running order."""
    done = Conclusion.objects.filter(application=OuterRef("application"), replaced_at=None)
    items = SessionItem.objects.filter(~Exists(done), session=session, removed_at=None)
    return [
        str(number) for number in items.order_by("position").values_list("application__number", flat=True)
    ]


def conclude(session: ReviewSession, *, by: User, at: datetime | None = None) -> str:
    """The session is over; the hash of its minutes, which the members sign.

    Raises:
        CasesOpen: there is no conclusion on some case yet; names all.
    """
    with turn(session, by=by, at=at) as taken:
        taken.require(Stage.HELD)
        if missing := open_cases(taken.session):
            raise refusals.CasesOpen(names=listed(missing))
        SessionItem.objects.filter(
            session=taken.session, removed_at=None, called_at__isnull=False, ended_at=None
        ).update(ended_at=taken.at)
        taken.session.stage, taken.session.concluded_at = Stage.CONCLUDED, taken.at
        taken.session.minutes = minutes_of(taken)
        sha256 = sha256_of_minutes(taken.session.minutes)
        taken.session.minutes_sha256 = sha256
        taken.note("concluded", sha256=sha256)
        taken.finish("conclude")
        news.to_sign(taken, confirmed(taken.session))
    return sha256


def sign(seat: Seat, signed: str, *, by: User, at: datetime | None = None) -> None:
    """A member signs the minutes; the last signature ends the session.

    Args:
        signed: the SHA-256 of the minutes that they saw.

    Raises:
        CasesOpen: the session is not concluded; names the cases that are missing.
        MinutesChanged: they saw others.
        SignedAlready, NotPresent: they have signed, or do not sit.
    """
    with turn(seat.session, by=by, at=at, own=False) as taken:
        mine = Seat.objects.select_related("expert").get(pk=seat.pk)
        if mine.state != Seat.State.CONFIRMED:
            raise refusals.NotPresent(expert=mine.expert.code)
        if mine.signed_at is not None:
            raise refusals.SignedAlready
        if taken.session.stage == Stage.HELD and (missing := open_cases(taken.session)):
            raise refusals.CasesOpen(names=listed(missing))
        taken.require(Stage.CONCLUDED)
        if signed != taken.session.minutes_sha256:
            raise refusals.MinutesChanged
        mine.signed_at, mine.signed_sha256 = taken.at, signed
        mine.save(update_fields=["signed_at", "signed_sha256"])
        taken.note("signed", expert=mine.expert.code, sha256=signed)
        seats = Seat.objects.filter(session=taken.session, state=Seat.State.CONFIRMED)
        if not seats.filter(signed_at=None).exists():
            taken.session.stage, taken.session.signed_at = Stage.SIGNED, taken.at
            taken.finish("sign")
