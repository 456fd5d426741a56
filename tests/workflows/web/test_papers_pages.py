"""The papers' page: upload, verdict, view, replace, remove; and that the case counts what is verified."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Organisation, Role, User
from storage import uploads
from storage.models import Document
from storage.verification import verify
from tests.storage import papers as files
from tests.workflows.conftest import fresh, person_with
from tests.workflows.web.journeys import noticed, paid, submitted
from tests.workflows.web.uploading import begun, checked, finish, sent
from workflows import drafts
from workflows.engine.perform import perform
from workflows.models import Application, ApplicationPaper, Round

pytestmark = pytest.mark.django_db
SLUG = "payment_letter"


@pytest.fixture
def browser(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


@pytest.fixture
def bare(draft: Application) -> Application:
    """A draft without papers, counted as such."""
    drafts.recount_papers(draft.pk)
    return fresh(draft)


def url(name: str, case: Application, *more: Any) -> str:
    return reverse(name, args=[case.pk, *more])


def begin_url(case: Application, slug: str = SLUG) -> str:
    return url("application_paper_upload", case, slug)


def current(case: Application, slug: str = SLUG) -> list[ApplicationPaper]:
    return list(case.papers.filter(paper=slug, removed_at=None).order_by("pk"))


def test_paper_counts_once_it_is_verified(browser: Client, bare: Application) -> None:
    assert bare.papers_missing == 7
    document = sent(browser, begin_url(bare), files.PDF, "拨款函.pdf")
    assert [p.document_id for p in current(bare)] == [document]
    assert fresh(bare).papers_missing == 7
    part = browser.get(url("application_paper", bare, SLUG), headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" in part
    verify(document)
    assert fresh(bare).papers_missing == 6
    part = browser.get(url("application_paper", bare, SLUG), headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in part
    assert "7 份必需材料中已有 1 份" in part
    assert "拨款函.pdf" in browser.get(url("application_papers", bare)).content.decode()


def test_renamed_program_is_refused_with_its_reason_and_can_be_tried_again(
    browser: Client, bare: Application
) -> None:
    checked(browser, begin_url(bare), files.EXE, "拨款函.pdf")
    page = browser.get(url("application_papers", bare)).content.decode()
    assert "“拨款函.pdf”不是真正的 PDF 文件" in page
    assert fresh(bare).papers_missing == 7
    checked(browser, begin_url(bare), files.PDF, "拨款函.pdf")
    assert [p.document.state for p in current(bare)] == ["verified"]
    assert fresh(bare).papers_missing == 6


def test_refused_replacement_leaves_the_paper_that_was_there(browser: Client, bare: Application) -> None:
    first = checked(browser, begin_url(bare), files.PDF, "一.pdf")
    second = sent(browser, begin_url(bare), files.EXE, "二.pdf")
    # While the new one is being checked the case waits for its verdict.
    assert fresh(bare).papers_missing == 7
    verify(second)
    assert [(p.document_id, p.document.state) for p in current(bare)] == [
        (first, "verified"),
        (second, "refused"),
    ]
    assert fresh(bare).papers_missing == 6


def test_replaced_paper_stays_marked(browser: Client, bare: Application) -> None:
    first = checked(browser, begin_url(bare), files.PDF, "一.pdf")
    second = checked(browser, begin_url(bare), files.pdf() + b"%", "二.pdf")
    assert [p.document_id for p in current(bare)] == [second]
    assert bare.papers.get(document=first).removed_at is not None


def test_finishing_again_links_once(browser: Client, bare: Application) -> None:
    document = sent(browser, begin_url(bare), files.PDF, "拨款函.pdf")
    again = {"finish": url("application_paper_finish", bare, SLUG, document)}
    assert finish(browser, again, files.PDF).status_code == 200
    assert len(current(bare)) == 1
    elsewhere = {"finish": url("application_paper_finish", bare, "pay_summary", document)}
    assert finish(browser, elsewhere, files.PDF).status_code == 404


def test_file_over_the_limit_is_told_with_both_sizes(browser: Client, bare: Application) -> None:
    body = {
        "filename": "拨款函.pdf",
        "size_bytes": uploads.PAPER.max_bytes + 1,
        "content_type": "application/pdf",
    }
    answer = browser.post(begin_url(bare), json.dumps(body), content_type="application/json")
    assert answer.status_code == 413
    assert "20.01 MB" in answer.json()["sentence"]
    assert "20 MB" in answer.json()["sentence"]
    assert Document.objects.count() == 0


def test_store_that_is_away_is_told_and_the_paper_stays(
    browser: Client, bare: Application, settings: Any
) -> None:
    checked(browser, begin_url(bare), files.PDF, "一.pdf")
    settings.S3_ENDPOINT = settings.S3_PUBLIC_ENDPOINT = "http://127.0.0.1:1"
    answer = begun(browser, begin_url(bare), files.PDF, "二.pdf")
    assert (answer.status_code, answer.json()["code"]) == (503, "store_away")
    assert [p.document.filename for p in current(bare)] == ["一.pdf"]
    assert fresh(bare).papers_missing == 6


def test_announcement_that_says_nothing_is_refused(browser: Client, bare: Application) -> None:
    answer = browser.post(begin_url(bare), "?", content_type="application/json")
    assert answer.status_code == 422


def test_paper_is_viewed_by_its_owner_only(browser: Client, bare: Application) -> None:
    checked(browser, begin_url(bare), files.PDF, "拨款函.pdf")
    [paper] = current(bare)
    address = url("application_paper_view", bare, SLUG, paper.pk)
    assert browser.get(address).status_code == 302
    stranger = Client()
    stranger.force_login(person_with(Role.OWNER, Organisation.objects.create(kind="employer", name="别家")))
    assert stranger.get(address).status_code == 404


def test_removed_paper_is_missing_again(browser: Client, bare: Application) -> None:
    checked(browser, begin_url(bare), files.PDF, "拨款函.pdf")
    [paper] = current(bare)
    address = url("application_paper_remove", bare, SLUG, paper.pk)
    assert "拨款函.pdf" in browser.get(address).content.decode()
    browser.post(address)
    assert (current(bare), fresh(bare).papers_missing) == ([], 7)
    assert bare.papers.count() == 1


def test_submitted_papers_are_locked(browser: Client, draft: Application) -> None:
    checked(browser, begin_url(draft), files.PDF, "拨款函.pdf")
    [paper] = current(draft)
    Application.objects.filter(pk=draft.pk).update(papers_missing=0)
    case = submitted(draft)
    assert begun(browser, begin_url(case), files.PDF, "二.pdf").status_code == 409
    assert browser.post(url("application_paper_remove", case, SLUG, paper.pk)).status_code == 409
    page = browser.get(url("application_papers", case)).content.decode()
    assert "拨款函.pdf" in page
    assert 'type="file"' not in page


def test_receipt_of_the_onward_payment_is_asked_for_in_its_state_only(
    browser: Client,
    draft: Application,
    open_round: Round,
    clerk: User,
    official: User,
    second_official: User,
    cashier: User,
    owner: User,
) -> None:
    assert begun(browser, begin_url(draft, "onward_receipt"), files.PDF, "回执.pdf").status_code == 409
    notice = noticed([draft], open_round, clerk=clerk, verifier=second_official, official=official)
    paid(notice, cashier=cashier)
    case = fresh(draft)
    assert case.state == "paid"
    checked(browser, begin_url(case, "onward_receipt"), files.PDF, "回执.pdf")
    assert begun(browser, begin_url(case), files.PDF, "拨款函.pdf").status_code == 409
    assert fresh(case).receipt_attached
    perform("confirm_onward", [case.pk], actor=owner, key="c")
    assert fresh(case).state == "closed"


def test_page_holds_its_queries_with_one_paper_and_with_all(
    browser: Client, bare: Application, owner: User
) -> None:
    browser.get(url("application_papers", bare))
    counted = []
    for slugs in ([SLUG], [p.slug for p in bare.declaration.papers if p.slug != SLUG and not p.state]):
        for slug in slugs:
            document = uploads.deposit(
                data=files.PDF, user=owner, organisation=bare.applicant, filename=f"{slug}.pdf",
                content_type="application/pdf", purpose="paper",
            )  # fmt: skip
            ApplicationPaper.objects.create(application=bare, paper=slug, document=document, added_by=owner)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(url("application_papers", bare)).status_code == 200
        counted.append(len(queries))
    assert counted == [6, 6]


def test_unknown_paper_is_not_found(browser: Client, bare: Application) -> None:
    assert begun(browser, begin_url(bare, "nothing"), files.PDF, "a.pdf").status_code == 404
    assert browser.get(url("application_paper", bare, "nothing")).status_code == 404
