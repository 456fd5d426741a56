"""The applicant's door: own cases only, a draft from its start to the receipt, its status, its end."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Organisation, Role, User
from tests.workflows.conftest import events_of, fresh, person_with, ready_draft
from tests.workflows.web.journeys import approved, noticed, paid, submitted
from workflows import drafts
from workflows.engine.perform import perform
from workflows.models import Application, Person, Round
from workflows.programmes import programme
from workflows.seen import fingerprints
from workflows.web.applicant.urls import urlpatterns

pytestmark = pytest.mark.django_db
SLUG = "talent-tax-rebate"


@pytest.fixture
def browser(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


def url(name: str, case: Application, *more: Any) -> str:
    return reverse(name, args=[case.pk, *more])


# What the address of a page names beside the case.
MORE: dict[str, list[Any]] = {
    "application_section": ["contact"],
    "application_section_save": ["contact"],
    "application_person_appeal": [1],
}
CASE_PAGES = [p.name for p in urlpatterns if p.name not in {"my_applications", "application_start"}]


@pytest.mark.parametrize("name", CASE_PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_case_of_another_organisation_is_not_found(
    client: Client, draft: Application, name: str, method: str
) -> None:
    other = Organisation.objects.create(kind="employer", name="另一家公司")
    client.force_login(person_with(Role.OWNER, other))
    more = MORE.get(name, [])
    answer = getattr(client, method)(url(name, draft, *more), {"declared": "1", "key": "k"})
    assert answer.status_code in (404, 405)
    assert client.get(url("application", draft)).status_code == 404
    assert fresh(draft).state == "draft"


@pytest.mark.parametrize("name", [p.name for p in urlpatterns if p.name != "application_start"])
def test_staff_do_not_come_in_by_this_door(
    client: Client, draft: Application, clerk: User, name: str
) -> None:
    case = submitted(draft)
    client.force_login(clerk)
    args = [] if name == "my_applications" else [case.pk, *MORE.get(name, [])]
    assert client.get(reverse(name, args=args)).status_code == 403


def test_my_applications_offers_open_calls_and_begins_a_draft(
    browser: Client, open_round: Round, employer: Organisation, owner: User
) -> None:
    assert (
        reverse("application_start", args=[open_round.pk])
        in browser.get(reverse("my_applications")).content.decode()
    )
    answer = browser.post(reverse("application_start", args=[open_round.pk]), {"organisation": employer.pk})
    case = Application.objects.get()
    assert answer.headers["Location"] == url("application", case)
    assert (case.applicant, case.created_by, case.state) == (employer, owner, "draft")


def test_beginning_twice_leads_to_the_draft_that_is_there(
    browser: Client, draft: Application, open_round: Round, employer: Organisation
) -> None:
    answer = browser.post(
        reverse("application_start", args=[open_round.pk]), {"organisation": employer.pk}, follow=True
    )
    assert answer.redirect_chain == [(url("application", draft), 302)]
    assert Application.objects.count() == 1
    assert "贵单位已有这份申报" in answer.content.decode()


def test_beginning_for_an_organisation_of_others_is_not_found(browser: Client, open_round: Round) -> None:
    other = Organisation.objects.create(kind="employer", name="另一家公司")
    answer = browser.post(reverse("application_start", args=[open_round.pk]), {"organisation": other.pk})
    assert answer.status_code == 404
    assert Application.objects.count() == 0


def test_beginning_outside_the_window_is_refused_with_its_reason(
    browser: Client, open_round: Round, employer: Organisation
) -> None:
    Round.objects.filter(pk=open_round.pk).update(closes_at=timezone.now() - timedelta(hours=1))
    answer = browser.post(reverse("application_start", args=[open_round.pk]), {"organisation": employer.pk})
    assert answer.status_code == 409
    assert "申报期已结束" in answer.content.decode()


def test_person_of_several_organisations_chooses_one(
    browser: Client, owner: User, open_round: Round, employer: Organisation
) -> None:
    second = Organisation.objects.create(kind="employer", name="第二家公司")
    Membership.objects.create(user=owner, organisation=second, role=Role.AGENT)
    page = reverse("application_start", args=[open_round.pk])
    assert browser.post(page).status_code == 422
    browser.post(page, {"organisation": second.pk})
    assert Application.objects.get().applicant == second
    assert browser.get(reverse("my_applications")).content.decode().count("第二家公司") >= 2


def test_person_without_an_organisation_is_sent_to_register_one(client: Client, open_round: Round) -> None:
    client.force_login(User.objects.create_user("new@example.test", name="新人"))
    text = client.get(reverse("application_start", args=[open_round.pk])).content.decode()
    assert reverse("organisation") in text


@pytest.mark.parametrize("n", [1, 30])
def test_my_applications_holds_its_query_count(
    browser: Client,
    employer: Organisation,
    owner: User,
    association: Organisation,
    authority: Organisation,
    n: int,
) -> None:
    now = timezone.now()
    for year in range(1950, 1950 + n):
        round_ = Round.objects.create(
            programme=SLUG, policy="2019", year=year, handler=association, authority=authority,
            opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=1),
        )  # fmt: skip
        drafts.start(round_, employer, by=owner)
    browser.get(reverse("my_applications"))
    with CaptureQueriesContext(connection) as queries:
        answer = browser.get(reverse("my_applications"))
    # session, person, memberships, how many, the page of cases, open calls, what we have in them, bars, unread messages
    assert len(queries) == 9
    assert len(answer.context["rows"]) == n


def test_task_list_names_what_is_missing_with_links(
    browser: Client, open_round: Round, employer: Organisation, owner: User
) -> None:
    case = drafts.start(open_round, employer, by=owner)
    answer = browser.get(url("application", case))
    tasks = {task.title: (task.words, task.tone) for task in answer.context["tasks"]}
    assert tasks["单位信息"] == ("缺 1 项", "due")
    assert tasks["经办人"] == ("未开始", "")
    assert tasks["人员名单"] == ("未开始", "")
    assert answer.context["left"] == 6
    assert [str(r["sentence"]) for r in answer.context["reasons"]][1] == "人员名单还是空的。"
    assert f"{url('application_section', case, 'employer')}?missing=1" in answer.content.decode()


def test_ready_draft_leads_to_check_and_submit(browser: Client, draft: Application) -> None:
    answer = browser.get(url("application", draft))
    assert answer.context["reasons"] == []
    assert url("application_check", draft) in answer.content.decode()


# ── sections


def test_section_is_saved_incomplete_and_goes_on(
    browser: Client, open_round: Round, employer: Organisation, owner: User
) -> None:
    case = drafts.start(open_round, employer, by=owner)
    answer = browser.post(
        url("application_section", case, "contact"), {"contact_name": "林小鹭", "go": "next"}
    )
    assert answer.headers["Location"] == url("application_section", case, "account")
    assert fresh(case).answers["contact_name"] == "林小鹭"


def test_section_with_a_wrong_answer_shows_it_and_keeps_everything(
    browser: Client, draft: Application
) -> None:
    typed = {"contact_name": "林小鹭", "contact_mobile": "12", "contact_email": "<i>x",
             "contact_id_kind": "resident_id", "contact_id_number": "350299199013450013"}  # fmt: skip
    answer = browser.post(url("application_section", draft, "contact"), {**typed, "go": "next"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert [field.name for field in answer.context["bound"].errors] == [
        "contact_id_number",
        "contact_mobile",
        "contact_email",
    ]
    assert 'value="350299199013450013"' in text  # what one has just typed is shown to be mended
    assert 'value="&lt;i&gt;x"' in text
    assert drafts.answers_of(fresh(draft))["contact_mobile"] == "12"


def test_sealed_answer_is_masked_and_left_empty_is_kept(browser: Client, draft: Application) -> None:
    page = url("application_section", draft, "contact")
    text = browser.get(page).content.decode()
    assert "350299199001150013" not in text
    assert "350299＊＊＊＊0013" in text
    browser.post(page, {"contact_name": "新名字", "contact_id_number": "", "contact_id_number.kept": "1"})
    answers = drafts.answers_of(fresh(draft))
    assert (answers["contact_name"], answers["contact_id_number"]) == ("新名字", "350299199001150013")


def test_autosave_answers_the_time_and_what_the_page_has_seen(browser: Client, draft: Application) -> None:
    answer = browser.post(
        url("application_section_save", draft, "account"),
        {"bank_name": "新银行"},
        headers={"Accept": "application/json"},
    )
    told = answer.json()
    assert (set(told), told["parts"]) == ({"saved_at", "seen", "parts"}, {})
    assert (
        told["seen"]["bank_name.was"] == fingerprints({"bank_name": "新银行"}, ["bank_name"])["bank_name.was"]
    )
    assert fresh(draft).answers["bank_name"] == "新银行"


def test_autosave_after_the_session_says_where_to_sign_in(client: Client, draft: Application) -> None:
    answer = client.post(
        url("application_section_save", draft, "account"),
        {"bank_name": "x"},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 401
    assert "sign_in_url" in answer.json()


def drawn(browser: Client, case: Application, slug: str) -> dict[str, str]:
    """What a browser would send back from the page as it is drawn now."""
    context = browser.get(url("application_section", case, slug)).context
    fields = {field.name: field.typed for field in context["bound"].fields}
    return {**fields, **context["seen"]}


def test_later_save_does_not_overwrite_what_a_colleague_changed_meanwhile(
    browser: Client, draft: Application, employer: Organisation
) -> None:
    colleague = Client()
    colleague.force_login(person_with(Role.AGENT, employer))
    mine, theirs = drawn(browser, draft, "account"), drawn(colleague, draft, "account")
    page = url("application_section", draft, "account")
    colleague.post(page, {**theirs, "bank_name": "他们的银行"})
    browser.post(page, {**mine, "account_name": "我的户名"})
    answers = fresh(draft).answers
    assert (answers["bank_name"], answers["account_name"]) == ("他们的银行", "我的户名")


def test_both_changed_one_field_shows_both_values_and_lets_one_choose(
    browser: Client, draft: Application, employer: Organisation
) -> None:
    colleague = Client()
    colleague.force_login(person_with(Role.AGENT, employer))
    mine, theirs = drawn(browser, draft, "account"), drawn(colleague, draft, "account")
    page = url("application_section", draft, "account")
    colleague.post(page, {**theirs, "bank_name": "他们的银行"})
    answer = browser.post(page, {**mine, "bank_name": "我的银行", "account_name": "我的户名"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "他们的银行" in text
    assert 'value="我的银行"' in text
    answers = fresh(draft).answers
    assert (answers["bank_name"], answers["account_name"]) == ("他们的银行", "我的户名")
    again = {field.name: field.typed for field in answer.context["bound"].fields} | answer.context["seen"]
    browser.post(page, again)
    assert fresh(draft).answers["bank_name"] == "我的银行"


def test_autosave_collision_is_told_and_its_own_saves_are_none(
    browser: Client, draft: Application, employer: Organisation
) -> None:
    save, asked = url("application_section_save", draft, "account"), {"Accept": "application/json"}
    mine = drawn(browser, draft, "account")
    first = browser.post(save, {**mine, "bank_name": "一"}, headers=asked)
    second = browser.post(save, {**mine, **first.json()["seen"], "bank_name": "二"}, headers=asked)
    assert second.status_code == 200
    drafts.save_section(draft, "account", {**fresh(draft).answers, "bank_name": "他们的"})
    third = browser.post(save, {**mine, **second.json()["seen"], "bank_name": "三"}, headers=asked)
    assert third.status_code == 409
    assert third.json()["code"] == "changed_meanwhile"
    assert fresh(draft).answers["bank_name"] == "他们的"


def test_sealed_collision_is_shown_masked(browser: Client, draft: Application) -> None:
    mine = drawn(browser, draft, "account")
    drafts.save_section(draft, "account", {**fresh(draft).answers, "account": "9999888877776666"})
    answer = browser.post(
        url("application_section", draft, "account"), {**mine, "account": "1111222233334444"}
    )
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "9999888877776666" not in text
    assert "＊＊＊＊6666" in text
    assert 'value="1111222233334444"' in text


def test_typed_input_survives_a_session_that_ended(client: Client, draft: Application, owner: User) -> None:
    page = url("application_section", draft, "account")
    sent = client.post(
        page,
        {"bank_name": "没有丢", "account": "1111222233334444", "go": "next"},
        headers={"Referer": f"http://testserver{page}"},
    )
    assert "next=" in sent.headers["Location"]
    kept = client.session["kept_input"]
    client.force_login(owner)
    session = client.session
    session["kept_input"] = kept
    session.save()
    text = client.get(page).content.decode()
    assert 'value="没有丢"' in text
    assert 'value="1111222233334444"' in text


def test_section_cannot_be_changed_after_submission(browser: Client, draft: Application) -> None:
    case = submitted(draft)
    before = fresh(case).answers
    answer = browser.post(url("application_section", case, "account"), {"bank_name": "偷改"})
    assert answer.status_code == 409
    assert fresh(case).answers == before


def test_unknown_section_is_not_found(browser: Client, draft: Application) -> None:
    assert browser.get(url("application_section", draft, "nothing")).status_code == 404


# ── check, submit, receipt


def test_check_shows_answers_masked_with_change_links_and_totals(browser: Client, draft: Application) -> None:
    text = browser.get(url("application_check", draft)).content.decode()
    assert "示例银行厦门分行" in text
    assert "350299199001150013" not in text
    assert f"{url('application_section', draft, 'account')}#field-bank_name" in text
    assert "800,000.00" in text  # two people's pay


def test_submit_without_the_declaration_asks_for_it(browser: Client, draft: Application) -> None:
    answer = browser.post(url("application_check", draft), {"key": "k"})
    assert answer.status_code == 422
    assert "请勾选真实性声明" in answer.content.decode()
    assert fresh(draft).state == "draft"


def test_submit_twice_gives_one_event_and_the_same_receipt(browser: Client, draft: Application) -> None:
    page = browser.get(url("application_check", draft))
    sent = {"declared": "1", "key": str(page.context["key"])}
    answers = [browser.post(url("application_check", draft), sent) for _ in range(2)]
    assert [a.headers["Location"] for a in answers] == [url("application_receipt", draft)] * 2
    assert events_of(draft) == ["submit"]
    receipt = browser.get(url("application_receipt", draft)).content.decode()
    assert f"GS2019-{draft.pk:06d}" in receipt
    assert "厦门示例信息协会" in receipt


def test_submit_that_is_blocked_names_every_reason_with_its_link_and_declares_nothing(
    browser: Client, draft: Application, open_round: Round
) -> None:
    Application.objects.filter(pk=draft.pk).update(papers_missing=2, form_problems=1, declared_at=None)
    Round.objects.filter(pk=open_round.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    answer = browser.post(url("application_check", draft), {"declared": "1", "key": "k"})
    assert answer.status_code == 409
    assert [str(r["sentence"]) for r in answer.context["reasons"]] == [
        "申报期已结束或尚未开始。",
        "填写内容有 1 处未填或有误。",
        "还缺 2 份材料，或材料尚在校验。",
    ]
    assert fresh(draft).declared_at is None


def test_receipt_of_a_draft_leads_back_to_it(browser: Client, draft: Application) -> None:
    assert browser.get(url("application_receipt", draft)).headers["Location"] == url("application", draft)


def test_printed_form_holds_every_answer_in_full(browser: Client, draft: Application) -> None:
    answer = browser.get(url("application_print", draft))
    text = answer.content.decode()
    for words in ("350299199001150013", "1234567890123456", "示例银行厦门分行", "400,000.00"):
        assert words in text
    for person in draft.people.all():
        assert person.id_number in text
    assert answer.headers["Cache-Control"] == "no-store"


# ── status, results, ends


def test_status_shows_no_result_before_it_is_decided(browser: Client, draft: Application) -> None:
    case = submitted(draft)
    answer = browser.get(url("application", case))
    text = answer.content.decode()
    assert answer.context["decided"] is False
    assert "审核中" in text
    assert "6,683.00" not in text
    assert {p.id_number for p in case.people.all() if p.id_number in text} == set()


def test_status_after_approval_shows_each_result_with_its_reason(
    browser: Client, open_round: Round, employer: Organisation, owner: User, clerk: User, official: User,
    second_official: User,
) -> None:  # fmt: skip
    case = ready_draft(open_round, employer, owner, {}, {"pay_fen": 29_999_999})
    approved([case], open_round, clerk=clerk, verifier=second_official, official=official)
    text = browser.get(url("application", case)).content.decode()
    assert "66,830.00 × 0.40 × 0.25 = 6,683.00" in text
    assert "R04 年薪 299,999.99 元，低于 300,000.00 元。" in text
    refused = browser.get(url("application", case), {"result": "refused"}).context["page"]
    assert [(p.position, p.rule) for p in refused.rows] == [(2, "R04")]


@pytest.mark.parametrize("people", [1, 30])
def test_status_page_holds_its_query_count(
    browser: Client, open_round: Round, employer: Organisation, owner: User, people: int
) -> None:
    case = submitted(ready_draft(open_round, employer, owner, *[{} for _ in range(people)]))
    browser.get(url("application", case))
    with CaptureQueriesContext(connection) as queries:
        browser.get(url("application", case))
    # session, person, memberships, case, events, papers, promised day, working days, people, payments, messages here,
    # unread
    assert len(queries) == 12


def test_withdrawing_asks_first_and_then_does_it_once(browser: Client, draft: Application) -> None:
    case = submitted(draft)
    page = browser.get(url("application_withdraw", case))
    assert fresh(case).state == "submitted"
    sent = {"key": str(page.context["key"]), "reason": "材料有误"}
    for _ in range(2):
        assert browser.post(url("application_withdraw", case), sent).status_code == 302
    assert events_of(case) == ["submit", "withdraw"]


def test_discarded_draft_leaves_the_list(browser: Client, draft: Application) -> None:
    browser.post(url("application_withdraw", draft), {"key": "k"})
    assert fresh(draft).state == "withdrawn"
    assert browser.get(reverse("my_applications")).context["rows"] == []


def test_withdrawing_too_late_says_why(
    browser: Client, draft: Application, open_round: Round, clerk: User, official: User, second_official: User
) -> None:
    approved([draft], open_round, clerk=clerk, verifier=second_official, official=official)
    assert "目前处于“待公示”" in browser.get(url("application_withdraw", draft)).content.decode()
    assert browser.post(url("application_withdraw", draft), {"key": "k"}).status_code == 409


def test_onward_payment_is_confirmed_once_its_receipt_is_there(
    browser: Client, draft: Application, open_round: Round, clerk: User, official: User, second_official: User,
    cashier: User,
) -> None:  # fmt: skip
    paid(
        noticed([draft], open_round, clerk=clerk, verifier=second_official, official=official),
        cashier=cashier,
    )
    text = browser.get(url("application", draft)).content.decode()
    assert "还没有上传转付回执" in text
    assert browser.post(url("application_confirm_onward", draft), {"key": "k"}).status_code == 409
    Application.objects.filter(pk=draft.pk).update(receipt_attached=True)
    for _ in range(2):
        assert browser.post(url("application_confirm_onward", draft), {"key": "k2"}).status_code == 302
    assert events_of(draft)[-1] == "confirm_onward"
    assert events_of(draft).count("confirm_onward") == 1
    assert (
        "已办结" in browser.get(url("application", draft)).content.decode() or fresh(draft).state == "closed"
    )


def test_correction_is_shown_with_the_way_to_it(browser: Client, draft: Application, clerk: User) -> None:
    case = submitted(draft)
    points = [{"kind": "field", "target": "bank_name", "words": "请写全称"}]
    perform("ask_correction", [case.pk], actor=clerk, key="c", data={"points": points})
    text = browser.get(url("application", case)).content.decode()
    assert "有 1 项需要补正" in text
    page = url("application_section", case, "account")
    browser.post(page, {"bank_name": "示例银行厦门分行营业部", "account_name": "偷改"})
    answers = fresh(case).answers
    assert (answers["bank_name"], answers["account_name"]) == (
        "示例银行厦门分行营业部",
        "厦门示例软件有限公司",
    )


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_state_has_its_page_in_both_languages(
    browser: Client, draft: Application, language: str
) -> None:
    browser.cookies["django_language"] = language
    for state in programme(SLUG).states:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(
                "UPDATE workflows_application SET state = %s, number = 'GS2019-1' WHERE id = %s",
                [state, draft.pk],
            )
            cursor.execute("RESET session_replication_role")
        assert browser.get(url("application", draft)).status_code == 200
        assert browser.get(reverse("my_applications")).status_code == 200


def test_people_are_paged_and_counted(
    browser: Client, open_round: Round, employer: Organisation, owner: User
) -> None:
    case = submitted(ready_draft(open_round, employer, owner, *[{} for _ in range(31)]))
    page = browser.get(url("application", case)).context["page"]
    assert (len(page.rows), page.total, page.next) == (30, 31, 30)
    rest = browser.get(url("application", case), {"after": "30"}).context["page"]
    assert [p.position for p in rest.rows] == [31]
    assert Person.objects.filter(application=case).count() == 31


def test_home_leads_the_applicant_to_the_applications(
    browser: Client, many_drafts: Callable[[int], list[Application]]
) -> None:
    assert browser.get("/").headers["Location"] == reverse("my_applications")
