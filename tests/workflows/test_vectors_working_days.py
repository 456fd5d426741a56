"""The cases of vectors/working_days.json on the default calendar, with no provisional day in it."""

import json
from datetime import date
from pathlib import Path

import pytest

from workflows.engine.deadlines import is_working, working_days_after, working_days_between
from workflows.errors import CalendarUnknown
from workflows.models import CalendarDay

VECTORS = json.loads((Path(__file__).parent.parent / "vectors" / "working_days.json").read_text())
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("start", "days", "end"), VECTORS["counting_start_day"])
def test_limit_counting_the_start_day(start: str, days: int, end: str) -> None:
    assert working_days_after(date.fromisoformat(start), days, counting_start=True) == date.fromisoformat(end)


@pytest.mark.parametrize(("start", "days", "end"), VECTORS["starting_next_day"])
def test_limit_starting_on_the_next_day(start: str, days: int, end: str) -> None:
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    assert working_days_after(first, days) == last
    assert working_days_between(first, last) == days


@pytest.mark.parametrize("day", VECTORS["working"])
def test_day_is_working(day: str) -> None:
    assert is_working(date.fromisoformat(day)) is True


@pytest.mark.parametrize("day", VECTORS["off"])
def test_day_is_off(day: str) -> None:
    assert is_working(date.fromisoformat(day)) is False


@pytest.mark.parametrize("day", VECTORS["unknown_must_raise"])
def test_day_beyond_the_calendar_raises(day: str) -> None:
    unknown = date.fromisoformat(day)
    # What the office has not loaded either: the database of the tests holds the next year as provisional.
    CalendarDay.objects.filter(provisional=True).delete()
    for ask in (
        lambda: is_working(unknown),
        lambda: working_days_after(unknown, 1),
        lambda: working_days_between(date(2026, 12, 31), unknown),
        lambda: working_days_after(date(2026, 12, 30), 5),
    ):
        with pytest.raises(CalendarUnknown):
            ask()
