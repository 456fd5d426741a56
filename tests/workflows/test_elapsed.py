"""Where the working days of a case went, and days that rest on a calendar that is not official."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from config.templatetags.words import limit
from notifications import outbox
from notifications.models import Message
from tests.workflows.conftest import fresh
from workflows.engine.clock import HERE
from workflows.engine.deadlines import working_days_after
from workflows.engine.elapsed import Spent, spent
from workflows.engine.perform import perform
from workflows.engine.statement import move_sql
from workflows.models import Application, CalendarDay, Round
from workflows.web.pictures import events_of

pytestmark = pytest.mark.django_db
MONDAY = datetime(2019, 9, 2, 10, tzinfo=HERE)


def day(n: int) -> datetime:
    """Ten o'clock, `n` days after the Monday."""
    return MONDAY + timedelta(days=n)


@pytest.fixture
def case(draft: Application) -> Application:
    Round.objects.update(opens_at=MONDAY - timedelta(days=30), closes_at=MONDAY + timedelta(days=30))
    perform("submit", [draft.pk], actor=draft.created_by, key="s", at=MONDAY)
    return fresh(draft)


def account(case: Application, on: date) -> Spent | None:
    return spent(fresh(case), events_of(case), today=on)


def test_days_of_the_office_count_and_those_of_a_correction_stand_still(
    case: Application, clerk: User, owner: User
) -> None:
    assert account(case, day(1).date()) == Spent(used=1, left=59)
    points = [{"kind": "roster", "words": "请核对名单"}]
    perform("ask_correction", [case.pk], actor=clerk, key="c", data={"points": points}, at=day(2))
    assert account(case, day(8).date()) == Spent(used=2, stopped=4, left=58)
    Application.objects.update(points_open=0)
    perform("resubmit", [case.pk], actor=owner, key="r", at=day(8))
    assert account(case, day(9).date()) == Spent(used=3, stopped=4, left=57)
    # Friday the 13th is off, and so is the weekend.
    assert account(case, day(14).date()) == Spent(used=5, stopped=4, left=55)


def test_account_ends_with_the_case(case: Application, owner: User) -> None:
    perform("withdraw", [case.pk], actor=owner, key="w", at=day(2))
    assert account(case, day(30).date()) == Spent(used=2)


def test_draft_and_day_beyond_the_calendar_have_no_account(draft: Application, case: Application) -> None:
    assert spent(Application(submitted_at=None), [], today=MONDAY.date()) is None
    assert account(case, date(2050, 1, 1)) is None


def test_excluded_stage_is_shown_apart_and_moves_the_promise(
    case: Application, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the preliminary check were an experts' review."""
    accepted = next(state for state in case.declaration.states if state == "accepted")
    examine = case.declaration.steps["examine"]
    for state in {id(s): s for s in (accepted, *examine.sources)}.values():
        monkeypatch.setattr(state, "excluded", True)
    move_sql.cache_clear()
    perform("accept", [case.pk], actor=clerk, key="a", at=day(1))
    due = fresh(case).due_on
    perform("examine", [case.pk], actor=clerk, key="e", at=day(4))
    move_sql.cache_clear()
    assert due == working_days_after(day(1).date(), 10)
    assert fresh(case).promised_on == working_days_after(MONDAY.date(), 63)
    assert account(case, day(7).date()) == Spent(used=2, excluded=3, left=58)


def test_both_sides_read_the_account(case: Application, owner: User, clerk: User, client: Client) -> None:
    with translation.override("en"):
        for user, name in ((owner, "application"), (clerk, "case")):
            client.force_login(user)
            client.cookies["django_language"] = "en"
            page = client.get(reverse(name, args=[case.pk]), headers={"accept-language": "en"})
            assert 'class="timeline"' in page.content.decode()
            assert page.context["spent" if name == "application" else "clock"] is not None


def test_provisional_day_says_so_in_pages_and_mails(draft: Application, owner: User, client: Client) -> None:
    CalendarDay.objects.update(provisional=True)
    perform("submit", [draft.pk], actor=owner, key="s")
    outbox.deliver_due()
    told = Message.objects.filter(recipient=owner, topic="case.moved").latest("pk")
    assert told.body_zh.count("（暂定）") == 2
    assert told.body_en.count("(provisional)") == 2
    client.force_login(owner)
    for name in ("application", "application_receipt"):
        assert client.get(reverse(name, args=[draft.pk])).content.decode().count("（暂定）") >= 2
    CalendarDay.objects.update(provisional=False)
    assert "（暂定）" not in client.get(reverse("application_receipt", args=[draft.pk])).content.decode()


def test_limit_is_a_day_with_its_doubt() -> None:
    end = date(2019, 9, 3)
    with translation.override("en"):
        assert limit(end, True) == limit(end, {end}) == "3 Sep 2019 (provisional)"
        assert limit(end, False) == limit(end, frozenset()) == "3 Sep 2019"
        assert limit(None, True) == ""
