"""Working days and office hours of the demonstration, by the calendar of the database."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from workflows.engine.clock import HERE
from workflows.engine.deadlines import load_calendar, working_days_after
from workflows.errors import CalendarUnknown
from workflows.models import CalendarDay


@dataclass(frozen=True)
class Days:
    """Working days between two days, in order."""

    known: tuple[date, ...]

    @classmethod
    def between(cls, first: date, last: date) -> "Days":
        found = CalendarDay.objects.filter(working=True, day__range=(first, last)).order_by("day")
        return cls(tuple(found.values_list("day", flat=True)))

    def after(self, day: date, n: int) -> date:
        """The `n`th working day after `day`; `n` = 0 gives `day` or the next working day."""
        start = bisect_left(self.known, day) if n == 0 else bisect_right(self.known, day) - 1
        return self.known[start + n]

    def before(self, day: date, n: int) -> date:
        """The `n`th working day before `day`."""
        return self.known[bisect_left(self.known, day) - n]

    def span(self, first: date, last: date) -> list[date]:
        """The working days from `first` to `last`."""
        return list(self.known[bisect_left(self.known, first) : bisect_right(self.known, last)])


def at(day: date, hour: int, minute: int = 0, random: Random | None = None) -> datetime:
    """That time of the day where the offices are; with `random`, some odd minutes and seconds later."""
    moment = datetime.combine(day, time(hour, minute), tzinfo=HERE)
    return moment + timedelta(seconds=random.randrange(40 * 60)) if random else moment


def ensure_calendar(today: date, working_days: int) -> None:
    """Load provisional days where promises made today end in a year whose official calendar is not out."""
    year = today.year
    while True:
        try:
            working_days_after(today, working_days)
        except CalendarUnknown:
            load_calendar(provisional_until=year)
            year += 1
        else:
            return
