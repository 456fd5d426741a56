"""What nobody answered in time counts as accepted: once, by whichever sweep, and never what somebody works on."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event as Signal
from threading import Thread
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from accounts.models import User
from tests.workflows.conftest import events_of, fresh
from tests.workflows.test_races import at_once
from workflows.engine.perform import perform
from workflows.engine.verify import verify
from workflows.lapses import lapse_due
from workflows.models import Application, Deadline, Event, Round

pytestmark = pytest.mark.django_db(transaction=True)
MONDAY = datetime(2019, 9, 2, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def submitted(many_drafts: Callable[[int], list[Application]]) -> list[Application]:
    """Three cases submitted on a Monday: the fifth working day is the Monday after."""
    cases = many_drafts(3)
    Round.objects.update(opens_at=MONDAY - timedelta(days=30), closes_at=MONDAY + timedelta(days=30))
    for case in cases:
        perform("submit", [case.pk], actor=case.created_by, key="s", at=MONDAY)
    return cases


def test_case_waits_on_its_last_day(submitted: list[Application]) -> None:
    assert lapse_due(MONDAY + timedelta(days=7, hours=13)) == 0
    assert [fresh(case).state for case in submitted] == ["submitted"] * 3


def test_case_is_accepted_after_its_last_day(submitted: list[Application]) -> None:
    midnight = MONDAY + timedelta(days=7, hours=14)
    assert lapse_due(midnight) == 3
    assert [fresh(case).state for case in submitted] == ["accepted"] * 3
    event = Event.objects.get(application=submitted[0], step="accept")
    assert (event.actor, event.at, event.data) == (User.objects.system(), midnight, {"lapsed": True})
    lapsed = Deadline.objects.get(application=submitted[0], step="accept")
    assert (lapsed.lapsed_at, lapsed.met_at) == (midnight, None)
    assert Deadline.objects.get(application=submitted[0], step="examine").met_at is None
    assert lapse_due(midnight + timedelta(minutes=10)) == 0
    assert verify().holds


def test_case_in_correction_does_not_lapse(submitted: list[Application], clerk: User) -> None:
    points = [{"kind": "roster", "words": "请核对名单"}]
    perform("ask_correction", [submitted[0].pk], actor=clerk, key="c", data={"points": points}, at=MONDAY)
    assert lapse_due(MONDAY + timedelta(days=20)) == 2
    assert fresh(submitted[0]).state == "correcting"


def test_two_sweepers_accept_each_case_once(submitted: list[Application]) -> None:
    later = MONDAY + timedelta(days=8)
    done = at_once(4, lambda _: lapse_due(later))
    assert sum(n for n in done if isinstance(n, int)) == 3
    assert [events_of(case) for case in submitted] == [["submit", "accept"]] * 3
    assert verify().holds


def test_case_that_a_clerk_works_on_is_left_for_the_next_sweep(
    submitted: list[Application], clerk: User
) -> None:
    locked, swept = Signal(), Signal()

    def work() -> None:
        with transaction.atomic():
            perform("claim", [submitted[0].pk], actor=clerk, key="k", at=MONDAY)
            locked.set()
            swept.wait(10)
        connection.close()

    clerk.memberships  # noqa: B018 - read before the thread
    thread = Thread(target=work)
    thread.start()
    locked.wait(10)
    later = MONDAY + timedelta(days=8)
    assert lapse_due(later) == 2
    swept.set()
    thread.join()
    assert lapse_due(later + timedelta(minutes=10)) == 1
