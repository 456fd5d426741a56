"""Many at once: clicks, officials on overlapping batches, a version that is published while a batch runs."""

from collections.abc import Iterator
from threading import Thread

import pytest
from django.db import connection

from benchmarks import world
from notifications.outbox import deliver_due
from tests.faults.conftest import SOME, Doer
from tests.faults.invariants import broken
from tests.workflows.next_version import NEXT, next_version
from tests.workflows.test_races import at_once
from workflows.engine.declare import Programme
from workflows.engine.perform import Outcome, perform
from workflows.errors import Blocked
from workflows.models import Application, Event, PolicyVersion
from workflows.versions import publish

__all__ = ["next_version"]
pytestmark = pytest.mark.django_db(transaction=True)
SLUG = world.PROGRAMME


@pytest.mark.faults
@pytest.mark.parametrize("keys", ["one key", "twenty keys"])
def test_twenty_clicks_move_every_case_once(here: world.World, keys: str) -> None:
    ids = here.ids()

    def click(n: int) -> Outcome:
        key = "k" if keys == "one key" else f"k{n}"
        return perform("accept", ids, actor=world.again(here.clerk), key=key, programme=SLUG)

    answers = at_once(20, click)
    done = [answer for answer in answers if isinstance(answer, Outcome)]
    assert (len(set(done)), done[0].count) == (1, SOME)
    assert len(done) == (20 if keys == "one key" else 1)
    assert all(isinstance(answer, Outcome | Blocked) for answer in answers)
    assert Event.objects.filter(step="accept").count() == SOME
    assert deliver_due() > 0
    assert broken({"k": SOME} if keys == "one key" else None, delivered=True) == []


@pytest.mark.faults
def test_officials_on_overlapping_batches_decide_each_case_once(here: world.World) -> None:
    world.consolidated(here)
    ids = here.ids()
    third = SOME // 3
    official = world.again(here.official)
    second = world.person("official", here.round.authority)
    shares = [(official, ids[: 2 * third]), (second, ids[third:]), (official, ids[::-1]), (second, ids[::2])]
    answers = at_once(
        4,
        lambda n: perform(
            "approve", shares[n][1], actor=world.again(shares[n][0]), key=f"k{n}", programme=SLUG
        ),
    )
    assert all(isinstance(answer, Outcome | Blocked) for answer in answers), answers
    kept = {f"k{n}": answer.count for n, answer in enumerate(answers) if isinstance(answer, Outcome)}
    approved = Event.objects.filter(step="approve")
    assert approved.count() == approved.values("application").distinct().count() == sum(kept.values())
    assert kept
    deliver_due()
    assert broken(kept, delivered=True) == []


def test_version_published_while_a_batch_runs_changes_none_of_its_cases(
    next_version: Programme, here: world.World, doer: Doer
) -> None:
    ids = here.ids()
    last = Application.objects.get(pk=ids[-1])
    hold = "INSERT INTO notifications_outbox (topic, key, payload) VALUES ('case.moved', %s, '{}')"
    with doer.stopped_in_the_middle(hold, f"case:{last.pk}:{last.seq + 1}") as wait:
        batch = Thread(target=accept, args=(here,))
        batch.start()
        wait()
        publish(SLUG, NEXT)
        assert PolicyVersion.objects.filter(programme=SLUG, key=NEXT).exists()
    batch.join(60)
    cases = Application.objects.filter(round=here.round)
    assert set(cases.values_list("state", "policy")) == {("accepted", "2019")}
    done = perform("examine", ids, actor=world.again(here.clerk), key="e", programme=SLUG)
    assert done.count == SOME
    deliver_due()
    assert broken({"a": SOME, "e": SOME}, delivered=True) == []


def accept(here: world.World) -> None:
    try:
        perform("accept", here.ids(), actor=world.again(here.clerk), key="a", programme=SLUG)
    finally:
        connection.close()


@pytest.fixture(autouse=True)
def _counted(here: world.World) -> Iterator[None]:
    """The submissions stand in every invariant too."""
    assert broken() == []
    yield
