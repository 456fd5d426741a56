"""The demonstration's calendar reaches as far as what is promised on it, at any time of the year."""

from datetime import date, timedelta

import pytest

from workflows.demonstration.days import ensure_calendar
from workflows.demonstration.load import KEEPS_OPEN_DAYS, PROMISED_WORKING_DAYS
from workflows.engine.deadlines import working_days_after
from workflows.engine.prove.limits import limits
from workflows.errors import CalendarUnknown
from workflows.models import CalendarDay
from workflows.programmes import programme

pytestmark = pytest.mark.django_db
LATE = (date(2026, 9, 30), date(2026, 11, 23), date(2026, 12, 31))


@pytest.fixture(autouse=True)
def _official_days_alone(db: None) -> None:
    CalendarDay.objects.filter(provisional=True).delete()


@pytest.mark.parametrize("today", [date(2026, 6, 30), *LATE])
def test_calendar_holds_the_longest_promise_of_the_last_day_of_the_round(today: date) -> None:
    longest = max(limit.days for limit in limits(programme("talent-tax-rebate")))
    closes_on = today + timedelta(days=KEEPS_OPEN_DAYS)
    if today in LATE:
        with pytest.raises(CalendarUnknown):
            working_days_after(closes_on, longest)
    ensure_calendar(today, PROMISED_WORKING_DAYS)
    assert working_days_after(closes_on, longest) > closes_on


def test_calendar_that_reaches_far_enough_is_left_alone() -> None:
    before = CalendarDay.objects.count()
    ensure_calendar(date(2026, 6, 30), PROMISED_WORKING_DAYS)
    assert CalendarDay.objects.count() == before
