"""A round's cases, the experts of its office and the half-days with a free room as a question."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from workflows.models import (
    Application,
    CaseField,
    Competence,
    Conflict,
    Expert,
    ExpertField,
    ExpertPost,
    ReviewSession,
    Room,
    Round,
    Seat,
    Unavailability,
)
from workflows.review.counting import SITTING
from workflows.review.experts.eligible import eligible
from workflows.review.planning.question import Cell, Half, Project, Question, Rules, Session
from workflows.review.planning.question import Expert as Member
from workflows.review.planning.waiting import waiting_cases

# A case of no field can be judged by everybody.
ANY = "*"
# A session of a round that is over or cancelled holds no room.
OVER = (ReviewSession.Stage.CANCELLED,)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the office asks: half-days, rooms, panels; pins and what cannot be, as (id, day, half, room id)."""

    halves: tuple[Half, ...]
    rooms: tuple[int, ...]
    rules: Rules
    most: int = 3
    qualified: bool = True
    case_pins: tuple[tuple[int, date, str, int], ...] = ()
    expert_pins: tuple[tuple[int, date, str, int], ...] = ()
    without: tuple[tuple[int, date, str, int], ...] = ()
    # The plan before, as it was found: as little of it as can be changes.
    standing: tuple[Mapping[str, Any], ...] = ()

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> "Asked":
        """As a run keeps it."""
        size = asked.get("size", (4, 6))
        return cls(
            tuple((date.fromisoformat(day), half) for day, half in asked["halves"]),
            tuple(asked["rooms"]),
            Rules(
                seats=asked.get("seats", 5), size=(size[0], size[1]), sessions=asked.get("sessions"),
                # Nobody is seated who has a conflict with one of the session's cases.
                recused_most=0, linked=asked.get("linked", True),
            ),
            asked.get("most", 3), asked.get("qualified", True),
            case_pins=_places(asked.get("case_pins", ())),
            expert_pins=_places(asked.get("expert_pins", ())),
            without=_places(asked.get("without", ())),
            standing=tuple(asked.get("standing", ())),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Loaded:
    """The question, with the ids behind its numbers."""

    question: Question
    cases: list[int]
    experts: list[int]
    rooms: list[int]


def load(round_: Round, asked: Asked) -> Loaded:
    """Everything that planning needs to know: rooms, fields, who can come when, who has a conflict."""
    cases = waiting_cases(round_)
    rooms = list(
        Room.objects.filter(pk__in=asked.rooms, office=round_.handler_id, closed_at=None).order_by(
            "name", "pk"
        )
    )
    cells, places = _cells(asked.halves, rooms)
    experts = _experts(round_, asked)
    numbers = {one.pk: number for number, one in enumerate(experts)}
    of_case = {one.pk: number for number, one in enumerate(cases)}
    conflicts = Conflict.objects.standing().filter(expert__in=list(numbers), application__in=list(of_case))
    seats = {where: number for number, where in enumerate(places)}

    def pins(some: Iterable[tuple[int, date, str, int]], known: dict[int, int]) -> frozenset[tuple[int, int]]:
        return frozenset(
            (known[pk], seats[day, half, room])
            for pk, day, half, room in some
            if pk in known and (day, half, room) in seats
        )

    standing = tuple(
        Session(
            seats[where],
            tuple(of_case[pk] for pk in one["cases"] if pk in of_case),
            tuple(numbers[pk] for pk in one["panel"] if pk in numbers),
        )
        for one in asked.standing
        for where in [(date.fromisoformat(one["on"]), one["half"], one["room"])]
        if where in seats
    )
    question = Question(
        _projects(cases),
        _members(experts, asked),
        cells,
        frozenset((numbers[e], of_case[c]) for e, c in conflicts.values_list("expert", "application")),
        replace(asked.rules, linked=False) if standing else asked.rules,
        pins(asked.case_pins, of_case),
        pins(asked.expert_pins, numbers),
        standing,
        pins(asked.without, numbers),
    )
    return Loaded(question, list(of_case), list(numbers), [room for _, _, room in places])


def _cells(halves: Iterable[Half], rooms: list[Room]) -> tuple[tuple[Cell, ...], list[tuple[date, str, int]]]:
    """The half-days in which a room is free; of each its day, half and room."""
    busy = set(
        ReviewSession.objects.filter(room__in=rooms)
        .exclude(stage__in=OVER)
        .values_list("held_on", "half", "room")
    )
    places = [
        (day, half, room)
        for day, half in sorted(set(halves))
        for room in rooms
        if (day, half, room.pk) not in busy
    ]
    return (
        tuple(Cell(day, half, room.name) for day, half, room in places),
        [(day, half, room.pk) for day, half, room in places],
    )


def _experts(round_: Round, asked: Asked) -> list[Expert]:
    own = Expert.objects.filter(office=round_.handler_id, user__isnull=False)
    first = min((day for day, _ in asked.halves), default=date.today())  # noqa: DTZ011 - only where no day is given
    if asked.qualified:
        return list(eligible(own, at=first).order_by("pk"))
    return list(own.enrolled().order_by("pk"))


def _projects(cases: list[Application]) -> tuple[Project, ...]:
    fields: dict[int, set[str]] = defaultdict(set)
    for case, code in CaseField.objects.filter(application__in=cases).values_list(
        "application", "field__code"
    ):
        fields[case].add(code)
    return tuple(
        Project(f"{one.number} {one.applicant.name}", frozenset(fields[one.pk] or {ANY})) for one in cases
    )


def _members(experts: list[Expert], asked: Asked) -> tuple[Member, ...]:
    """The experts with every field that they are in: what they know, the whole of it, and its parts."""
    tree = {
        pk: (code, parent) for pk, code, parent in ExpertField.objects.values_list("pk", "code", "parent")
    }
    related: dict[int, set[str]] = {pk: set() for pk in tree}
    for pk in tree:
        at: int | None = pk
        while at is not None and tree[pk][0] not in related[at]:
            related[at].add(tree[pk][0])
            related[pk].add(tree[at][0])
            at = tree[at][1]
    knows: dict[int, set[str]] = defaultdict(lambda: {ANY})
    for expert, field in Competence.objects.filter(expert__in=experts).values_list("expert", "field"):
        knows[expert] |= related[field]
    employers = dict[int, str]()
    posts = ExpertPost.objects.filter(expert__in=experts, kind=ExpertPost.Kind.EMPLOYED, until_on=None)
    for expert, group, code, name in posts.order_by("from_on", "pk").values_list(
        "expert", "group_code", "credit_code", "organisation"
    ):
        employers[expert] = group or code or name.strip()
    away = _away(experts, asked.halves)
    return tuple(
        Member(
            f"{one.name} {one.code}", frozenset(knows[one.pk]), employers.get(one.pk, ""),
            frozenset(away[one.pk]), asked.most,
        )
        for one in experts
    )  # fmt: skip


def _away(experts: list[Expert], halves: Iterable[Half]) -> dict[int, set[Half]]:
    """When each cannot come: away as they said, or on another panel."""
    found: dict[int, set[Half]] = defaultdict(set)
    days = sorted({day for day, _ in halves})
    if not days:
        return found
    rows = Unavailability.objects.filter(expert__in=experts, until_on__gte=days[0], from_on__lte=days[-1])
    for expert, first, last, half in rows.values_list("expert", "from_on", "until_on", "half"):
        for number in range((last - first).days + 1):
            for one in (half,) if half else ("am", "pm"):
                found[expert].add((first + timedelta(number), one))
    seats = Seat.objects.filter(expert__in=experts, state__in=SITTING, held_on__in=days)
    for expert, day, half in seats.values_list("expert", "held_on", "half"):
        if day is not None:
            found[expert].add((day, half))
    return found


def _places(given: Any) -> tuple[tuple[int, date, str, int], ...]:
    return tuple((int(pk), date.fromisoformat(day), str(half), int(room)) for pk, day, half, room in given)
