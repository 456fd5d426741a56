"""What a load that is whole or not at all does without, so that it takes less time."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.urls import get_urlconf, set_urlconf

ADDRESSES = "workflows.demonstration.addresses"
# Rows come and go by the ten thousand; hardly any of them stands in a circle.
THRESHOLD = (100_000, 20, 50)
# So many different statements are played; most of them hundreds of times.
STATEMENTS = 2_000


@contextmanager
def at_pace() -> Iterator[None]:
    """Within one transaction: nothing is taken back by itself, little is collected, plans are kept, no API.

    Without savepoints any error of the database ends the whole load, which it does anyway.
    """
    features, addresses, threshold = connection.features, get_urlconf(), gc.get_threshold()
    had = features.uses_savepoints
    features.uses_savepoints = False
    set_urlconf(ADDRESSES)
    gc.freeze()
    gc.set_threshold(*THRESHOLD)
    try:
        with _plans_kept():
            yield
    finally:
        gc.set_threshold(*threshold)
        gc.unfreeze()
        set_urlconf(addresses)
        features.uses_savepoints = had


@contextmanager
def _plans_kept() -> Iterator[None]:
    """PostgreSQL plans a statement once, and not each time: a plan takes longer than the few rows that it is for."""
    if not settings.PREPARE_STATEMENTS:
        yield
        return
    connection.ensure_connection()
    server: Any = connection.connection
    had = server.cursor_factory, server.prepare_threshold, server.prepared_max
    # The values go beside the statement, so that its text comes again.
    server.cursor_factory, server.prepare_threshold, server.prepared_max = ServerBindingCursor, 2, STATEMENTS
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
    try:
        yield
    finally:
        server.cursor_factory, server.prepare_threshold, server.prepared_max = had
