"""Loading the demonstration: whole or not at all, once; a later call only looks after the accounts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from time import monotonic

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from config.errors import Refusal
from config.words import T
from workflows import versions
from workflows.demonstration import (
    experts,
    filing,
    founder_2019,
    founder_now,
    present,
    project_2019,
    project_now,
    year_2019,
)
from workflows.demonstration.cast import PARTS, Cast, accounts, ensure_cast
from workflows.demonstration.days import Days, at, ensure_calendar
from workflows.demonstration.pace import at_pace
from workflows.demonstration.papers import Press
from workflows.demonstration.replay import Replay
from workflows.models import Application, EnteredFigure, Round
from workflows.reports import CITY_PAID_FEN, CITY_PEOPLE

# Any number will do: two loaders at once take turns.
LOCK = 7_190_001
# What a promise made today needs of the calendar.
PROMISED_WORKING_DAYS = 90
KEEPS_OPEN_DAYS = 35
# Of the whole city, other districts' bureaus included: nobody here can count them.
CITY_TOTALS = {CITY_PEOPLE: 2_141, CITY_PAID_FEN: 1_866_000_000}
CITY_SOURCE = "市主管部门年度通报（演示）"
CITY_ENTERED_ON = date(2020, 1, 10)


class HoldsOthers(Refusal):
    code = "holds_others"
    status = 409
    words = T(
        en="This database holds {count} cases that are not the demonstration's: load it into an empty one.",
        zh="此数据库已有 {count} 件非演示事项：请在空数据库中加载演示数据。",
    )


@dataclass
class Loaded:
    """What is there now, and what was made by this call."""

    accounts: list[dict[str, str]]
    made: list[str] = field(default_factory=list)
    seconds: float = 0.0


def load(now: datetime | None = None) -> Loaded:
    """Make what is missing: the accounts, the year 2019, and a round of this year that is open for a month.

    Raises:
        HoldsOthers: the database holds cases that are not the demonstration's.
        StoreAway: the document store does not answer; nothing was made.
    """
    started, today = monotonic(), now or timezone.now()
    made = []
    with transaction.atomic(), at_pace():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        is_ours = User.objects.filter(email__in=[part.email for part in PARTS]).exists()
        if not is_ours and (others := Application.objects.count()):
            raise HoldsOthers(count=others)
        cast = ensure_cast()
        versions.publish_missing()
        if experts.load(cast, today):
            made.append("experts")
        for slug, chapter in CHAPTERS.items():
            if not Round.objects.filter(programme=slug, year=year_2019.YEAR).exists():
                chapter(cast)
                made.append(f"{slug} {year_2019.YEAR}")
        ensure_calendar(timezone.localdate(today), PROMISED_WORKING_DAYS)
        for slug, play in NOW.items():
            if _load_present(slug, play, cast, today):
                made.append(f"{slug} {timezone.localdate(today).year}")
    return Loaded(accounts(), made, round(monotonic() - started, 1))


def _rebate(cast: Cast) -> None:
    """The year as it went, and what somebody entered by hand when it was over."""
    with Press() as press:
        round_ = year_2019.open_round(cast)
        year_2019.play(Replay(round_.programme), round_, cast, _days(), press)
    EnteredFigure.objects.bulk_create(
        EnteredFigure(
            year=year_2019.YEAR, key=key, value=value, source=CITY_SOURCE, entered_by=cast.second_clerk,
            entered_at=at(CITY_ENTERED_ON, 10, 30),
        )
        for key, value in CITY_TOTALS.items()
    )  # fmt: skip


def _founder(cast: Cast) -> None:
    with Press() as press:
        round_ = founder_2019.open_round(cast)
        founder_2019.play(Replay(round_.programme), round_, cast, _days(), press)


def _filing(cast: Cast) -> None:
    with Press() as press:
        round_ = filing.year_2019.open_round(cast)
        filing.year_2019.play(Replay(round_.programme), round_, cast, _days(), press)


def _project(cast: Cast) -> None:
    with Press() as press:
        round_ = project_2019.open_round(cast)
        project_2019.play(Replay(round_.programme), round_, cast, _days(), press)


def _days() -> Days:
    return Days.between(year_2019.OPENS_ON - timedelta(days=60), year_2019.CLOSES_ON + timedelta(days=300))


# Programme → its year 2019; each is made where it is missing.
CHAPTERS = {
    "talent-tax-rebate": _rebate,
    "founder-revenue-award": _founder,
    "software-filing": _filing,
    "project-review": _project,
}


# Programme → its round of this year.
NOW: dict[str, Callable[[Cast, datetime, Press], object]] = {
    "talent-tax-rebate": present.play,
    "founder-revenue-award": founder_now.play,
    "software-filing": filing.now.play,
    "project-review": project_now.play,
}


def _load_present(
    programme: str, play: Callable[[Cast, datetime, Press], object], cast: Cast, now: datetime
) -> bool:
    """A round of this year; one that is over is opened again, for this is a demonstration."""
    found = Round.objects.filter(programme=programme, year=timezone.localdate(now).year).first()
    if found is None:
        with Press() as press:
            play(cast, now, press)
        return True
    if found.closes_at <= now:
        Round.objects.filter(pk=found.pk).update(closes_at=now + timedelta(days=KEEPS_OPEN_DAYS))
    return False
