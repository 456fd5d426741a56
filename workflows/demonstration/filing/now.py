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
from workflows.demonstration.filing import panel
from workflows.demonstration.filing.firms import EMBEDDED, SLUG, Filing
from workflows.demonstration.firms import FIRST_CODE
from workflows.demonstration.founder_2019 import panels
from workflows.demonstration.identities import Identities
from workflows.demonstration.office import BatchTimes, Office
from workflows.demonstration.papers import Press
from workflows.demonstration.replay import LATER, Replay
from workflows.models import Round

POLICY = "2021"
NOTICE_DAYS = 5
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
        round_.programme,
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
        begun = self._claim(ON_PANEL, 15, accept=13, examine=9, put_to_panel=6)
        self._begin_panel(begun)
        noticed = self._claim(NOTICED, 24, accept=22, examine=18, put_to_panel=17)
        to_file, filed = (
            self._claim(one, 34, accept=32, examine=28, put_to_panel=27) for one in (TO_FILE, FILED)
        )
        self._hear([noticed], 10)
        self._hear([to_file, filed], 20)
        self._publish(noticed, 8, 3)
        self._publish(to_file, 17, 12)
        self._publish(filed, 19, 16)
        self.office.end_notices(self.ago(4, 0, 5))
        self.replay.step(self.ago(9, 9, 40), "issue_certificate", ids(filed), self.cast.official)
        return [waiting, short, queued, begun, noticed, to_file, filed]

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

    def _hear(self, claims: list[Claim], day: int) -> None:
        """Drawn in public, heard so many days ago, passed."""
        held = panel.hearing(self.cast, self.round, [(claim, "") for claim in claims], self.ago(day, 9, 30))
        panel.hold(self.replay, held, lambda back, hour: self.ago(day + back, hour))

    def _publish(self, claim: Claim, opened: int, released: int) -> None:
        """Its batch was opened, its notice released so many days ago; one that is long over has ended."""
        times = BatchTimes(
            self.ago(opened, 10), self.ago(opened, 16), self.ago(opened - 1, 10, 20), self.ago(released + 1, 9, 40),
            self.ago(released, 9, 5),
        )  # fmt: skip
        start = times.consolidated - timedelta(minutes=1)
        self.replay.on(start, lambda _: self.office.batch([claim.id], times))
        if released > NOTICE_DAYS:
            self.office.end_notices(self.ago(released - NOTICE_DAYS - 1, 0, 5))

    def _begin_panel(self, claim: Claim) -> None:
        """The panel met some days ago: two have scored; the account that is given out has not given its undertaking."""
        start = self.ago(3, 9, 30)
        held = panel.hearing(self.cast, self.round, [(claim, "")], start)
        self.replay.on(self.ago(6, 14), held.make)
        self.replay.on(self.ago(6, 15), lambda now: panels.seat(held, now))
        self.replay.on(self.ago(5, 9), held.answer)
        self.replay.on(self.ago(4, 16), held.confirm)
        self.replay.on(start, lambda now: held.open(now, leaving_out=panels.first(held, 1)))
        self.replay.on(
            start + timedelta(minutes=2),
            lambda now: held.hear_case(0, now, leaving_out=panels.first(held, 3)),
        )
