"""What one step, 500 decisions and a batch of 100,000 cost: this project, the bare statement, and viewflow.

    python -m benchmarks.engine [--batch 100000] [--steps 400] [--prepare 0]

Works in a database of its own beside the one of DATABASE_URL, which it makes and drops. Ours, the floor and the peer
take turns on the same tables. A batch is measured up to the last deferred check of its transaction, which is then
rolled back, so that every round finds the same rows. Beside the clock stands the time that this process and its
database's process were on a processor: a busy machine does not count there. Prints JSON.
"""

import argparse
import os
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

import psycopg  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks import floor, world  # noqa: E402
from benchmarks.lines import Line, at, over, told  # noqa: E402
from benchmarks.scratch import scratch, server_seconds, statements  # noqa: E402
from workflows import approvals, manifests  # noqa: E402
from workflows.batches import manifest_sha256  # noqa: E402
from workflows.engine.perform import perform  # noqa: E402
from workflows.flows.approval_batch import ApprovalBatch  # noqa: E402
from workflows.models import Application, Batch, Event  # noqa: E402

PEER_TASKS = 150


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
        sent = statements(lambda: step(ids[20]))
        for start in range(21, len(ids) - 40, 40):
            for pk in ids[start : start + 20]:
                ours.add(lambda pk=pk: step(pk), mine)  # type: ignore[misc]
            for pk in ids[start + 20 : start + 40]:
                bare.add(lambda pk=pk: statement(pk), theirs)  # type: ignore[misc]
    rate = bare.median / ours.median
    by_cpu = statistics.median(bare.cpu) / statistics.median(ours.cpu)
    return Line(
        "one step, durable", ours.median, bare.median, viewflow_task(here), over(ours.median, bare.median),
        over(1, by_cpu), sent, "at least 60 % of the floor's rate, at most 4 round trips",
        min(rate, by_cpu) >= 0.6 and sent <= 4, f"{rate:.0%} of the floor's rate, {by_cpu:.0%} by the processors",
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


def bare_many(here: world.World, actor: int, step: str, source: str, target: str, count: int) -> None:
    """The hand-written statement over all cases of the round that stand in `source`."""
    given: dict[str, Any] = {
        "actor": actor, "step": step, "source": source, "target": target, "due": date(2019, 9, 9), "key": "bare",
        "round": here.round.pk, "at": timezone.now(),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(floor.MANY, given)
        if cursor.fetchone()[0] != count:
            raise SystemExit("the floor did not write all rows")


def batch_of(here: world.World, rounds: int, peer_s: float | None) -> tuple[Line, Line]:
    """`accept` over everything that a search finds: the manifest, and carrying it out."""
    clerk = world.again(here.clerk)
    clerk.memberships  # noqa: B018
    found = Application.objects.filter(round=here.round, state="submitted")
    preparing, ours, bare = taken(), taken(), taken()
    made = []

    def prepare() -> None:
        made.append(manifests.prepare("accept", found, actor=clerk, programme=world.PROGRAMME))

    before, counted = resident_mib(), statements(prepare)
    for _ in range(rounds):
        preparing.add(prepare, server_seconds(connection.connection))
    manifest = made[-1]

    def commit() -> None:
        manifests.commit(manifest, signature=manifest.sha256, key="batch")

    def statement() -> None:
        bare_many(here, clerk.pk, "accept", "submitted", "accepted", manifest.count)

    for n in range(rounds):
        at(f"{manifest.count:,} cases, round {n + 1} of {rounds}")
        for way, into in (
            ((commit, ours), (statement, bare)) if n % 2 else ((statement, bare), (commit, ours))
        ):
            rolled_back(way, into)
    grown = round(resident_mib() - before, 1)
    with transaction.atomic():
        sent = statements(commit)
        if Event.objects.filter(step="accept", application__round=here.round).count() != manifest.count:
            raise SystemExit("an event is missing")
        transaction.set_rollback(True)
    ratio = ours.median / bare.median
    cpu = ours.median_cpu / bare.median_cpu
    count = f"{manifest.count:,}"
    return (
        Line(f"manifest of {count}", preparing.median, statements=counted, also=f"process grew by {grown} MiB"),
        Line(f"batch of {count}", ours.median, bare.median, peer_s and peer_s * manifest.count, round(ratio, 2),
             round(cpu, 2), sent, "at most 1.3 × the bare statement, at most 12 statements",
             max(ratio, cpu) <= 1.3 and sent <= 12, f"{manifest.count / ours.median:,.0f} cases a second"),
    )  # fmt: skip


def resident_mib() -> float:
    """The most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def only_prepared(cases: int) -> Line:
    """A manifest of very many, and how much the process grew."""
    here = world.make(cases, year=2020, trail=False)
    clerk, once, before = world.again(here.clerk), taken(), resident_mib()
    found = Application.objects.filter(round=here.round)
    once.add(
        lambda: manifests.prepare("accept", found, actor=clerk, programme=world.PROGRAMME),
        server_seconds(connection.connection),
    )
    grown = round(resident_mib() - before, 1)
    return Line(f"manifest of {cases:,}", once.median, also=f"process grew by {grown} MiB")


def decide(rounds: int, peer_s: float | None, count: int = 500) -> Line:
    """An official decides `count` consolidated cases with their people: the step, and the whole of signing a batch."""
    here = world.make(count, people=True, year=2018)
    batch = world.consolidated(here)
    official = world.again(here.official)
    official.memberships  # noqa: B018 - read once a request
    ours, bare, whole = taken(), taken(), taken()

    def sign() -> None:
        approvals.approve(batch, by=world.again(here.official), key="sign", signed=manifest_sha256(batch))

    def step() -> None:
        perform("approve", here.ids(), actor=official, key="step", programme=world.PROGRAMME)

    def statement() -> None:
        bare_many(here, official.pk, "approve", "consolidated", "approved", count)

    for _ in range(rounds):
        rolled_back(statement, bare)
        rolled_back(step, ours)
        rolled_back(sign, whole)
    with transaction.atomic():
        sent = statements(step)
        transaction.set_rollback(True)
    return Line(
        f"decide {count}", ours.median, bare.median, peer_s and peer_s * count, over(ours.median, bare.median),
        over(ours.median_cpu, bare.median_cpu), sent, "at most 12 statements, under 0.3 s",
        sent <= 12 and max(ours.median, ours.median_cpu) < 0.3,
        f"the whole signature with its task and hash: {whole.median:.2f} s",
    )  # fmt: skip


def measure(batch: int, steps: int, rounds: int, prepare: int) -> list[Line]:
    """All lines, each in one run with its floor and its peer."""
    at("making cases")
    small = world.make(2 * steps + 100, year=2017, trail=False)
    at(f"{steps} single steps and as many bare statements, {PEER_TASKS} tasks of viewflow")
    one = one_step(small, steps)
    at("deciding 500")
    decided = decide(5, one.peer_s)
    at(f"making {batch:,} cases")
    large = world.make(batch, year=2019, trail=False)
    lines = [decided, *batch_of(large, rounds, one.peer_s), one]
    if prepare:
        at(f"a manifest of {prepare:,}")
        lines.append(only_prepared(prepare))
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batch", type=int, default=100_000)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--prepare", type=int, default=0, help="also a manifest of so many")
    given = parser.parse_args()
    with scratch("engine"):
        told(measure(given.batch, given.steps, given.rounds, given.prepare))


if __name__ == "__main__":
    main()
