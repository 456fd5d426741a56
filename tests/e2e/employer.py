"""What an employer does: register, apply, correct, confirm."""

import re
from hashlib import sha256
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.acts import answer, choose_file, go, number_in, path_of, press, sees
from tests.e2e.files import Somebody, payload, pdf, roster_file

PASSWORD = "a long enough password 9"
REQUIRED = (
    "application_form",
    "tax_certificate",
    "pay_summary",
    "identity_documents",
    "employment_certificate",
    "declaration_of_truth",
    "payment_letter",
)


def register_person(page: Page, name: str, email: str) -> None:
    """A new account, with the code from the e-mail."""
    go(page, "/accounts/signup/")
    answer(page, name=name, email=email, password1=PASSWORD, password2=PASSWORD, terms=True)
    press(page, "form[action='/accounts/signup/'] button.btn")
    answer(page, code=code_for(page, email))
    press(page, "form:has([name=code]) button.btn")
    assert path_of(page) == "/me/organisation/"


def code_for(page: Page, email: str) -> str:
    """The code in the newest e-mail to this address, read as everybody reads the demonstration's e-mails."""
    mails = page.context.new_page()
    mails.goto(f"{page.site}/demo/mails/")
    mails.locator("tr", has_text=email).first.locator("a").click()
    found = re.search(r"\b\d{6}\b", mails.locator("article").inner_text())
    assert found, mails.locator("article").inner_text()
    mails.close()
    return found[0]


def register_organisation(page: Page, name: str, code: str) -> None:
    """A wrong credit code first, then the right one."""
    press(page, "a[href$='/me/organisation/register/']")
    facts = {
        "industry": "software",
        "district": "siming",
        "legal_representative": "周示例",
        "address": "示例路 9 号",
    }
    answer(page, name=name, credit_code=f"{code[:-1]}{'0' if code[-1] != '0' else '1'}", **facts)
    press(page, "form:has([name=credit_code]) button.btn")
    expect(page.locator("[name=credit_code]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[name=name]")).to_have_value(name)

    answer(page, credit_code=code)
    press(page, "form:has([name=credit_code]) button.btn")
    sees(page, name)


def check_first(page: Page, round_: int) -> None:
    """The pre-check: an answer that does not qualify names its rule, a better one the amount."""
    go(page, f"/guides/talent-tax-rebate/check/?call={round_}")
    answers = {
        "industry": "software", "district": "siming", "post_kind": "technical", "post_level": "middle",
        "still_employed": "yes", "tenure_months": 48, "pay_fen": "200000", "tax_fen": "66830",
        "first_claimed_year": 2020, "other_award": "no",
    }  # fmt: skip
    answer(page, **answers)
    press(page, "form:has([name=tenure_months]) button.btn")
    expect(page.locator("#answer")).to_contain_text("R04")

    answer(page, pay_fen="480000")
    press(page, "form:has([name=tenure_months]) button.btn")
    expect(page.locator("#answer")).to_contain_text("6,683.00")


def begin(page: Page, round_: int) -> int:
    """From the call to an empty draft; its id."""
    go(page, f"/calls/{round_}/")
    press(page, f"a[href='/my/applications/start/{round_}/']")
    press(page, "form:has([name=organisation]) button.btn")
    return number_in(page, "/my/applications/#/")


def fill_in(page: Page, case: int, name: str) -> None:
    """The sections: the first saves itself as it is left, and is there after loading it again."""
    form = f"/my/applications/{case}/form"
    go(page, f"{form}/employer/")
    answer(page, industry="software", district="siming", staff_count=120)
    page.locator("[name=staff_count]").blur()
    expect(page.locator("[data-save-status]")).to_contain_text(re.compile(r"\d\d:\d\d"))
    page.reload()
    expect(page.locator("[name=staff_count]")).to_have_value("120")
    press(page, "button[value=next]")

    # Incomplete is allowed: one goes on, and comes back.
    answer(page, contact_name="林小鹭", contact_id_kind="resident_id")
    press(page, "button[value=list]")
    go(page, f"{form}/contact/")
    expect(page.locator("[name=contact_name]")).to_have_value("林小鹭")
    answer(page, contact_id_number="350299199001150013", contact_mobile="13800138000")
    answer(page, contact_email="lin@example.test")
    press(page, "button[value=next]")

    answer(
        page, account_name=name, bank_name="示例银行", bank_code="102393000012", account="1234567890123456"
    )
    press(page, "button[value=list]")
    assert path_of(page) == f"/my/applications/{case}/"


