"""Escalation 督办: when a limit is over, one level more hears of it at each of the days that the step declares.

The first level is everybody who could take the step, also where one person claimed the case; then whoever
supervises them; at last the auditors. A step that the applicant has to take is supervised by the office.
"""

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.urls import reverse

from accounts.models import Membership, Role, User
from config.words import T
from notifications import outbox
from notifications.messages import tell_all
from notifications.notes import Note
from notifications.topics import topic
from workflows.engine import clock
from workflows.engine.deadlines import is_working, ordinals_of, provisional_among
from workflows.engine.declare import Step
from workflows.engine.guards import spoken_day
from workflows.models import CalendarDay, Deadline
from workflows.programmes import registry
from workflows.reminders import standing
from workflows.rules import SCOPES, office_column

TOPIC = "deadline.escalated"
AT_ONCE = 1000
SUBJECT = T("{number}: “{step}” is overdue since {due_on}", "{number}：“{step}”自 {due_on} 起超期")
BODY = T(
    "{applicant}: nobody has taken this step in time. You are told as level {level}. Please see that it is done.",
    "{applicant}：这一步未按时办理，现按第 {level} 级督办告知，请督促办结。",
)

Audience = tuple[str, frozenset[str]]
OFFICE: Audience = ("handler_id", frozenset({Role.CLERK}))
SUPERVISORS: Audience = ("authority_id", frozenset({Role.OFFICIAL}))
AUDITORS: Audience = ("authority_id", frozenset({Role.AUDITOR}))


def audience(step: Step, level: int) -> Audience:
    """(column of the organisation, roles) of those who hear of `step` at `level`, counted from 1."""
    if step.is_applicants:
        ladder = [OFFICE, SUPERVISORS, AUDITORS]
    elif office_column(step.by) == "handler_id":
        ladder = [("handler_id", step.by & SCOPES.keys()), SUPERVISORS, AUDITORS]
    else:
        ladder = [("authority_id", step.by & SCOPES.keys()), AUDITORS]
    return ladder[min(level, len(ladder)) - 1]


def escalate_due(at: datetime | None = None) -> int:
    """Put what is overdue into the outbox, each limit once for each level; returns how many times.

    On working days only, so that a limit of Friday is not escalated on Saturday.

    Raises:
        CalendarUnknown: today is beyond the calendar.
    """
    today = clock.day_of(at or clock.now())
    if not is_working(today):
        return 0
    told = 0
    for (level, after), steps in sorted(_declared().items()):
        last = _over_since(today, after)
        while last is not None and (some := _escalate_some(level, steps, last)):
            told += some
    return told


def _declared() -> dict[tuple[int, int], list[tuple[str, Step]]]:
    """(level, working days after the end) → the steps that escalate then."""
    found: dict[tuple[int, int], list[tuple[str, Step]]] = defaultdict(list)
    for slug, programme in registry().items():
        for step in programme.steps.values():
            for level, after in enumerate(step.due.escalate if step.due else (), start=1):
                found[level, after].append((slug, step))
    return found


def _over_since(today: date, after: int) -> date | None:
    """The last day such that a limit which ended on it is over for more than `after` working days."""
    ordinal = ordinals_of([today])[today] - after - 1
    last: date | None = CalendarDay.objects.filter(ordinal=ordinal).aggregate(day=Max("day"))["day"]
    return last


@transaction.atomic
def _escalate_some(level: int, steps: list[tuple[str, Step]], last: date) -> int:
    which = Q(pk__lt=0)
    for slug, step in steps:
        which |= standing(slug, step)
    found = list(
        Deadline.objects.filter(which, met_at=None, lapsed_at=None, escalated=level - 1, due_on__lte=last)
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("due_on", "pk")
        .values_list("pk", flat=True)[:AT_ONCE]
    )
    if found:
        outbox.put_all(
            (TOPIC, f"deadline:{pk}:level:{level}", {"deadline": pk, "level": level}) for pk in found
        )
        Deadline.objects.filter(pk__in=found).update(escalated=level)
    return len(found)


@topic(TOPIC, batch=True)
def escalate(rows: list[tuple[str, dict[str, Any]]]) -> None:
    """Tell the level; a limit that was kept since, however late, is passed over."""
    deadlines = Deadline.objects.select_related("application__applicant").in_bulk(
        [row["deadline"] for _, row in rows]
    )
    wanted = []
    for key, row in rows:
        deadline = deadlines[row["deadline"]]
        step = deadline.application.declaration.steps.get(deadline.step)
        if step and deadline.met_at is None and deadline.lapsed_at is None:
            column, roles = audience(step, row["level"])
            office = getattr(deadline.application, column)
            wanted.append((key, deadline, step, row["level"], office, roles))
    people = _people({office for *_, office, _ in wanted})
    provisional = provisional_among([deadline.due_on for _, deadline, *_ in wanted])
    tell_all(
        [
            _note(deadline, step, level, user, key, provisional=deadline.due_on in provisional)
            for key, deadline, step, level, office, roles in wanted
            for user in people_with(people[office], roles)
        ]
    )


def people_with(members: list[tuple[str, User]], roles: frozenset[str]) -> list[User]:
    """Each person once who holds one of `roles`."""
    return list({user.pk: user for role, user in members if role in roles}.values())


def _people(organisations: set[int]) -> dict[int, list[tuple[str, User]]]:
    people: dict[int, list[tuple[str, User]]] = defaultdict(list)
    for m in (
        Membership.objects.in_force()
        .filter(organisation__in=organisations, user__is_active=True)
        .select_related("user")
        .order_by("user")
    ):
        people[m.organisation_id].append((m.role, m.user))
    return people


def _note(deadline: Deadline, step: Step, level: int, user: User, key: str, *, provisional: bool) -> Note:
    case = deadline.application
    due_on = spoken_day(deadline.due_on, provisional=provisional)
    values = {"number": case.number, "step": step.label, "due_on": due_on,
              "applicant": case.applicant.name, "level": level}  # fmt: skip
    return Note(
        recipient=user,
        key=f"{key}:{user.pk}",
        subject=SUBJECT.format(**values),
        body=BODY.format(**values),
        link=reverse("case", args=[case.pk]),
        topic=TOPIC,
        programme=case.programme,
    )
