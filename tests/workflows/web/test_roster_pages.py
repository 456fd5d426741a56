"""The roster's page: who is on it, what is wrong, what to expect; people typed in by hand."""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.models import Organisation, Role, User
from tests.workflows.conftest import add_people, fresh, person_with
from tests.workflows.web.journeys import submitted
from workflows import rosters
from workflows.models import Application, Person
from workflows.web.roster.urls import urlpatterns

pytestmark = pytest.mark.django_db
NOT_HERE = {"slug": "payment_letter", "document_id": "00000000-0000-0000-0000-000000000000", "language": "en"}


@pytest.fixture
def browser(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


def url(name: str, case: Application, *more: Any) -> str:
    return reverse(name, args=[case.pk, *more])


def typed(**other: str) -> dict[str, str]:
    return {
        "name": "林小鹭", "id_kind": "resident_id", "id_number": "350299199001150013", "post_kind": "technical",
        "post_level": "middle", "hired_on": "2015-01-01", "still_employed": "yes", "pay_fen": "400000",
        "tax_fen": "66830", "first_claimed_year": "2019", "shares": "0", "other_award": "no",
    } | other  # fmt: skip


def address(pattern: Any, case: Application) -> str:
    wanted = pattern.pattern.converters
    ids = dict.fromkeys(wanted, 1)
    return reverse(
        pattern.name, kwargs={**ids, **{k: v for k, v in NOT_HERE.items() if k in wanted}, "pk": case.pk}
    )


@pytest.mark.parametrize("pattern", urlpatterns, ids=lambda p: p.name)
@pytest.mark.parametrize("method", ["get", "post"])
def test_case_of_another_organisation_is_not_found(
    client: Client, draft: Application, pattern: Any, method: str
) -> None:
    other = Organisation.objects.create(kind="employer", name="另一家公司")
    client.force_login(person_with(Role.OWNER, other))
    answer = getattr(client, method)(address(pattern, draft))
    assert answer.status_code in (404, 405)
    assert client.get(url("application_roster", draft)).status_code == 404
    assert fresh(draft).rows_total == 2


@pytest.mark.parametrize("pattern", urlpatterns, ids=lambda p: p.name)
def test_staff_do_not_come_in_by_this_door(
    client: Client, draft: Application, clerk: User, pattern: Any
) -> None:
    client.force_login(clerk)
    assert client.get(address(pattern, submitted(draft))).status_code == 403


def test_row_shows_masked_number_and_expected_result(browser: Client, draft: Application) -> None:
    add_people(draft, {"id_number": "350299199001150013", "pay_fen": 29_800_000})
    page = browser.get(url("application_roster", draft)).content.decode()
    assert "350299＊＊＊＊0013" in page
    assert "350299199001150013" not in page
    assert "6,683.00 元" in page
    assert "将不予奖励" in page
    assert "R04 年薪 298,000.00 元，低于 300,000.00 元。" in page


def test_hold_is_not_foretold(
    browser: Client, draft: Application, many_drafts: Callable[[int], list[Application]]
) -> None:
    """That the same person stands in another employer's application is nothing this employer may find out."""
    [other] = many_drafts(1)
    number = other.people.first().id_number
    before = _without_tokens(browser.get(url("application_roster", draft)).content.decode())
    mine = draft.people.first()
    add_people(draft, {"id_number": number, "name": "同一人"})
    alone = browser.get(url("application_roster", draft)).content.decode()
    submitted(other)
    rosters.redecide([draft.pk])
    assert Person.objects.get(application=draft, name="同一人").rule == "H01"
    there_too = browser.get(url("application_roster", draft)).content.decode()
    assert _without_tokens(there_too) == _without_tokens(alone) != before
    assert mine.rule == ""


def _without_tokens(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrf" not in line.lower())


def test_page_holds_its_queries_at_one_and_at_thirty_rows(browser: Client, draft: Application) -> None:
    draft.people.exclude(pk=draft.people.first().pk).delete()
    rosters.redecide([draft.pk])
    # The first page of a session also notes when the person was seen.
    browser.get(url("application_roster", draft))
    counted = []
    for n in (0, 29):
        add_people(draft, *[{} for _ in range(n)])
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(url("application_roster", draft)).status_code == 200
        counted.append(len(queries))
    assert counted == [9, 9]


def test_pages_follow_each_other_by_keyset(browser: Client, draft: Application) -> None:
    add_people(draft, *[{"name": f"第{n}人"} for n in range(3, 36)])
    first = browser.get(url("application_roster", draft)).content.decode()
    assert "第30人" in first
    assert "第31人" not in first
    assert "?after=30" in first
    second = browser.get(url("application_roster", draft), {"after": "30"}).content.decode()
    assert "第31人" in second
    assert "?before=31" in second


def test_filter_leaves_rows_with_errors_and_names(browser: Client, draft: Application) -> None:
    add_people(draft, {"name": "好人"})
    browser.post(url("application_person_add", draft), typed(name="错人", pay_fen="很多"))
    wrong = browser.get(url("application_roster", draft), {"wrong": "1"}).content.decode()
    assert ("错人" in wrong, "好人" in wrong, "很多" in wrong) == (True, False, True)
    named = browser.get(url("application_roster", draft), {"q": "好"}).content.decode()
    assert ("错人" in named, "好人" in named) == (False, True)


def test_name_with_markup_is_shown_as_text(browser: Client, draft: Application) -> None:
    add_people(draft, {"name": "<script>alert(1)</script>"})
    page = browser.get(url("application_roster", draft)).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize(("language", "heading"), [("zh-hans", "姓名"), ("en", "Name")])
def test_template_comes_in_both_languages(
    browser: Client, draft: Application, language: str, heading: str
) -> None:
    answer = browser.get(url("application_roster_template", draft, language))
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    assert book.get_sheet_by_index(0).to_python()[0][0] == heading


def test_errors_are_downloaded_with_row_column_masked_value_and_reason(
    browser: Client, draft: Application
) -> None:
    browser.post(url("application_person_add", draft), typed(id_number="350299199001150014"))
    answer = browser.get(url("application_roster_errors", draft))
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[1][:4] == [3.0, "证件号码", "350299＊＊＊＊0014", "校验位不符，请对照证件逐位核对"]


# ── one person


def test_person_is_added_sealed_and_decided(browser: Client, draft: Application) -> None:
    answer = browser.post(url("application_person_add", draft), typed())
    assert answer.headers["Location"] == url("application_roster", draft)
    person = draft.people.get(name="林小鹭")
    assert (person.id_number, person.position, person.award_fen) == ("350299199001150013", 3, 668_300)
    assert person.tenure_months is not None
    assert (fresh(draft).rows_total, fresh(draft).rows_with_errors) == (3, 0)


def test_second_click_adds_nobody(browser: Client, draft: Application) -> None:
    for _ in range(2):
        assert browser.post(url("application_person_add", draft), typed()).status_code == 302
    assert fresh(draft).rows_total == 3


def test_wrong_person_is_kept_as_typed_and_mended(browser: Client, draft: Application) -> None:
    wrong = typed(id_number="350299199002300017", pay_fen="三十万", hired_on="")
    answer = browser.post(url("application_person_add", draft), wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "2 月没有 30 日" in page
    assert 'value="三十万"' in page
    assert 'value="350299199002300017"' in page
    person = draft.people.get(name="林小鹭")
    assert (person.id_number, person.pay_fen) == ("", None)
    assert json.loads(person.raw) == {"hired_on": "", "id_number": "350299199002300017", "pay_fen": "三十万"}
    assert fresh(draft).rows_with_errors == 1
    later = browser.get(url("application_person", draft, person.pk)).content.decode()
    assert "350299199002300017" not in later
    assert "350299＊＊＊＊0017" in later
    browser.post(url("application_person", draft, person.pk), typed())
    mended = Person.objects.get(pk=person.pk)
    assert (mended.raw, mended.problems, mended.pay_fen) == ("", [], 40_000_000)
    assert fresh(draft).rows_with_errors == 0


def test_masked_number_that_is_left_alone_stays(browser: Client, draft: Application) -> None:
    browser.post(url("application_person_add", draft), typed())
    person = draft.people.get(name="林小鹭")
    page = {**typed(id_number="", name="林鹭"), "id_number.kept": "1"}
    browser.post(url("application_person", draft, person.pk), page)
    kept = Person.objects.get(pk=person.pk)
    assert (kept.name, kept.id_number, kept.problems) == ("林鹭", "350299199001150013", [])


def test_empty_form_adds_nobody(browser: Client, draft: Application) -> None:
    answer = browser.post(url("application_person_add", draft), {"name": " "})
    assert (answer.status_code, fresh(draft).rows_total) == (422, 2)


def test_number_that_stands_twice_is_named_until_one_is_gone(browser: Client, draft: Application) -> None:
    browser.post(url("application_person_add", draft), typed())
    answer = browser.post(url("application_person_add", draft), typed(name="另一人"))
    assert "与第 3 行相同" in answer.content.decode()
    first, second = draft.people.get(name="林小鹭"), draft.people.get(name="另一人")
    assert [p.problems[0]["code"] for p in (first, second)] == ["duplicate_in_file"] * 2
    assert fresh(draft).rows_with_errors == 2
    browser.post(url("application_person_remove", draft, second.pk))
    assert Person.objects.get(pk=first.pk).problems == []
    assert (fresh(draft).rows_total, fresh(draft).rows_with_errors) == (3, 0)
    assert Person.objects.get(pk=first.pk).award_fen == 668_300


def test_colleagues_change_stays_and_is_shown(browser: Client, draft: Application) -> None:
    browser.post(url("application_person_add", draft), typed())
    person = draft.people.get(name="林小鹭")
    page = browser.get(url("application_person", draft, person.pk))
    seen = page.context["seen"]
    browser.post(url("application_person", draft, person.pk), {**typed(pay_fen="500000"), **seen})
    answer = browser.post(url("application_person", draft, person.pk), {**typed(pay_fen="600000"), **seen})
    assert answer.status_code == 409
    assert 'value="600000"' in answer.content.decode()
    assert Person.objects.get(pk=person.pk).pay_fen == 50_000_000


def test_session_that_ended_keeps_what_was_typed(client: Client, draft: Application, owner: User) -> None:
    address = url("application_person_add", draft)
    answer = client.post(
        address, typed(name="还在填的人"), headers={"Referer": f"http://testserver{address}"}
    )
    assert "/accounts/login/" in answer.headers["Location"]
    client.force_login(owner)
    page = client.get(address).content.decode()
    assert 'value="还在填的人"' in page
    assert 'value="350299199001150013"' in page
    assert fresh(draft).rows_total == 2


def test_submitted_roster_can_neither_be_seen_here_nor_changed(browser: Client, draft: Application) -> None:
    person = draft.people.first()
    case = submitted(draft)
    assert browser.get(url("application_roster", case)).headers["Location"] == url("application", case)
    for name, more in (("add", []), ("", [person.pk]), ("remove", [person.pk])):
        address = url(f"application_person{'_' * bool(name)}{name}", case, *more)
        assert browser.post(address, typed()).status_code == 409
    assert fresh(case).rows_total == 2


def test_person_of_another_case_is_not_found(
    browser: Client, draft: Application, many_drafts: Callable[[int], list[Application]]
) -> None:
    [other] = many_drafts(1)
    stranger = other.people.first()
    assert browser.get(url("application_person", draft, stranger.pk)).status_code == 404
    assert browser.post(url("application_person", draft, stranger.pk), typed()).status_code == 404
    browser.post(url("application_person_remove", draft, stranger.pk))
    assert Person.objects.filter(pk=stranger.pk).exists()
