"""What the chapters of the year share: its people and offices, its agenda, its claims."""

from dataclasses import dataclass, field
from datetime import date, datetime

from accounts.models import Organisation, User
from workflows.demonstration import cases
from workflows.demonstration.cases import Claim
from workflows.demonstration.cast import Cast
from workflows.demonstration.days import Days, at
from workflows.demonstration.office import Office
from workflows.demonstration.papers import Press
from workflows.demonstration.replay import Replay
from workflows.demonstration.year_2019.plan import OPENS_ON, SLOT_DAYS, Course, Plan
from workflows.models import Person, Round


@dataclass
class Year:
    """The year 2019 on the agenda of a replay."""

    replay: Replay
    round: Round
    cast: Cast
    days: Days
    plan: Plan
    employers: dict[int, tuple[Organisation, User]]
    press: Press
    claims: dict[int, Claim] = field(default_factory=dict)
    paid: set[int] = field(default_factory=set)

    @property
    def office(self) -> Office:
        return Office(self.replay, self.round, self.cast)

    def claim_of(self, course: Course) -> Claim:
        return self.claims[course.firm.ordinal]

    def ids(self, courses: list[Course]) -> list[int]:
        return sorted(self.claim_of(course).id for course in courses)

    def people_of(self, course: Course) -> list[int]:
        """Ids of the people on the roster, in its order."""
        people = Person.objects.filter(application=self.claim_of(course).id)
        return list(people.order_by("position").values_list("pk", flat=True))

    def new_claim(self, course: Course, day: date) -> Claim:
        """A claim that is handed in on `day`, begun the working day before."""
        firm, owner = self.employers[course.firm.ordinal]
        return Claim(
            firm=firm, by=owner, people=[person.facts for person in course.people],
            started_at=at(self.days.before(day, 1), 10, 0, self.plan.random),
            answers=cases.answers(firm, owner, self.plan.identities),
        )  # fmt: skip

    def clerk_on(self, day: date) -> User:
        """The two clerks take turns."""
        return self.cast.clerk if day.toordinal() % 2 else self.cast.second_clerk

    def step(self, when: datetime, step: str, courses: list[Course], actor: User, reason: str = "") -> None:
        self.replay.step(when, step, lambda: self.ids(courses), actor, reason=reason)

    def end_of(self, slot: int) -> date:
        """The last day on which a case of the slot was accepted."""
        return self.days.after(self.days.after(OPENS_ON, 2), SLOT_DAYS * (slot + 1) - 1)

    def consolidated_on(self, slot: int) -> date:
        return self.days.after(self.end_of(slot), 15)

    def released_on(self, slot: int) -> date:
        """When the notice of the slot's batch is released."""
        return self.days.after(self.consolidated_on(slot), 3)
