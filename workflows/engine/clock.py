"""The time that decides is the database's: machines that run the software may be wrong, or differ."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

HERE = ZoneInfo(settings.TIME_ZONE)


def now() -> datetime:
    """The database's time: inside a transaction that of its beginning, the same for all of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        (moment,) = cursor.fetchone()
    return moment  # type: ignore[no-any-return]


def day_of(moment: datetime) -> date:
    """The day of `moment` where the offices are."""
    return moment.astimezone(HERE).date()
