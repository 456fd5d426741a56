"""What a load that is whole or not at all does without, so that it takes less time."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.urls import get_urlconf, set_urlconf

ADDRESSES = "workflows.demonstration.addresses"
# Rows come and go by the ten thousand; hardly any of them stands in a circle.
THRESHOLD = (100_000, 20, 50)


@contextmanager
def at_pace() -> Iterator[None]:
    """Within one transaction: nothing in it is taken back by itself, little is collected, the API is not read.

    Without savepoints any error of the database ends the whole load, which it does anyway.
    """
    features, addresses, threshold = connection.features, get_urlconf(), gc.get_threshold()
    had = features.uses_savepoints
    features.uses_savepoints = False
    set_urlconf(ADDRESSES)
    gc.freeze()
    gc.set_threshold(*THRESHOLD)
    try:
        yield
    finally:
        gc.set_threshold(*threshold)
        gc.unfreeze()
        set_urlconf(addresses)
        features.uses_savepoints = had
