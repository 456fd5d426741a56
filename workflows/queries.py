"""The worklist: which cases wait for whom, earliest deadline first, page by page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Count, F, Q, QuerySet, Sum

from accounts.models import APPLICANT_ROLES, User
from workflows.engine.asking import asking
from workflows.engine.declare import Programme, Step
from workflows.models import Application, ApplicationQuerySet, CaseCount
from workflows.programmes import registry
from workflows.rules import NOBODY, SCOPES, role_q

PAGE_ROWS = 30
OFFICE_ROLES = frozenset(SCOPES) - APPLICANT_ROLES
_CURSOR = re.compile(r"(none|\d{4}-\d\d-\d\d)\.(\d{1,18})")


def desk_of(user: User) -> ApplicationQuerySet:
    """Submitted applications that the offices of `user` handle or decide."""
    return Application.objects.filter(role_q(OFFICE_ROLES, user), number__isnull=False)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a person, as conditions on cases.

    `standing` looks only at where a case stands, so that the counters answer it too; `ending` are those that a
    step ends on a condition of its own, and looks at the rows; None for people who end nothing.
    """

    standing: Q
    ending: Q | None

    @property
    def q(self) -> Q:
        return self.standing if self.ending is None else self.standing | self.ending


def waiting(user: User) -> Waiting:
    """Applications whose next step one of `user`'s roles has to take.

    That is the step whose time limit runs in the state; and a step that ends a case on a condition of its
    own (deciding that nobody gets an award), where the condition holds.
    """
    standing = NOBODY
    endings: list[Q] = []
    for programme in registry().values():
        for step in programme.steps.values():
            if step.moves and not step.is_applicants and user.has_role(*step.by):
                here = [str(source) for source in step.sources if programme.due_step(source) is step]
                if here:
                    standing |= Q(programme=programme.slug, state__in=here) & role_q(step.by, user)
                elif getattr(step.target, "outcome", "") and step.when:
                    endings.append(_ends(programme, step, user))
    return Waiting(standing, reduce(or_, endings) if endings else None)


def waiting_for(user: User) -> Q:
    """`waiting` as one condition."""
    return waiting(user).q


def _ends(programme: Programme, step: Step, user: User) -> Q:
    q = Q(programme=programme.slug, state__in=[str(s) for s in step.sources]) & role_q(step.by, user)
    for guard in step.when:
        q &= guard.q(asking(user))
    return q


def waiting_count(user: User) -> int:
    """How many cases wait for `user`, for the number beside the worklist's entry."""
    if not user.has_role(*OFFICE_ROLES):
        return 0
    waits = waiting(user)
    counted = desk_counts(user).filter(waits.standing).aggregate(n=Sum("cases"))["n"] or 0
    return counted + _ending_count(desk_of(user), waits)


def desk_counts(user: User) -> QuerySet[CaseCount]:
    """The counters of `desk_of`."""
    return CaseCount.objects.filter(role_q(OFFICE_ROLES, user), numbered=True)


def _ending_count(cases: ApplicationQuerySet, waits: Waiting) -> int:
    """Those that no counter knows; no query for people who end nothing."""
    return 0 if waits.ending is None else cases.filter(waits.ending & ~waits.standing).count()


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases stand in each state, in all, and how many of them wait for the person."""

    by_state: dict[str, int]
    waiting: int

    @property
    def total(self) -> int:
        return sum(self.by_state.values())


def counts_of(cases: ApplicationQuerySet, user: User) -> Counts:
    """The counts of `cases`, from the rows; one query."""
    rows = (
        cases.order_by()
        .values("state")
        .annotate(n=Count("pk"), waiting=Count("pk", filter=waiting_for(user)))
        .values_list("state", "n", "waiting")
    )
    found = list(rows)
    return Counts({state: n for state, n, _ in found}, sum(waiting for _, _, waiting in found))


def kept_counts(user: User, narrowed: Q) -> Counts:
    """The counts of the desk under a condition that the counters can answer (programme, round, state).

    One query, and a second for who ends cases on a condition.
    """
    waits = waiting(user)
    rows = (
        desk_counts(user)
        .filter(narrowed)
        .order_by()
        .values("state")
        .annotate(n=Sum("cases"), waiting=Sum("cases", filter=waits.standing, default=0))
        .values_list("state", "n", "waiting")
    )
    found = list(rows)
    ending = _ending_count(desk_of(user).filter(narrowed), waits)
    return Counts({state: n for state, n, _ in found if n}, sum(row[2] for row in found) + ending)


@dataclass(frozen=True, slots=True)
class Page:
    """Some cases in the order of their deadlines; the cursors are None where there is no further page."""

    rows: list[Application]
    next: str | None
    previous: str | None


def page_of(cases: ApplicationQuerySet, *, after: str = "", before: str = "", rows: int = PAGE_ROWS) -> Page:
    """The cases that follow the cursor `after` or precede `before`; a cursor that cannot be read is none.

    Ordered by (due_on, id); cases without a deadline come last.
    """
    back = _CURSOR.fullmatch(before)
    forth = None if back else _CURSOR.fullmatch(after)
    if back:
        found = list(
            cases.filter(_earlier(*_read(back))).order_by(F("due_on").desc(nulls_first=True), "-pk")[
                : rows + 1
            ]
        )
        kept = found[:rows][::-1]
        return Page(kept, cursor(kept[-1]) if kept else None, _end(kept[:1], more=len(found) > rows))
    if forth:
        cases = cases.filter(_later(*_read(forth)))
    found = list(cases.order_by(F("due_on").asc(nulls_last=True), "pk")[: rows + 1])
    kept = found[:rows]
    return Page(kept, _end(kept[-1:], more=len(found) > rows), _end(kept[:1], more=bool(forth)))


def _end(kept: Sequence[Application], *, more: bool) -> str | None:
    return cursor(kept[0]) if kept and more else None


def cursor(case: Application) -> str:
    """The place of a case in the order of the worklist."""
    return f"{case.due_on.isoformat() if case.due_on else 'none'}.{case.pk}"


def _read(match: re.Match[str]) -> tuple[date | None, int]:
    try:
        day = None if match[1] == "none" else date.fromisoformat(match[1])
    except ValueError:
        day = None
    return day, int(match[2])


def _later(day: date | None, pk: int) -> Q:
    if day is None:
        return Q(due_on=None, pk__gt=pk)
    return Q(due_on__gt=day) | Q(due_on=day, pk__gt=pk) | Q(due_on=None)


def _earlier(day: date | None, pk: int) -> Q:
    if day is None:
        return Q(due_on__isnull=False) | Q(due_on=None, pk__lt=pk)
    return Q(due_on__lt=day) | Q(due_on=day, pk__lt=pk)
