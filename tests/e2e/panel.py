"""What a panel does: the secretary's session, and the pages of each expert."""

import io
from typing import Any

import pypdf
from playwright.sync_api import Page, expect

from tests.e2e.acts import answer, go, number_in, press
from tests.e2e.site import Site
from workflows.programmes import programme
from workflows.review.counting import leaves


def make_session(page: Page, round_: int, case: int, **slot: Any) -> int:
    """A session of this one case; its id. Without a day each member scores on their own."""
    go(page, "/desk/sessions/")
    press(page, "a[href='/desk/sessions/make/']")
    answer(page, round=round_)
    press(page, "form:has([name=round]) button.btn")
    answer(page, **slot)
    page.check(f"[name=case][value='{case}']")
    press(page, "form:has([name=held_on]) button.btn")
    return number_in(page, "/desk/sessions/#/")


def seat(page: Page, session: int, codes: list[str], reason: str) -> None:
    """Experts are seated without a draw."""
    go(page, f"/desk/sessions/{session}/")
    page.locator("details:has([name=codes]) summary").click()
    form = "form[action$='/do/seat/']"
    page.fill(f"{form} [name=codes]", " ".join(codes))
    page.fill(f"{form} [name=reason]", reason)
    press(page, f"{form} button.btn")
    expect(page.locator("#errors")).to_have_count(0)


def act(page: Page, session: int, action: str) -> None:
    """Press the button of the session's present task."""
    go(page, f"/desk/sessions/{session}/")
    press(page, f"#turn form[action$='/do/{action}/'] button.btn")
    expect(page.locator("#errors")).to_have_count(0)


def on_board(page: Page, session: int, button: str) -> None:
    """Press something on the board, which is drawn anew without loading the page."""
    if not page.url.endswith(f"/sessions/{session}/board/"):
        go(page, f"/desk/sessions/{session}/board/")
    with page.expect_response(lambda answered: "/board/do/" in answered.url):
        page.locator(f"#board {button}").click()
    expect(page.locator("#errors")).to_have_count(0)


def open_seat(page: Page, seat_: int) -> None:
    """From the list of one's sessions to the page of a seat, by what waits there."""
    go(page, "/reviewer/sessions/")
    press(page, f"[aria-labelledby=waiting] a[href='/reviewer/sessions/{seat_}/']")


def accept(page: Page, seat_: int) -> None:
    open_seat(page, seat_)
    press(page, "form[action$='/do/accept/'] button.btn")


def decline(page: Page, seat_: int, reason: str) -> None:
    open_seat(page, seat_)
    page.locator("main details:has([name=reason]) summary").click()
    answer(page, reason=reason)
    press(page, "form[action$='/do/decline/'] button.btn")


def sign_in(page: Page, seat_: int, code: str) -> None:
    """On the day, with the code that the board shows in the room."""
    go(page, f"/reviewer/sessions/{seat_}/")
    answer(page, code=code)
    press(page, "form[action$='/do/sign_in/'] button.btn")
    expect(page.locator("form[action$='/do/sign_in/']")).to_have_count(0)


def minutes_of(page: Page, session: int) -> str:
    """The words of the minutes' PDF."""
    go(page, f"/desk/sessions/{session}/")
    address = page.locator("a[href$='/minutes.pdf']").get_attribute("href")
    got = page.request.get(f"{page.site}{address}")
    return "".join(sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(got.body())).pages)


def sign(page: Page, seat_: int) -> None:
    """The minutes wait for each member's signature."""
    open_seat(page, seat_)
    press(page, "form[action$='/do/sign/'] button.btn")
    expect(page.locator("#errors")).to_have_count(0)


def undertake(page: Page, case: int) -> None:
    """Nothing of the case is seen before."""
    go(page, "/reviewer/")
    press(page, f"main a[href='/reviewer/{case}/']")
    page.check("#agreed")
    press(page, f"form[action='/reviewer/{case}/undertake/'] button.btn")


def recuse(page: Page, case: int, reason: str) -> None:
    """The case is gone at once."""
    go(page, f"/reviewer/{case}/")
    page.locator("aside summary").click()
    answer(page, reason=reason)
    press(page, f"form[action='/reviewer/{case}/recuse/'] button.btn")
    gone = page.goto(f"{page.site}/reviewer/{case}/")
    assert gone is not None
    assert gone.status == 404
    page.complaints[:] = [said for said in page.complaints if "status of 404" not in said]


def score(page: Page, case: int, slug: str, share: float) -> None:
    """Each criterion gets this share of its points; submitted after a last look."""
    rubric = programme(slug).rubric
    assert rubric is not None
    if not page.url.endswith(f"/reviewer/{case}/"):
        go(page, f"/reviewer/{case}/")
    press(page, f"a.btn[href='/reviewer/{case}/sheet/']")
    answer(page, **{f"score-{leaf.name}": f"{float(leaf.points) * share:g}" for leaf in leaves(rubric)})
    press(page, "form.scores button.btn:not([type=button])")
    press(page, "form:has([name=sha256]) button.btn")


def conclude_case(page: Page, case: int, step: str, **words: str) -> None:
    """The chair states what the scores come to, or whether the revision is enough."""
    go(page, "/reviewer/")
    press(page, f"main a[href='/reviewer/{case}/conclusion/']")
    form = f"form:has([name=step][value={step}])"
    for name, text in words.items():
        page.fill(f"{form} [name={name}]", text)
    press(page, f"{form} button.btn")
    expect(page.locator("#errors")).to_have_count(0)


def seats(site: Site, session: int, *states: str) -> dict[int, str]:
    """The seats in these states, the chair's first: id → the expert's e-mail."""
    found = site.sql(
        """SELECT s.id, u.email FROM workflows_seat s JOIN workflows_expert e ON e.id = s.expert_id
             JOIN accounts_user u ON u.id = e.user_id
            WHERE s.session_id = %s AND s.state = ANY(%s) ORDER BY s.is_chair DESC, s.id""",
        session,
        list(states),
    )
    return dict(found)


def follower(site: Site, seat_: int) -> int:
    """The seat that follows one that has fallen."""
    found: int = site.value("SELECT id FROM workflows_seat WHERE follows_id = %s", seat_)
    return found
