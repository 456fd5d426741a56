"""Machines whose clocks are wrong: the database's decides."""

from datetime import datetime, timedelta

import pytest
from django.db.models import Max

from benchmarks import world
from tests.faults.conftest import SOME, Doer
from tests.faults.invariants import broken
from workflows.engine.clock import now
from workflows.models import Deadline, Event

pytestmark = pytest.mark.django_db(transaction=True)


def test_clock_a_day_ahead_and_an_hour_back_give_events_and_limits_by_the_databases(
    here: world.World, doer: Doer
) -> None:
    ids = here.ids()
    half = SOME // 2
    asked = {"step": "accept", "actor": here.clerk.pk}
    ahead = doer.does("step", **asked, ids=ids[:half], key="ahead", hours=24)
    back = doer.does("step", **asked, ids=ids[half:], key="back", hours=-1)
    right = now()
    for told, hours in ((ahead, 24), (back, -1)):
        assert abs(datetime.fromisoformat(told["at"]) - right) < timedelta(minutes=10)
        assert abs(datetime.fromisoformat(told["here"]) - right - timedelta(hours=hours)) < timedelta(
            minutes=10
        )
    assert Event.objects.aggregate(last=Max("at"))["last"] <= right
    limits = Deadline.objects.filter(application__in=ids, step="examine").values_list("from_on", "due_on")
    assert len(set(limits)) == 1
    assert broken({"ahead": half, "back": SOME - half}) == []


@pytest.mark.faults
def test_sweep_on_a_machine_a_month_ahead_ends_nothing_early(here: world.World, doer: Doer) -> None:
    assert doer.does("sweep", hours=24 * 30) == {"lapsed": 0, "ended": 0}
    assert broken() == []
