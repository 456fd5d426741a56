"""The round of filings that runs now: a case at every station; clerk, expert and official have something to do."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from django.conf import settings
from django.utils import timezone

from accounts.models import Organisation, User
from workflows import rounds
from workflows.demonstration import cases
from workflows.demonstration.cases import Claim, ids
from workflows.demonstration.cast import Cast, ensure_employers
from workflows.demonstration.days import Days, at
from workflows.demonstration.filing.firms import EMBEDDED, SLUG, Filing
from workflows.demonstration.filing.panel import Panel, Verdict, score, undertake
from workflows.demonstration.firms import FIRST_CODE
from workflows.demonstration.identities import Identities
from workflows.demonstration.office import BatchTimes, Office
from workflows.demonstration.papers import Press
from workflows.demonstration.replay import LATER, Replay
from workflows.models import Round

POLICY = "2021"
OPENED_DAYS_AGO, CLOSES_IN_DAYS, UNREAD_DAYS = 48, 40, 3
OWN = Filing(820, "软件", "示例协同办公软件", {"staff_rd": "18"})
WAITING = Filing(831, "睿联数据服务", "睿联数据交换平台")
SHORT = Filing(832, "光启软件", "光启设计工具", {"rd_spend_fen": "1716000", "rd_domestic_fen": "1716000"})
QUEUED = Filing(833, "卓群信息技术", "卓群门诊系统")
ON_PANEL = Filing(834, "海立智能科技", "海立车载终端软件", EMBEDDED)
NOTICED = Filing(835, "天启网络科技", "天启物联网平台")
TO_FILE = Filing(836, "众成软件", "众成财务软件")
FILED = Filing(837, "博维数据服务", "博维地图引擎")
FILINGS = (WAITING, SHORT, QUEUED, ON_PANEL, NOTICED, TO_FILE, FILED)


def play(cast: Cast, now: datetime, press: Press) -> Round:
    """Make this year's round and everything that has happened in it so far."""
    today = timezone.localdate(now)
    days = Days.between(today - timedelta(days=150), today + timedelta(days=60))
    round_ = rounds.open_round(
        SLUG, POLICY, today.year, handler=cast.association, authority=cast.authority,
        opens_at=at(days.before(today, OPENED_DAYS_AGO), 9), closes_at=at(today + timedelta(days=CLOSES_IN_DAYS), 18),
    )  # fmt: skip
    replay = Replay(
        unread_since=at(days.before(today, UNREAD_DAYS), 0),
        mailed_since=at(days.before(today, 1), 0) if settings.DEMO else LATER,
    )
    identities = Identities(Random(today.year + 49))  # noqa: S311 - a demonstration, not a secret
    employers = ensure_employers([f.firm for f in FILINGS], [identities.name() for _ in FILINGS])

    def ago(n: int, hour: int, minute: int = 0) -> datetime:
        return at(days.before(today, n), hour, minute)

    stations = _Stations(replay, round_, cast, ago, employers, identities)
    claims = [stations.draft(), *stations.all()]
    cases.prepare(round_, claims, press)
    replay.run()
    return round_


class _Stations:
    """Each filing as far as it has come; days are working days before today."""

    def __init__(
        self, replay: Replay, round_: Round, cast: Cast, ago: Callable[..., datetime],
        employers: dict[int, tuple[Organisation, User]], identities: Identities,
    ) -> None:  # fmt: skip
        self.replay, self.round, self.cast, self.ago = replay, round_, cast, ago
        self.employers, self.identities = employers, identities
        self.office = Office(replay, round_, cast)

    def draft(self) -> Claim:
        """The demonstration's own firm: one condition is not reached, the declaration is not made."""
        firm, agent = Organisation.objects.get(credit_code=FIRST_CODE), self.cast.people["agent"]
        return Claim(
            firm=firm, by=agent, started_at=self.ago(2, 10), answers=OWN.answers(firm, agent, self.identities),
            without_papers=frozenset({"rd_account", "own_proof"}), declared=False,
        )  # fmt: skip

    def all(self) -> list[Claim]:
        """The others, from one that waits to one that is filed."""
        waiting, short = self._claim(WAITING, 2), self._claim(SHORT, 6, accept=4)
        queued = self._claim(QUEUED, 12, accept=10, examine=5)
        heard = self._claim(ON_PANEL, 15, accept=13, examine=9, put_to_panel=6)
        self.replay.on(self.ago(3, 9, 30), lambda now: self._begin_panel(heard, now))
        noticed = self._through(NOTICED, 2, first=3, panel=10, opened=8, released=3)
        to_file = self._through(TO_FILE, 3, first=6, panel=18, opened=16, released=11)
        filed = self._through(FILED, 4, first=3, panel=24, opened=22, released=17)
        self.office.end_notices(self.ago(4, 0, 5))
        self.replay.step(self.ago(9, 9, 40), "issue_certificate", ids(filed), self.cast.official)
        return [waiting, short, queued, heard, noticed, to_file, filed]

    def _claim(self, filing: Filing, submitted: int, **until: int) -> Claim:
        """An enterprise that submitted so many days ago, and takes the steps of `until` so many days ago."""
        firm, owner = self.employers[filing.ordinal]
        made = Claim(
            firm=firm, by=owner, started_at=self.ago(submitted + 1, 9, 20),
            answers=filing.answers(firm, owner, self.identities),
        )  # fmt: skip
        self.replay.step(self.ago(submitted, 11, 10), "submit", ids(made), owner)
        for order, (step, day) in enumerate(until.items()):
            clerk = self.cast.clerk if order % 2 else self.cast.second_clerk
            self.replay.step(self.ago(day, 9 + order, 25), step, ids(made), clerk)
        return made

    def _through(
        self, filing: Filing, ordinal: int, *, first: int, panel: int, opened: int, released: int
    ) -> Claim:
        """One that its panel has passed, and whose notice was released so many days ago."""
        made = self._claim(filing, panel + 14, accept=panel + 12, examine=panel + 7, put_to_panel=panel + 5)
        session = Panel(self.replay, self.round, self.cast, ordinal, first=first)
        session.hold([Verdict(lambda: made.id)], self.ago(panel, 9, 30))
        times = BatchTimes(
            self.ago(opened, 10), self.ago(opened, 16), self.ago(opened - 1, 10, 20), self.ago(released + 1, 9, 40),
            self.ago(released, 9, 5),
        )  # fmt: skip
        start = times.consolidated - timedelta(minutes=1)
        self.replay.on(start, lambda _: self.office.batch([made.id], times))
        if released > 5:
            self.office.end_notices(self.ago(released - 6, 0, 5))
        return made

    def _begin_panel(self, heard: Claim, now: datetime) -> None:
        """Two of three have given their undertaking, one of them has scored; the account that is given out has not."""
        panel = Panel(self.replay, self.round, self.cast, 1)
        panel.seat([heard.id], now, books=True)
        _, second, third = panel.experts()
        undertake(heard.id, second, now + timedelta(minutes=20))
        score(heard.id, second, now + timedelta(minutes=32))
        undertake(heard.id, third, now + timedelta(minutes=50))
