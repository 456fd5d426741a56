"""The worklist: which cases wait for whom, where they stand, and how many they are."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, IntegerField, Q, QuerySet, Sum, Value

from accounts.models import APPLICANT_ROLES, Role, User
from workflows.engine.asking import asking
from workflows.engine.declare import Programme, Step
from workflows.models import Application, ApplicationQuerySet, CaseCount
from workflows.programmes import registry
from workflows.rules import NOBODY, SCOPES, offices_of, open_at_desk, role_q

# Beyond this many, a search says "more than" instead of counting them all.
MOST_COUNTED = 10_000
OFFICE_ROLES = frozenset(SCOPES) - APPLICANT_ROLES


def desk_of(user: User) -> ApplicationQuerySet:
    """Submitted applications that the offices of `user` handle or decide."""
    return Application.objects.filter(role_q(OFFICE_ROLES, user), number__isnull=False)


@dataclass(frozen=True, slots=True)
class Place:
    """Where cases stand: in one of `states` at one of `offices`, which the case names in `column`.

    Each pair of office and state is one stretch of an index in the order of deadlines. `programmes` None means
    all; `when` narrows further, by what only the rows say.
    """

    column: str
    offices: tuple[int, ...]
    states: tuple[str, ...]
    programmes: frozenset[str] | None = None
    when: Q | None = None

    @property
    def q(self) -> Q:
        q = Q(**{f"{self.column}__any": list(self.offices)}, state__in=self.states)
        if self.programmes is not None:
            q &= Q(programme__in=sorted(self.programmes))
        return q if self.when is None else q & self.when


def desk_places(user: User, states: Collection[str] | None = None) -> list[Place]:
    """The places of `desk_of`, or those of them with `states`."""
    everywhere = {str(state) for programme in registry().values() for state in programme.states}
    wanted = tuple(sorted(everywhere if states is None else everywhere & set(states)))
    here = offices_of(OFFICE_ROLES, user).items()
    return _free(user, [Place(column, offices, wanted) for column, offices in here])


def _free(user: User, places: list[Place]) -> list[Place]:
    """`places` without the cases from which a conflict keeps `user` away, who may be an expert beside their office."""
    if not user.has_role(Role.EXPERT):
        return places
    free = open_at_desk(user)
    return [replace(place, when=free if place.when is None else place.when & free) for place in places]


def waiting_places(user: User) -> list[Place]:
    """Where cases stand whose next step one of `user`'s roles has to take.

    That is the step whose time limit runs in the state; and a step that ends a case on a condition of its
    own (deciding that nobody gets an award), where the condition holds.
    """
    made_of = (user.memberships, list(registry().values()))
    kept = user.__dict__.get(_KEPT)
    if kept is None or kept[0] is not made_of[0] or kept[1] != made_of[1]:
        # Navigation, counts and list of one page ask for them; a person's memberships are read once a request too.
        kept = user.__dict__[_KEPT] = (*made_of, tuple(_waiting_places(user)))
    return list(kept[2])


_KEPT = "_waiting_places"


def _waiting_places(user: User) -> list[Place]:
    standing: dict[tuple[str, tuple[int, ...], str], set[str]] = {}
    ending: list[Place] = []
    ends_by: list[tuple[Programme, Step, str, tuple[int, ...]]] = []
    for programme in registry().values():
        for step in programme.steps.values():
            if not step.moves or step.is_applicants:
                continue
            here, in_some = _waits_in(programme, step)
            ends = bool(not here and not in_some and getattr(step.target, "outcome", "") and step.when)
            for column, offices in offices_of(step.by, user).items() if here or in_some or ends else ():
                for state in here:
                    standing.setdefault((column, offices, state), set()).add(programme.slug)
                for state, policies in in_some.items():
                    of_these = Q(policy__in=policies)
                    ending.append(Place(column, offices, (state,), frozenset({programme.slug}), of_these))
                if ends:
                    ends_by.append((programme, step, column, offices))
    # Where every case waits for the same people anyway, the condition adds none.
    ending += [
        _ending(programme, step, user, column, offices)
        for programme, step, column, offices in ends_by
        if not all(programme.slug in standing.get((column, offices, str(s)), ()) for s in step.sources)
    ]
    grouped: dict[tuple[str, tuple[int, ...], frozenset[str]], list[str]] = {}
    for (column, offices, state), programmes in standing.items():
        grouped.setdefault((column, offices, frozenset(programmes)), []).append(state)
    return _free(user, [Place(c, o, tuple(states), ps) for (c, o, ps), states in grouped.items()] + ending)


def _waits_in(programme: Programme, step: Step) -> tuple[list[str], dict[str, list[str]]]:
    """The states in which cases wait for `step`; and those in which only cases of some policy versions wait for
    its people, with these versions: others wait there for somebody else."""
    here, in_some = [], {}
    for source in step.sources:
        due = {policy: made for policy, made in programme.due_steps(source).items() if made}
        if step in due.values():
            if len({made.by for made in due.values()}) == 1:
                here.append(str(source))
            else:
                in_some[str(source)] = [policy for policy, made in due.items() if made is step]
    return here, in_some


def _ending(programme: Programme, step: Step, user: User, column: str, offices: tuple[int, ...]) -> Place:
    when = reduce(and_, (guard.q(asking(user)) for guard in step.when))
    if step.policies is not None:
        when &= Q(policy__in=step.policies)
    return Place(column, offices, tuple(map(str, step.sources)), frozenset({programme.slug}), when)


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
    """`waiting_places` as conditions."""
    places = waiting_places(user)
    endings = [place.q for place in places if place.when is not None]
    standing = reduce(or_, (place.q for place in places if place.when is None), NOBODY)
    return Waiting(standing, reduce(or_, endings) if endings else None)


def waiting_for(user: User) -> Q:
    """`waiting` as one condition."""
    return waiting(user).q


def waiting_count(user: User) -> int:
    """How many cases wait for `user`, for the number beside the worklist's entry."""
    if not user.has_role(*OFFICE_ROLES):
        return 0
    waits = waiting(user)
    counted = desk_counts(user).filter(waits.standing).aggregate(n=Sum("cases"))["n"] or 0
    return counted + _ending_count(desk_of(user), waits)


