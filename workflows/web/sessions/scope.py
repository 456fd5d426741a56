"""Who may know of a session: the office that runs it, the authority of its round, and the experts who are asked."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Role, User
from workflows.models import Application, Conflict, ReviewSession, Room, Round, Seat, SessionItem

READERS = (Role.CLERK, Role.OFFICIAL, Role.AUDITOR)
# A seat that is only planned is nobody's yet: the draw may be looked at before anybody is told.
TOLD = tuple(state for state in Seat.State if state != Seat.State.PLANNED)


def sessions_by(user: User) -> QuerySet[ReviewSession]:
    """Sessions that `user` may know of; whoever is kept away from one of the cases knows of none of the session."""
    found = ReviewSession.objects.filter(
        Q(office__in=user.organisations_as(Role.CLERK))
        | Q(round__authority__in=user.organisations_as(Role.OFFICIAL, Role.AUDITOR))
    )
    if not user.has_role(Role.EXPERT):
        return found
    cases = SessionItem.objects.filter(session=OuterRef(OuterRef("pk")), removed_at=None)
    tied = Conflict.objects.standing().filter(
        expert__user=user.pk, application__in=cases.values("application")
    )
    return found.filter(~Exists(tied))


def may_run(user: User, session: ReviewSession) -> bool:
    """Whether `user` is a clerk of the office that runs it."""
    return session.office_id in user.organisations_as(Role.CLERK)


def heard_in(case: Application, user: User) -> tuple[ReviewSession | None, bool]:
    """The session of a case that waits for experts, and whether `user` can make one because nobody reviews it."""
    steps = case.declaration.steps
    waits = [steps[name].sources for name in ("put_to_panel", "submit_review") if name in steps]
    if "submit_review" not in steps or not any(case.state in sources for sources in waits):
        return None, False
    found = sessions_by(user).filter(items__application=case, items__removed_at=None).first()
    makes = case.round.handler_id in user.organisations_as(Role.CLERK)
    return found, found is None and not case.reviews_wanted and makes


def rounds_by(user: User) -> QuerySet[Round]:
    """Rounds for which `user` can make sessions."""
    return Round.objects.filter(handler__in=user.organisations_as(Role.CLERK))


def rooms_by(user: User) -> QuerySet[Room]:
    """Rooms of the offices in which `user` is a clerk."""
    return Room.objects.filter(office__in=user.organisations_as(Role.CLERK))


def seats_by(user: User) -> QuerySet[Seat]:
    """An expert's own seats, from the invitation on."""
    return Seat.objects.filter(Q(invited_at__isnull=False) | Q(state__in=TOLD), expert__user=user.pk)
