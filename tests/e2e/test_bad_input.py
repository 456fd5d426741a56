"""Bad input and bad days: a clear message, nothing lost, and the way on."""

import time
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import employer
from tests.e2e.acts import answer, choose_file, go, path_of, press, sees
from tests.e2e.files import Somebody, payload, pdf, resident_id, workbook
from tests.e2e.site import Site, until
from tests.storage import papers

pytestmark = pytest.mark.e2e
YEARS = count(2031)
# A draft on which nothing is missing, of the demonstration's own firm: made by the makers of the other tests.
READY = """
from accounts.models import Organisation, User
from tests.workflows.conftest import ready_draft
from workflows.models import Round
owner = User.objects.get(email="owner@demo.example")
firm = Organisation.objects.get(credit_code="91350299MA0DEM005C")
print(ready_draft(Round.objects.get(pk={round}), firm, owner).pk)
"""


@pytest.fixture
def call(site: Site) -> int:
    """A call of its own."""
    return site.open_call(next(YEARS))


@pytest.fixture
def owner(visit: Any) -> Page:
    page: Page = visit("owner", width=390)
    return page


@pytest.fixture
def case(owner: Page, call: int) -> int:
    """An empty draft."""
    return employer.begin(owner, call)


def test_session_that_ends_in_a_form_loses_nothing(owner, case, site):
    go(owner, f"/my/applications/{case}/form/contact/")
    owner.context.clear_cookies(name="sessionid")

    answer(owner, contact_name="会话过期", contact_email="typed@example.test")
    expect(owner.locator("[data-save-status] a")).to_be_visible()
    press(owner, "button[value=next]")
    assert path_of(owner).startswith("/accounts/login/")
    account = site.accounts["owner"]
    answer(owner, login=account["email"], password=account["password"])
    press(owner, "form:has([name=password]) button.btn")

    assert path_of(owner).startswith(f"/my/applications/{case}/form/contact/")
    expect(owner.locator("#kept-note")).to_be_visible()
    expect(owner.locator("[name=contact_name]")).to_have_value("会话过期")
    press(owner, "button[value=list]")
    go(owner, f"/my/applications/{case}/form/contact/")
    expect(owner.locator("[name=contact_email]")).to_have_value("typed@example.test")


def test_store_that_is_away_keeps_the_file_for_another_try(owner, case, site):
    go(owner, f"/my/applications/{case}/papers/")
    paper = owner.locator("#paper-pay_summary")
    store = f"{site.environment['S3_ENDPOINT']}/**"
    owner.route(store, lambda route: route.abort())
    choose_file(owner, "#paper-pay_summary", payload("薪酬.pdf", pdf(f"{case}"), "application/pdf"))
    expect(paper.locator("[data-upload-error]")).to_contain_text("薪酬.pdf", timeout=30_000)

    owner.unroute(store)
    paper.locator("[data-upload-retry]").click()

    expect(paper.locator(".bar .tag.ok")).to_be_visible(timeout=30_000)
    sees(owner, "薪酬.pdf")


def test_broker_that_is_away_keeps_nobody_waiting(visit, call, site):
    case = int(site.manage("shell", "-v", "0", "-c", READY.format(round=call)))
    address = site.start_web("web-without-broker", CELERY_BROKER_URL="redis://127.0.0.1:1/0")
    page = visit("owner", address=address)
    go(page, f"/my/applications/{case}/check/")
    page.check("#declared")

    began = time.monotonic()
    press(page, "#declaration button.btn")

    assert path_of(page) == f"/my/applications/{case}/receipt/"
    assert time.monotonic() - began < 5
    # The message waits in the outbox; whoever sweeps there delivers it.
    told = "SELECT count(*) FROM notifications_message WHERE link = %s"
    until(lambda: site.value(told, f"/my/applications/{case}/"), within_s=60, what="the message is delivered")


def merged_headers() -> bytes:
    """Two rows of headings, the upper one over several columns."""
    headers = ["人员", "", "", "岗位", "", "", "", "金额"]
    return workbook(headers, [["姓名", "证件", "号码", "类别", "层级", "日期", "在职", "年薪"]])


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("名单.xls", papers.EXE, "名单.xls"),
        ("名单.xlsx", papers.EXE, "名单.xlsx"),
    ],
    ids=["exe-as-xls", "exe-as-xlsx"],
)
def test_file_that_is_no_workbook_is_told_beside_its_place(owner, case, name, data, words):
    go(owner, f"/my/applications/{case}/roster/")

    choose_file(owner, "main", payload(name, data, ""))

    expect(owner.locator("[data-upload-error]")).to_contain_text(words, timeout=30_000)
    assert path_of(owner) == f"/my/applications/{case}/roster/"


def test_workbook_without_its_headings_says_what_is_missing(owner, case):
    go(owner, f"/my/applications/{case}/roster/")

    choose_file(owner, "main", payload("名单.xlsx", merged_headers()))

    owner.wait_for_url("**/roster/uploads/*/", timeout=30_000)
    expect(owner.locator("main .why.err")).to_be_visible(timeout=30_000)
    go(owner, f"/my/applications/{case}/roster/")
    sees(owner, "名单.xlsx")


def test_number_of_somebody_born_in_the_future_is_named_with_its_row(owner, case):
    good, future = Somebody("王嘉禾", resident_id(501)), Somebody("李若溪", "350299209901150011")

    employer.upload_roster(owner, case, [good, future], "zh-hans")

    assert employer.shown_difference(owner) == {"added": 2, "errors": 1}
    sees(owner, "2099-01-15")
    employer.apply_roster(owner)
    sees(owner, "王嘉禾", "李若溪")


def test_paper_over_the_limit_is_told_before_it_is_sent(owner, case, tmp_path):
    large = tmp_path / "合同.pdf"
    with large.open("wb") as file:
        file.truncate(20 * 1024 * 1024 + 1)
    go(owner, f"/my/applications/{case}/papers/")

    owner.locator("#paper-pay_summary input[type=file]").set_input_files(large)

    expect(owner.locator("#paper-pay_summary [data-upload-error]")).to_contain_text("合同.pdf")
