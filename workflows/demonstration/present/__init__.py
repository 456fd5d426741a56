"""The round that runs now: cases at every station, so that each role has something to do at once.

Everything happened at office hours of the last weeks.
"""

from datetime import datetime, timedelta
from random import Random

from django.conf import settings
from django.utils import timezone

from accounts.models import Membership, Organisation, Role, User
from workflows import rounds
from workflows.demonstration import cases
from workflows.demonstration.cast import Cast, ensure_employers
from workflows.demonstration.days import Days, at
from workflows.demonstration.firms import Firm
from workflows.demonstration.identities import Identities
from workflows.demonstration.papers import Press
from workflows.demonstration.present import stations
from workflows.demonstration.present.world import Present
from workflows.demonstration.replay import LATER, Replay
from workflows.models import Round

POLICY = "2021"
OPENED_DAYS_AGO = 52
CLOSES_IN_DAYS = 35
UNREAD_DAYS = 3
SISTERS = (
    Firm(901, "厦门示例云计算有限公司", "91350299MA0DEM101M", "software", "siming", 4),
    Firm(902, "厦门示例数据服务有限公司", "91350299MA0DEM11XD", "software", "huli", 4),
)


def play(cast: Cast, now: datetime, press: Press) -> Round:
    """Make this year's round and everything that has happened in it so far."""
    today = timezone.localdate(now)
    days = Days.between(today - timedelta(days=200), today + timedelta(days=90))
    opens_on = days.before(today, OPENED_DAYS_AGO)
    round_ = rounds.open_round(
        "talent-tax-rebate", POLICY, today.year, handler=cast.association,
        authority=cast.authority, opens_at=at(opens_on, 9),
        closes_at=at(today + timedelta(days=CLOSES_IN_DAYS), 18), budget_fen=1_500_000_000,
    )  # fmt: skip
    replay = Replay(
        round_.programme,
        unread_since=at(days.before(today, UNREAD_DAYS), 0),
        mailed_since=at(days.before(today, 1), 0) if settings.DEMO else LATER,
    )
    identities = Identities(Random(today.year))  # noqa: S311 - a demonstration, not a secret
    present = Present(
        replay, round_, cast, press, days, now, identities, _employers(identities), _sisters(cast, identities)
    )
    for put in (stations.drafts, stations.intake, stations.checks, stations.approvals, stations.money):
        put(present)
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
