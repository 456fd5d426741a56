"""Certificates: issued with the case, kept as they are, given as PDF, checked by everybody, revoked once."""

import io
from datetime import timedelta

import pypdf
import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation
from tests.workflows.conftest import fresh
from tests.workflows.software_filing import approved, call_of, many_reviewed, take
from workflows import approvals, notices
from workflows.certificates.codes import check_sign, shown_code
from workflows.certificates.issuing import sha256_of
from workflows.certificates.paper import address_of, pdf_of
from workflows.engine.perform import perform
from workflows.models import Certificate, Event


@pytest.fixture
def count():
    return 3


@pytest.fixture
def cleared(count, association, authority, clerk, official, second_official):
    """Some cases whose notice is over."""
    call = call_of(association, authority)
    cases = many_reviewed(call, count)
    batch = approved(cases, call, clerk, second_official, official)
    approvals.release_notice(batch, by=second_official, key="n")
    notices.end_due(timezone.now() + timedelta(days=30))
    return [fresh(case) for case in cases]


@pytest.fixture
def issued(cleared, official):
    return Certificate.objects.get(application=take(cleared[0], "issue_certificate", official))


def english() -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    return client


def test_many_are_issued_by_one_command_in_the_order_of_their_numbers(cleared, official):
    perform("issue_certificate", [case.pk for case in cleared], actor=official, key="i")

    year = timezone.localdate().year
    made = list(Certificate.objects.order_by("ordinal").values_list("number", "application"))
    by_number = sorted(cleared, key=lambda case: case.number)
    assert made == [(f"RJ{year}-Z{n:04d}", case.pk) for n, case in enumerate(by_number, 1)]
    told = Event.objects.filter(step="issue_certificate").order_by("application__certificate")
    assert [event.data["certificate"] for event in told] == [number for number, _ in made]


def test_double_click_issues_one(cleared, official):
    answers = [perform("issue_certificate", [cleared[0].pk], actor=official, key="i") for _ in range(2)]

    assert answers[0] == answers[1]
    assert Certificate.objects.count() == 1


@pytest.mark.parametrize("count", [2, 30])
def test_statements_do_not_grow_with_the_cases(cleared, official, django_assert_num_queries):
    with django_assert_num_queries(10):
        perform("issue_certificate", [case.pk for case in cleared], actor=official, key="i")


def test_what_it_says_is_of_that_day_and_never_changes(issued):
    before = issued.content
    Organisation.objects.filter(name=before["enterprise"]).update(name="改名后的公司")

    assert sha256_of(Certificate.objects.get().content) == issued.sha256
    assert before["says"]["en"].startswith(
        f"{before['enterprise']} (unified social credit code —) is on file"
    )
    for change in ({"content": {}}, {"code": "1" * 16}, {"number": "RJ2026-Z9999"}):
        with pytest.raises(IntegrityError, match="is refused"), transaction.atomic():
            Certificate.objects.filter(pk=issued.pk).update(**change)
    with pytest.raises(IntegrityError, match="is refused"), transaction.atomic():
        issued.delete()


def test_paper_bears_number_code_address_and_both_languages(issued):
    reader = pypdf.PdfReader(io.BytesIO(pdf_of(issued)))

    text = "".join(page.extract_text() for page in reader.pages)
    assert len(reader.pages) == 1
    for words in (
        issued.number,
        shown_code(issued.code),
        "软件和信息服务企业备案证书",
        "Certificate of filing",
        "/certificates/",
    ):
        assert words in text
    assert address_of(issued).endswith(f"/certificates/{shown_code(issued.code)}/")


def test_applicant_and_staff_download_it(issued, clerk):
    case = issued.application
    for user, name in ((case.created_by, "application_certificate"), (clerk, "case_certificate")):
        client = english()
        client.force_login(user)
        given = client.get(reverse(name, args=[case.pk]))
        assert (given.status_code, given.headers["Content-Type"]) == (200, "application/pdf")
        assert given.content.startswith(b"%PDF")
    client.force_login(case.created_by)
    assert issued.number in client.get(reverse("application", args=[case.pk])).content.decode()


def test_case_without_one_says_when_it_comes(cleared, clerk):
    client = english()
    client.force_login(clerk)

    answer = client.get(reverse("case_certificate", args=[cleared[0].pk]))

    assert (answer.status_code, "No certificate was issued" in answer.content.decode()) == (409, True)


def test_everybody_checks_it_by_code_and_by_address(issued):
    typed = english().post(reverse("certificates"), {"code": issued.code.lower()})
    scanned = english().get(address_of(issued).removeprefix("http://127.0.0.1:8000"))

    for page in (typed, scanned):
        text = page.content.decode()
        assert page.status_code == 200
        assert "This certificate is valid" in text
        assert issued.content["enterprise"] in text
        assert page.headers["X-Robots-Tag"] == "noindex, noarchive, nosnippet"


def test_revoked_one_says_so_to_everybody(issued, official):
    case = take(issued.application, "revoke_certificate", official, "数据不实。")

    page = english().get(reverse("certificate", args=[issued.code])).content.decode()
    text = pypdf.PdfReader(io.BytesIO(pdf_of(Certificate.objects.get()))).pages[0].extract_text()

    assert case.state == "revoked"
    assert ("This certificate is revoked" in page, "This certificate is valid" in page) == (True, False)
    assert "数据不实" not in page
    assert "REVOKED" in text
    with pytest.raises(IntegrityError, match="is revoked once"), transaction.atomic():
        Certificate.objects.update(revoked_at=None)


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ("", 422, "This field is required."),
        ("7K3M", 422, "it has 16 letters and digits"),
        ("1" * 14 + "23", 422, "it has 16 letters and digits"),
        ("2" * 15 + check_sign("2" * 15), 404, "There is no certificate with this code"),
    ],
)
def test_wrong_code_is_told_kindly(db, typed, status, words):
    page = english().post(reverse("certificates"), {"code": typed})

    assert (page.status_code, words in page.content.decode()) == (status, True)


def test_unknown_address_is_told_kindly(db):
    page = english().get("/certificates/nothing-of-the-kind/")

    assert (page.status_code, "it has 16 letters and digits" in page.content.decode()) == (422, True)


def test_who_tries_too_often_has_to_wait(db):
    cache.clear()
    client = english()

    answers = {client.get(reverse("certificate", args=["2" * 15 + "X"])).status_code for _ in range(60)}

    assert 429 not in answers
    assert client.post(reverse("certificates"), {"code": "7K3M"}).status_code == 429
    cache.clear()
