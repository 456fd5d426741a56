"""The filings of 2019: three batches before panels, two of which lead to a public notice and to certificates."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random

from accounts.models import Organisation, User
from workflows import rounds
from workflows.demonstration import cases
from workflows.demonstration.cases import Claim, ids
from workflows.demonstration.cast import Cast, ensure_employers
from workflows.demonstration.days import Days, at
from workflows.demonstration.filing import panel
from workflows.demonstration.filing.firms import EMBEDDED, SLUG, Filing
from workflows.demonstration.identities import Identities
from workflows.demonstration.office import BatchTimes, Office
from workflows.demonstration.papers import Press
from workflows.demonstration.replay import Replay
from workflows.models import Round

YEAR, SEED = 2019, 2_019_049
OPENS_ON, CLOSES_ON = date(2019, 3, 4), date(2019, 10, 31)
# The day of a batch on which its panel meets; in which of them, from 0, an expert declines.
PANEL_DAY, DECLINED = 16, {1}
NOT_SINGLED_OUT = "审计报告未单列软件产品收入，自主开发收入无法核实，不予通过。"
NOT_OWN = "所附软件著作权与申报产品不一致，研发费用归集不规范，不予通过。"
# Batch → the day on which its enterprises begin, and who they are with what their panel finds wrong.
BATCHES: tuple[tuple[date, tuple[tuple[Filing, str], ...]], ...] = (
    (date(2019, 3, 11), (
        (Filing(821, "鹭云数据科技", "鹭云数据治理平台、鹭云报表系统"), ""),
        (Filing(822, "海翼网络科技", "海翼营销助手", {"own_fen": "12400000"}), NOT_SINGLED_OUT),
    )),
    (date(2019, 6, 10), ((Filing(823, "芯桥智能科技", "芯桥嵌入式控制软件", EMBEDDED), ""),)),
    (date(2019, 9, 9), ((Filing(824, "云帆信息技术", "云帆仓储管理系统"), NOT_OWN),)),
)  # fmt: skip


def open_round(cast: Cast) -> Round:
    """The call of 2019, open for most of the year."""
    return rounds.open_round(
        SLUG, "2016", YEAR, handler=cast.association, authority=cast.authority,
        opens_at=at(OPENS_ON, 9), closes_at=at(CLOSES_ON, 18),
    )  # fmt: skip


def play(replay: Replay, round_: Round, cast: Cast, days: Days, press: Press) -> None:
    """Put the whole year on the agenda and play it."""
    filings = [filing for _, batch in BATCHES for filing, _ in batch]
    identities = Identities(Random(SEED))  # noqa: S311 - a demonstration, not a secret
    employers = ensure_employers([f.firm for f in filings], [identities.name() for _ in filings])
    year = _Year(replay, round_, cast, days, employers, identities)
    claims = [[year.claim(filing, begins) for filing, _ in batch] for begins, batch in BATCHES]
    cases.prepare(round_, [claim for batch in claims for claim in batch], press)
    for n, (begins, batch) in enumerate(BATCHES):
        year.batch(n, begins, list(zip(claims[n], (why for _, why in batch), strict=True)))
    replay.run()


class _Year:
    """The acts of the year; days are working days from the first of a batch."""

    def __init__(
        self,
        replay: Replay,
        round_: Round,
        cast: Cast,
        days: Days,
        employers: dict[int, tuple[Organisation, User]],
        identities: Identities,
    ) -> None:
        self.replay, self.round, self.cast, self.days = replay, round_, cast, days
        self.office = Office(replay, round_, cast)
        self.employers, self.identities = employers, identities

    def claim(self, filing: Filing, begins: date) -> Claim:
        firm, owner = self.employers[filing.ordinal]
        return Claim(
            firm=firm, by=owner, started_at=at(begins, 10, 0, self.identities.random),
            answers=filing.answers(firm, owner, self.identities),
        )  # fmt: skip

    def batch(self, n: int, begins: date, claims: list[tuple[Claim, str]]) -> None:
        """From submission to the panel; whoever passes goes on to approval, notice and certificate."""

        def on(day: int, hour: int, minute: int = 0) -> datetime:
            return at(self.days.after(begins, day), hour, minute)

        all_of_them = [claim for claim, _ in claims]
        for place, claim in enumerate(all_of_them):
            self.replay.step(on(1, 10 + place, 17), "submit", ids(claim), claim.by)
        self.replay.step(on(3, 14, 10), "accept", ids(*all_of_them), self.cast.clerk)
        self.replay.step(on(8, 10, 40), "examine", ids(*all_of_them), self.cast.second_clerk)
        self.replay.step(on(10, 9, 30), "put_to_panel", ids(*all_of_them), self.cast.clerk)
        held = panel.hearing(
            self.cast, self.round, claims, on(PANEL_DAY, 9, 30), declining=int(n in DECLINED)
        )
        panel.hold(self.replay, held, lambda back, hour: on(PANEL_DAY - back, hour))
        if passed := [claim for claim, why in claims if not why]:
            self._file(passed, on(18, 10), on)

    def _file(self, passed: list[Claim], opened: datetime, on: Callable[..., datetime]) -> None:
        times = BatchTimes(opened, on(18, 16), on(19, 10, 20), on(20, 9, 40), on(21, 9, 5))
        self.replay.on(opened - timedelta(minutes=1), lambda _: self.office.batch(ids(*passed)(), times))
        self.office.end_notices(on(27, 0, 5))
        self.replay.step(on(28, 9, 50), "issue_certificate", ids(*passed), self.cast.official)
        self.replay.on(on(28, 10, 30), self.office.close_finished)
