"""The pages of the tax record: uploading, starting, watching, reading what came of it."""

import hashlib
import json

import pytest
from django.test import Client

from accounts.models import Organisation, Role, User
from storage.interface import Post
from storage.models import Document
from storage.objects import store
from storage.uploads import finish, verify
from tests.storage.conftest import send
from tests.workflows.conftest import fresh, person_with
from tests.workflows.test_records import imported, row, sheet
from tests.workflows.web.desks import address, brought_to, signed_in
from workflows import records
from workflows.models import Application, Round, TaxRecordImport

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path) -> None:
    settings.S3_ENDPOINT = ""
    settings.DOCUMENTS_DIR = tmp_path / "documents"
    store().ensure_bucket()


def announced(client: Client, round_: Round, data: bytes, name: str = "税务.xlsx"):
    return client.post(
        address("tax_record_begin", round_.pk),
        json.dumps({"filename": name, "size_bytes": len(data), "content_type": ""}),
        content_type="application/json",
        headers={"accept": "application/json"},
    )


def uploaded(client: Client, round_: Round, data: bytes, by: User) -> TaxRecordImport:
    ticket = announced(client, round_, data).json()
    assert send(Post(ticket["url"], ticket["fields"]), data, client) == 204
    document = Document.objects.get(pk=ticket["document"])
    finish(document, sha256=hashlib.sha256(data).hexdigest(), user=by)
    verify(document.pk)
    return TaxRecordImport.objects.get(document=document)


def test_upload_start_and_result(open_round: Round, draft: Application, clerk: User) -> None:
    (case,) = brought_to("accept", [draft], clerk)
    one, two = case.people.order_by("position")
    client = signed_in(clerk)
    found = uploaded(client, open_round, sheet([row(one), row(two, 100), ("E99999999", 1)]), clerk)
    panel = client.get(address("tax_record_panel", open_round.pk))
    assert panel.context["waiting"] == found
    answer = client.post(address("tax_record_start", found.pk), {"complete": "1"})
    assert answer["Location"] == address("tax_record_import", found.pk)
    watching = client.get(address("tax_record_import", found.pk))
    assert "hx-get" in watching.content.decode()
    records.import_tax_record(found.pk)
    assert (
        client.get(address("tax_record_import", found.pk), headers={"HX-Request": "true"})["HX-Refresh"]
        == "true"
    )
    page = client.get(address("tax_record_import", found.pk))
    assert [c.pk for c in page.context["differing"]] == [case.pk]
    assert (page.context["missing_total"], page.context["nobodys"]) == (0, [4])
    assert "1 人不符" in page.content.decode()


def test_not_excel_by_name_is_refused_before_it_is_sent(open_round: Round, clerk: User) -> None:
    answer = announced(signed_in(clerk), open_round, b"x", name="税务.exe")
    assert answer.status_code in {415, 422}
    assert "Excel" in answer.json()["sentence"]
    assert not TaxRecordImport.objects.exists()


def test_nonsense_instead_of_json_is_refused(open_round: Round, clerk: User) -> None:
    for body in ("", "[]", '{"size_bytes": "x"}'):
        answer = signed_in(clerk).post(
            address("tax_record_begin", open_round.pk), body, content_type="application/json"
        )
        assert 400 <= answer.status_code < 500


def test_started_before_it_is_checked_is_refused(open_round: Round, clerk: User) -> None:
    client = signed_in(clerk)
    announced(client, open_round, sheet([("E1", 1)]))
    found = TaxRecordImport.objects.get()
    assert client.post(address("tax_record_start", found.pk)).status_code >= 400
    assert TaxRecordImport.objects.get().stage == "waiting"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_for_who_reads_only(
    open_round: Round, draft: Application, clerk: User, authority: Organisation, language: str
) -> None:
    brought_to("accept", [draft], clerk)
    found = imported(open_round, clerk, sheet([("X", "y")]))
    auditor = signed_in(person_with(Role.AUDITOR, authority))
    auditor.cookies["django_language"] = language
    for page in (
        address("tax_records"),
        address("tax_record", open_round.pk),
        address("tax_record_import", found.pk),
    ):
        assert auditor.get(page).status_code == 200
    assert announced(auditor, open_round, b"x").status_code == 403
    assert auditor.post(address("tax_record_start", found.pk)).status_code == 403


def test_round_of_another_office_is_not_known(open_round: Round, clerk: User) -> None:
    stranger = signed_in(
        person_with(Role.CLERK, Organisation.objects.create(kind="association", name="另一家协会"))
    )
    found = imported(open_round, clerk, sheet([]))
    assert stranger.get(address("tax_record", open_round.pk)).status_code == 404
    assert stranger.get(address("tax_record_import", found.pk)).status_code == 404
    assert announced(stranger, open_round, b"x").status_code == 404
    assert stranger.get(address("tax_records")).context["rows"] == []


def test_later_cases_are_offered_and_compared(open_round: Round, many_drafts, clerk: User) -> None:
    first, later = many_drafts(2)
    brought_to("accept", [first], clerk)
    people = [p for case in (first, later) for p in case.people.order_by("position")]
    found = imported(open_round, clerk, sheet([row(p) for p in people]))
    brought_to("accept", [later], clerk)
    client = signed_in(clerk)
    page = client.get(address("tax_record", open_round.pk))
    assert page.context["rest"] == 1
    client.post(address("tax_record_compare", found.pk), {"key": page.context["rest_key"]})
    assert fresh(later).rows_uncompared == 0


def test_comparing_one_case_from_its_page(open_round: Round, draft: Application, clerk: User) -> None:
    (case,) = brought_to("accept", [draft], clerk)
    client = signed_in(clerk)
    post = {"key": "k", "version": case.version}
    missing = client.post(address("case_step", case.pk, "compare"), post)
    assert missing.status_code == 409
    imported(open_round, clerk, sheet([row(p) for p in case.people.all()]))
    assert client.post(address("case_step", case.pk, "compare"), {**post, "key": "k2"}).status_code == 302


def test_template_is_read_back(clerk: User, open_round: Round) -> None:
    answer = signed_in(clerk).get(address("tax_record_template"))
    found = imported(open_round, clerk, answer.content)
    assert found.failure_zh.endswith("再重新上传。")
