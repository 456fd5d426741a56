"""A software filing from its draft to the certificate that everybody can check, by the pages of everybody concerned."""

import io
import re
from typing import Any

import pypdf
import pytest
from playwright.sync_api import expect

from tests.e2e import authority, employer, office
from tests.e2e.acts import answer, go, press, sees
from tests.e2e.site import Site
from tests.e2e.test_journey import passes_its_days

pytestmark = pytest.mark.e2e

POINTS = {"revenue": 18, "spend": 18, "proof": 18, "rights": 13, "people": 13, "means": 9}


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
    is_reviewed(visit, site, case)

    round_ = site.value("SELECT round_id FROM workflows_application WHERE id = %s", case)
    batch = office.open_batch(clerk, round_)
    office.add_to_batch(clerk, batch, case)
    office.act_on_batch(clerk, batch, "hand_in")
    first, second = visit("official", "en"), visit("official2", "zh-hans")
    office.act_on_batch(second, batch, "verify")
    authority.approve(first, batch)
    notice = authority.release_notice(second, batch)
    passes_its_days(site, notice, case)
    office.take_step(first, case, "issue_certificate")

    code = is_given(boss, case)
    anybody = visit(None, "en", 390)
    go(anybody, f"/certificates/{code}/")
    sees(anybody, "This certificate is valid", "厦门示例软件有限公司", "91350299MA0DEM005C")
    anybody.goto(f"{anybody.site}/certificates/{code[:-1]}{'2' if code[-1] != '2' else '3'}/")
    sees(anybody, "16 letters and digits")


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


def is_reviewed(visit: Any, site: Site, case: int) -> None:
    """The case joins the session that is being held; its three experts score, and the chair concludes."""
    site.sql(
        """WITH held AS (SELECT s.session_id FROM workflows_sessionitem s JOIN workflows_application a
                            ON a.id = s.application_id
                          WHERE a.programme = 'software-filing' AND a.state = 'reviewing' AND a.id <> %(case)s),
                item AS (INSERT INTO workflows_sessionitem (session_id, application_id, position, minutes,
                            question_minutes, presenter, presenter_email)
                         SELECT session_id, %(case)s, 2, 20, 10, '', '' FROM held)
           INSERT INTO workflows_assignment (expert_id, application_id, seat_id, state, made_by_id, made_at,
                                             ended_reason)
           SELECT seat.expert_id, %(case)s, seat.id, 'standing', session.secretary_id, now(), ''
             FROM held JOIN workflows_seat seat USING (session_id)
             JOIN workflows_reviewsession session ON session.id = held.session_id""".replace(
            "%(case)s", str(int(case))
        )
    )
    site.manage("shell", "-c", f"from workflows.review.counting import recount; recount([{case}])")
    chair = None
    for persona in ("expert2", "expert3", "expert"):
        chair = visit(persona, "zh-hans")
        go(chair, f"/reviewer/{case}/")
        chair.check("#agreed")
        press(chair, f"form[action='/reviewer/{case}/undertake/'] button.btn")
        expect(chair.locator("#ratios tbody tr")).to_have_count(6)
        go(chair, f"/reviewer/{case}/sheet/")
        answer(chair, **{f"score-{name}": points for name, points in POINTS.items()})
        press(chair, "form.scores button.btn:not([type=button])")
        press(chair, "form:has([name=sha256]) button.btn")
    go(chair, f"/reviewer/{case}/conclusion/")
    form = "form:has([name=step][value=pass_review])"
    chair.fill(f"{form} [name=opinion]", "材料属实，同意备案。")
    press(chair, f"{form} button.btn")
    assert site.value("SELECT state FROM workflows_application WHERE id = %s", case) == "verified"


def is_given(page: Any, case: int) -> str:
    """The certificate as PDF; its check code."""
    go(page, f"/my/applications/{case}/")
    with page.expect_download() as download:
        page.locator(f"a[href='/my/applications/{case}/certificate/']").click()
    text = pypdf.PdfReader(io.BytesIO(download.value.path().read_bytes())).pages[0].extract_text()
    found = re.search(r"[1-9A-Z]{4}(-[1-9A-Z]{4}){3}", text)
    assert found, text
    return found[0]
