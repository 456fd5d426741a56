"""What the authority does: verify, approve, release, decide an objection, pay; and what the public does meanwhile."""

from datetime import date
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.acts import answer, choose_file, go, number_in, path_of, press, sees
from tests.e2e.files import payload, return_file


def cannot_approve(page: Page, batch: int) -> None:
    """Whoever verified the batch cannot sign it, and is told why."""
    go(page, f"/desk/batches/{batch}/")
    expect(page.locator("#turn .why")).to_be_visible()
    expect(page.locator("#turn button[disabled]")).to_be_visible()
    expect(page.locator("form[action$='/do/approve/']")).to_have_count(0)


def approve(page: Page, batch: int) -> None:
    """Sign the batch, after a look at the list."""
    go(page, f"/desk/batches/{batch}/")
    page.check("#turn [name=checked]")
    press(page, "form[action$='/do/approve/'] button.btn")
    expect(page.locator("#errors")).to_have_count(0)


def release_notice(page: Page, batch: int) -> int:
    """Look at what the public will read, and release it; the notice's id."""
    go(page, f"/desk/batches/{batch}/")
    press(page, "#turn a.btn[href$='/notice/']")
    page.check("[name=checked]")
    press(page, "form[action$='/do/release_notice/'] button.btn")
    go(page, f"/desk/batches/{batch}/")
    press(page, "a[href^='/desk/notices/']:not([href='/desk/notices/'])")
    return number_in(page, "/desk/notices/#/")


def object_to(page: Page, notice: int, person: str) -> None:
    """A visitor objects to one person: anonymously, which is refused, then with a name."""
    go(page, f"/notices/{notice}/")
    press(page, f"tr:has-text('{person}') a[href$='/object/']")
    answer(
        page, objector="person", name="匿名", contact="13800009999", statement="此人已离职。", consent=True
    )
    press(page, "form:has([name=statement]) button.btn")
    expect(page.locator("[name=name]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[name=statement]")).to_have_value("此人已离职。")
    answer(page, name="周示例")
    press(page, "form:has([name=statement]) button.btn")
    assert path_of(page).startswith("/objections/")
    sees(page, "YY")


def dismiss_objection(page: Page, notice: int, reasons: str) -> None:
    """Open the sealed part, which is recorded; then dismiss with reasons."""
    go(page, f"/desk/notices/{notice}/")
    press(page, "main a[href*='/objections/']:not([href$='/objections/'])")
    assert "周示例" not in page.content()
    press(page, "form[action$='/open/'] button.btn")
    sees(page, "周示例")
    answer(page, verdict="dismissed", answer=reasons)
    press(page, "form[action$='/decide/'] button.btn")
    sees(page, reasons)


def make_list(page: Page, round_: int) -> int:
    """A payment list of everybody in the round who can be paid; its id."""
    go(page, "/desk/payments/")
    press(page, f"form:has([name=round][value='{round_}']) button")
    return number_in(page, "/desk/payments/#/")


def export(page: Page, kind: str) -> bytes:
    """The file for the bank."""
    with page.expect_download() as download:
        page.locator(f"form[action$='bank.{kind}'] button").click()
    return download.value.path().read_bytes()


def read_return(page: Page, payment_list: int, rows: list[tuple[Any, ...]], language: str) -> None:
    """Upload what the bank says, look at what it would do, record it."""
    go(page, f"/desk/payments/{payment_list}/")
    choose_file(page, "#return", payload(f"return-{payment_list}.xlsx", return_file(rows, language)))
    page.locator("#return a.btn[href*='/return/']").click(timeout=30_000)
    press(page, "form:has([name=key]) button.btn:not([type=button])")
    assert path_of(page) == f"/desk/payments/{payment_list}/"


def fails(line: int) -> tuple[Any, ...]:
    return line, "failed", None, "", "账号与户名不符"


def succeeds(line: int, on: date) -> tuple[Any, ...]:
    return line, "paid", on, f"REF{line:04d}", ""
