"""Two at once, on real PostgreSQL: every case is moved once, whoever wins, and the chain stays whole."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier, Thread
from time import monotonic, sleep
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import Organisation, User
from tests.workflows.conftest import compared, events_of, fresh, new_batch, person_with, ready_draft
from workflows import calendars, drafts
from workflows.engine import clock
from workflows.engine.deadlines import is_working, working_days_after
from workflows.engine.perform import Outcome, perform
from workflows.engine.verify import verify
from workflows.errors import AlreadyApplied, Blocked
from workflows.models import Application, Deadline, Round

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(n: int, work: Callable[[int], object]) -> list[object]:
    """`work(0)` … `work(n - 1)` in as many threads, started together; results or the exceptions raised."""
    start = Barrier(n)

    def run(i: int) -> object:
        start.wait()
        try:
            return work(i)
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(n) as pool:
        return list(pool.map(run, range(n)))


def test_twenty_clicks_with_one_key_give_one_event_and_one_answer(draft: Application, owner: User) -> None:
    answers = at_once(20, lambda _: perform("submit", [draft.pk], actor=owner, key="click"))
    assert {type(a) for a in answers} == {Outcome}
    assert len(set(answers)) == 1
    assert events_of(draft) == ["submit"]
    assert verify().holds


def test_twenty_clicks_with_their_own_keys_give_one_event(draft: Application, owner: User) -> None:
    answers = at_once(20, lambda i: perform("submit", [draft.pk], actor=owner, key=f"click{i}"))
    assert sorted(type(a).__name__ for a in answers) == ["Blocked"] * 19 + ["Outcome"]
    assert events_of(draft) == ["submit"]
    assert verify().holds


def test_two_officials_on_overlapping_batches_decide_each_case_once(
    many_drafts: Callable[[int], list[Application]],
    clerk: User,
    official: User,
    authority: Organisation,
    open_round: Round,
) -> None:
    cases = many_drafts(6)
    for case in cases:
        perform("submit", [case.pk], actor=case.created_by, key="s")
    ids = [case.pk for case in cases]
    perform("accept", ids, actor=clerk, key="a")
    perform("examine", ids, actor=clerk, key="e")
    compared(cases)
    perform("verify", ids, actor=clerk, key="v")
    batch = new_batch(open_round, clerk)
    perform("consolidate", ids, actor=clerk, key="c", data={"batch": batch.pk})
    batch.verified_by, batch.verified_at = person_with("official", authority), batch.prepared_at
    batch.save()
    other = person_with("official", authority)
    shares = [(official, ids[:4]), (other, ids[2:])]
    answers = at_once(2, lambda i: perform("approve", shares[i][1], actor=shares[i][0], key=f"approve{i}"))
    assert sorted(type(a).__name__ for a in answers) == ["Blocked", "Outcome"]
    assert [events_of(case).count("approve") for case in cases].count(1) == 4
    assert max(events_of(case).count("approve") for case in cases) == 1
    assert verify().holds


def test_one_employer_gets_one_draft_from_ten_starts(
    open_round: Round, employer: Organisation, owner: User
) -> None:
    answers = at_once(10, lambda _: drafts.start(open_round, employer, by=owner))
    assert sorted(type(a).__name__ for a in answers) == ["AlreadyApplied"] * 9 + ["Application"]
    assert AlreadyApplied in {type(a) for a in answers}


def test_withdrawal_and_acceptance_at_once_leave_one_of_them(
    draft: Application, owner: User, clerk: User
) -> None:
    perform("submit", [draft.pk], actor=owner, key="s")
    work = [("withdraw", owner), ("accept", clerk)]
    answers = at_once(2, lambda i: perform(work[i][0], [draft.pk], actor=work[i][1], key="k"))
    moved = [type(a) for a in answers].count(Outcome)
    # Withdrawing is also possible after acceptance, so both may succeed in that order, never the other way.
    assert (moved, fresh(draft).state) in {(1, "withdrawn"), (2, "withdrawn")}
    assert all(isinstance(a, Outcome | Blocked) for a in answers)
    assert verify().holds


def test_a_second_draft_after_withdrawal_is_allowed(
    open_round: Round, employer: Organisation, owner: User
) -> None:
    first = ready_draft(open_round, employer, owner)
    perform("withdraw", [first.pk], actor=owner, key="w")
    assert drafts.start(open_round, employer, by=owner).pk != first.pk


@contextmanager
def committed_while_waiting(work: Callable[[], object]) -> Iterator[None]:
    """What stands in the block has not been committed when `work` begins in another thread; `work` waits for it."""
    thread = Thread(target=lambda: (work(), connection.close()))
    with transaction.atomic():
        yield
        thread.start()
        until = monotonic() + 20
        with connection.cursor() as cursor:
            waiting = False
            while not waiting and monotonic() < until:
                cursor.execute(
                    """SELECT EXISTS (SELECT FROM pg_locks
                        WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"""
                )
                (waiting,) = cursor.fetchone()
                sleep(0.01)
    thread.join(20)
    assert waiting
    assert not thread.is_alive()


def test_step_that_waited_for_the_case_closes_the_limit_that_was_set_meanwhile(
    draft: Application, owner: User, clerk: User
) -> None:
    perform("submit", [draft.pk], actor=owner, key="s")
    with committed_while_waiting(lambda: perform("withdraw", [draft.pk], actor=owner, key="w")):
        perform("accept", [draft.pk], actor=clerk, key="a")
    assert events_of(draft) == ["submit", "accept", "withdraw"]
    assert not Deadline.objects.filter(application=draft, met_at=None, lapsed_at=None).exists()
    assert verify().holds


def test_step_that_waited_for_the_case_is_refused_where_it_is_not_possible_any_more(
    draft: Application, owner: User, clerk: User
) -> None:
    perform("submit", [draft.pk], actor=owner, key="s")
    refused: list[object] = []

    def accept() -> None:
        try:
            perform("accept", [draft.pk], actor=clerk, key="a")
        except Blocked as blocked:
            refused.extend(reason.code for reason in blocked.reasons[draft.pk])

    with committed_while_waiting(accept):
        perform("withdraw", [draft.pk], actor=owner, key="w")
    assert (refused, events_of(draft)) == (["state"], ["submit", "withdraw"])


def test_step_that_waited_for_the_calendar_counts_its_limit_by_the_new_one(
    draft: Application, owner: User, clerk: User, official: User
) -> None:
    perform("submit", [draft.pk], actor=owner, key="s")
    today = clock.day_of(clock.now())
    day = next(day for n in range(1, 12) if is_working(day := today + timedelta(days=n)))
    days = draft.declaration.steps["examine"].due.n  # type: ignore[union-attr]
    by_the_old = working_days_after(today, days)
    official.memberships  # noqa: B018 - read before the other thread waits
    with committed_while_waiting(lambda: perform("accept", [draft.pk], actor=clerk, key="a")):
        calendars.override(day, working=False, reason="台风", document="台风预警", by=official)
    assert fresh(draft).due_on == working_days_after(today, days) > by_the_old


def test_step_without_an_effect_is_one_statement_and_its_own_transaction(
    draft: Application, owner: User, clerk: User
) -> None:
    perform("submit", [draft.pk], actor=owner, key="s")
    clerk.memberships  # noqa: B018 - read once a request
    sent = []

    def note(execute: Callable[..., Any], *given: Any) -> Any:
        sent.append(connection.in_atomic_block)
        return execute(*given)

    with connection.execute_wrapper(note):
        outcome = perform("accept", [draft.pk], actor=clerk, key="a", programme=draft.programme)
    assert sent == [False]
    assert perform("accept", [draft.pk], actor=clerk, key="a", programme=draft.programme) == outcome
    assert (events_of(draft), verify().holds) == (["submit", "accept"], True)