def upload_roster(page: Page, case: int, people: list[Somebody], language: str) -> None:
    """Upload the roster from the browser, and wait for what it would change."""
    go(page, f"/my/applications/{case}/roster/")
    choose_file(page, "main", payload("roster.xlsx", roster_file(people, language)))
    page.wait_for_url("**/roster/uploads/*/", timeout=30_000)
    expect(page.locator("form[action$='/apply/']")).to_be_visible(timeout=30_000)


def shown_difference(page: Page) -> dict[str, int]:
    """The counts of the difference page by the name of their list."""
    found = {}
    for link in page.locator(".stats a[href*='show=']").all():
        slug = (link.get_attribute("href") or "").partition("show=")[2].partition("#")[0]
        found[slug] = int(link.inner_text())
    return found


def apply_roster(page: Page) -> None:
    press(page, "form[action$='/apply/'] button")


def attach(page: Page, case: int, *slugs: str, edition: int = 1) -> None:
    """Upload a real PDF for each of these papers, straight to the document store."""
    go(page, f"/my/applications/{case}/papers/")
    for slug in slugs:
        data = pdf(f"{case} {slug} {edition}")
        choose_file(page, f"#paper-{slug}", payload(f"{slug}.pdf", data, "application/pdf"))
        expect(page.locator(f"#paper-{slug}")).to_contain_text(sha256(data).hexdigest()[:12], timeout=30_000)
        expect(page.locator(f"#paper-{slug} > .bar .tag.ok")).to_be_visible()


def submit(page: Page, case: int) -> str:
    """Check the answers; declare, not before; send. The receipt's number."""
    go(page, f"/my/applications/{case}/check/")
    sees(page, "林小鹭")
    assert "350299199001150013" not in page.content()
    press(page, "#declaration button.btn")
    expect(page.locator("#declaration .why.err")).to_be_visible()
    page.check("#declared")
    press(page, "#declaration button.btn")
    assert path_of(page) == f"/my/applications/{case}/receipt/"
    return page.locator(".receipt .number").inner_text()


def correct(page: Page, case: int, field: dict[str, Any], paper: str, person: dict[str, Any]) -> None:
    """Correct exactly what was asked; what was not asked is locked."""
    go(page, f"/my/applications/{case}/correction/")
    expect(page.locator("[id^='point-'] .tag.due")).to_have_count(3)

    ((name, value),) = field.items()
    page.locator(f"a[href$='#field-{name}']").click()
    expect(page.locator("main form :is(input, select, textarea):not([type=hidden])")).to_have_count(1)
    answer(page, **{name: value})
    press(page, "button[value=next]")

    go(page, f"/my/applications/{case}/papers/")
    expect(page.locator("main input[type=file]")).to_have_count(1)
    attach(page, case, paper, edition=2)

    go(page, f"/my/applications/{case}/correction/")
    press(page, "[id^='point-'] a[href*='/roster/people/']")
    answer(page, **person)
    press(page, "form:has([name=tax_fen]) button.btn")

    go(page, f"/my/applications/{case}/correction/")
    expect(page.locator("[id^='point-'] .tag.ok")).to_have_count(3)
    press(page, "button[value=send]")
    assert path_of(page) == f"/my/applications/{case}/"


def confirm_onward(page: Page, case: int) -> None:
    """The receipt of the onward payment, then the confirmation that closes the case."""
    go(page, f"/my/applications/{case}/")
    expect(page.locator("form[action$='/confirm-onward/'] button")).to_be_disabled()
    attach(page, case, "onward_receipt")
    go(page, f"/my/applications/{case}/")
    press(page, "form[action$='/confirm-onward/'] button")
