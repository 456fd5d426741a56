"""The round that runs now: cases at every station, so that each role has something to do at once.

Days are counted in working days before today. Everything happened at office hours of the last weeks.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import Membership, Organisation, Role, User
from workflows import objections
from workflows.demonstration import cases
from workflows.demonstration.cases import Claim, ids
from workflows.demonstration.cast import Cast, ensure_employers
from workflows.demonstration.days import Days, at
from workflows.demonstration.firms import FIRST_CODE, Firm
from workflows.demonstration.identities import Identities
from workflows.demonstration.office import BatchTimes, Office
from workflows.demonstration.papers import Press
from workflows.demonstration.people import GRANTED, REFUSALS, SINCE_2021, draw, fate
from workflows.demonstration.replay import LATER, Replay, act
from workflows.models import NoticeLine, Person, Round

POLICY = "2021"
OPENED_DAYS_AGO = 52
CLOSES_IN_DAYS = 35
UNREAD_DAYS = 3
SISTERS = (
    Firm(901, "厦门示例云计算有限公司", "91350299MA0DEM101M", "software", "siming", 4),
    Firm(902, "厦门示例数据服务有限公司", "91350299MA0DEM11XD", "software", "huli", 4),
)
ASKED_FOR: tuple[dict[str, Any], ...] = (
    {"kind": "paper", "target": "pay_summary", "words": "薪酬汇总表缺少盖章页，请重新上传。"},
    {"kind": "field", "target": "bank_name", "words": "开户银行请写到支行。"},
)
DIFFERS = "申报税额与税务记录不符，请核对后按完税证明更正。"


@dataclass
class Present:
    """The acts of the last weeks, put on the agenda of a replay."""

    replay: Replay
    round: Round
    cast: Cast
    press: Press
    days: Days
    now: datetime
    identities: Identities
    employers: list[tuple[Organisation, User]]
    sisters: list[tuple[Organisation, User]]
    claims: list[Claim] = field(default_factory=list)

    @property
    def random(self) -> Random:
        return self.identities.random

    @property
    def office(self) -> Office:
        return Office(self.replay, self.round, self.cast)

    def ago(self, n: int, hour: int, minute: int = 0) -> datetime:
        """The `n`th working day before today, at that time."""
        return at(self.days.before(timezone.localdate(self.now), n), hour, minute)

    # ── who applies

    def claim(
        self, started: int, people: int = 0, *, employer: tuple[Organisation, User] | None = None, **more: Any
    ) -> Claim:
        """An employer that began its draft so many working days ago."""
        firm, owner = employer or self.employers.pop()
        count = people or self.random.randrange(3, 7)
        rows = [
            self.person(fate(self.random, REFUSALS | SINCE_2021) if n > 1 else GRANTED) for n in range(count)
        ]
        made = Claim(
            firm=firm, by=owner, people=rows, started_at=self.ago(started, 9, self.random.randrange(50)),
            answers=cases.answers(firm, owner, self.identities), **more,
        )  # fmt: skip
        self.claims.append(made)
        return made

    def person(self, result: str) -> dict[str, Any]:
        """A row of a roster of which the table says `result`."""
        closes_on = timezone.localdate(self.round.closes_at)
        return draw(
            self.identities, self.random, year=self.round.year, window_ends=closes_on, fate=result
        ).facts

    def walk(self, count: int, submitted: int, **until: int) -> list[Claim]:
        """`count` new employers that submitted so many days ago, and take the steps of `until` so many days ago."""
        made = [self.claim(submitted + 1) for _ in range(count)]
        self.follow(made, submitted, **until)
        return made

    def follow(self, claims: list[Claim], submitted: int, **until: int) -> None:
        """The same for claims that are there; `compare` compares with the tax record as declared."""
        for n, claim in enumerate(claims):
            self.replay.step(self.ago(submitted, 10 + n % 6, 7 * n % 60), "submit", ids(claim), claim.by)
        for order, (step, day) in enumerate(until.items()):
            when = self.ago(day, 9 + order, 20)
            if step == "compare":
                self.replay.on(when, lambda now: self.office.compare(now, ids(*claims)()))
            else:
                clerk = self.cast.clerk if order % 2 else self.cast.second_clerk
                self.replay.step(when, step, ids(*claims), clerk)

    # ── the stations

    def drafts(self) -> None:
        """A draft half filled in, one that lacks the declaration, an empty one, one that is ready."""
        first = Organisation.objects.get(credit_code=FIRST_CODE)
        own = self.claim(
            2, 6, employer=(first, self.cast.people["agent"]), without_sections=frozenset({"account"}),
            without_papers=frozenset({"declaration_of_truth", "payment_letter"}), declared=False,
        )  # fmt: skip
        own.people[-1] = _with_an_error(own.people[-1])
        self.claim(4, 5, declared=False)
        nothing = self.claim(3, 1, declared=False)
        nothing.answers, nothing.people = {}, []
        nothing.without_papers = frozenset(paper.slug for paper in self.round.declaration.papers)
        self.claim(1, 4)

    def intake(self) -> None:
        """Waiting for acceptance, for correction, refused, withdrawn."""
        waiting = [self.walk(1, day)[0] for day in (4, 3, 2, 1, 1)]
        self.replay.step(self.ago(1, 16, 30), "claim", ids(waiting[0]), self.cast.clerk)
        asked = [self.claim(7, 4, employer=self.sisters[0]), self.claim(8)]
        self.follow(asked, 5)
        for claim in asked:
            self.replay.on(self.ago(2, 15, 10), partial(self._ask, claim, ASKED_FOR))
        refused, gone = self.walk(1, 9)[0], self.walk(1, 6)[0]
        self.replay.step(
            self.ago(7, 11, 5), "refuse", ids(refused), self.cast.second_clerk,
            reason="申报主体为分支机构，请由总部申报。",
        )  # fmt: skip
        self.replay.step(self.ago(5, 9, 30), "withdraw", ids(gone), gone.by, reason="名单有遗漏，重新申报。")

    def checks(self) -> None:
        """Preliminary check (one overdue), joint verification with holds, and waiting to be consolidated."""
        self.walk(3, 9, accept=7)
        self.walk(1, 15, accept=12)
        twice = [self.claim(19) for _ in range(2)]
        twice[1].people.append(dict(twice[0].people[0]))
        self.follow(twice, 18, accept=16, examine=9, compare=6)
        differing = self.walk(2, 17, accept=15, examine=8)
        self.replay.on(self.ago(5, 14), lambda now: self._compare_one(now, differing))
        self.replay.on(self.ago(3, 10), lambda now: self._ask_about(now, differing[1]))
        self.walk(2, 14, accept=12, examine=4)
        self.walk(3, 24, accept=22, examine=15, compare=9, verify=3)
        nobody = self.claim(24, 3)
        nobody.people = [self.person("R04") for _ in range(3)]
        self.follow([nobody], 23, accept=21, examine=14, compare=9, verify=2)

    def _compare_one(self, now: datetime, claims: list[Claim]) -> None:
        firsts = [_granted(claim) for claim in claims]
        other = {person.pk: (person.tax_fen or 0) - 12_345_00 for person in firsts}
        self.office.compare(now, ids(*claims)(), other)

    def _ask_about(self, now: datetime, claim: Claim) -> None:
        who = Person.objects.get(application=claim.id, rule="H02")
        self._ask(claim, ({"kind": "person", "person": who.pk, "words": DIFFERS},), now)

    def _ask(self, claim: Claim, points: tuple[dict[str, Any], ...], now: datetime) -> None:
        act("ask_correction", [claim.id], self.cast.clerk, now, data={"points": list(points)})

    def ready(self, count: int, consolidated: int, *, extra: tuple[Claim, ...] = ()) -> list[Claim]:
        """Cases that were verified in time to be consolidated so many days ago."""
        made = [*extra, *(self.claim(consolidated + 23) for _ in range(count))]
        base = consolidated
        self.follow(made, base + 22, accept=base + 20, examine=base + 13, compare=base + 8, verify=base + 2)
        return made

    def batch(self, claims: list[Claim], *days: int) -> None:
        """A batch of `claims`: consolidated, handed in, verified, approved, released so many days ago."""
        times = [self.ago(day, 9 + 2 * n, 30) for n, day in enumerate(days)]
        self.replay.on(
            times[0] - timedelta(minutes=1), lambda _: self.office.batch(ids(*claims)(), BatchTimes(*times))
        )

    def approvals(self) -> None:
        """Batches being prepared, verified, approved, waiting for release, and on public notice."""
        self.batch(self.ready(2, 1), 1)
        self.batch(self.ready(2, 3), 3, 2)
        self.batch(self.ready(3, 4), 4, 4, 2)
        self.batch(self.ready(2, 5), 5, 5, 3, 1)
        noticed = self.ready(3, 6)
        self.batch(noticed, 6, 6, 4, 3, 2)
        self.replay.on(self.ago(1, 15, 45), lambda now: self._object(now, noticed[0]))

    def _object(self, now: datetime, claim: Claim) -> None:
        objections.object_to(
            NoticeLine.objects.filter(application=claim.id).order_by("position")[0], name="周示例",
            contact="13800009999", statement="据了解此人去年已离开该单位，请予核实。",
            key=f"demo:objection:{claim.id}", at=now,
        )  # fmt: skip

    def money(self) -> None:
        """Closed, waiting for the onward receipt, with the bank, and waiting for the next list."""
        paid = self.ready(2, 26, extra=(self.claim(49, 4, employer=self.sisters[1]),))
        self.batch(paid, 26, 26, 25, 24, 23)
        self._end_notice(23)
        self.office.pay(self.ago(15, 10), self.ago(12, 14, 20))
        listed = self.ready(2, 16)
        self.batch(listed, 16, 16, 15, 14, 13)
        self._end_notice(13)
        self.office.pay(self.ago(3, 10), None)
        waiting = self.ready(2, 10)
        self.batch(waiting, 10, 10, 9, 8, 7)
        self._end_notice(7)
        self.replay.on(self.ago(6, 14, 5), lambda now: self._confirm(now, paid[-1]))

    def _end_notice(self, released: int) -> None:
        self.office.end_notices(self.ago(released - 6, 0, 5))

    def _confirm(self, now: datetime, claim: Claim) -> None:
        cases.replace_paper(claim, "onward_receipt", now, self.press)
        act("confirm_onward", [claim.id], claim.by, now)


def play(cast: Cast, now: datetime, press: Press) -> Round:
    """Make this year's round and everything that has happened in it so far."""
    today = timezone.localdate(now)
    days = Days.between(today - timedelta(days=200), today + timedelta(days=90))
    opens_on = days.before(today, OPENED_DAYS_AGO)
    round_ = Round.objects.create(
        programme="talent-tax-rebate", policy=POLICY, year=today.year, handler=cast.association,
        authority=cast.authority, opens_at=at(opens_on, 9),
        closes_at=at(today + timedelta(days=CLOSES_IN_DAYS), 18), budget_fen=1_500_000_000,
    )  # fmt: skip
    replay = Replay(
        unread_since=at(days.before(today, UNREAD_DAYS), 0),
        mailed_since=at(days.before(today, 1), 0) if settings.DEMO else LATER,
    )
    identities = Identities(Random(today.year))  # noqa: S311 - a demonstration, not a secret
    present = Present(
        replay, round_, cast, press, days, now, identities, _employers(identities), _sisters(cast, identities)
    )
    for part in (present.drafts, present.intake, present.checks, present.approvals, present.money):
        part()
    cases.prepare(round_, present.claims, press)
    replay.run()
    return round_