def desk_counts(user: User) -> "QuerySet[Any]":
    """The counters of `desk_of`: `cases` by programme, round, offices and state; people under `people_columns`.

    No counter knows from which cases an expert is kept away: for them the rows are counted.
    """
    if user.has_role(Role.EXPERT):
        return desk_of(user).annotate(cases=Value(1, IntegerField()))
    return CaseCount.objects.filter(role_q(OFFICE_ROLES, user), numbered=True)


def people_columns(user: User) -> tuple[str, str]:
    """The columns of `desk_counts` that hold people, and how many of them are granted something."""
    return ("rows_total", "rows_granted") if user.has_role(Role.EXPERT) else ("people", "granted")


def _ending_count(cases: ApplicationQuerySet, waits: Waiting) -> int:
    """Those that no counter knows; no query for people who end nothing."""
    return 0 if waits.ending is None else cases.filter(waits.ending & ~waits.standing).count()


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases stand in each state, in all, and how many of them wait for the person.

    `cut` says that counting stopped at `MOST_COUNTED`: each figure is then a lower bound.
    """

    by_state: dict[str, int]
    waiting: int
    cut: bool = False

    @property
    def total(self) -> int:
        return sum(self.by_state.values())


def counts_of(cases: ApplicationQuerySet, user: User, most: int = MOST_COUNTED) -> Counts:
    """The counts of `cases`, from the rows, up to `most` of them; one query."""
    waits = ExpressionWrapper(waiting_for(user), output_field=BooleanField())
    some = cases.order_by().annotate(_waits=waits).values("state", "_waits")[: most + 1]
    sql, params = some.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT state, count(*), count(*) FILTER (WHERE waits) FROM ({sql}) found (state, waits) GROUP BY 1",  # noqa: S608
            params,
        )
        found = cursor.fetchall()
    counted = {state: n for state, n, _ in found}
    return Counts(counted, sum(waiting for *_, waiting in found), sum(counted.values()) > most)


def kept_counts(user: User, narrowed: Q, counted: Q | None = None) -> Counts:
    """The counts of the desk under a condition that the counters can answer (programme, round, state).

    One query, and a second for who ends cases on a condition. `counted` is the condition as the counters know it.
    """
    waits = waiting(user)
    rows = (
        desk_counts(user)
        .filter(narrowed if counted is None else counted)
        .order_by()
        .values("state")
        .annotate(n=Sum("cases"), waiting=Sum("cases", filter=waits.standing, default=0))
        .values_list("state", "n", "waiting")
    )
    found = list(rows)
    ending = _ending_count(desk_of(user).filter(narrowed), waits)
    return Counts({state: n for state, n, _ in found if n}, sum(row[2] for row in found) + ending)
