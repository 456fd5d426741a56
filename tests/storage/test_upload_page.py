import copy
import shutil
import threading

import pytest
from django.conf import settings as project
from django.db import connections
from django.test import Client
from playwright.sync_api import expect, sync_playwright

from storage.models import Document
from storage.verification import verify
from tests.storage import papers
from tests.storage.conftest import SERVERS

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def chromium():
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps a loop in this thread, beside which Django would refuse the tests' own queries.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
        )
        yield browser
        browser.close()


@pytest.fixture
def site(objects, settings, live_server):
    """The project with an upload page, and a policy that lets the browser go to the store of this test."""
    settings.ROOT_URLCONF = "tests.storage.site"
    policy = copy.deepcopy(project.CONTENT_SECURITY_POLICY)
    if settings.S3_ENDPOINT:
        policy["DIRECTIVES"]["connect-src"] = ["'self'", settings.S3_PUBLIC_ENDPOINT]
    settings.CONTENT_SECURITY_POLICY = policy
    return live_server.url


def sign_in(wang) -> str:
    client = Client()
    client.force_login(wang)
    return client.cookies["sessionid"].value


@pytest.fixture
def open_page(chromium, site, wang):
    """The upload page, signed in, and whatever its console complains of."""
    contexts = []

    def open_it(query: str = "", language: str = "zh-hans", width: int = 1280):
        context = chromium.new_context(viewport={"width": width, "height": 844 if width < 500 else 900})
        contexts.append(context)
        host = site.removeprefix("http://").partition(":")[0]
        for name, value in (("sessionid", session), ("django_language", language)):
            context.add_cookies([{"name": name, "value": value, "domain": host, "path": "/"}])
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda m: page.complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(f"{site}/try/{query}")
        return page

    session = sign_in(wang)
    yield open_it
    for context in contexts:
        context.close()


@pytest.fixture
def worker():
    """A worker that checks what is finished, as Celery's would."""
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(0.1):
            for document in Document.objects.waiting():
                verify(document.pk)
        connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    stop.set()
    thread.join()


def choose(page, data: bytes, name: str = "合同.pdf") -> None:
    page.set_input_files("input[type=file]", {"name": name, "mimeType": "application/pdf", "buffer": data})


def test_file_is_sent_checked_and_shown(open_page, worker):
    page = open_page("?refresh=/try/papers")

    choose(page, papers.PDF + b"%" * 3_000_000 + papers.PDF)

    expect(page.locator("#papers")).to_have_text("合同.pdf")
    assert page.complaints == []


@pytest.mark.parametrize("objects", ["folder"], indirect=True)
@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh-hans", f"“合同.pdf”（{len(papers.PDF)} B）已收到并通过检查。"),
        ("en", f"“合同.pdf” ({len(papers.PDF)} B) is received and checked."),
    ],
)
def test_sentence_says_that_it_is_checked(open_page, worker, language, sentence):
    page = open_page(language=language)

    choose(page, papers.PDF)

    expect(page.locator("[data-upload-sentence]")).to_have_text(sentence)
    assert page.complaints == []


@pytest.mark.parametrize("objects", ["folder"], indirect=True)
def test_reason_of_a_refusal_stands_beside_the_field(open_page, worker):
    page = open_page()

    choose(page, papers.EXE)

    expect(page.locator("[data-upload-error]")).to_contain_text("不是真正的 PDF 文件")
    expect(page.locator("[data-upload-retry]")).to_be_hidden()


@pytest.mark.parametrize("objects", ["folder"], indirect=True)
def test_file_over_the_limit_is_told_before_it_is_sent(open_page, tmp_path):
    page = open_page()
    large = tmp_path / "合同.pdf"
    with large.open("wb") as file:
        file.truncate(20 * 1024 * 1024 + 1)

    page.set_input_files("input[type=file]", large)

    expect(page.locator("[data-upload-error]")).to_contain_text("20.01 MB")
    assert Document.objects.count() == 0


@pytest.mark.parametrize("objects", ["folder"], indirect=True)
def test_wrong_type_is_told_by_the_server(open_page):
    page = open_page()

    choose(page, papers.EXE, "木马.exe")

    expect(page.locator("[data-upload-error]")).to_contain_text("木马.exe")


def test_cut_in_the_middle_keeps_the_file_for_another_try(open_page, worker):
    page = open_page()
    page.route("**/*", lambda route: route.abort() if is_the_post(route.request) else route.fallback())
    choose(page, papers.PDF)
    expect(page.locator("[data-upload-retry]")).to_be_visible()

    page.unroute_all()
    page.locator("[data-upload-retry]").click()

    expect(page.locator("[data-upload-sentence]")).to_contain_text("合同.pdf")


def is_the_post(request) -> bool:
    if request.method != "POST":
        return False
    return "folder/upload" in request.url or any(
        request.url.startswith(server["S3_ENDPOINT"]) for server in SERVERS.values()
    )


@pytest.mark.parametrize("objects", ["folder"], indirect=True)
def test_lost_answer_to_finish_is_asked_for_again(open_page, worker):
    page = open_page()
    sent = []
    page.on("request", lambda request: sent.append(request.url) if is_the_post(request) else None)
    page.route("**/finish", lambda route: route.abort())
    choose(page, papers.PDF)
    expect(page.locator("[data-upload-retry]")).to_be_visible()

    page.unroute_all()
    page.locator("[data-upload-retry]").click()

    expect(page.locator("[data-upload-sentence]")).to_contain_text("合同.pdf")
    assert len(sent) == 1


@pytest.mark.parametrize("objects", ["folder"], indirect=True)
@pytest.mark.parametrize("width", [1280, 390])
def test_page_fits(open_page, width):
    page = open_page(width=width)

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_store_that_is_away_is_told_and_the_file_stays(open_page, settings, objects):
    page = open_page()
    settings.S3_ENDPOINT = settings.S3_PUBLIC_ENDPOINT = "http://127.0.0.1:1"

    choose(page, papers.PDF)

    expect(page.locator("[data-upload-error]")).to_contain_text("文件存储暂时没有响应", timeout=8000)
    expect(page.locator("[data-upload-retry]")).to_be_visible()
