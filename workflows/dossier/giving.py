"""Giving a dossier out: its content is hashed, and the event that says so seals it."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.models import User
from config.errors import Refusal
from config.words import T
from workflows.dossier.chain import events_of
from workflows.dossier.contents import contents
from workflows.dossier.plain import canonical
from workflows.engine.perform import perform
from workflows.models import Application

# The authority's decisions: before one of them an applicant has nothing to be explained.
DECIDING = frozenset({"approve", "deny", "refuse"})


class NotDecided(Refusal):
    """An applicant asks for the dossier of a case on which nothing is decided."""

    code = "not_decided"
    status = 409
    words = T(
        en="Nothing is decided on this case yet. The dossier can be had once it is.",
        zh="本件尚未作出决定。作出决定后即可下载卷宗。",
    )


@dataclass(frozen=True, slots=True)
class Given:
    """A dossier that was given out, and the event that says so."""

    dossier: dict[str, Any]
    seal: dict[str, Any]

    @property
    def document(self) -> dict[str, Any]:
        return {"dossier": self.dossier, "seal": self.seal}


def is_decided(case: Application) -> bool:
    """Whether there is a decision to be explained."""
    return case.events.filter(step__in=DECIDING).exists()


def give(case: Application, *, actor: User, key: str, form: str, staff: bool) -> Given:
    """Write down the case as it stands, and that `actor` was given it (`form`: pdf or json), in one transaction.

    Every dossier that leaves the house has an event of its own, a second one for the same `key` too.

    Raises:
        NotDecided: an applicant asks before anything is decided.
        Blocked: the dossier of a case in this state is not given to this person.
    """
    if not staff and not is_decided(case):
        raise NotDecided
    with transaction.atomic():
        parties = ("applicant", "handler", "authority", "batch")
        locked = Application.objects.select_for_update(of=("self",)).select_related(*parties).get(pk=case.pk)
        dossier = contents(locked, staff=staff)
        digest = hashlib.sha256(canonical(dossier).encode()).hexdigest()
        data = {"form": form, "reader": dossier["reader"], "sha256": digest}
        perform("give_dossier", [case.pk], actor=actor, key=f"{key}:{locked.seq}", data=data)
        seal = next(
            event for event in reversed(events_of(locked, staff=True)) if event["step"] == "give_dossier"
        )
    return Given(dossier, seal)