def _employers(identities: Identities) -> list[tuple[Organisation, User]]:
    """Employers of the year 2019 that apply again, with the person who acts for each."""
    again = Organisation.objects.filter(
        credit_code__startswith="91350299MA1",
        industry__in=["software", "electronics", "biomedicine", "new_materials"],
    ).exclude(district="xiangan")
    members = Membership.objects.in_force().filter(organisation__in=again, role=Role.OWNER)
    found = [(m.organisation, m.user) for m in members.select_related("organisation", "user").order_by("pk")]
    identities.random.shuffle(found)
    return found


def _sisters(cast: Cast, identities: Identities) -> list[tuple[Organisation, User]]:
    """Two firms for which the demonstration's agent acts too, so that a correction and a receipt wait for them."""
    made = ensure_employers(SISTERS, [identities.name() for _ in SISTERS])
    agent = cast.people["agent"]
    for firm, _ in made.values():
        Membership.objects.get_or_create(user=agent, organisation=firm, role=Role.AGENT, ended_at=None)
    return [(firm, agent) for firm, _ in made.values()]


def _granted(claim: Claim) -> Person:
    return Person.objects.filter(application=claim.id, result="granted").order_by("position")[0]


def _with_an_error(facts: dict[str, Any]) -> dict[str, Any]:
    """The row with a pay that cannot be read, as an upload would have kept it."""
    words = {"en": "Write the amount in yuan, in digits", "zh": "请以元为单位填写数字，不用“万”"}
    return {
        **facts, "pay_fen": None, "raw": '{"pay_fen": "五十万"}',
        "problems": [{"column": "pay_fen", "code": "not_a_number", **words}],
    }  # fmt: skip
