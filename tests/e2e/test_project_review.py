"""A project review from the application to its approval: drawn, declined, recused, scored, concluded, signed."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.e2e import authority, employer, office, panel
from tests.e2e.acts import answer, go, press, sees
from tests.e2e.site import Site, until
from workflows.demonstration.cast import PASSWORD

pytestmark = pytest.mark.e2e

SIZE = 5
EVENTS = [
    "submit", "accept", "examine", "put_to_panel", "declare_conflict", *SIZE * ["undertake", "submit_review"],
    "ask_revision", "hand_in_revision", "confirm_revision", "consolidate", "approve",
]  # fmt: skip
# Beyond the weeks in which some of the database cannot come.
IN_DAYS = 60
OPINION = "同意立项。请补充数据共享方案，并核减服务器单价。"
# Whoever is drawn can sign in here: of the experts of the demonstration only twelve have a password.
LET_IN = (
    """UPDATE accounts_user SET password = (SELECT password FROM accounts_user WHERE email = 'expert@demo.example')
        WHERE id IN (SELECT user_id FROM workflows_expert WHERE status = 'enrolled')""",
    """INSERT INTO account_emailaddress (user_id, email, verified, "primary")
       SELECT id, email, true, true FROM accounts_user u
        WHERE id IN (SELECT user_id FROM workflows_expert WHERE status = 'enrolled')
          AND NOT EXISTS (SELECT FROM account_emailaddress e WHERE e.user_id = u.id)""",
)


class Experts:
    """Each expert in a browser context of their own, signed in when they are first needed."""

    def __init__(self, visit: Any, site: Site) -> None:
        self.visit, self.site = visit, site
        self.pages: dict[str, Page] = {}
        for statement in LET_IN:
            site.sql(statement)

    def of(self, email: str) -> Page:
        """The page of whoever has this address."""
        if email not in self.pages:
            self.site.accounts.setdefault(email, {"email": email, "password": PASSWORD})
            self.pages[email] = self.visit(email)
        return self.pages[email]

    def all_of(self, emails: Iterable[str]) -> list[Page]:
        return [self.of(email) for email in emails]


def test_project_from_application_to_signed_conclusion_and_approval(visit: Any, site: Site) -> None:
    bureau, clerk = visit("bureau"), visit("clerk")
    first, second = visit("official"), visit("official2")
    case = site.value(
        "SELECT id FROM workflows_application WHERE programme = 'project-review' AND state = 'draft'"
    )
    applies(bureau, case)
    for step in ("accept", "examine", "put_to_panel"):
        office.take_step(clerk, case, step)

    session = is_drawn(clerk, (first, second), site, case)
    experts = Experts(visit, site)
    seats = everybody_answers(experts, clerk, site, session, case)
    sitting = experts.all_of(seats.values())
    assert len(sitting) == SIZE
    draw_is_public(visit(None), site, session)
    is_held(bureau, clerk, dict(zip(seats, sitting, strict=True)), session, case)
    is_concluded(clerk, dict(zip(seats, sitting, strict=True)), site, session, case)

    is_revised(bureau, sitting[0], case)
    assert site.state_of(case) == "verified"
    is_approved(clerk, first, second, site, case)
    go(bureau, f"/my/applications/{case}/")
    sees(bureau, "140,000.00")
    events = site.sql("SELECT step FROM workflows_event WHERE application_id = %s ORDER BY seq", case)
    assert [step for (step,) in events] == EVENTS


def applies(page: Page, case: int) -> None:
    """A price that cannot be read is said beside its input; the deviation is seen as one types."""
    go(page, f"/my/applications/{case}/form/budget/")
    line = {"item": "server", "what": "应用服务器", "quantity": "2", "price_fen": "8万"}
    answer(page, **{f"budget.0.{name}": value for name, value in line.items()})
    press(page, "button[value=next]")
    expect(page.locator("[name='budget.0.price_fen']")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#field-budget-error")).to_contain_text("第 1 行")
    answer(page, **{"budget.0.price_fen": "84000"})
    expect(page.locator("[data-part=budget]")).to_contain_text("+20.0%", timeout=15_000)
    press(page, "button[value=list]")
    employer.attach(page, case, "plan", "estimate")
    go(page, f"/my/applications/{case}/check/")
    expect(page.locator("#budget tbody tr.held")).to_have_count(1)
    page.check("#declared")
    press(page, "#declaration button.btn")


def is_drawn(clerk: Page, officials: tuple[Page, Page], site: Site, case: int) -> int:
    """The pool is frozen, two officials commit and reveal, the panel is drawn and invited; the session's id."""
    held_on = timezone.localdate() + timedelta(days=IN_DAYS)
    room = site.value("SELECT min(id) FROM workflows_room WHERE closed_at IS NULL")
    session = panel.make_session(clerk, site.round_of(case), case, held_on=held_on, room=room)
    for field in ("IT", "GV"):
        clerk.check(f"[name=in_field][value={field}]")
    press(clerk, "form[action$='/do/announce/'] button.btn")
    secrets = []
    for page in officials:
        go(page, f"/desk/sessions/{session}/")
        press(page, "form[action$='/do/commit/'] button.btn")
        secrets.append(page.locator("[role=status] .code").inner_text())
    for page, secret in zip(officials, secrets, strict=True):
        go(page, f"/desk/sessions/{session}/")
        answer(page, secret=secret)
        press(page, "form[action$='/do/reveal/'] button.btn")
    go(clerk, f"/desk/sessions/{session}/")
    press(clerk, "form[action$='/do/draw/'] button.btn")
    panel.act(clerk, session, "invite")
    return session


