"""The round that runs now: who applies, with whom, and the way that each has come so far."""

from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from django.utils import timezone

from accounts.models import Organisation, User
from workflows.demonstration import cases
from workflows.demonstration.cases import Claim, ids
from workflows.demonstration.cast import Cast
from workflows.demonstration.days import Days, at
from workflows.demonstration.identities import Identities
from workflows.demonstration.office import Office
from workflows.demonstration.papers import Press
from workflows.demonstration.people import GRANTED, REFUSALS, SINCE_2021, draw, fate
from workflows.demonstration.replay import Replay
from workflows.models import Round


@dataclass
class Present:
    """The acts of the last weeks, put on the agenda of a replay. Days are counted in working days before today."""

    replay: Replay
    round: Round
    cast: Cast
    press: Press
    days: Days
    now: datetime
    identities: Identities
    employers: list[tuple[Organisation, User]]
    sisters: list[tuple[Organisation, User]]
    claims: list[Claim] = field(default_factory=list)

    @property
    def random(self) -> Random:
        return self.identities.random

    @property
    def office(self) -> Office:
        return Office(self.replay, self.round, self.cast)

    def ago(self, n: int, hour: int, minute: int = 0) -> datetime:
        """The `n`th working day before today, at that time."""
        return at(self.days.before(timezone.localdate(self.now), n), hour, minute)

    # ── who applies

    def claim(
        self, started: int, people: int = 0, *, employer: tuple[Organisation, User] | None = None, **more: Any
    ) -> Claim:
        """An employer that began its draft so many working days ago."""
        firm, owner = employer or self.employers.pop()
        count = people or self.random.randrange(3, 7)
        rows = [
            self.person(fate(self.random, REFUSALS | SINCE_2021) if n > 1 else GRANTED) for n in range(count)
        ]
        made = Claim(
            firm=firm, by=owner, people=rows, started_at=self.ago(started, 9, self.random.randrange(50)),
            answers=cases.answers(firm, owner, self.identities), **more,
        )  # fmt: skip
        self.claims.append(made)
        return made

    def person(self, result: str) -> dict[str, Any]:
        """A row of a roster of which the table says `result`."""
        closes_on = timezone.localdate(self.round.closes_at)
        return draw(
            self.identities, self.random, year=self.round.year, window_ends=closes_on, fate=result
        ).facts

    def walk(self, count: int, submitted: int, **until: int) -> list[Claim]:
        """`count` new employers that submitted so many days ago, and take the steps of `until` so many days ago."""
        made = [self.claim(submitted + 1) for _ in range(count)]
        self.follow(made, submitted, **until)
        return made

    def follow(self, claims: list[Claim], submitted: int, **until: int) -> None:
        """The same for claims that are there; `compare` compares with the tax record as declared."""
        for n, claim in enumerate(claims):
            self.replay.step(self.ago(submitted, 10 + n % 6, 7 * n % 60), "submit", ids(claim), claim.by)
        for order, (step, day) in enumerate(until.items()):
            when = self.ago(day, 9 + order, 20)
            if step == "compare":
                self.replay.on(when, lambda now: self.office.compare(now, ids(*claims)()))
            else:
                clerk = self.cast.clerk if order % 2 else self.cast.second_clerk
                self.replay.step(when, step, ids(*claims), clerk)
