"""Public notice: what is shown, for how long, and how one objects to one line."""

import hashlib
import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, User
from tests.workflows.conftest import events_of, ready_draft
from tests.workflows.web.journeys import ended, noticed
from workflows.models import Application, Notice, Objection, Person, Round

pytestmark = pytest.mark.django_db

OBJECTION = {
    "objector": "person", "name": "王实名", "contact": "13900139000", "statement": "该人员已于去年离职。",
    "consent": "on",
}  # fmt: skip


@pytest.fixture
def notice(
    draft: Application, open_round: Round, clerk: User, official: User, second_official: User
) -> Notice:
    cache.clear()
    return noticed([draft], open_round, clerk=clerk, verifier=second_official, official=official)


def object_url(notice: Notice, position: int = 1) -> str:
    return reverse("object_to_line", args=[notice.pk, position])


def objection(**altered: Any) -> dict[str, Any]:
    return {**OBJECTION, "key": str(uuid.uuid4()), **altered}


def test_notice_shows_names_and_categories_and_nothing_else(
    client: Client, notice: Notice, employer: Organisation
) -> None:
    answer = client.get(reverse("public_notice", args=[notice.pk]))
    text = answer.content.decode()
    assert employer.name in text
    for person in Person.objects.all():
        assert person.name in text
        assert person.id_number not in text
        assert f"{person.award_fen / 100:,.2f}" not in text
    assert notice.sha256 in text
    assert '<meta name="robots" content="noindex, noarchive">' in text
    assert answer.headers["X-Robots-Tag"] == "noindex, noarchive, nosnippet"


def test_lines_as_text_have_the_hash_that_the_notice_names(client: Client, notice: Notice) -> None:
    answer = client.get(reverse("public_notice_lines", args=[notice.pk]))
    text = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert hashlib.sha256(text).hexdigest() == notice.sha256


def test_notice_after_its_end_says_only_that(client: Client, notice: Notice, employer: Organisation) -> None:
    ended(notice)
    for name, args in (
        ("public_notice", [notice.pk]),
        ("public_notice_lines", [notice.pk]),
        ("object_to_line", [notice.pk, 1]),
    ):
        answer = client.get(reverse(name, args=args))
        assert answer.status_code == 410
        assert "公示期已结束" in answer.content.decode()
        assert employer.name not in answer.content.decode()
    assert (
        reverse("public_notice", args=[notice.pk])
        not in client.get(reverse("public_notices")).content.decode()
    )


def test_notice_that_has_not_begun_is_not_found(client: Client, notice: Notice) -> None:
    Notice.objects.filter(pk=notice.pk).update(shown_from=timezone.now() + timedelta(hours=1))
    assert client.get(reverse("public_notice", args=[notice.pk])).status_code == 404


def test_names_are_escaped_on_every_public_page(
    client: Client, open_round: Round, owner: User, clerk: User, official: User, second_official: User,
    employer: Organisation,
) -> None:  # fmt: skip
    evil = "<script>alert(1)</script>"
    Organisation.objects.filter(pk=employer.pk).update(name=evil)
    employer.refresh_from_db()
    case = ready_draft(open_round, employer, owner, {"name": evil})
    notice = noticed([case], open_round, clerk=clerk, verifier=second_official, official=official)
    pages = [
        reverse("public_notice", args=[notice.pk]),
        object_url(notice),
        f"{reverse('public_notice', args=[notice.pk])}?q={evil}",
    ]
    client.force_login(owner)
    pages += [
        reverse(name, args=[case.pk]) for name in ("application", "application_receipt", "application_print")
    ]
    pages.append(reverse("my_applications"))
    for page in pages:
        text = client.get(page).content.decode()
        assert evil not in text
        assert "&lt;script&gt;" in text
    ended(notice)
    assert evil not in client.get(reverse("result", args=[notice.batch_id])).content.decode()


