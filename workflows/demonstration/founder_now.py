"""This year's round of the founder award: something waits for the firm, the clerk, the inspectors, the experts, the
official and the cashier. Few cases, for each comes a long way."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from random import Random

from django.conf import settings
from django.utils import timezone

from accounts.models import Industry, Organisation, User
from workflows import rounds
from workflows.demonstration import cases
from workflows.demonstration.cases import Claim, ids
from workflows.demonstration.cast import Cast, ensure_employers
from workflows.demonstration.days import Days, at
from workflows.demonstration.firms import FIRST_CODE, Firm
from workflows.demonstration.founder_2019 import inspections, panels
from workflows.demonstration.founder_2019.plan import Course
from workflows.demonstration.hearings import Hearing
from workflows.demonstration.identities import Identities, made_up_credit_code
from workflows.demonstration.office import BatchTimes, Office
from workflows.demonstration.papers import Press
from workflows.demonstration.replay import LATER, Replay
from workflows.models import Round
from workflows.review.inspections import tours

SLUG, POLICY = "founder-revenue-award", "2020"
OPENED_DAYS_AGO, CLOSES_IN_DAYS, UNREAD_DAYS = 60, 30, 3
BUDGET_FEN = 1_600_000_000
FIRST_ORDINAL = 761
FIRMS = (
    ("鹭岛双百智联软件", Industry.SOFTWARE),
    ("海沧双百康源生物科技", Industry.BIOMEDICINE),
    ("集美双百光谷微电子", Industry.ELECTRONICS),
    ("思明双百云图数据服务", Industry.SOFTWARE),
    ("湖里双百恒森新材料", Industry.NEW_MATERIALS),
    ("翔云双百博维信息技术", Industry.SOFTWARE),
    ("同安双百安诚医疗器械", Industry.BIOMEDICINE),
)


def play(cast: Cast, now: datetime, press: Press) -> Round:
    """Make this year's round and everything that has happened in it so far."""
    today = timezone.localdate(now)
    days = Days.between(today - timedelta(days=150), today + timedelta(days=60))
    round_ = rounds.open_round(
        SLUG, POLICY, today.year, handler=cast.association, authority=cast.authority,
        opens_at=at(days.before(today, OPENED_DAYS_AGO), 9), closes_at=at(today + timedelta(days=CLOSES_IN_DAYS), 18),
        budget_fen=BUDGET_FEN,
    )  # fmt: skip
    replay = Replay(
        round_.programme,
        unread_since=at(days.before(today, UNREAD_DAYS), 0),
        mailed_since=at(days.before(today, 1), 0) if settings.DEMO else LATER,
    )
    identities = Identities(Random(today.year + 7))  # noqa: S311 - a demonstration, not a secret
    courses = _courses(today.year, identities.random)
    employers = ensure_employers([one.firm for one in courses], [identities.name() for _ in courses])

    def ago(n: int, hour: int, minute: int = 0) -> datetime:
        return at(days.before(today, n), hour, minute)

    stations = _Stations(replay, round_, cast, ago, identities)
    claims = [stations.draft(), *stations.all([(one, *employers[one.firm.ordinal]) for one in courses])]
    cases.prepare(round_, claims, press)
    replay.run()
    return round_


def _courses(year: int, random: Random) -> list[Course]:
    return [
        Course(
            firm=Firm(FIRST_ORDINAL + n, f"厦门示例{name}有限公司", made_up_credit_code(FIRST_ORDINAL + n),
                      str(industry), "siming", people=0),
            revenue_fen=random.randrange(42, 160) * 100_000_000, share_percent=f"{random.randrange(320, 700) / 10}",
            selected_year=random.randrange(year - 8, year - 3), first_reached_year=year - 1 - n % 3,
            earlier_claims=n % 2,
        )
        for n, (name, industry) in enumerate(FIRMS)
    ]  # fmt: skip


