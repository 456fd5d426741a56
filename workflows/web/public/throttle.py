"""How often the public may try: counted in the shared cache, by fixed windows of time."""

import time

from django.core.cache import cache
from django.http import HttpRequest

from accounts.adapter import AccountAdapter
from config.errors import Refusal
from config.words import T


class TooMany(Refusal):
    code = "too_many"
    status = 429
    words = T(
        en="Too many tries. Please wait {minutes} minutes and try again, or call 968119.",
        zh="尝试次数过多。请 {minutes} 分钟后再试，或拨打 968119 咨询。",
    )


def count_try(what: str, who: str, *, limit: int, seconds: int) -> None:
    """Count one more try of `who` at `what`.

    Raises:
        TooMany: it is more than `limit` within the current window of `seconds`.
    """
    key = f"try:{what}:{who}:{int(time.time() // seconds)}"
    cache.add(key, 0, seconds)
    if cache.incr(key) > limit:
        raise TooMany(minutes=max(1, seconds // 60))


def address_of(request: HttpRequest) -> str:
    """The network address of who asks, by the same rule as sign-in's limits."""
    return str(AccountAdapter(request).get_client_ip(request))
