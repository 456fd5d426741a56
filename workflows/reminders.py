"""Reminders 催办: whoever holds a case hears of a deadline ahead of it, and once more when it is over."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import APPLICANT_ROLES, Membership, Role, User
from config.words import T
from notifications import outbox
from notifications.messages import tell_all
from notifications.notes import Note
from notifications.topics import optional_mail, topic
from workflows.engine import clock
from workflows.engine.deadlines import is_working, provisional_among, working_days_after
from workflows.engine.declare import Step
from workflows.engine.guards import spoken_day
from workflows.models import Absence, Application, Deadline
from workflows.programmes import registry
from workflows.rules import SCOPES

TOPIC = "deadline.reminder"
AT_ONCE = 1000
SUBJECTS = {
    False: T("{number}: “{step}” is due by {due_on}", "{number}：“{step}”将于 {due_on} 到期"),
    True: T("{number}: “{step}” was due on {due_on}", "{number}：“{step}”已于 {due_on} 到期"),
}
BODIES = {
    False: T(
        "{applicant}: please finish this step in time.",
        "{applicant}：请在时限内办理。",
    ),
    True: T(
        "{applicant}: this step is overdue. Please see to it now.",
        "{applicant}：这一步已经超期，请尽快办理。",
    ),
}

optional_mail(TOPIC, T("Reminders of deadlines", "到期催办"))


def remind_due(at: datetime | None = None) -> int:
    """Put a reminder into the outbox for each open deadline that ends as many working days ahead as its step
    declares, or ended before `at` (the database's now); returns how many. Each deadline is reminded of at most
    twice, and on working days only.

    Raises:
        CalendarUnknown: today or one of those days is beyond the calendar.
    """
    now = at or clock.now()
    today = clock.day_of(now)
    if not is_working(today):
        return 0
    ahead = _near(today)
    reminded = 0
    while some := _remind_some(today, ahead, now):
        reminded += some
    return reminded


def _near(today: date) -> Q:
    """Deadlines that end soon enough for the first reminder of their step, or are over."""
    days = {s.due.remind for p in registry().values() for s in p.steps.values() if s.due and s.due.remind}
    until = {n: working_days_after(today, n) for n in days}
    q = Q(due_on__lt=today)
    for slug, programme in registry().items():
        for step in programme.steps.values():
            if step.due and step.due.remind:
                q |= Q(step=step.name, application__programme=slug, due_on__lte=until[step.due.remind])
    return q


@transaction.atomic
def _remind_some(today: date, near: Q, now: datetime) -> int:
    again = Q(due_on__lt=today, reminded_at__date__lte=F("due_on"))
    due = list(
        Deadline.objects.filter(_waiting(), Q(reminded_at=None) | again, near)
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("due_on", "pk")[:AT_ONCE]
    )
    if due:
        outbox.put_all(
            (TOPIC, f"deadline:{d.pk}:{'late' if d.due_on < today else 'due'}", _payload(d, today))
            for d in due
        )
        Deadline.objects.filter(pk__in=[d.pk for d in due]).update(reminded_at=now)
    return len(due)


def _payload(deadline: Deadline, today: date) -> dict[str, Any]:
    return {"deadline": deadline.pk, "late": deadline.due_on < today}


def _waiting() -> Q:
    """Open deadlines whose case stands where their step is taken: not those that a correction has stopped."""
    q = Q(pk__lt=0)
    for slug, programme in registry().items():
        for step in programme.steps.values():
            if step.due:
                q |= standing(slug, step)
    return q & Q(met_at=None, lapsed_at=None)


def standing(programme: str, step: Step) -> Q:
    """Deadlines of `step` whose case stands where it is taken."""
    states = [str(source) for source in step.sources]
    return Q(step=step.name, application__programme=programme, application__state__in=states)


@topic(TOPIC, batch=True)
def remind(rows: list[tuple[str, dict[str, Any]]]) -> None:
    """Tell those who can take the step; a deadline that was met since is passed over."""
    wanted = {row["deadline"]: (key, bool(row["late"])) for key, row in rows}
    deadlines = Deadline.objects.filter(_waiting(), pk__in=wanted).select_related(
        "application__applicant", "application__assigned_to"
    )
    notes = []
    found = list(deadlines)
    people = _people(found)
    substitutes = _substitutes(found)
    provisional = provisional_among([deadline.due_on for deadline in found])
    for deadline in found:
        key, late = wanted[deadline.pk]
        for user, page in _holders(deadline, people, substitutes):
            notes.append(
                _note(deadline, user, page, key=key, late=late, provisional=deadline.due_on in provisional)
            )
    tell_all(notes)


def _step(deadline: Deadline) -> Step:
    return deadline.application.declaration.steps[deadline.step]


def _people(deadlines: list[Deadline]) -> dict[int, list[Membership]]:
    """Organisation id → those who act for it, of all organisations that the cases concern."""
    places = {getattr(d.application, column) for d in deadlines for column in set(SCOPES.values())}
    people: dict[int, list[Membership]] = defaultdict(list)
    for m in (
        Membership.objects.in_force()
        .filter(organisation__in=places, user__is_active=True)
        .select_related("user")
    ):
        people[m.organisation_id].append(m)
    return people


def _substitutes(deadlines: list[Deadline]) -> dict[int, User]:
    """Person → who stands in for them now, of those to whom one of the cases is assigned."""
    away = Absence.objects.in_force().filter(
        person__in={d.application.assigned_to_id for d in deadlines if d.application.assigned_to_id},
        role=Role.CLERK,
    )
    return {absence.person_id: absence.substitute for absence in away.select_related("substitute")}


def _holders(
    deadline: Deadline, people: dict[int, list[Membership]], substitutes: dict[int, User]
) -> list[tuple[User, str]]:
    """Those whose role takes the step, each with the page that they work on; a clerk who claimed it, alone, or
    with whoever stands in for them."""
    case: Application = deadline.application
    if case.assigned_to and Role.CLERK in _step(deadline).by:
        substitute = substitutes.get(case.assigned_to.pk)
        return [(user, "case") for user in (case.assigned_to, substitute) if user]
    found: dict[int, tuple[User, str]] = {}
    for role in sorted(_step(deadline).by & SCOPES.keys()):
        for member in people[getattr(case, SCOPES[Role(role)])]:
            if member.role == role:
                found[member.user_id] = (member.user, "application" if role in APPLICANT_ROLES else "case")
    return list(found.values())


def _note(deadline: Deadline, user: User, page: str, *, key: str, late: bool, provisional: bool) -> Note:
    case = deadline.application
    values = {
        "number": case.number,
        "step": _step(deadline).label,
        "due_on": spoken_day(deadline.due_on, provisional=True) if provisional else deadline.due_on,
        "applicant": case.applicant.name,
    }
    return Note(
        recipient=user,
        key=f"{key}:{user.pk}",
        subject=SUBJECTS[late].format(**values),
        body=BODIES[late].format(**values),
        link=reverse(page, args=[case.pk]),
        topic=TOPIC,
        programme=case.programme,
    )
