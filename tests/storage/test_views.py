import hashlib
import json
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from storage import uploads
from storage.interface import Post
from storage.models import Document, DocumentState
from storage.verification import verify
from storage.views import deliver, ticket_json
from tests.storage import papers

pytestmark = pytest.mark.django_db


def finish(client: Client, document: Document, body: object) -> tuple[int, dict]:
    answer = client.post(
        reverse("storage:finish", args=[document.pk]), json.dumps(body), content_type="application/json"
    )
    return answer.status_code, answer.json()


@pytest.fixture
def browser(browser) -> Client:
    browser.handler.enforce_csrf_checks = False
    return browser


def test_finish_answers_where_the_document_stands(browser, begun, folder, post):
    ticket = begun(papers.PDF)
    post(Post(ticket.url, ticket.fields), papers.PDF)

    status, answer = finish(browser, ticket.document, {"sha256": hashlib.sha256(papers.PDF).hexdigest()})

    assert status == 200
    assert answer["state"] == "checking"
    assert answer["filename"] == "合同.pdf"
    assert answer["size_bytes"] == len(papers.PDF)


@pytest.mark.parametrize("body", [{}, [], "x", {"sha256": None}, {"sha256": "abc"}])
def test_finish_without_a_digest_is_refused(browser, begun, folder, body):
    status, answer = finish(browser, begun(papers.PDF).document, body)

    assert (status, answer["code"]) == (422, "bad_digest")


def test_anothers_document_is_not_known_of(begun, folder, stranger):
    client = Client()
    client.force_login(stranger)
    document = begun(papers.PDF).document

    assert client.get(reverse("storage:status", args=[document.pk])).status_code == 404
    assert finish_status(client, document) == 404


def finish_status(client: Client, document: Document) -> int:
    address = reverse("storage:finish", args=[document.pk])
    return client.post(address, "{}", content_type="application/json").status_code


def test_unknown_document_is_not_found(browser):
    assert browser.get(reverse("storage:status", args=[uuid.uuid4()])).status_code == 404


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "拒收"), ("en", "refused")])
def test_status_gives_the_reason_in_the_readers_language(browser, uploaded, language, word):
    from storage.scanning import EICAR

    document = uploaded(EICAR, "回单.csv", limits=uploads.RETURN)
    verify(document.pk)
    browser.cookies["django_language"] = language

    answer = browser.get(reverse("storage:status", args=[document.pk])).json()

    assert answer["state"] == "refused"
    assert word in answer["sentence"]


def test_status_for_htmx_asks_again_until_the_verdict(browser, uploaded):
    document = uploaded()
    address = reverse("storage:status", args=[document.pk])

    before = browser.get(address, headers={"HX-Request": "true"}).content.decode()
    verify(document.pk)
    after = browser.get(address, headers={"HX-Request": "true"}).content.decode()

    assert f'hx-get="{address}"' in before
    assert "hx-get" not in after


def test_ticket_says_where_to_post_and_what_comes_after(begun, objects):
    ticket = begun(papers.PDF)

    answer = json.loads(ticket_json(ticket).content)

    assert set(answer) == {"document", "url", "fields", "finish", "status"}
    assert answer["fields"]["key"] == ticket.document.incoming_key


def test_document_is_delivered_by_a_signed_address(uploaded, browser, objects):
    import urllib3

    document = uploaded()
    verify(document.pk)
    document.refresh_from_db()

    response = deliver(document, inline=True)

    assert response.status_code == 302
    assert response.headers["Cache-Control"] == "no-store"
    if response.url.startswith("/"):
        assert b"".join(browser.get(response.url).streaming_content) == papers.PDF
    else:
        assert urllib3.request("GET", response.url).data == papers.PDF


def test_workbook_is_never_shown_inline(folder, wang, browser):
    document = uploads.deposit(
        user=wang, organisation=None, filename="清单.csv", content_type="text/csv", data=b"a", purpose="x"
    )

    answer = browser.get(deliver(document, inline=True).url)

    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["folder-upload", "folder-download"])
def test_stand_in_is_not_there_beside_a_server(s3, browser, name):
    address = reverse(f"storage:{name}") + "?ticket=x"

    answer = browser.post(address) if name == "folder-upload" else browser.get(address)

    assert answer.status_code == 404


def test_altered_ticket_is_refused(folder, browser, begun):
    ticket = begun(papers.PDF)
    fields = {**ticket.fields}

    answer = browser.post(ticket.url[:-3] + "xyz", {**fields})

    assert (answer.status_code, answer.json()["code"]) == (403, "policy_refused")


def test_download_ticket_does_not_upload(folder, browser, wang):
    document = uploads.deposit(
        user=wang, organisation=None, filename="清单.csv", content_type="text/csv", data=b"a", purpose="x"
    )
    ticket = deliver(document).url.rpartition("ticket=")[2]

    answer = browser.post(f"{reverse('storage:folder-upload')}?ticket={ticket}", {"key": "x"})

    assert answer.status_code == 403


def test_sentence_of_a_pending_document_names_it(begun, folder, browser):
    document = begun(papers.PDF).document
    assert document.state == DocumentState.PENDING

    with translation.override("en"):
        browser.cookies["django_language"] = "en"
        answer = browser.get(reverse("storage:status", args=[document.pk])).json()

    assert answer["sentence"] == "“合同.pdf” is being uploaded."
