"""The timetable of this room: every entry is a task that the worker knows, and that runs with nothing to do."""

import pytest

from config.celery import app
from workflows import tasks
from workflows.models import AuditCheckpoint

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("entry", tasks.BEAT)
def test_entry_of_the_timetable_is_a_task(entry: str) -> None:
    assert tasks.BEAT[entry]["task"] in app.tasks


def test_sweeps_run_with_nothing_to_do() -> None:
    tasks.sweep_deadlines()
    assert not AuditCheckpoint.objects.exists()


def test_checkpoint_is_taken() -> None:
    tasks.checkpoint()
    assert AuditCheckpoint.objects.get().events == 0
