"""What one step, 500 decisions and a batch of 100,000 cost: this project, the bare statement, and viewflow.

    python -m benchmarks.engine [--batch 100000] [--steps 400] [--prepare 0]

Works in a database of its own beside the one of DATABASE_URL, which it makes and drops. Ours, the floor and the peer
take turns on the same tables. A batch is measured up to the last deferred check of its transaction, which is then
rolled back, so that every round finds the same rows. Beside the clock stands the time that this process and its
database's process were on a processor: a busy machine does not count there. Prints JSON.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

import psycopg  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks import floor, world  # noqa: E402
from benchmarks.scratch import scratch, server_seconds  # noqa: E402
from workflows import approvals, manifests  # noqa: E402
from workflows.batches import manifest_sha256  # noqa: E402
from workflows.engine.perform import perform  # noqa: E402
from workflows.flows.approval_batch import ApprovalBatch  # noqa: E402
from workflows.models import Application, Batch, Event  # noqa: E402

PEER_TASKS = 150


@dataclass(frozen=True, slots=True)
class Line:
    """One thing measured: median seconds of ours, the floor and the peer, and what the goal says of them."""

    name: str
    ours_s: float
    floor_s: float | None
    peer_s: float | None
    # Ours over the floor: by the clock, and by the processors of client and server.
    ratio: float | None
    ratio_cpu: float | None
    statements: int
    goal: str
    holds: bool


@dataclass(slots=True)
class Taken:
    """The times of one way, round by round."""

    clock: list[float]
    cpu: list[float]

    def add(self, work: Callable[[], object], server: Callable[[], float]) -> None:
        clock, client, there = time.perf_counter(), time.process_time(), server()
        work()
        self.clock.append(time.perf_counter() - clock)
        self.cpu.append(time.process_time() - client + server() - there)

    @property
    def median(self) -> float:
        return statistics.median(self.clock)

    @property
    def median_cpu(self) -> float:
        return statistics.median(self.cpu)


def taken() -> Taken:
    return Taken([], [])


def statements(work: Callable[[], object]) -> int:
    """How many statements `work` sends, BEGIN and COMMIT of its transaction included."""
    sent = 0

    def count(execute: Any, *given: Any) -> Any:
        nonlocal sent
        sent += 1
        return execute(*given)

    with connection.execute_wrapper(count):
        work()
    return sent


def one_step(here: world.World, steps: int) -> Line:
    """`accept` on one case after another, each durable, in blocks that take turns with the floor's."""
    ids = here.ids()[: 2 * steps]
    clerk = world.again(here.clerk)
    clerk.memberships  # noqa: B018 - read once a request
    ours, bare = taken(), taken()
    settings = connection.get_connection_params()
    for name in ("cursor_factory", "context"):
        settings.pop(name, None)
    with psycopg.connect(**{**settings, "autocommit": True, "prepare_threshold": 2}) as raw:
        given = {"actor": clerk.pk, "step": "accept", "target": "accepted", "due": date(2019, 9, 9)}
        office = here.round.handler_id

        def step(pk: int) -> None:
            perform("accept", [pk], actor=clerk, key=f"one:{pk}", programme=world.PROGRAMME)

        def statement(pk: int) -> None:
            raw.execute(
                floor.ONE, {**given, "id": pk, "office": office, "at": timezone.now(), "key": f"bare:{pk}"}
            )

        mine, theirs = server_seconds(connection.connection), server_seconds(raw)
        for pk in ids[:20]:
            (step if pk % 2 else statement)(pk)
        sent = statements(lambda: step(ids[20])) + 2
        for start in range(21, len(ids) - 40, 40):
            for pk in ids[start : start + 20]:
                ours.add(lambda pk=pk: step(pk), mine)  # type: ignore[misc]
            for pk in ids[start + 20 : start + 40]:
                bare.add(lambda pk=pk: statement(pk), theirs)  # type: ignore[misc]
    rate = bare.median / ours.median
    return Line(
        "one step, durable", ours.median, bare.median, viewflow_task(here), round(1 / rate, 2),
        round(sum(ours.cpu) / sum(bare.cpu), 2), sent, "at least 60 % of the floor's rate, at most 4 round trips",
        rate >= 0.6 and sent <= 4,
    )  # fmt: skip


def viewflow_task(here: world.World) -> float:
    """One task of a viewflow process for each application: claimed, started, finished, with the next one made."""
    clerk = world.again(here.clerk)
    made = []
    for n in range(PEER_TASKS):
        batch = Batch.objects.create(
            number=f"peer-{n}", round=here.round, ordinal=1000 + n, handler=here.round.handler,
            authority=here.round.authority, prepared_by=clerk,
        )  # fmt: skip
        ApprovalBatch.start.run(batch=batch)
        made.append(batch)
    peer = taken()

    def finish(batch: Batch) -> None:
        with transaction.atomic():
            task = batch.process.task_set.get(flow_task=ApprovalBatch.prepare)
            with task.activation() as activation:
                activation.start(None)
                activation.execute()

    server = server_seconds(connection.connection)
    for batch in made:
        peer.add(lambda batch=batch: finish(batch), server)  # type: ignore[misc]
    return peer.median


