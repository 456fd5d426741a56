"""A checkpoint anchors the tips of all chains, and shows a chain that was made anew."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from workflows import checkpoints
from workflows.engine.perform import perform
from workflows.engine.statement import HASHED
from workflows.engine.verify import verify
from workflows.models import Application, AuditCheckpoint

pytestmark = pytest.mark.django_db


@pytest.fixture
def accepted(draft: Application, owner: User, clerk: User) -> Application:
    perform("submit", [draft.pk], actor=owner, key="1")
    perform("accept", [draft.pk], actor=clerk, key="2")
    return draft


def test_checkpoint_holds_as_cases_go_on(accepted: Application, clerk: User) -> None:
    taken = checkpoints.take()
    assert taken is not None
    assert (taken.applications, taken.events) == (1, 2)
    assert checkpoints.take() is None
    perform("examine", [accepted.pk], actor=clerk, key="3")
    again = checkpoints.take()
    assert again is not None
    assert (again.applications, again.events) == (1, 3)
    assert again.tips_sha256 != taken.tips_sha256
    assert checkpoints.drifts() == []


def test_chain_made_anew_is_shown_by_the_checkpoint(accepted: Application) -> None:
    """Somebody who may do everything rewrites the last event and its hash: the chain proves, the anchor does not."""
    checkpoints.take()
    hashed = HASHED.format(step="e.step", actor="e.actor_id", at="e.at", reason="e.reason")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE workflows_event SET reason = 'x' WHERE seq = 2")
        cursor.execute(
            f"""UPDATE workflows_event e SET hash = sha256(convert_to((SELECT {hashed} FROM
                (SELECT e.prev_hash AS prev, e.application_id AS id, e.seq, e.source, e.target, e.data) x), 'UTF8'))
                WHERE e.seq = 2"""
        )
        cursor.execute(
            "UPDATE workflows_application a SET tip = e.hash FROM workflows_event e "
            "WHERE e.application_id = a.id AND e.seq = 2"
        )
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    assert verify().holds
    assert [drift.checkpoint for drift in checkpoints.drifts()] == list(AuditCheckpoint.objects.all())


def test_checkpoint_cannot_be_altered(accepted: Application) -> None:
    checkpoints.take()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AuditCheckpoint.objects.update(tips_sha256="0" * 64)
