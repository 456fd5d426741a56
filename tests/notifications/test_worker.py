"""A real worker with beat, on the environment's broker."""

import subprocess
import sys
import time
import uuid

import pytest

from notifications.messages import tell
from notifications.models import Message, OutboxRow
from tests.notifications.conftest import ROOT
from tests.notifications.test_messages import BODY, SUBJECT

QUIET = ("--pool=solo", "--without-gossip", "--without-mingle", "--loglevel=INFO")


def wait_until_delivered(key: str, seconds: float) -> float:
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if OutboxRow.objects.filter(key=key).exclude(delivered_at=None).exists():
            return time.monotonic() - began
        time.sleep(0.05)
    raise AssertionError(f"{key} was not delivered in {seconds} s")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_worker_delivers_on_a_nudge_and_beat_sweeps_what_had_none(process, process_env, tmp_path, lin):
    env = {**process_env, "TEST_QUEUE": f"test-{uuid.uuid4().hex}", "BAILU_DATA_DIR": str(tmp_path)}
    with (tmp_path / "worker.log").open("w") as log:
        worker = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "tests.notifications.worker", "worker", "--beat", *QUIET],
            cwd=ROOT,
            env=env,
            stdout=log,
            stderr=log,
        )
    try:
        told = process("tell_everybody", "nudged", **env)
        assert told.returncode == 0, told.stderr
        assert wait_until_delivered(f"nudged:{lin.pk}", 30) < 30
        # Put by a process whose broker is elsewhere: nobody called the relay.
        tell([lin], key="swept", subject=SUBJECT, body=BODY, link="", topic="t")
        wait_until_delivered(f"swept:{lin.pk}", 30)
    finally:
        worker.terminate()
        worker.wait(timeout=10)
    assert Message.objects.count() == 2
    assert len(list((tmp_path / "mail").iterdir())) == 2
