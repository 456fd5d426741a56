"""What pages and health checks ask of this room."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q
from django.utils import timezone

from accounts.models import User
from notifications.models import Message, OutboxRow


def unread_count(user: User) -> int:
    """How many messages `user` has not opened; one index-only statement."""
    return Message.objects.of(user).unread().count()


@dataclass(frozen=True, slots=True)
class OutboxState:
    """How delivery stands: rows that are due, the oldest of them, and rows that were given up."""

    due: int
    oldest_due_at: datetime | None
    given_up: int


def outbox_state() -> OutboxState:
    """Counted now. A relay that works keeps `oldest_due_at` within the sweep's ten seconds."""
    late = Q(given_up_at=None, due_at__lte=timezone.now())
    return OutboxState(
        **OutboxRow.objects.filter(delivered_at=None).aggregate(
            due=Count("pk", filter=late),
            oldest_due_at=Min("due_at", filter=late),
            given_up=Count("pk", filter=~Q(given_up_at=None)),
        )
    )
