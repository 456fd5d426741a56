"""Who applies for 2019, with whom, and what becomes of each: decided by the seed before anything is made."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from random import Random

from workflows.demonstration.days import Days
from workflows.demonstration.firms import OTHER_INDUSTRIES, Firm, firms, roster_sizes
from workflows.demonstration.identities import Identities
from workflows.demonstration.income import scaled_to
from workflows.demonstration.people import GRANTED, REFUSALS, Drawn, draw, fate

YEAR = SEED = 2019
EMPLOYERS = 161
PEOPLE = 1_199
PAID_FEN = 1_100_920_000
OPENS_ON, CLOSES_ON = date(2019, 3, 18), date(2019, 5, 31)
# Cases accepted within so many working days of each other go into one batch.
SLOT_DAYS = 7


@dataclass(slots=True)
class Course:
    """One employer's way through the year. Days are working days."""

    firm: Firm
    people: list[Drawn]
    submitted_on: date
    accepted_on: date
    slot: int = 0
    # correct: asked at intake; refuse: not accepted; lapse: nobody looked; again: withdrawn and handed in again.
    intake: str = ""
    # none: nobody is granted, denied.
    denied: str = ""
    # Index of the person → the tax by the record, for those that differ; `released` keep what they declared.
    differing: dict[int, int] = field(default_factory=dict)
    released: set[int] = field(default_factory=set)
    objection: str = ""
    bank_fails: bool = False
    taken_out: bool = False
    moved_from: "Course | None" = None
    twice_with: "Course | None" = None

    @property
    def is_late(self) -> bool:
        """Whether a correction in joint verification, or being taken out, sends it to the next batch."""
        return bool(self.differing.keys() - self.released)

    @property
    def batch_slot(self) -> int:
        return self.slot + (1 if self.is_late or self.taken_out else 0)


@dataclass
class Plan:
    """The year as planned."""

    courses: list[Course]
    identities: Identities
    random: Random

    def slots(self) -> range:
        return range(max(course.batch_slot for course in self.courses) + 1)


def plan(days: Days) -> Plan:
    """The year 2019: 161 employers, 1,199 people, CNY 11,009,200 to be paid; the same at every call."""
    random = Random(SEED)  # noqa: S311 - a demonstration, not a secret
    sizes = roster_sizes(EMPLOYERS, PEOPLE, random)
    small = [n for n in range(1, EMPLOYERS) if 2 <= sizes[n] <= 6]
    special = iter(random.sample(small, 24))
    outside = {next(special): OTHER_INDUSTRIES[n % len(OTHER_INDUSTRIES)] for n in range(4)}
    far = {next(special) for _ in range(3)}
    identities = Identities(random)
    courses = [
        _course(firm, identities, random, days) for firm in firms(sizes, random, outside=outside, far=far)
    ]
    _deny(courses, outside, far, next(special), random)
    _intake(courses, special)
    _shared_people(courses, special)
    _slots(courses, days)
    _late_events(courses, special, random)
    _earn(courses, random)
    return Plan(courses, identities, random)


def _course(firm: Firm, identities: Identities, random: Random, days: Days) -> Course:
    window = days.span(OPENS_ON, CLOSES_ON)
    # Most come in the second half of the window.
    submitted_on = window[1 + int((len(window) - 2) * random.random() ** 0.7)]
    people = [
        draw(
            identities, random, year=YEAR, window_ends=CLOSES_ON,
            fate=GRANTED if n == 0 else fate(random, REFUSALS),
        )
        for n in range(firm.people)
    ]  # fmt: skip
    return Course(firm, people, submitted_on, days.after(submitted_on, random.choice((1, 2, 2, 3))))


def _deny(
    courses: list[Course], outside: Mapping[int, str], far: set[int], nobody: int, random: Random
) -> None:
    for n in outside:
        courses[n].denied = "单位所属行业不在重点产业目录内，转交相应主管部门。"
    for n in far:
        courses[n].denied = "单位纳税地不在本局受理范围，转交翔安区主管部门。"
    courses[nobody].denied = "名单人员年薪均低于 30 万元，不符合奖励条件。"
    for person in courses[nobody].people:
        if person.fate == GRANTED:
            person.fate = "R04"
            person.earn(random.randrange(2_000, 2_990) * 10_000, person.facts["tax_fen"] // 3)


def _intake(courses: list[Course], special: Iterable[int]) -> None:
    drawn = iter(special)
    for kind, number in (("refuse", 2), ("lapse", 1), ("again", 1)):
        for _ in range(number):
            courses[next(drawn)].intake = kind
    plain = [c for c in courses[1:] if not (c.intake or c.denied)]
    for course in plain[5::12]:
        course.intake = "correct"
    courses[0].intake = "correct"


def _shared_people(courses: list[Course], special: Iterable[int]) -> None:
    """Somebody who changed employers stands on two rosters; somebody else is claimed twice by mistake."""
    drawn = iter(special)
    first, second = courses[next(drawn)], courses[next(drawn)]
    first.moved_from, second.submitted_on = second, first.submitted_on
    first, second = courses[next(drawn)], courses[next(drawn)]
    second.intake, second.twice_with, first.submitted_on = "correct", first, second.submitted_on


def _slots(courses: list[Course], days: Days) -> None:
    for course in courses:
        later = {"correct": 6, "lapse": 6, "again": 4}.get(course.intake, 0)
        if later:
            course.accepted_on = days.after(course.submitted_on, later)
    for course in courses:
        other = course.moved_from or course.twice_with
        if other:
            other.accepted_on = course.accepted_on
    first = days.after(OPENS_ON, 2)
    for course in courses:
        course.slot = (len(days.span(first, course.accepted_on)) - 1) // SLOT_DAYS


def _late_events(courses: list[Course], special: Iterable[int], random: Random) -> None:
    drawn = iter(special)
    courses[next(drawn)].bank_fails = True
    courses[next(drawn)].taken_out = True
    for verdict in ("upheld", "dismissed"):
        courses[next(drawn)].objection = verdict
    plain = [
        c
        for c in courses[1:]
        if not (
            c.intake or c.denied or c.objection or c.bank_fails or c.taken_out or c.moved_from or c.twice_with
        )
        and c.firm.people >= 4
    ]
    for n, course in enumerate(random.sample(plain, 11)):
        who = next(k for k, p in enumerate(course.people) if p.fate == GRANTED)
        course.differing[who] = -1
        if n < 4:
            course.released.add(who)


def _earn(courses: list[Course], random: Random) -> None:
    """Fit the pay of all who are granted and paid in the end to the year's sum."""
    paid = [
        person
        for course in courses
        if not course.denied and course.intake != "refuse"
        for n, person in enumerate(course.people)
        if person.fate == GRANTED and not (course.objection == "upheld" and n == 0)
    ]
    # The last one makes up the odd rest: somebody about whom nothing is told.
    paid.sort(key=lambda person: person is _quiet(courses))
    fitted = scaled_to(PAID_FEN, [p.excess for p in paid], [p.deductions_yuan for p in paid])
    for person, (pay_fen, tax_fen) in zip(paid, fitted, strict=True):
        person.earn(pay_fen, tax_fen)
    for course in courses:
        for who in course.differing:
            tax_fen = course.people[who].facts["tax_fen"]
            if who in course.released:
                course.differing[who] = tax_fen - random.randrange(50_000, 300_000)
            else:
                course.differing[who] = tax_fen
                course.people[who].facts["tax_fen"] = tax_fen + random.randrange(80_000, 600_000)


def _quiet(courses: list[Course]) -> Drawn:
    return courses[0].people[0]