@pytest.mark.parametrize("people", [1, 150])
def test_notice_asks_the_database_three_times_and_pages_its_lines(
    client: Client, open_round: Round, employer: Organisation, owner: User, clerk: User, official: User,
    second_official: User, people: int,
) -> None:  # fmt: skip
    case = ready_draft(open_round, employer, owner, *[{} for _ in range(people)])
    notice = noticed([case], open_round, clerk=clerk, verifier=second_official, official=official)
    url = reverse("public_notice", args=[notice.pk])
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url)
    assert len(queries) == 3  # the notice with its batch, how many lines, the page of them
    page = answer.context["page"]
    assert (len(page.rows), page.next, page.total) == (
        min(people, 100),
        100 if people > 100 else None,
        people,
    )
    if people > 100:
        rest = client.get(url, {"after": "100"}).context["page"]
        assert [line.position for line in rest.rows] == list(range(101, 151))
        assert (rest.previous, rest.next) == (101, None)
        back = client.get(url, {"before": "101"}).context["page"]
        assert [line.position for line in back.rows] == list(range(1, 101))


@pytest.mark.parametrize("n", [1, 30])
def test_list_of_notices_asks_the_database_once(
    client: Client, many_drafts: Callable[[int], list[Application]], open_round: Round, clerk: User, official: User,
    second_official: User, n: int,
) -> None:  # fmt: skip
    for case in many_drafts(n):
        noticed([case], open_round, clerk=clerk, verifier=second_official, official=official)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(reverse("public_notices"))
    assert len(queries) == 1
    assert len(answer.context["page"].rows) == n


def test_objection_freezes_one_person_and_gives_a_number(
    client: Client, notice: Notice, draft: Application
) -> None:
    answer = client.post(object_url(notice), objection(), follow=True)
    made = Objection.objects.get()
    assert answer.status_code == 200
    assert made.number in answer.content.decode()
    assert "王实名" not in answer.content.decode()
    assert "13900139000" not in answer.content.decode()
    assert (made.objector_name, made.objector_contact) == ("王实名", "13900139000")
    assert list(draft.people.order_by("position").values_list("frozen", flat=True)) == [True, False]


def test_objection_sent_twice_is_one(client: Client, notice: Notice, draft: Application) -> None:
    sent = objection()
    first, second = client.post(object_url(notice), sent), client.post(object_url(notice), sent)
    assert first.status_code == second.status_code == 302
    assert Objection.objects.count() == 1
    assert events_of(draft).count("receive_objection") == 1


@pytest.mark.parametrize(
    ("altered", "field"),
    [
        ({"name": ""}, "name"), ({"name": "匿名"}, "name"), ({"name": "李某"}, "name"), ({"name": "Anonymous"}, "name"),
        ({"name": "12345"}, "name"), ({"contact": "在单位"}, "contact"), ({"contact": ""}, "contact"),
        ({"statement": " "}, "statement"), ({"consent": ""}, "consent"), ({"objector": ""}, "objector"),
    ],
)  # fmt: skip
def test_anonymous_or_incomplete_objection_is_refused_with_its_reason_and_keeps_the_input(
    client: Client, notice: Notice, altered: dict[str, str], field: str
) -> None:
    answer = client.post(object_url(notice), objection(**altered))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert "该人员已于去年离职。" in answer.content.decode() or field == "statement"
    assert Objection.objects.count() == 0


def test_late_objection_is_refused_with_its_reason(client: Client, notice: Notice) -> None:
    ended(notice)
    answer = client.post(object_url(notice), objection())
    assert answer.status_code == 410
    assert "不再受理异议" in answer.content.decode()
    assert Objection.objects.count() == 0


def test_objection_to_a_line_that_is_not_there_is_not_found(client: Client, notice: Notice) -> None:
    assert client.get(object_url(notice, 99)).status_code == 404


def test_receipt_of_an_objection_opens_by_its_link_only(client: Client, notice: Notice) -> None:
    link = client.post(object_url(notice), objection()).headers["Location"]
    assert client.get(link).status_code == 200
    altered = re.sub(r"/objections/(.)", lambda m: f"/objections/{'x' if m[1] != 'x' else 'y'}", link)
    assert client.get(altered).status_code == 404
    assert client.get(reverse("objection_receipt", args=[str(Objection.objects.get().pk)])).status_code == 404


def test_objections_from_one_address_are_throttled(client: Client, notice: Notice) -> None:
    cache.clear()
    told = [client.post(object_url(notice), objection()).status_code for _ in range(21)]
    assert told == [302] * 20 + [429]
    cache.clear()