class _Stations:
    """Each firm as far as it has come; days are working days before today."""

    def __init__(
        self, replay: Replay, round_: Round, cast: Cast, ago: Callable[..., datetime], identities: Identities
    ) -> None:
        self.replay, self.round, self.cast, self.ago, self.identities = replay, round_, cast, ago, identities
        self.office = Office(replay, round_, cast)

    def draft(self) -> Claim:
        """The demonstration's own firm: the section on revenue and two papers are missing."""
        firm, agent = Organisation.objects.get(credit_code=FIRST_CODE), self.cast.people["agent"]
        year = self.round.year
        said = {"major_project": "no", "founder_name": firm.legal_representative, "selected_year": str(year - 4),
                "share_percent": "36.5", "invested_fen": "0"}  # fmt: skip
        return Claim(
            firm=firm, by=agent, started_at=self.ago(2, 11), declared=False,
            answers={**cases.answers(firm, agent, self.identities), **said},
            without_sections=frozenset({"revenue"}), without_papers=frozenset({"audit_report", "tax_returns"}),
        )  # fmt: skip

    def all(self, rows: list[tuple[Course, Organisation, User]]) -> list[Claim]:
        """To be accepted, to be checked, to be visited today (two), before the panel, to be approved, to be paid."""
        made = [(course, self._claim(course, firm, owner)) for course, firm, owner in rows]
        waiting, accepted, *far = [claim for _, claim in made]
        visited, seen = far[:2], made[4:]
        self._take_in([waiting], 2)
        self._take_in([accepted], 8, accept=6)
        self._take_in(visited, 20, accept=18, examine=12, order_inspection=8)
        self.replay.on(self.ago(5, 10), lambda now: self._tour_today(visited, now))
        self._take_in([claim for _, claim in seen], 50, accept=48, examine=44, order_inspection=42)
        inspections.tour(self.replay, self.office, self.ago(41, 0).date(), self.ago(36, 0).date(), seen)
        _, *passed = [claim for _, claim in seen]
        inspected = ids(*(claim for _, claim in seen))
        self.replay.step(self.ago(35, 10, 20), "pass_inspection", inspected, self.cast.clerk)
        self.replay.step(self.ago(34, 10), "put_to_panel", inspected, self.cast.clerk)
        self._hear(passed, 28)
        self._on_panel(seen[0][1])
        to_approve, to_pay = passed
        self._batch(to_pay, 25, 24, 24, 23, 22)
        self.office.end_notices(self.ago(16, 0, 5))
        self._batch(to_approve, 4, 3, 2)
        return [claim for _, claim in made]

    def _claim(self, course: Course, firm: Organisation, owner: User) -> Claim:
        answers = cases.answers(firm, owner, self.identities)
        answers |= {"founder_name": self.identities.name(), **course.answers}
        return Claim(firm=firm, by=owner, started_at=self.ago(55, 10), answers=answers)

    def _take_in(self, claims: list[Claim], submitted: int, **until: int) -> None:
        for n, claim in enumerate(claims):
            self.replay.step(self.ago(submitted, 10, 12 * n), "submit", ids(claim), claim.by)
        for order, (step, day) in enumerate(until.items()):
            clerk = self.cast.clerk if order % 2 else self.cast.second_clerk
            self.replay.step(self.ago(day, 9 + order, 35), step, ids(*claims), clerk)

    def _tour_today(self, visited: list[Claim], now: datetime) -> None:
        """Two inspectors go out today; the phone page is theirs."""
        stops = [tours.Stop(claim.id, time(9 + 5 * n, 30)) for n, claim in enumerate(visited)]
        today = self.ago(0, 9).date()
        tours.plan(
            self.round, held_on=today, inspectors=[self.cast.clerk, self.cast.second_official], stops=stops,
            by=self.cast.second_clerk, key=f"demo:tour:{today}", at=now,
        )  # fmt: skip

    def _session(self, claims: list[Claim], start: datetime) -> Hearing:
        pairs = [(claim, panels.verdict(False, self.identities.random)) for claim in claims]
        return panels.hearing(self.cast, self.round, pairs, start, seed=self.round.year)

    def _hear(self, claims: list[Claim], day: int) -> None:
        held = self._session(claims, self.ago(day, 9))
        panels.hold(self.replay, held, lambda back, hour: self.ago(day + back, hour))

    def _on_panel(self, claim: Claim) -> None:
        """Being held since yesterday: two have scored, the account that is given out has not."""
        held = self._session([claim], self.ago(1, 9))
        panels.prepare(self.replay, held, lambda back, hour: self.ago(1 + back, hour))
        self.replay.on(
            self.ago(1, 9, 2), lambda now: held.hear_case(0, now, leaving_out=panels.first(held, 3))
        )

    def _batch(self, claim: Claim, *days: int) -> None:
        times = [self.ago(day, 9 + 2 * n, 30) for n, day in enumerate(days)]
        start = times[0] - timedelta(minutes=1)
        self.replay.on(start, lambda _: self.office.batch([claim.id], BatchTimes(*times)))
