"""Answers of the API are kept for a month; the engine's own commands, and with them every event, for good."""

from datetime import timedelta

from django.db.models import F, Value
from django.db.models.functions import Now

from workflows.models import KeptAnswer

KEPT = timedelta(days=30)


def forget() -> int:
    """Forget answers older than a month; how many. A key of a step still gives no second event after that."""
    gone, _ = KeptAnswer.objects.annotate(until=F("at") + Value(KEPT)).filter(until__lt=Now()).delete()
    return gone
