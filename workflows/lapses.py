"""Deadlines that end by themselves: what nobody answered in time counts as answered (law: 逾期未告知即为受理)."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from workflows.engine import clock
from workflows.engine.asking import doable
from workflows.engine.calendar_days import hold_the_calendar
from workflows.engine.declare import Programme, Step
from workflows.engine.perform import perform
from workflows.models import Application, Deadline
from workflows.programmes import registry

# Cases moved in one transaction.
AT_ONCE = 1000


def lapse_due(at: datetime | None = None) -> int:
    """Take each step that lapses and whose last day is over by `at` (the database's now); returns the number of cases.

    Safe to run in any number of processes: each case is moved once, and one that somebody works on at this
    moment is left for the next run.
    """
    today = clock.day_of(at or clock.now())
    moved = 0
    for programme in registry().values():
        for step in programme.steps.values():
            while step.lapses and (some := _lapse_some(programme, step, today, at)):
                moved += some
    return moved


@transaction.atomic
def _lapse_some(programme: Programme, step: Step, today: date, at: datetime | None) -> int:
    hold_the_calendar()
    system = User.objects.system()
    ready = Application.objects.filter(doable(programme, step.name, system)).values("pk")
    # The cases are locked together with their deadlines: a person's step locks the case first as well, so
    # neither ever waits for the other with half of the locks.
    due = (
        Deadline.objects.filter(_open(step, today), application__in=ready)
        .select_related("application")
        .select_for_update(of=("self", "application"), skip_locked=True)
        .order_by("application_id")[:AT_ONCE]
    )
    found = {deadline.pk: deadline.application_id for deadline in due}
    if not found:
        return 0
    Deadline.objects.filter(pk__in=found).update(lapsed_at=at or clock.now())
    perform(
        step.name, found.values(), actor=system, key=f"lapse:{min(found)}", data={"lapsed": True}, at=at,
        programme=programme.slug,
    )  # fmt: skip
    return len(found)


def _open(step: Step, today: date) -> Q:
    return Q(step=step.name, due_on__lt=today, met_at=None, lapsed_at=None)
