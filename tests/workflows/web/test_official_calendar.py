"""The page of the working-day calendar: making and taking back an override, and what it moved."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.workflows.web.journeys import submitted
from workflows.calendars import override
from workflows.models import Application, CalendarDay, CalendarOverride, LimitMove

pytestmark = pytest.mark.django_db
POSTED = {
    "day": "2019-09-03",
    "region": "",
    "working": "off",
    "reason": "台风",
    "document": "厦防指〔2019〕8号",
}


@pytest.fixture
def page(client: Client, official: User) -> Client:
    client.force_login(official)
    return client


def test_official_changes_a_day_and_takes_it_back(page: Client, draft: Application) -> None:
    case = submitted(draft)
    assert case.due_on is not None
    day = CalendarDay.objects.filter(working=True, day__lte=case.due_on).latest("day").day
    answer = page.post(reverse("calendar"), {**POSTED, "day": day.isoformat()}, follow=True)
    assert str(case.number) in answer.content.decode()
    assert LimitMove.objects.filter(application=case, kind="step").count() == 1
    made = CalendarOverride.objects.get()
    assert (made.day, made.working, made.document) == (day, False, "厦防指〔2019〕8号")
    page.post(reverse("calendar_take_back", args=[made.pk]), {"reason": "没有登陆"})
    assert not CalendarOverride.objects.in_force().exists()
    assert "没有登陆" in page.get(reverse("calendar")).content.decode()


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"day": "yesterday"}, 422),
        ({"reason": ""}, 422),
        ({"region": "atlantis"}, 422),
        ({"link": "javascript:alert(1)"}, 422),
        ({"link": "厦防指"}, 422),
        ({"working": "working"}, 409),
        ({"day": "1999-01-04"}, 422),
    ],
)
def test_bad_input_is_refused_and_what_was_typed_stays(
    page: Client, change: dict[str, str], status: int
) -> None:
    answer = page.post(reverse("calendar"), POSTED | change)
    assert answer.status_code == status
    assert "厦防指〔2019〕8号" in answer.content.decode()
    assert not CalendarOverride.objects.exists()


def test_document_is_linked_to_where_it_is_published(page: Client, draft: Application) -> None:
    link = "https://www.example.gov.cn/notice/8?id=1&x=2"
    answer = page.post(reverse("calendar"), {**POSTED, "link": link}, follow=True)
    shown = f'<a href="{link.replace("&", "&amp;")}" rel="noreferrer">厦防指〔2019〕8号</a>'
    assert shown in answer.content.decode()
    assert shown in page.get(reverse("calendar")).content.decode()


def test_clerk_reads_and_cannot_change(client: Client, clerk: User) -> None:
    client.force_login(clerk)
    assert 'form method="post" novalidate' not in client.get(reverse("calendar")).content.decode()
    assert client.post(reverse("calendar"), POSTED).status_code == 403


@pytest.mark.parametrize("rows", [1, 30])
def test_list_takes_a_fixed_number_of_statements(
    page: Client, official: User, rows: int, django_assert_num_queries: Callable[[int], Any]
) -> None:
    days = CalendarDay.objects.filter(working=True, day__gte=date(2018, 3, 5)).order_by("day")[:rows]
    for found in days:
        override(found.day, working=False, reason="台风", document="文", by=official)
    with django_assert_num_queries(13):
        page.get(reverse("calendar"))