def everybody_answers(experts: Experts, clerk: Page, site: Site, session: int, case: int) -> dict[int, str]:
    """One declines, one accepts and then recuses themselves; the next of the draw are asked by themselves.

    The seats of the panel, the chair's first: id → e-mail.
    """
    invited = panel.seats(site, session, "invited")
    assert len(invited) == SIZE
    *coming, declining = invited
    panel.decline(experts.of(invited[declining]), declining, "当天在外地出差。")
    for seat in coming:
        panel.accept(experts.of(invited[seat]), seat)
    recusing = coming[-1]
    panel.recuse(experts.of(invited[recusing]), case, "配偶在该单位任职。")
    site.nudge("workflows.sweep_sessions")
    until(lambda: len(panel.seats(site, session, "invited")) == 2, what="the seat of who recused themselves")

    followers = panel.seats(site, session, "invited")
    assert sorted(followers) == [panel.follower(site, declining), panel.follower(site, recusing)]
    for seat, email in followers.items():
        panel.accept(experts.of(email), seat)
    panel.act(clerk, session, "confirm")
    return panel.seats(site, session, "confirmed")


def draw_is_public(page: Page, site: Site, session: int) -> None:
    """Everybody reads by codes who left, why, and who followed."""
    announced, certificate = site.sql(
        "SELECT announced_sha256, certificate FROM workflows_reviewsession WHERE id = %s", session
    )[0]
    replaced = certificate["replacements"]
    assert [one["reason"] for one in replaced] == ["declined", "conflict"]
    go(page, f"/draws/{announced}/")
    sees(page, *(one["out"] for one in replaced), *(one["in"] for one in replaced))


def is_held(bureau: Page, clerk: Page, sitting: dict[int, Page], session: int, case: int) -> None:
    """The bureau names who presents; the panel signs in, by the code on the board and by the secretary; all score."""
    go(bureau, f"/my/applications/{case}/")
    press(bureau, f"a[href='/my/applications/{case}/defence/']")
    answer(bureau, name="何科长", email="he@bureau.example")
    press(bureau, "form:has([name=email]) button.btn")

    go(clerk, f"/desk/sessions/{session}/board/")
    by_code, *ticked = sitting
    panel.sign_in(sitting[by_code], by_code, clerk.locator("#board .otp").inner_text())
    for seat in ticked:
        panel.on_board(clerk, session, f"button[name=seat][value='{seat}']")
    panel.on_board(clerk, session, "form[action$='/do/open/'] button")
    sees(clerk, "何科长")
    panel.on_board(clerk, session, "form[action$='/do/call/'] button")
    panel.on_board(clerk, session, "form[action$='/do/questions/'] button")
    for n, page in enumerate(sitting.values()):
        panel.undertake(page, case)
        expect(page.locator("#budget tbody tr")).to_have_count(1)
        panel.score(page, case, "project-review", 0.7 + n / 50)
    # The board has seen it by itself.
    expect(clerk.locator("#board")).to_contain_text(f"{SIZE}/{SIZE}")
    panel.on_board(clerk, session, "form[action$='/do/end/'] button")


def is_concluded(clerk: Page, sitting: dict[int, Page], site: Site, session: int, case: int) -> None:
    """To pass after a revision, with a cut; the minutes are frozen and signed by all."""
    chair = next(iter(sitting.values()))
    panel.conclude_case(chair, case, "ask_revision", opinion=OPINION, cut="28000")
    panel.act(clerk, session, "conclude")
    for seat, page in sitting.items():
        panel.sign(page, seat)
    minutes = panel.minutes_of(clerk, session)
    names = site.sql(
        "SELECT name FROM workflows_expert e JOIN workflows_seat s ON s.expert_id = e.id WHERE s.id = ANY(%s)",
        list(sitting),
    )
    for words in ("同意立项", "28,000.00", *(name for (name,) in names)):
        assert words in minutes
    assert site.value("SELECT stage FROM workflows_reviewsession WHERE id = %s", session) == "signed"


def is_revised(bureau: Page, chair: Page, case: int) -> None:
    """What the panel asked for is handed in and confirmed by its chair."""
    go(bureau, f"/my/applications/{case}/")
    press(bureau, f"a.btn[href='/my/applications/{case}/revision/']")
    sees(bureau, OPINION)
    employer.attach(bureau, case, "revised_plan")
    go(bureau, f"/my/applications/{case}/revision/")
    press(bureau, "form:has([name=key]) button.btn")
    panel.conclude_case(chair, case, "confirm_revision")


def is_approved(clerk: Page, first: Page, second: Page, site: Site, case: int) -> None:
    """In a batch: verified by one official, signed by the other."""
    batch = office.open_batch(clerk, site.round_of(case))
    office.add_to_batch(clerk, batch, case)
    office.act_on_batch(clerk, batch, "hand_in")
    office.act_on_batch(second, batch, "verify")
    authority.approve(first, batch)
    assert site.state_of(case) == "closed"
