"""That the invariants can be seen to break."""

import pytest
from django.db import connection

from benchmarks import world
from notifications.models import OutboxRow
from tests.faults.invariants import broken
from workflows.engine.perform import perform

pytestmark = pytest.mark.django_db
# What is broken → how.
BREACHES = {
    "I1/I4": "UPDATE workflows_event SET reason = 'x' WHERE id = (SELECT max(id) FROM workflows_event)",
    "I2": "UPDATE workflows_command SET answer = answer || '{\"count\": 7}' WHERE key = 'k'",
    "I3": "DELETE FROM notifications_outbox WHERE id = (SELECT max(id) FROM notifications_outbox)",
    "I5": "UPDATE workflows_casecount SET cases = cases + 1 WHERE id = (SELECT max(id) FROM workflows_casecount)",
}


@pytest.fixture
def here(db: None) -> world.World:
    made = world.make(3)
    perform("accept", made.ids(), actor=world.again(made.clerk), key="k", programme=world.PROGRAMME)
    return made


def test_nothing_is_broken_at_first(here: world.World) -> None:
    assert broken({"k": 3}) == []
    assert broken({"k": 3}, delivered=True) == [f"I3 {OutboxRow.objects.count()} rows are not delivered"]
    assert broken({"lost": 1})[0].startswith("I2 acknowledged")


@pytest.mark.parametrize("name", BREACHES)
def test_breach_is_named(here: world.World, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(BREACHES[name])
        assert cursor.rowcount == 1
    found = broken()
    assert found
    assert {fault.partition(" ")[0] for fault in found} == {name}
