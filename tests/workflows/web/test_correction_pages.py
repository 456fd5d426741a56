"""A correction: all points on one page, old beside new; only what is named can be changed."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Organisation, Role, User
from forms.roster import write_xlsx
from tests.storage import papers as files
from tests.workflows.conftest import events_of, fresh, person_with
from tests.workflows.test_roster_imports import HEADERS, line
from tests.workflows.web.journeys import submitted
from tests.workflows.web.test_roster_pages import typed
from tests.workflows.web.uploading import XLSX, begun, checked
from workflows import drafts, roster_imports
from workflows.engine.perform import perform
from workflows.models import Application, CorrectionPoint, Person, RosterImport

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


@pytest.fixture
def all_papers(browser: Client, draft: Application) -> Application:
    """A draft whose papers are really there."""
    for paper in draft.declaration.papers:
        if paper.required and not paper.state:
            checked(
                browser, url("application_paper_upload", draft, paper.slug), files.PDF, f"{paper.slug}.pdf"
            )
    assert fresh(draft).papers_missing == 0
    return fresh(draft)


def url(name: str, case: Application, *more: Any) -> str:
    return reverse(name, args=[case.pk, *more])


def asked(case: Application, clerk: User, *points: dict[str, Any]) -> Application:
    """Submitted, and sent back with these points."""
    submitted(case)
    entries = [{"words": "请核对", **point} for point in points]
    perform("ask_correction", [case.pk], actor=clerk, key="ask", data={"points": entries})
    return fresh(case)


def person_of(case: Application) -> Person:
    person = case.people.order_by("position").first()
    assert person is not None
    return person


def facts(person: Person, **other: str) -> dict[str, str]:
    return (
        typed(name=person.name, id_kind="passport", id_number=person.id_number, hired_on="2015-01-01") | other
    )


def page(browser: Client, case: Application) -> str:
    return browser.get(url("application_correction", case)).content.decode()


def left(case: Application) -> int:
    return fresh(case).points_open


def test_all_points_stand_on_one_page_with_the_deadline(
    browser: Client, draft: Application, clerk: User
) -> None:
    person = person_of(draft)
    case = asked(
        draft, clerk,
        {"kind": "field", "target": "staff_count", "words": "人数与社保不符"},
        {"kind": "paper", "target": "payment_letter", "words": "缺公章"},
        {"kind": "person", "person": person.pk, "words": "税额不符"},
        {"kind": "roster", "words": "少报人员"},
    )  # fmt: skip
    shown = page(browser, case)
    assert "4 项需要补正" in shown
    assert all(words in shown for words in ("人数与社保不符", "缺公章", "税额不符", "少报人员"))
    assert "办理时限暂停" in shown
    for address in (
        f"{url('application_section', case, 'employer')}#field-staff_count",
        f"{url('application_papers', case)}#paper-payment_letter",
        url("application_person", case, person.pk),
        url("application_roster", case),
    ):
        assert f'href="{address}"' in shown


def test_only_the_named_person_can_be_changed(browser: Client, draft: Application, clerk: User) -> None:
    first, second = draft.people.order_by("position")
    case = asked(draft, clerk, {"kind": "person", "person": first.pk})
    roster = browser.get(url("application_roster", case)).content.decode()
    assert url("application_person", case, first.pk) in roster
    assert url("application_person", case, second.pk) not in roster
    assert 'type="file"' not in roster
    for address, wanted in (
        (url("application_person", case, second.pk), 409),
        (url("application_person_add", case), 409),
        (url("application_person_remove", case, first.pk), 409),
        (url("application_person", case, first.pk), 302),
    ):
        assert browser.post(address, facts(first, tax_fen="60000")).status_code == wanted
    assert begun(browser, url("application_roster_upload", case), b"PK", "名单.xlsx", XLSX).status_code == 409
    assert (
        begun(browser, url("application_paper_upload", case, "payment_letter"), b"%", "a.pdf").status_code
        == 409
    )


def test_changed_person_answers_the_point_and_stands_beside_the_old(
    browser: Client, draft: Application, clerk: User
) -> None:
    person = person_of(draft)
    case = asked(draft, clerk, {"kind": "person", "person": person.pk})
    same = facts(person, tax_fen="66830.00")
    assert browser.post(url("application_person", case, person.pk), same).headers["Location"] == url(
        "application_correction", case
    )
    assert left(case) == 1
    browser.post(url("application_person", case, person.pk), facts(person, tax_fen="60000"))
    assert left(case) == 0
    shown = page(browser, case)
    assert "66,830.00" in shown
    assert "<b>60,000.00</b>" in shown


def test_new_paper_answers_its_point_unless_it_is_refused(
    browser: Client, all_papers: Application, clerk: User
) -> None:
    case = asked(all_papers, clerk, {"kind": "paper", "target": "payment_letter"})
    begin = url("application_paper_upload", case, "payment_letter")
    checked(browser, begin, files.EXE, "新.pdf")
    assert left(case) == 1
    checked(browser, begin, files.pdf() + b"%", "新.pdf")
    assert left(case) == 0
    assert "payment_letter.pdf" in page(browser, case)
    assert "新.pdf" in page(browser, case)


def test_new_roster_answers_its_point(browser: Client, draft: Application, clerk: User) -> None:
    case = asked(draft, clerk, {"kind": "roster"})
    people = list(case.people.order_by("position"))
    data = write_xlsx(HEADERS, [line(p.name, p.id_number) for p in people] + [line("新人", "E9000009")], title="名单",
                      text_columns=HEADERS)  # fmt: skip
    checked(browser, url("application_roster_upload", case), data, "名单.xlsx", XLSX)
    found = roster_imports.read(RosterImport.objects.get(application=case).pk)
    assert left(case) == 1
    browser.post(url("application_roster_apply", case, found.pk))
    assert (left(case), fresh(case).rows_total) == (0, 3)


def test_changed_field_answers_its_point_and_words_answer_too(
    browser: Client, draft: Application, clerk: User
) -> None:
    case = asked(
        draft, clerk, {"kind": "field", "target": "staff_count"}, {"kind": "field", "target": "industry"}
    )
    drafts.save_section(case, "employer", {"staff_count": "121", "industry": "software"})
    assert left(case) == 1
    point = CorrectionPoint.objects.get(application=case, target="industry")
    browser.post(url("application_correction", case), {"go": "save", f"answer-{point.pk}": "行业代码无误"})
    assert left(case) == 0
    assert "行业代码无误" in page(browser, case)
    # The words stand when the section is saved once more; taken back, the point is open again.
    drafts.save_section(case, "employer", {"staff_count": "122", "industry": "software"})
    assert left(case) == 0
    browser.post(url("application_correction", case), {"go": "save", f"answer-{point.pk}": " "})
    assert left(case) == 1


def test_sending_too_early_names_the_reasons_and_keeps_the_words(
    browser: Client, draft: Application, clerk: User
) -> None:
    case = asked(
        draft, clerk, {"kind": "field", "target": "staff_count"}, {"kind": "field", "target": "industry"}
    )
    first = CorrectionPoint.objects.get(application=case, target="staff_count")
    answer = browser.post(
        url("application_correction", case), {"go": "send", "key": "k", f"answer-{first.pk}": "人数无误"}
    )
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "还有 1 项需要补正" in shown
    assert "人数无误" in shown
    assert fresh(case).state == "correcting"


def test_correction_is_sent_once_for_two_clicks_and_locks_again(
    browser: Client, all_papers: Application, clerk: User
) -> None:
    person = person_of(all_papers)
    case = asked(all_papers, clerk, {"kind": "person", "person": person.pk})
    browser.post(url("application_person", case, person.pk), facts(person, tax_fen="60000"))
    for _ in range(2):
        answer = browser.post(url("application_correction", case), {"go": "send", "key": "once"})
        assert answer.headers["Location"] == url("application", case)
    assert events_of(case) == ["submit", "ask_correction", "resubmit"]
    assert fresh(case).state == "submitted"
    again = browser.post(url("application_person", case, person.pk), facts(person, tax_fen="1"))
    assert again.status_code == 409
    assert browser.get(url("application_correction", case)).headers["Location"] == url("application", case)


def test_released_hold_does_not_outlast_a_change(browser: Client, draft: Application, clerk: User) -> None:
    person = person_of(draft)
    case = asked(draft, clerk, {"kind": "person", "person": person.pk})
    Person.objects.filter(pk=person.pk).update(released=["H02"])
    browser.post(url("application_person", case, person.pk), facts(person, tax_fen="60000"))
    assert Person.objects.get(pk=person.pk).released == []


def test_correction_of_another_organisation_is_not_found(
    client: Client, draft: Application, clerk: User
) -> None:
    case = asked(draft, clerk, {"kind": "roster"})
    client.force_login(person_with(Role.OWNER, Organisation.objects.create(kind="employer", name="别家")))
    assert client.get(url("application_correction", case)).status_code == 404
    assert client.post(url("application_correction", case), {"go": "send"}).status_code == 404


def test_words_of_the_clerk_with_markup_are_shown_as_text(
    browser: Client, draft: Application, clerk: User
) -> None:
    case = asked(draft, clerk, {"kind": "roster", "words": "<img src=x onerror=alert(1)>"})
    assert "<img src=x" not in page(browser, case)
