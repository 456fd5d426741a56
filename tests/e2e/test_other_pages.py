"""Pages that no plain link leads to: errors, second factors, letters with a link, what stands behind a form."""

import re
import time
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page

from tests.e2e.acts import answer, go, press
from tests.e2e.page_checks import Findings

pytestmark = [pytest.mark.e2e, pytest.mark.parametrize("language", ["zh-hans", "en"])]


@pytest.fixture
def findings(words: Any, proven: Any, language: str) -> Any:
    found = Findings(words, language, proven[language], typed={"王科员"})
    yield found
    if faults := found.judge():
        pytest.fail(faults, pytrace=False)


def look(page: Page, findings: Findings, *, status: int = 200) -> None:
    """Look at a page that is answered with `status`, which its console then says too."""
    page.complaints[:] = [said for said in page.complaints if f"status of {status}" not in said]
    findings.look(page)


def open_and_look(page: Page, findings: Findings, path: str, status: int = 200) -> None:
    got = page.goto(f"{page.site}{path}")
    assert got is not None
    assert got.status == status, f"{path}: {got.status}"
    look(page, findings, status=status)


def test_pages_of_everybody_are_whole(visit, findings, language):
    page = visit(None, language)
    for path in ("inactive", "password/reset/done", "password/reset/key/done", "password/reset/key/1-wrong"):
        open_and_look(page, findings, f"/accounts/{path}/")
    open_and_look(page, findings, "/nowhere/", 404)
    open_and_look(page, findings, "/notices/999999/", 404)

    for path, form in (("/accounts/signup/", "password2"), ("/accounts/login/", "password")):
        go(page, path)
        press(page, f"form:has([name={form}]) button.btn")
        look(page, findings)
    go(page, "/progress/")
    answer(page, number="GS2019-999999", tail="0000")
    press(page, "form:has([name=number]) button.btn")
    look(page, findings, status=422)


def test_refusals_are_whole(visit, findings, language):
    owner = visit("owner", language)
    open_and_look(owner, findings, "/desk/", 403)
    open_and_look(owner, findings, "/my/applications/999999/", 404)
    open_and_look(owner, findings, "/accounts/logout/")
    open_and_look(owner, findings, "/accounts/reauthenticate/")


def test_second_factor_is_set_up_used_and_given_up(visit, findings, language, site, sessions):
    page = visit("clerk2", language)
    open_and_look(page, findings, "/accounts/2fa/totp/activate/")
    _is_themselves(page, site, "clerk2")
    look(page, findings)
    secret = page.locator(".code").inner_text()
    answer(page, code=format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    press(page, "form:has([name=code]) button.btn")
    for path in ("", "recovery-codes/", "recovery-codes/generate/", "totp/deactivate/"):
        open_and_look(page, findings, f"/accounts/2fa/{path}")
    go(page, "/accounts/2fa/recovery-codes/")
    recovery = page.locator(".codes li").first.inner_text()

    page.context.clear_cookies(name="sessionid")
    go(page, "/accounts/login/")
    account = site.accounts["clerk2"]
    answer(page, login=account["email"], password=account["password"])
    press(page, "form:has([name=password]) button.btn")
    look(page, findings)
    answer(page, code=recovery)
    press(page, "form:has([name=code]) button.btn")
    sessions["clerk2"] = page.context.storage_state()

    go(page, "/accounts/2fa/totp/deactivate/")
    _is_themselves(page, site, "clerk2")
    press(page, "form[action$='/deactivate/'] button.btn")
    look(page, findings)


def _is_themselves(page: Page, site: Any, who: str) -> None:
    """Type the password again where a page asks who is there."""
    if "/reauthenticate/" in page.url:
        answer(page, password=site.accounts[who]["password"])
        press(page, "form:has([name=password]) button.btn")


def test_letters_lead_to_whole_pages(visit, findings, language):
    owner, reader = visit("owner", language), visit(None, language, 390)
    go(owner, "/me/organisation/")
    answer(owner, email=f"colleague-{language}@example.test")
    owner.locator("form:has([name=email]) [name=role]").select_option("agent")
    press(owner, "form:has([name=email]) button.btn")
    look(owner, findings)
    open_and_look(
        reader, findings, letter_link(reader, f"colleague-{language}@example.test", "/me/invitations/")
    )

    go(reader, "/accounts/password/reset/")
    answer(reader, email="auditor@demo.example")
    press(reader, "form:has([name=email]) button.btn")
    look(reader, findings)
    link = letter_link(reader, "auditor@demo.example", "/accounts/password/reset/key/")
    open_and_look(reader, findings, link)


def letter_link(page: Page, address: str, path: str) -> str:
    """The link in the newest e-mail to this address, as a path."""
    go(page, "/demo/mails/")
    page.locator("tr", has_text=address).first.locator("a").click()
    found = re.search(rf"{path}\S+", page.locator("article").inner_text())
    assert found, page.locator("article").inner_text()
    return found[0]


def test_pages_behind_the_desks_forms_are_whole(visit, findings, language):
    clerk, cashier = visit("clerk", language), visit("cashier", language)
    go(clerk, "/desk/")
    clerk.locator("main table [name=case]").first.check()
    press(clerk, "#many button[name=step] >> nth=0")
    look(clerk, findings)
    go(clerk, "/desk/")
    press(clerk, "main table th[scope=row] a >> nth=0")
    press(clerk, "form[action*='/reveal/'] button >> nth=0")
    look(clerk, findings)

    go(cashier, "/desk/payments/")
    press(cashier, "main table.sticky th[scope=row] a >> nth=0")
    press(cashier, "form[action*='/reveal/'] button >> nth=0")
    look(cashier, findings)
