"""A software filing from its draft to the certificate that everybody can check, by the pages of everybody concerned."""

import io
import re
from typing import Any

import pypdf
import pytest
from playwright.sync_api import expect

from tests.e2e import authority, employer, office, panel
from tests.e2e.acts import answer, go, press, sees
from tests.e2e.site import Site
from tests.e2e.test_journey import passes_its_days

pytestmark = pytest.mark.e2e


# The codes of those who can sign in; the first of them chairs.
EXPERTS = ["E0001", "E0002", "E0003", "E0004", "E0005"]


def test_filing_from_draft_to_published_certificate(visit: Any, site: Site) -> None:
    case = site.value(
        """SELECT id FROM workflows_application WHERE programme = 'software-filing' AND state = 'draft'"""
    )
    boss, clerk = visit("owner", "zh-hans", 390), visit("clerk", "en")
    mends_its_figures(boss, case)
    employer.attach(boss, case, "rd_account", "own_proof")
    employer_sends(boss, case)

    for step in ("accept", "examine", "put_to_panel"):
        office.take_step(clerk, case, step)
    is_reviewed(visit, site, clerk, case)

    batch = office.open_batch(clerk, site.round_of(case))
    office.add_to_batch(clerk, batch, case)
    office.act_on_batch(clerk, batch, "hand_in")
    first, second = visit("official", "en"), visit("official2", "zh-hans")
    office.act_on_batch(second, batch, "verify")
    authority.approve(first, batch)
    notice = authority.release_notice(second, batch)
    passes_its_days(site, notice, case)
    office.take_step(first, case, "issue_certificate")

    code = downloads_its_certificate(boss, case)
    anybody_checks(visit(None, "en", 390), code)


def mends_its_figures(page: Any, case: int) -> None:
    """More R&D staff than staff is said beside the field; a share that falls short is seen as one types."""
    go(page, f"/my/applications/{case}/form/staff/")
    expect(page.locator("#ratios tr.wrong")).to_have_count(1)
    answer(page, staff_rd="500")
    press(page, "button[value=next]")
    expect(page.locator("[name=staff_rd]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#field-staff_rd-error")).to_contain_text("500")

    answer(page, staff_rd="33")
    expect(page.locator("#ratios tr.wrong")).to_have_count(0, timeout=15_000)
    expect(page.locator("[data-part=ratios]")).to_contain_text("38.37%", timeout=15_000)
    press(page, "button[value=list]")


def employer_sends(page: Any, case: int) -> None:
    go(page, f"/my/applications/{case}/check/")
    expect(page.locator("#ratios tbody tr")).to_have_count(6)
    page.check("#declared")
    press(page, "#declaration button.btn")


def is_reviewed(visit: Any, site: Site, clerk: Any, case: int) -> None:
    """Five experts who are named to the office score each on their own; the first of them concludes."""
    session = panel.make_session(clerk, site.round_of(case), case)
    panel.seat(clerk, session, EXPERTS, reason="备案复核专家名单经办公会确定。")
    panel.act(clerk, session, "invite")
    seats = panel.seats(site, session, "invited")
    experts = [visit(email.partition("@")[0]) for email in seats.values()]
    assert len(experts) == len(EXPERTS)
    for page, seat in zip(experts, seats, strict=True):
        panel.accept(page, seat)
    panel.act(clerk, session, "confirm")
    panel.on_board(clerk, session, "form[action$='/do/open/'] button")
    for page in experts:
        panel.undertake(page, case)
        expect(page.locator("#ratios tbody tr")).to_have_count(6)
        panel.score(page, case, "software-filing", 0.9)
    panel.conclude_case(experts[0], case, "pass_review", opinion="材料属实，同意备案。")
    assert site.state_of(case) == "verified"


def downloads_its_certificate(page: Any, case: int) -> str:
    """The certificate as PDF; its check code."""
    go(page, f"/my/applications/{case}/")
    with page.expect_download() as download:
        page.locator(f"a[href='/my/applications/{case}/certificate/']").click()
    text = pypdf.PdfReader(io.BytesIO(download.value.path().read_bytes())).pages[0].extract_text()
    found = re.search(r"[1-9A-Z]{4}(-[1-9A-Z]{4}){3}", text)
    assert found, text
    return found[0]


def anybody_checks(page: Any, code: str) -> None:
    """The code is typed on the public page, once with a wrong sign."""
    go(page, "/certificates/")
    answer(page, code=f"{code[:-1]}{'2' if code[-1] != '2' else '3'}")
    press(page, "form:has([name=code]) button.btn")
    expect(page.locator("[name=code]")).to_have_attribute("aria-invalid", "true")
    sees(page, "16 letters and digits")
    answer(page, code=code.lower())
    press(page, "form:has([name=code]) button.btn")
    sees(page, "This certificate is valid", "厦门示例软件有限公司", "91350299MA0DEM005C", code)
