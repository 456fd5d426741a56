"""The calendar by region: overrides, official years, and what they do to limits that run."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from threading import Event as Signal
from threading import Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import Organisation, Role, User
from notifications import outbox
from notifications.models import Message
from tests.workflows.conftest import fresh, person_with
from workflows import calendars
from workflows.calendars import (
    AlreadyOverridden,
    AlreadyTakenBack,
    NoSuchRegion,
    NotForCalendar,
    NotInCalendar,
    OverrideNeedless,
    OverrideWithoutReason,
)
from workflows.engine import calendar_days
from workflows.engine.clock import HERE
from workflows.engine.deadlines import (
    load_calendar,
    region_of,
    working_days_after,
    working_days_after_at,
    working_days_between,
)
from workflows.engine.perform import perform
from workflows.engine.verify import verify
from workflows.errors import CalendarUnknown
from workflows.models import (
    Application,
    CalendarChange,
    CalendarDay,
    CalendarOverride,
    Deadline,
    LimitMove,
    RegionDay,
    Round,
)

pytestmark = pytest.mark.django_db
MONDAY = datetime(2019, 9, 2, 10, tzinfo=HERE)
TUESDAY = date(2019, 9, 3)
TYPHOON = {"working": False, "reason": "台风“白鹿”", "document": "厦防指〔2019〕8号"}


@pytest.fixture
def submitted(draft: Application) -> Application:
    """Submitted on Monday 2 September 2019: accepted by the 9th, promised for sixty working days."""
    Round.objects.update(opens_at=MONDAY - timedelta(days=30), closes_at=MONDAY + timedelta(days=30))
    perform("submit", [draft.pk], actor=draft.created_by, key="s", at=MONDAY)
    return fresh(draft)


@pytest.fixture
def here(association: Organisation, authority: Organisation) -> None:
    """The handling office sits in Siming, the authority in Huli."""
    Organisation.objects.filter(pk=association.pk).update(district="siming")
    Organisation.objects.filter(pk=authority.pk).update(district="huli")


def moves() -> list[tuple[str, str, str, str]]:
    rows = LimitMove.objects.order_by("pk").values_list("kind", "step", "was_on", "now_on")
    return [(kind, step, was.isoformat(), now.isoformat()) for kind, step, was, now in rows]


def test_day_off_moves_the_offices_limit_and_keeps_the_promise(
    submitted: Application, official: User
) -> None:
    promised = submitted.promised_on
    change = calendars.override(TUESDAY, **TYPHOON, by=official)
    case = fresh(submitted)
    assert (submitted.due_on, case.due_on) == (date(2019, 9, 9), date(2019, 9, 10))
    assert Deadline.objects.get(application=case).due_on == case.due_on
    assert case.promised_on == promised
    assert (change.moved, change.kept) == (1, 1)
    kept = LimitMove.objects.get(kind="promise")
    assert kept.is_kept
    assert kept.counted_on == working_days_after(MONDAY.date(), 60)
    assert verify().holds


def test_taking_an_override_back_brings_the_old_days_back(submitted: Application, official: User) -> None:
    made = calendars.override(TUESDAY, **TYPHOON, by=official)
    assert made.override is not None
    change = calendars.take_back(made.override, reason="没有登陆", by=official)
    assert fresh(submitted).due_on == date(2019, 9, 9)
    assert (change.kind, change.moved) == ("taken_back", 1)
    assert not CalendarDay.objects.exclude(published=None).exists()
    with pytest.raises(AlreadyTakenBack):
        calendars.take_back(made.override, reason="再次", by=official)


def test_district_has_its_own_days(here: None, submitted: Application, official: User) -> None:
    calendars.override(TUESDAY, **TYPHOON, region="huli", by=official)
    assert fresh(submitted).due_on == date(2019, 9, 9)  # the clerk's office is in another district
    calendars.override(TUESDAY, **TYPHOON, region="siming", by=official)
    assert fresh(submitted).due_on == date(2019, 9, 10)
    assert region_of(submitted.handler_id) == "siming"
    assert region_of(submitted.applicant_id) == "siming"
    assert region_of(None) == ""
    for made in CalendarOverride.objects.filter(region="siming"):
        calendars.take_back(made, reason="撤销", by=official)
    assert set(RegionDay.objects.values_list("region", flat=True)) == {"huli"}
    assert fresh(submitted).due_on == date(2019, 9, 9)


def test_new_limits_are_counted_by_the_calendar_of_their_office(
    here: None, draft: Application, official: User
) -> None:
    calendars.override(TUESDAY, **TYPHOON, region="siming", by=official)
    Round.objects.update(opens_at=MONDAY - timedelta(days=30), closes_at=MONDAY + timedelta(days=30))
    perform("submit", [draft.pk], actor=draft.created_by, key="s", at=MONDAY)
    case = fresh(draft)
    assert case.due_on == date(2019, 9, 10)
    assert case.promised_on == working_days_after(MONDAY.date(), 60, region="siming")
    assert case.promised_on != working_days_after(MONDAY.date(), 60)
    assert case.promised_days == 60
    offices = Organisation.objects.filter(pk__in=[case.handler_id, draft.applicant_id])
    assert working_days_after_at(offices.values_list("pk", flat=True), MONDAY.date(), 60) == {
        office.pk: working_days_after(MONDAY.date(), 60, region=region_of(office.pk)) for office in offices
    }
    with pytest.raises(CalendarUnknown):
        working_days_after_at(offices.values_list("pk", flat=True), MONDAY.date(), 100_000)
    assert Deadline.objects.values_list("from_on", "days").get() == (MONDAY.date(), 5)


def test_what_the_applicant_has_to_keep_only_moves_later(
    submitted: Application, clerk: User, official: User
) -> None:
    points = [{"kind": "roster", "words": "请核对名单"}]
    perform("ask_correction", [submitted.pk], actor=clerk, key="c", data={"points": points}, at=MONDAY)
    due = fresh(submitted).due_on
    # A Sunday on which everybody works would cost the applicant a day.
    calendars.override(date(2019, 9, 8), **{**TYPHOON, "working": True}, by=official)
    assert fresh(submitted).due_on == due
    kept = LimitMove.objects.get(step="resubmit")
    assert (kept.is_kept, kept.counted_on) == (True, due - timedelta(days=1))
    calendars.override(TUESDAY, **TYPHOON, by=official)
    calendars.override(date(2019, 9, 4), **TYPHOON, by=official)
    assert due < fresh(submitted).due_on


def test_day_while_the_clock_stands_still_costs_nobody_anything(
    submitted: Application, clerk: User, owner: User, official: User
) -> None:
    points = [{"kind": "roster", "words": "请核对名单"}]
    at = MONDAY + timedelta(days=1)
    perform("ask_correction", [submitted.pk], actor=clerk, key="c", data={"points": points}, at=at)
    Application.objects.update(points_open=0)
    back = MONDAY + timedelta(days=8)
    perform("resubmit", [submitted.pk], actor=owner, key="r", at=back)
    before = fresh(submitted).due_on
    assert before == working_days_after(back.date(), 4)
    calendars.override(date(2019, 9, 5), **TYPHOON, by=official)  # within the stop
    assert fresh(submitted).due_on == before
    calendars.override(date(2019, 9, 12), **TYPHOON, by=official)  # after it
    assert fresh(submitted).due_on == working_days_after(back.date(), 4)
    calendars.override(TUESDAY, **TYPHOON, by=official)  # the day on which it was used before the stop
    assert fresh(submitted).due_on == working_days_after(back.date(), 5)


def test_met_deadline_never_moves(submitted: Application, clerk: User, official: User) -> None:
    perform("accept", [submitted.pk], actor=clerk, key="a", at=MONDAY + timedelta(hours=1))
    calendars.override(TUESDAY, **TYPHOON, by=official)
    assert Deadline.objects.get(step="accept").due_on == date(2019, 9, 9)
    assert [move[1] for move in moves() if move[0] == "step"] == ["examine"]


def test_official_year_moves_provisional_promises_both_ways(
    submitted: Application, official: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if the notice for the autumn had not been out when the promise was made.
    CalendarDay.objects.filter(day__gte=date(2019, 9, 20)).delete()
    official_days = calendar_days._official()
    monkeypatch.setattr(calendar_days, "_official", lambda: [d for d in official_days if d[0].year < 2019])
    load_calendar(provisional_until=2020)
    provisional = working_days_after(MONDAY.date(), 60)
    Application.objects.update(promised_on=provisional)
    CalendarDay.objects.filter(day__lt=date(2019, 9, 20)).update(provisional=False)
    monkeypatch.setattr(calendar_days, "_official", lambda: official_days)
    change = calendars.load()
    assert change is not None
    assert change.kind == CalendarChange.Kind.LOADED
    assert fresh(submitted).promised_on == submitted.promised_on
    assert submitted.promised_on != provisional
    assert moves() == [("promise", "", provisional.isoformat(), submitted.promised_on.isoformat())]  # type: ignore[union-attr]
    assert calendars.load() is None


def test_people_concerned_are_told(submitted: Application, official: User, owner: User, clerk: User) -> None:
    calendars.override(TUESDAY, **TYPHOON, by=official)
    outbox.deliver_due()
    told = Message.objects.get(recipient=owner, topic="calendar.changed")
    assert told.body_en == (
        "The limit of “Accept” was 9 Sep 2019 and is now 10 Sep 2019. Reason: 台风“白鹿”, 厦防指〔2019〕8号."
    )
    assert Message.objects.filter(recipient=clerk, topic="calendar.changed").count() == 1
    assert not Message.objects.filter(recipient=official, topic="calendar.changed").exists()


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"reason": " "}, OverrideWithoutReason),
        ({"document": ""}, OverrideWithoutReason),
        ({"region": "atlantis"}, NoSuchRegion),
        ({"working": True}, OverrideNeedless),
        ({"day": date(1999, 1, 4)}, NotInCalendar),
    ],
)
def test_override_that_makes_no_sense_is_refused(
    official: User, change: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        calendars.override(**{"day": TUESDAY, **TYPHOON, "by": official, **change})
    assert not CalendarChange.objects.exists()


def test_override_of_an_overridden_day_is_refused(official: User) -> None:
    calendars.override(TUESDAY, **TYPHOON, by=official)
    with pytest.raises(AlreadyOverridden):
        calendars.override(TUESDAY, **{**TYPHOON, "working": True}, by=official)


def test_override_by_a_clerk_or_an_employer_is_refused(clerk: User, owner: User, employer: Any) -> None:
    for person in (clerk, owner, person_with(Role.ADMINISTRATOR, employer)):
        with pytest.raises(NotForCalendar):
            calendars.override(TUESDAY, **TYPHOON, by=person)


def test_ledger_and_overrides_are_only_added_to(submitted: Application, official: User) -> None:
    calendars.override(TUESDAY, **TYPHOON, by=official)
    for spoil in (
        lambda: LimitMove.objects.update(now_on=TUESDAY),
        lambda: LimitMove.objects.all()._raw_delete("default"),
        lambda: CalendarOverride.objects.update(reason="别的"),
        lambda: CalendarOverride.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError, match=r"append-only|taken back"), transaction.atomic():
            spoil()


@pytest.mark.django_db(transaction=True)
def test_limit_that_is_set_while_the_calendar_changes_is_counted_by_the_new_one(
    many_drafts: Callable[[int], list[Application]], official: User
) -> None:
    (case,) = many_drafts(1)
    Round.objects.update(opens_at=MONDAY - timedelta(days=30), closes_at=MONDAY + timedelta(days=30))
    set_, changed = Signal(), Signal()
    owner = case.created_by
    owner.memberships  # noqa: B018 - read before the thread
    official.memberships  # noqa: B018

    def submit() -> None:
        with transaction.atomic():
            perform("submit", [case.pk], actor=owner, key="s", at=MONDAY)
            set_.set()
            changed.wait(1)  # the change waits for this transaction
        connection.close()

    def change() -> None:
        set_.wait(10)
        calendars.override(TUESDAY, **TYPHOON, by=official)
        changed.set()
        connection.close()

    threads = [Thread(target=submit), Thread(target=change)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert changed.is_set()
    assert fresh(case).due_on == date(2019, 9, 10)


# ── against a plain count

FIRST, LAST = date(2019, 8, 1), date(2019, 12, 31)
SPAN = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
REGIONS = ("", "siming", "huli")


class TestAgainstAPlainCount(TestCase):
    """Overrides in any order and place: the database counts as a person with a calendar would."""

    @settings(max_examples=15, deadline=None)
    @given(
        flips=st.lists(st.tuples(st.sampled_from(SPAN), st.sampled_from(REGIONS)), max_size=6, unique=True),
        start=st.sampled_from(SPAN[:90]),
        days=st.integers(min_value=1, max_value=25),
        region=st.sampled_from(REGIONS),
    )
    def test_counts_agree(self, flips: list[tuple[date, str]], start: date, days: int, region: str) -> None:
        by = User.objects.system()
        official = dict(CalendarDay.objects.filter(day__range=(FIRST, LAST)).values_list("day", "working"))
        city = {**official, **{d: not official[d] for d, where in flips if where == ""}}
        here = {**city, **{d: not city[d] for d, where in flips if region and where == region}}
        for d, where in sorted(flips, key=lambda flip: flip[1]):
            CalendarOverride.objects.create(
                day=d, region=where, working=not (official if where == "" else city)[d],
                reason="x", document="x", made_by=by,
            )  # fmt: skip
        calendars._renumber()
        kept = calendars._own(region)
        plain = [d for d in SPAN if d > start and here[d]][days - 1]
        assert working_days_after(start, days, region=kept) == plain
        assert working_days_between(start, plain, region=kept) == days
