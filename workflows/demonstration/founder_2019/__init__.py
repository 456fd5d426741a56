"""The founder award of 2019 as it went: check, inspection, experts, approval, notice, payment."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

from workflows import rounds
from workflows.demonstration import cases
from workflows.demonstration.cases import Claim, ids
from workflows.demonstration.cast import Cast, ensure_employers
from workflows.demonstration.days import Days, at
from workflows.demonstration.founder_2019 import inspections, panels
from workflows.demonstration.founder_2019.plan import SEED, YEAR, Course, plan
from workflows.demonstration.identities import Identities
from workflows.demonstration.office import BatchTimes, Office
from workflows.demonstration.papers import Press
from workflows.demonstration.replay import Replay, act
from workflows.models import Round

OPENS_ON, CLOSES_ON = date(2019, 6, 3), date(2019, 6, 28)
BUDGET_FEN = 1_600_000_000
TOO_SMALL = "上年末创业人才持股 12.5%，未达到 20%。"
ASKED_FOR = {
    "kind": "paper",
    "target": "audit_report",
    "words": "审计报告缺少业务收入明细，请补充后重新上传。",
}


def open_round(cast: Cast) -> Round:
    """The call of 2019."""
    return rounds.open_round(
        "founder-revenue-award", "2019", YEAR, handler=cast.association, authority=cast.authority,
        opens_at=at(OPENS_ON, 9), closes_at=at(CLOSES_ON, 18), budget_fen=BUDGET_FEN,
    )  # fmt: skip


def play(replay: Replay, round_: Round, cast: Cast, days: Days, press: Press) -> None:
    """Put the whole year on the agenda and play it."""
    courses = plan()
    identities = Identities(Random(SEED))  # noqa: S311 - a demonstration, not a secret
    employers = ensure_employers([c.firm for c in courses], [identities.name() for _ in courses])
    year = _Year(replay, Office(replay, round_, cast), cast, days, press, identities.random)
    for course in courses:
        firm, owner = employers[course.firm.ordinal]
        answers = cases.answers(firm, owner, identities)
        year.claim(course, Claim(
            firm=firm, by=owner, started_at=at(days.after(OPENS_ON, 1), 10, 0, identities.random),
            answers={**answers, "founder_name": identities.name(), **course.answers},
        ))  # fmt: skip
    cases.prepare(round_, [claim for _, claim in year.claims], press)
    year.take_in()
    year.inspect()
    year.review()
    year.decide()
    replay.run()


class _Year:
    """The acts of the year, put on the agenda of a replay; days are working days from the window's first."""

    def __init__(
        self, replay: Replay, office: Office, cast: Cast, days: Days, press: Press, random: Random
    ) -> None:
        self.replay, self.office, self.cast, self.days, self.press = replay, office, cast, days, press
        self.random = random
        self.claims: list[tuple[Course, Claim]] = []

    def claim(self, course: Course, claim: Claim) -> None:
        self.claims.append((course, claim))

    def on(self, n: int, hour: int, minute: int = 0) -> datetime:
        return at(self.days.after(OPENS_ON, n), hour, minute)

    def those(self, *leaving: str) -> list[Claim]:
        """The claims of those who have not failed at one of these points."""
        return [claim for course, claim in self.claims if course.fails not in leaving]

    def take_in(self) -> None:
        """Submitted over the window, accepted two days later, checked together when the window is closed."""
        for n, (course, claim) in enumerate(self.claims):
            day = 2 + n * 15 // len(self.claims)
            self.replay.step(self.on(day, 9 + n % 8, 11 * n % 60), "submit", ids(claim), claim.by)
            accepted = self.on(day + 2, 14, 3 * n)
            if course.corrects:
                self._correct(day, claim)
                accepted = self.on(day + 6, 10, 3 * n)
            self.replay.step(
                accepted, "accept", ids(claim), self.cast.clerk if n % 2 else self.cast.second_clerk
            )
            if course.fails == "share":
                self.replay.step(
                    self.on(27, 11, 10), "turn_down", ids(claim), self.cast.clerk, reason=TOO_SMALL
                )
        self.replay.step(self.on(27, 10, 20), "examine", ids(*self.those("share")), self.cast.second_clerk)

    def _correct(self, day: int, claim: Claim) -> None:
        asked, answered = self.on(day + 2, 15, 20), self.on(day + 4, 10, 40)
        self.replay.step(asked, "ask_correction", ids(claim), self.cast.clerk, data={"points": [ASKED_FOR]})

        def answer(now: datetime) -> None:
            cases.replace_paper(claim, "audit_report", now, self.press)
            cases.answer_all(claim, "已补充收入明细。", now)
            act("resubmit", [claim.id], claim.by, now)

        self.replay.on(answered, answer)

    def inspect(self) -> None:
        """Three firms a tour, two inspectors; a clerk then takes the step that each signed report says."""
        there = [(course, claim) for course, claim in self.claims if course.fails != "share"]
        self.replay.step(
            self.on(29, 9, 30), "order_inspection", ids(*self.those("share")), self.cast.second_clerk
        )
        for n in range(0, len(there), 3):
            planned_on, day = (self.days.after(OPENS_ON, last + n // 3) for last in (30, 32))
            inspections.tour(self.replay, self.office, planned_on, day, there[n : n + 3])
        decided = self.on(32 + len(there) // 3 + 1, 10, 20)
        for step, fails in (("fail_inspection", True), ("pass_inspection", False)):
            mine = [claim for course, claim in there if (course.fails in inspections.FAILING) is fails]
            self.replay.step(decided, step, ids(*mine), self.cast.clerk)

    def review(self) -> None:
        """Before five experts, in two sessions of a day each; the chair concludes what their scores come to."""
        there = [(course, claim) for course, claim in self.claims if course.fails in ("", "review")]
        self.replay.step(
            self.on(41, 10, 0), "put_to_panel", ids(*(claim for _, claim in there)), self.cast.clerk
        )
        half = (len(there) + 1) // 2
        for n, some in enumerate((there[:half], there[half:])):
            self._hear(46 + n, some)

    def _hear(self, n: int, some: Sequence[tuple[Course, Claim]]) -> None:
        """Made, seated, answered, confirmed, held and signed; the day is the `n`th."""
        start = self.on(n, 8, 40)
        verdicts = [(claim, panels.verdict(bool(course.fails), self.random)) for course, claim in some]
        hearing = panels.hearing(self.cast, self.office.round, verdicts, start, seed=SEED + n)
        panels.hold(self.replay, hearing, lambda back, hour: self.on(n - back, hour))

    def decide(self) -> None:
        """One batch of all, its notice, and the payment."""
        passed = [claim for course, claim in self.claims if not course.fails]
        times = BatchTimes(
            self.on(50, 10, 11),
            self.on(50, 16, 45),
            self.on(51, 10, 20),
            self.on(52, 9, 40),
            self.on(53, 9, 5),
        )
        self.replay.on(self.on(50, 10, 10), lambda _: self.office.batch(ids(*passed)(), times))
        self.office.end_notices(at(self.days.after(OPENS_ON, 58) + timedelta(days=1), 0, 5))
        self.office.pay(self.on(61, 10), self.on(64, 14, 20))
        self.replay.on(self.on(64, 14, 40), self.office.close_finished)
