"""A software filing from its draft to its panel: bad figures, conditions as one types, papers, preliminary check."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e import employer, office
from tests.e2e.acts import answer, go, press
from tests.e2e.site import Site

pytestmark = pytest.mark.e2e


def test_filing_from_draft_to_panel(visit: Any, site: Site) -> None:
    case = site.value(
        """SELECT id FROM workflows_application WHERE programme = 'software-filing' AND state = 'draft'"""
    )
    boss, clerk = visit("owner", "zh-hans", 390), visit("clerk", "en")
    mends_its_figures(boss, case)
    employer.attach(boss, case, "rd_account", "own_proof")
    employer_sends(boss, case)

    for step in ("accept", "examine", "put_to_panel"):
        office.take_step(clerk, case, step)
    assert site.value("SELECT state FROM workflows_application WHERE id = %s", case) == "reviewing"


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
