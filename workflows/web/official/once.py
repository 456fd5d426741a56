"""A thing that a page makes (a batch, a payment list) is made once, however often the form is sent."""

from collections.abc import Callable

from django.db import transaction
from django.db.models import Model

from accounts.models import User
from workflows.models import Command


def made_once(user: User, key: str, name: str, make: Callable[[], Model]) -> int:
    """The id of what `make` makes; for a key that was used before, of what it made then.

    Two requests with one key wait for each other at their person's row.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        kept = Command.objects.filter(actor=user, key=key, step=name).values_list("answer", flat=True).first()
        if kept is not None:
            return int(kept["made"])
        made = make()
        Command.objects.create(actor=user, key=key, step=name, request_hash=b"", answer={"made": made.pk})
        return int(made.pk)