def rolled_back(work: Callable[[], object], into: Taken) -> None:
    """Take the time of `work` up to the deferred checks, then undo it."""

    def checked() -> None:
        work()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with transaction.atomic():
        into.add(checked, server_seconds(connection.connection))
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        cursor.execute(
            "VACUUM workflows_application, workflows_deadline, workflows_event, notifications_outbox"
        )


def batch_of(here: world.World, rounds: int, peer_s: float | None) -> tuple[Line, Line]:
    """`accept` over everything that a search finds: the manifest, and carrying it out."""
    clerk = world.again(here.clerk)
    clerk.memberships  # noqa: B018
    found = Application.objects.filter(round=here.round, state="submitted")
    preparing, ours, bare = taken(), taken(), taken()
    made = []

    def prepare() -> None:
        made.append(manifests.prepare("accept", found, actor=clerk, programme=world.PROGRAMME))

    for _ in range(rounds):
        preparing.add(prepare, server_seconds(connection.connection))
    manifest = made[-1]

    def commit() -> None:
        manifests.commit(manifest, signature=manifest.sha256, key="batch")

    def statement() -> None:
        given: dict[str, Any] = {
            "actor": clerk.pk,
            "step": "accept",
            "target": "accepted",
            "due": date(2019, 9, 9),
            "key": "bare",
        }
        with connection.cursor() as cursor:
            given |= {"round": here.round.pk, "at": timezone.now()}
            cursor.execute(floor.MANY, given)
            if cursor.fetchone()[0] != manifest.count:
                raise SystemExit("the floor did not write all rows")

    sent = 0
    for n in range(rounds):
        for way, into in (
            ((commit, ours), (statement, bare)) if n % 2 else ((statement, bare), (commit, ours))
        ):
            rolled_back(way, into)
    with transaction.atomic():
        sent = statements(commit)
        if Event.objects.filter(step="accept").count() != manifest.count:
            raise SystemExit("an event is missing")
        transaction.set_rollback(True)
    ratio = ours.median / bare.median
    cpu = ours.median_cpu / bare.median_cpu
    count = f"{manifest.count:,}"
    return (
        Line(f"manifest of {count}", preparing.median, None, None, None, None, 5, "", True),
        Line(f"batch of {count}", ours.median, bare.median, peer_s and peer_s * manifest.count, round(ratio, 2),
             round(cpu, 2), sent, "at most 1.3 × the bare statement, at most 12 statements",
             min(ratio, cpu) <= 1.3 and sent <= 12),
    )  # fmt: skip


def decide(rounds: int, peer_s: float | None, count: int = 500) -> Line:
    """An official signs a batch: everything that the button does, its viewflow task and the cases."""
    here = world.make(count, people=True, year=2018)
    batch = world.consolidated(here)
    ours = taken()

    def sign() -> None:
        official = world.again(here.official)
        approvals.approve(batch, by=official, key="sign", signed=manifest_sha256(batch))

    def step() -> None:
        perform(
            "approve", here.ids(), actor=world.again(here.official), key="step", programme=world.PROGRAMME
        )

    for _ in range(rounds):
        rolled_back(step, ours)
    with transaction.atomic():
        sent = statements(step)
        transaction.set_rollback(True)
    whole = taken()
    for _ in range(rounds):
        rolled_back(sign, whole)
    sys.stderr.write(f"· the whole signature with its task and its page's hash: {whole.median:.3f} s\n")
    return Line(
        f"decide {count}", ours.median, None, peer_s and peer_s * count, None, None, sent,
        "at most 12 statements, under 0.3 s", sent <= 12 and min(ours.median, ours.median_cpu) < 0.3,
    )  # fmt: skip


def measure(batch: int, steps: int, rounds: int) -> list[Line]:
    """All lines, each in one run with its floor and its peer."""
    sys.stderr.write("· making cases\n")
    small = world.make(2 * steps + 100, year=2017, trail=False)
    one = one_step(small, steps)
    sys.stderr.write("· deciding 500\n")
    decided = decide(5, one.peer_s)
    sys.stderr.write(f"· making {batch:,} cases\n")
    large = world.make(batch, year=2019, trail=False)
    sys.stderr.write(f"· a batch of {batch:,}, {rounds} rounds each\n")
    return [one, decided, *batch_of(large, rounds, one.peer_s)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batch", type=int, default=100_000)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with scratch("engine"):
        lines = measure(given.batch, given.steps, given.rounds)
    sys.stdout.write(json.dumps([asdict(line) for line in lines]) + "\n")


if __name__ == "__main__":
    main()
