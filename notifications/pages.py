"""A person's messages page by page: unread first, then newest, cut by keyset."""

import re
from dataclasses import dataclass

from django.db.models import BooleanField, ExpressionWrapper, Q

from accounts.models import User
from notifications.models import Message

PAGE_ROWS = 25
_CURSOR = re.compile(r"([ur])(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Page:
    """`next` is the cursor of the following page, None at the end."""

    rows: list[Message]
    next: str | None


def page_of(user: User, after: str = "") -> Page:
    """The page of `user`'s messages that follows the cursor `after`; the first for none or a bad one."""
    rows = Message.objects.of(user).annotate(
        read=ExpressionWrapper(Q(read_at__isnull=False), output_field=BooleanField())
    )
    if cursor := _CURSOR.fullmatch(after):
        older = Q(pk__lt=int(cursor[2]))
        rows = rows.filter(Q(read=True) & older if cursor[1] == "r" else Q(read=True) | older)
    found = list(rows.order_by("read", "-pk")[: PAGE_ROWS + 1])
    shown = found[:PAGE_ROWS]
    last = shown[-1] if len(found) > PAGE_ROWS else None
    return Page(rows=shown, next=f"{'r' if last.read_at else 'u'}{last.pk}" if last else None)
