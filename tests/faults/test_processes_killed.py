"""Web process, relay and worker killed where it hurts most, and a broker that is away; then all is as it should be."""

import re
import socket
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import Count, F
from django.db.models.functions import Now

from benchmarks import world
from notifications.models import Message, OutboxRow
from notifications.outbox import deliver_due
from tests.faults.conftest import LARGE, SOME, Doer
from tests.faults.invariants import broken
from workflows import manifests
from workflows.engine.perform import perform
from workflows.models import Application, Event, Manifest

pytestmark = pytest.mark.django_db(transaction=True)
SLUG = world.PROGRAMME


def states(here: world.World) -> dict[str, int]:
    cases = Application.objects.filter(round=here.round).order_by()
    return dict(cases.values_list("state").annotate(Count("pk")))


def end_leases() -> None:
    """Two minutes pass."""
    OutboxRow.objects.exclude(claimed_until=None).update(claimed_until=Now() - timedelta(seconds=1))
    OutboxRow.objects.filter(delivered_at=None).update(due_at=Now() - timedelta(seconds=1))


def test_web_process_killed_between_commit_and_answer_gives_the_answer_when_asked_again(
    here: world.World, doer: Doer
) -> None:
    asked = {"step": "accept", "ids": here.ids(), "actor": here.clerk.pk, "key": "k"}
    doer.dies("step", **asked, die_at="answer")
    kept = Event.objects.filter(step="accept").latest("pk").at.isoformat()
    again = perform("accept", here.ids(), actor=world.again(here.clerk), key="k", programme=SLUG)
    assert (again.count, again.at) == (SOME, kept)
    assert Event.objects.filter(step="accept").count() == SOME
    assert deliver_due() > 0
    assert broken({"k": SOME}, delivered=True) == []


@pytest.mark.faults
def test_web_process_killed_before_the_commit_has_done_nothing(here: world.World, doer: Doer) -> None:
    asked = {"step": "accept", "ids": here.ids(), "actor": here.clerk.pk, "key": "k"}
    doer.dies("step", **asked, die_at="writing")
    doer.wait_until_quiet()
    assert states(here) == {"submitted": SOME}
    assert perform("accept", here.ids(), actor=world.again(here.clerk), key="k", programme=SLUG).count == SOME
    assert broken({"k": SOME}) == []


@pytest.mark.faults
def test_relay_killed_between_send_and_mark_sends_again_what_the_receiver_knows(
    here: world.World, doer: Doer, tmp_path: Path
) -> None:
    perform("accept", here.ids(), actor=world.again(here.clerk), key="k", programme=SLUG)
    doer.dies("deliver", folder=str(tmp_path), die_at="mark")
    end_leases()
    while doer.does("deliver", folder=str(tmp_path))["delivered"]:
        end_leases()
    # Two mails of one second may lie in one file.
    sent = re.findall(
        rb"(?m)^Message-ID: (\S+)", b"\n".join(path.read_bytes() for path in tmp_path.iterdir())
    )
    assert len(sent) > len(set(sent)) == SOME
    assert Message.objects.filter(topic="case.moved").count() == SOME
    assert broken({"k": SOME}, delivered=True) == []


def test_worker_killed_in_the_effect_of_a_step_is_followed_by_another(here: world.World, doer: Doer) -> None:
    clerk = world.again(here.clerk)
    perform("accept", here.ids(), actor=clerk, key="a", programme=SLUG)
    found = Application.objects.filter(round=here.round)
    frozen = manifests.prepare("examine", found, actor=clerk, programme=SLUG)
    manifests.sign(frozen, signature=frozen.sha256, key="k")
    # The effect decides every person; a stranger holds the last one.
    hold = "SELECT 1 FROM workflows_person ORDER BY id DESC LIMIT 1 FOR UPDATE"
    with doer.stopped_in_the_middle(hold) as wait:
        worker = doer.start("carry_out", manifest=frozen.pk)
        wait()
        worker.kill()
    doer.wait_until_quiet()
    assert states(here) == {"accepted": SOME}
    assert broken({"a": SOME}) == []

    assert manifests.unfinished() == []  # it is left in peace for a moment
    Manifest.objects.update(signed_at=F("signed_at") - timedelta(minutes=1))
    assert manifests.unfinished() == [frozen.pk]
    assert doer.does("carry_out", manifest=frozen.pk) == {"stage": "done"}
    assert doer.does("carry_out", manifest=frozen.pk) == {"stage": "done"}
    assert states(here) == {"checked": SOME}
    assert deliver_due() > 0
    assert broken({"a": SOME, "k": SOME}, delivered=True) == []


@pytest.mark.faults
@pytest.mark.parametrize("here", [LARGE], indirect=True)
def test_broker_that_is_down_during_a_large_approval_keeps_nobody_waiting(
    here: world.World, doer: Doer
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = server.getsockname()[1]
    away = {"CELERY_BROKER_URL": f"redis://127.0.0.1:{closed}/0"}
    done = doer.elsewhere("step", away, step="accept", ids=here.ids(), actor=here.clerk.pk, key="k")
    assert done["count"] == LARGE
    assert OutboxRow.objects.filter(delivered_at=None).count() == LARGE
    assert deliver_due() > LARGE  # the sweeper's own call, when the worker is back
    assert broken({"k": LARGE}, delivered=True) == []
