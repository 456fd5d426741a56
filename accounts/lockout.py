"""Five failed sign-ins lock an address for thirty minutes (等保 level 3), whichever process they reach.

A try is counted before its password is looked at, in one statement, so that twenty tries at once are
still five. A try during the lock is refused and does not lengthen it.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import SignInFailures
from accounts.sealing import blind_index

RESERVE = """
insert into accounts_signinfailures as f (address_index, failures, failed_at) values (%(index)s, 1, %(now)s)
on conflict (address_index) do update
   set failures = case when f.failed_at <= %(since)s then 1 else f.failures + 1 end, failed_at = %(now)s
 where f.failed_at <= %(since)s or f.failures < %(limit)s
returning failures
"""


def reserve_try(address: str) -> datetime | None:
    """Count a try to sign in as `address`; gives the moment the lock ends where it is locked, else None."""
    index = blind_index(address)
    now = timezone.now()
    lock = timedelta(seconds=settings.SIGN_IN_LOCK_SECONDS)
    with connection.cursor() as cursor:
        cursor.execute(
            RESERVE, {"index": index, "now": now, "since": now - lock, "limit": settings.SIGN_IN_FAILURES}
        )
        if cursor.fetchone():
            return None
    return SignInFailures.objects.get(address_index=index).failed_at + lock


def forgive(address: str) -> None:
    """Forget the failures of `address`: its password was right."""
    SignInFailures.objects.filter(address_index=blind_index(address)).delete()


def tries_left(address: str) -> int:
    """How many tries `address` has before the lock."""
    row = SignInFailures.objects.filter(address_index=blind_index(address)).first()
    fresh = row and row.failed_at > timezone.now() - timedelta(seconds=settings.SIGN_IN_LOCK_SECONDS)
    limit: int = settings.SIGN_IN_FAILURES
    return max(0, limit - row.failures) if row and fresh else limit
