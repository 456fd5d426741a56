"""The page of a case: what can be done and why not, doing it, races, sealed numbers, papers, history, paper."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organisation, Role, User
from storage.models import Document, DocumentState
from tests.workflows.conftest import SEALED, add_people, events_of, fresh, person_with
from tests.workflows.web.desks import address, brought_to, signed_in
from workflows.engine.perform import perform
from workflows.models import Application, ApplicationPaper, Deadline, Event

pytestmark = pytest.mark.django_db
Drafts = Callable[[int], list[Application]]
PAGES = ("case", "case_people", "case_corrections", "case_history", "case_dossier")


@pytest.fixture
def case(draft: Application, clerk: User) -> Application:
    return brought_to("submit", [draft], clerk)[0]


def steps_on(response) -> list[str]:
    return [choice.step.name for choice in response.context["choices"]]


def act(user: User, case: Application, step: str, **more: object):
    data = {"key": f"key-{step}", "version": case.version, **more}
    return signed_in(user).post(address("case_step", case.pk, step), data)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_pages_are_drawn_in_both_languages(case: Application, clerk: User, page: str, language: str) -> None:
    client = signed_in(clerk)
    client.cookies["django_language"] = language
    response = client.get(address(page, case.pk))
    assert response.status_code == 200
    assert case.number in response.content.decode()


@pytest.mark.parametrize("page", [*PAGES, "case_ask_correction"])
def test_case_of_another_office_and_a_draft_are_not_known(
    case: Application, many_drafts: Drafts, clerk: User, page: str
) -> None:
    stranger = person_with(Role.CLERK, Organisation.objects.create(kind="association", name="另一家协会"))
    assert signed_in(stranger).get(address(page, case.pk)).status_code == 404
    assert signed_in(clerk).get(address(page, many_drafts(1)[0].pk)).status_code == 404


def test_offered_steps_go_by_role_and_the_way_on_comes_first(
    case: Application, clerk: User, official: User, authority: Organisation
) -> None:
    auditor = person_with(Role.AUDITOR, authority)
    page = address("case", case.pk)
    assert steps_on(signed_in(clerk).get(page)) == ["accept", "refuse", "ask_correction"]
    assert [steps_on(signed_in(user).get(page)) for user in (official, auditor)] == [
        ["bar_applicant", "lift_bar"],
        [],
    ]


def test_accepting_moves_the_case_and_says_so(case: Application, clerk: User) -> None:
    answer = act(clerk, case, "accept")
    assert answer["Location"] == address("case", case.pk)
    assert fresh(case).state == "accepted"


def test_step_without_the_role_is_refused_with_its_reason(case: Application, official: User) -> None:
    answer = act(official, case, "accept")
    assert answer.status_code == 409
    assert "这一步由本件的受理人员或系统办理。" in answer.content.decode()
    assert events_of(case) == ["submit"]


def test_auditor_reads_all_and_changes_nothing(case: Application, authority: Organisation) -> None:
    auditor = person_with(Role.AUDITOR, authority)
    assert act(auditor, case, "accept").status_code == 409
    assert act(auditor, case, "claim").status_code == 409
    assert signed_in(auditor).get(address("case_ask_correction", case.pk)).status_code == 403
    assert events_of(case) == ["submit"]


def test_second_clerk_is_told_that_the_case_has_moved(
    case: Application, clerk: User, association: Organisation
) -> None:
    colleague = person_with(Role.CLERK, association, "王芳")
    act(colleague, case, "accept")
    answer = act(clerk, case, "accept")
    text = answer.content.decode()
    assert (answer.status_code, events_of(case)) == (409, ["submit", "accept"])
    assert "王芳" in text
    assert "初审" in text
    assert answer.context["tried"]["moved"].step == "accept"


def test_harmless_change_meanwhile_does_not_stop_a_step(case: Application, clerk: User) -> None:
    perform("claim", [case.pk], actor=clerk, key="c")
    assert act(clerk, case, "accept").status_code == 302


def test_refusing_without_reason_keeps_the_page_and_the_word(case: Application, clerk: User) -> None:
    answer = act(clerk, case, "refuse", reason="  ")
    assert (answer.status_code, fresh(case).state) == (422, "submitted")
    assert "需要写明理由" in answer.content.decode()
    assert act(clerk, case, "refuse", reason="不属于本市企业").status_code == 302
    assert Event.objects.get(application=case, step="refuse").reason == "不属于本市企业"


def test_blocked_step_stands_with_its_reason_and_a_way_to_mend(case: Application, clerk: User) -> None:
    perform("accept", [case.pk], actor=clerk, key="a")
    perform("examine", [case.pk], actor=clerk, key="e")
    response = signed_in(clerk).get(address("case", case.pk))
    text = response.content.decode()
    assert "2 人尚未与税务记录比对。" in text
    assert address("tax_record", case.round_id) in text


def test_handing_over_needs_a_colleague(case: Application, clerk: User, association: Organisation) -> None:
    colleague = person_with(Role.CLERK, association, "王芳")
    perform("claim", [case.pk], actor=clerk, key="c")
    outsider = person_with(Role.CLERK, Organisation.objects.create(kind="association", name="另一家协会"))
    for wrong in ("", "x", str(outsider.pk)):
        assert act(clerk, case, "hand_over", to=wrong).status_code == 422
    assert act(clerk, case, "hand_over", to=str(colleague.pk)).status_code == 302
    assert fresh(case).assigned_to == colleague
    assert "王芳" in signed_in(clerk).get(address("case_history", case.pk)).content.decode()


@pytest.mark.parametrize(
    "step", ["approve", "consolidate", "ask_correction", "record_payment", "reveal", "take_out"]
)
def test_steps_with_a_page_of_their_own_are_not_done_here(case: Application, clerk: User, step: str) -> None:
    assert act(clerk, case, step).status_code == 409
    assert events_of(case) == ["submit"]


def test_step_that_does_not_exist_is_not_found(case: Application, clerk: User) -> None:
    assert act(clerk, case, "fly").status_code == 404
    assert signed_in(clerk).get(address("case_step", case.pk, "accept")).status_code == 302


def test_answers_are_masked_and_a_number_is_shown_once_with_an_event(case: Application, clerk: User) -> None:
    client = signed_in(clerk)
    assert "350299199001150013" not in client.get(address("case", case.pk)).content.decode()
    posted = {"key": "r1", "field": "contact_id_number"}
    shown = client.post(address("case_reveal", case.pk), posted)
    assert "350299199001150013" in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    again = client.post(address("case_reveal", case.pk), posted)
    assert (again.status_code, "350299199001150013" in again.content.decode()) == (409, False)
    assert Event.objects.get(application=case, step="reveal").data == {"field": "contact_id_number"}


def test_number_of_a_person_is_shown_and_others_are_not_found(
    case: Application, clerk: User, many_drafts: Drafts
) -> None:
    person = case.people.order_by("position")[0]
    client = signed_in(clerk)
    shown = client.post(address("case_reveal", case.pk), {"key": "p", "person": person.pk})
    assert person.id_number in shown.content.decode()
    elsewhere = many_drafts(1)[0].people.all()[0]
    for posted in ({"person": elsewhere.pk}, {"person": "x"}, {"field": "bank_name"}, {}):
        assert client.post(address("case_reveal", case.pk), {"key": "q", **posted}).status_code == 404
    assert events_of(case) == ["submit", "reveal"]


def test_revealing_needs_the_role_on_the_case(case: Application, association: Organisation) -> None:
    administrator = person_with(Role.ADMINISTRATOR, association)
    assert signed_in(administrator).post(address("case_reveal", case.pk), {"key": "k"}).status_code == 403


def test_sealed_text_stands_on_no_page(case: Application, clerk: User) -> None:
    numbers = [person.id_number for person in case.people.all()]
    for page in PAGES:
        text = signed_in(clerk).get(address(page, case.pk)).content.decode()
        assert not [
            number for number in (*numbers, "350299199001150013", "1234567890123456") if number in text
        ]
    assert "1234567890123456" in SEALED


def paper(case: Application, state: str, name: str) -> ApplicationPaper:
    document = Document.objects.create(
        object_key=f"documents/t/{name}", filename=name, content_type="application/pdf", size_bytes=9, purpose="paper",
        uploaded_by=case.created_by, organisation=case.applicant, state=state,
        **({"sha256": "0" * 64, "verified_at": timezone.now()} if state == DocumentState.VERIFIED else {}),
    )  # fmt: skip
    return ApplicationPaper.objects.create(
        application=case, paper="pay_summary", document=document, added_by=case.created_by
    )


def test_papers_stand_with_their_verdict_and_open_through_the_store(
    case: Application, clerk: User, settings
) -> None:
    settings.S3_ENDPOINT = ""
    good = paper(case, DocumentState.VERIFIED, "薪酬.pdf")
    waits = paper(case, DocumentState.CHECKING, "补充.pdf")
    client = signed_in(clerk)
    text = client.get(address("case", case.pk)).content.decode()
    assert "薪酬.pdf" in text
    assert address("case_paper", case.pk, good.pk) in text
    assert address("case_paper", case.pk, waits.pk) not in text
    answer = client.get(address("case_paper", case.pk, good.pk))
    assert (answer.status_code, answer["Cache-Control"]) == (302, "no-store")
    assert client.get(address("case_paper", case.pk, waits.pk)).status_code >= 400
    stranger = person_with(Role.CLERK, Organisation.objects.create(kind="association", name="另一家协会"))
    assert signed_in(stranger).get(address("case_paper", case.pk, good.pk)).status_code == 404


def test_provisional_promise_and_stopped_clock_are_said(case: Application, clerk: User) -> None:
    Application.objects.filter(pk=case.pk).update(promised_on=date(timezone.now().year + 1, 3, 2))
    text = signed_in(clerk).get(address("case", case.pk)).content.decode()
    assert "日历" in text
    perform(
        "ask_correction",
        [case.pk],
        actor=clerk,
        key="q",
        data={"points": [{"kind": "roster", "words": "更正"}]},
    )
    text = signed_in(clerk).get(address("case", case.pk)).content.decode()
    assert fresh(case).stopped_on is not None
    assert "暂停" in text
    assert Deadline.objects.filter(application=case, met_at=None).exists()


def test_duplicates_name_the_other_case_only_where_it_may_be_read(
    many_drafts: Drafts, clerk: User, association: Organisation
) -> None:
    one, two = many_drafts(2)
    for case in (one, two):
        add_people(case, {"id_number": "E55555555", "name": "重复人"})
    brought_to("submit", [two, one], clerk)
    text = signed_in(clerk).get(address("case", one.pk)).content.decode()
    assert fresh(two).number in text
    other_office = Organisation.objects.create(kind="association", name="另一家协会")
    Application.objects.filter(pk=two.pk).update(handler=other_office)
    text = signed_in(clerk).get(address("case", one.pk)).content.decode()
    assert fresh(two).number not in text
    assert "重复人" in text


def test_queries_of_the_page_do_not_grow_with_people(many_drafts: Drafts, clerk: User) -> None:
    small, large = many_drafts(2)
    add_people(large, *({} for _ in range(40)))
    brought_to("submit", [small, large], clerk)
    client = signed_in(clerk)
    client.get(address("case", small.pk))
    counted = []
    for page in ("case", "case_people", "case_history"):
        for case in (small, large):
            with CaptureQueriesContext(connection) as queries:
                client.get(address(page, case.pk))
            counted.append(len(queries))
    assert counted[::2] == counted[1::2]
    assert counted[::2] == [13, 14, 9]
