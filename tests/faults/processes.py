"""What the fault tests run in a process of its own, because it dies there, or has a clock or a broker of its own.

python -m tests.faults.processes VERB JSON
"""

import json
import os
import signal
import sys
import time
from datetime import timedelta
from typing import Any

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from django.conf import settings
from django.core.mail.backends.filebased import EmailBackend
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from benchmarks import world
from notifications.outbox import deliver_due
from tests.faults.invariants import broken
from workflows import manifests, sweeps
from workflows.engine.perform import perform
from workflows.models import Application, Event, Manifest


def die() -> None:
    """As `kill -9` from elsewhere: nothing is flushed, nothing is said."""
    os.kill(os.getpid(), signal.SIGKILL)


def make(cases: int) -> dict[str, Any]:
    """A round with submitted cases in an empty database, and a manifest that accepts them all."""
    call_command("migrate", verbosity=0)
    here = world.make(cases)
    found = Application.objects.filter(round=here.round)
    frozen = manifests.prepare("accept", found, actor=world.again(here.clerk), programme=world.PROGRAMME)
    last = found.latest("pk")
    return {"manifest": frozen.pk, "sha256": frozen.sha256, "last": f"case:{last.pk}:{last.seq + 1}"}


def commit(manifest: int, sha256: str, key: str, die_at: str = "") -> dict[str, Any]:
    """Sign and carry out; with `die_at` "answer", die between the commit and the answer."""
    done = manifests.commit(Manifest.objects.get(pk=manifest), signature=sha256, key=key)
    if die_at == "answer":
        die()
    return {"count": done.count}


def standing(acknowledged: dict[str, int]) -> dict[str, Any]:
    """How many cases stand where, how many events were written, and which invariants do not hold."""
    states: dict[str, int] = {}
    for state in Application.objects.values_list("state", flat=True):
        states[state] = states.get(state, 0) + 1
    return {
        "states": states,
        "accepted": Event.objects.filter(step="accept").count(),
        "manifest": Manifest.objects.get().stage,
        "broken": broken(acknowledged),
    }


def step(step: str, ids: list[int], actor: int, key: str, die_at: str = "", hours: int = 0) -> dict[str, Any]:
    """Take a step; with `die_at` a phase of it or "answer", die there; with `hours`, by a clock that is so wrong."""
    _set_clock(hours)

    def tell(phase: str) -> None:
        if phase == die_at:
            die()

    done = perform(step, ids, actor=User.objects.get(pk=actor), key=key, programme=world.PROGRAMME, tell=tell)
    if die_at == "answer":
        die()
    return {"count": done.count, "at": done.at, "here": timezone.now().isoformat()}


def carry_out(manifest: int) -> dict[str, Any]:
    """What the worker does with a signed manifest."""
    done = manifests.carry_out(manifest)
    return {"stage": done.stage if done else "taken"}


def sweep(hours: int) -> dict[str, Any]:
    """Sweep what is due, on a machine whose clock is wrong."""
    _set_clock(hours)
    swept = sweeps.sweep()
    return {"lapsed": swept.lapsed, "ended": swept.ended}


class DyingBackend(EmailBackend):
    """Writes the mails as Django's own backend does; then the power goes."""

    def send_messages(self, messages: Any) -> int:
        super().send_messages(messages)
        die()
        raise AssertionError("still alive")


def deliver(folder: str, die_at: str = "") -> dict[str, Any]:
    """Deliver what is due, mails into `folder`; with `die_at` "mark", die between a mail and its mark."""
    settings.EMAIL_BACKEND = (
        f"{__name__}.DyingBackend" if die_at == "mark" else "django.core.mail.backends.filebased.EmailBackend"
    )
    settings.EMAIL_FILE_PATH = folder
    return {"delivered": deliver_due()}


def _set_clock(hours: int) -> None:
    """From now on this process believes that it is so many hours later."""
    if not hours:
        return
    right, seconds = timezone.now, time.time
    timezone.now = lambda: right() + timedelta(hours=hours)  # type: ignore[assignment]
    time.time = lambda: seconds() + hours * 3600


if __name__ == "__main__":
    verb, given = sys.argv[1:]
    sys.stdout.write(json.dumps(globals()[verb](**json.loads(given))))
