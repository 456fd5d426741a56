"""Public numbers that seed a draw of the demonstration: made up, and the same at every loading."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from workflows.demonstration.days import at
from workflows.engine.clock import day_of
from workflows.review.draw.seeds import NamedSeed, Source

NAME = "示例体彩 35 选 7，{day} 开奖"
NUMBERS, HIGHEST = 7, 35
EVENINGS = 2


@dataclass(frozen=True, slots=True)
class Lottery:
    """The lottery of the two evenings after the day on which the draw is announced."""

    announced_on: date

    @classmethod
    def after(cls, announced_at: datetime) -> "Lottery":
        return cls(day_of(announced_at))

    @property
    def evenings(self) -> list[date]:
        return [self.announced_on + timedelta(days=n) for n in range(1, EVENINGS + 1)]

    def seed(self) -> NamedSeed:
        """As it is named in the announcement, before anybody can know it."""
        return NamedSeed(
            tuple(
                Source(NAME.format(day=day), NUMBERS, lowest=1, highest=HIGHEST, known_at=at(day, 20, 30))
                for day in self.evenings
            )
        )

    def numbers(self) -> dict[str, list[int]]:
        """What came out."""
        return {
            NAME.format(day=day): sorted(Random(str(day)).sample(range(1, HIGHEST + 1), NUMBERS))  # noqa: S311
            for day in self.evenings
        }
