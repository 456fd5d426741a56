"""One change of a session at a time: its row is locked, what happened is noted, its version grows, its task moves."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from viewflow.workflow.models import Task
from viewflow.workflow.status import PROCESS, STATUS

from accounts.models import Role, User
from workflows.absences import covered_people
from workflows.flows.review_session import ReviewSessionFlow
from workflows.models import Application, ReviewSession, SessionItem, SessionNote
from workflows.review.sessions.refusals import NotTheirSession, SessionMoved
from workflows.rules import unknown_to

Stage = ReviewSession.Stage
OPEN = (STATUS.NEW, STATUS.ASSIGNED, STATUS.STARTED)
# Before the panel meets, its cases and its seats can change.
BEFORE = (Stage.PLANNED, Stage.DRAWING, Stage.INVITING, Stage.CONFIRMED)
# Long papers of a session: most turns neither read nor change them. What is not read is not written either.
PAPERS = ("announcement", "certificate", "minutes")


@dataclass(slots=True)
class Turn:
    """A locked session, who acts, when, and what is noted of it."""

    session: ReviewSession
    by: User
    at: datetime
    replayed: bool
    notes: list[SessionNote] = field(default_factory=list)

    def note(self, what: str, reason: str = "", by: User | None = None, **data: Any) -> None:
        """What happened, for the minutes and for whoever asks later."""
        self.notes.append(
            SessionNote(
                session=self.session, what=what, by=by or self.by, at=self.at, reason=reason[:500], data=data
            )
        )

    def require(self, *stages: str) -> None:
        """Raises:
        SessionMoved: the session stands at none of `stages`.
        """
        if self.session.stage not in stages:
            raise moved(self.session)

    def lock_cases(self) -> list[int]:
        """The ids of the cases in running order, locked in the order in which steps lock them: no deadlock."""
        items = SessionItem.objects.filter(session=self.session, removed_at=None)
        ids = list(items.order_by("position").values_list("application_id", flat=True))
        lock_cases(ids)
        return ids

    def finish(self, task: str) -> None:
        """The session's open task `task` is done.

        Raises:
            SessionMoved: another one waits.
        """
        found = open_task(self.session)
        if found is None or found.flow_task.name != task:
            raise moved(self.session)
        with found.activation() as activation:
            activation.start(None)
            activation.execute()
        if self.replayed:
            Task.objects.filter(pk=found.pk).update(started=self.at, finished=self.at)
            Task.objects.filter(process__sessionprocess__session=self.session, status__in=OPEN).update(
                created=self.at
            )


@contextmanager
def turn(session: ReviewSession, *, by: User, at: datetime | None = None, own: bool = True) -> Iterator[Turn]:
    """Change a session: all of it, or nothing.

    Args:
        at: when it happened, for a past that is being replayed; the database's clock otherwise.
        own: only clerks of the office that runs it; the experts' own acts are checked by their verbs.

    Raises:
        NotTheirSession: `by` is none of them.
    """
    with transaction.atomic():
        locked = ReviewSession.objects.select_for_update(of=("self",)).defer(*PAPERS).get(pk=session.pk)
        if own:
            require_own(locked, by)
        taken = Turn(locked, by, at or _now(), at is not None)
        yield taken
        SessionNote.objects.bulk_create(taken.notes)
        locked.version += 1
        locked.save()


def _now() -> datetime:
    """The database's time after the lock was got: what comes later in a session is later by its times too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (moment,) = cursor.fetchone()
    return moment  # type: ignore[no-any-return]


def lock_cases(ids: list[int]) -> None:
    """Lock these cases in the order in which every step locks its cases."""
    rows = Application.objects.filter(pk__any=sorted(ids)).order_by("pk").select_for_update(of=("self",))
    list(rows.values_list("pk", flat=True))


def require_own(session: ReviewSession, by: User) -> None:
    """Raises:
    NotTheirSession: `by` is no clerk of the office that runs it.
    """
    if session.office_id not in by.organisations_as(Role.CLERK):
        raise NotTheirSession(number=session.number, office=session.office.name)


def moved(session: ReviewSession) -> SessionMoved:
    return SessionMoved(number=session.number, stage=session.get_stage_display())


def open_task(session: ReviewSession) -> Task | None:
    """The task that waits on a session; None when it is signed or cancelled."""
    return (
        Task.objects.filter(process__sessionprocess__session=session, status__in=OPEN)
        .select_related("owner")
        .first()
    )


def tasks_for(user: User) -> "QuerySet[Any]":
    """Open tasks of the sessions that `user`, or an absent colleague for whom they stand in, keeps; oldest first."""
    offices = user.organisations_as(Role.CLERK)
    tied = Application.objects.none()
    if user.has_role(Role.EXPERT):
        tied = Application.objects.filter(unknown_to(user, case="pk"))
    kept = SessionItem.objects.filter(application__in=tied.values("pk"), removed_at=None)
    found: QuerySet[Any] = (
        Task.objects.exclude(process__sessionprocess__session__in=kept.values("session"))
        .filter(
            Q(owner=user) | Q(owner__in=covered_people(user)),
            process__sessionprocess__session__office__in=offices,
            status__in=OPEN,
        )
        .select_related("owner", "process__sessionprocess__session__round")
        .order_by("created")
    )
    return found


def begin(session: ReviewSession, at: datetime | None) -> None:
    """Start the process of a new session."""
    ReviewSessionFlow.start.run(session=session)
    if at:
        Task.objects.filter(process__sessionprocess__session=session).update(created=at)


def abandon(session: ReviewSession, at: datetime) -> None:
    """End the process of a session that is cancelled: nobody's task any more."""
    process = session.process
    Task.objects.filter(process=process, status__in=OPEN).update(status=STATUS.CANCELED, finished=at)
    process.status, process.finished = PROCESS.CANCELED, at
    process.save(update_fields=["status", "finished"])
