"""The counters by state equal GROUP BY, whatever is done to the cases, by whom, at once or not at all (I5)."""

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Q, Sum

from accounts.models import Organisation, Role, User
from tests.workflows.conftest import person_with
from tests.workflows.test_races import at_once
from tests.workflows.web.desks import brought_to
from workflows import counters
from workflows.engine.perform import perform
from workflows.models import Application, CaseCount, Round
from workflows.queries import counts_of, desk_of, kept_counts, waiting_count

pytestmark = pytest.mark.django_db
Drafts = Callable[[int], list[Application]]
together = pytest.mark.django_db(transaction=True)


def counted() -> dict[str, int]:
    """State → cases as the counters have it, after seeing that they agree with the rows."""
    assert counters.drifts() == []
    sums = CaseCount.objects.order_by().values("state").annotate(n=Sum("cases")).values_list("state", "n")
    return {state: n for state, n in sums if n}


def thousands(round_: Round, n: int) -> None:
    """`n` drafts of as many employers, in two statements."""
    employers = Organisation.objects.bulk_create(
        Organisation(kind="employer", name=f"批量企业{i}", industry="software") for i in range(n)
    )
    maker = person_with(Role.AGENT, employers[0])
    Application.objects.bulk_create(
        Application(
            programme=round_.programme, policy=round_.policy, year=round_.year, round=round_, applicant=employer,
            handler=round_.handler, authority=round_.authority, created_by=maker, rows_total=2, amount_fen=7,
        )
        for employer in employers
    )  # fmt: skip


def test_insert_step_and_deletion_of_a_draft_are_counted(
    draft: Application, many_drafts: Drafts, clerk: User
) -> None:
    (other,) = many_drafts(1)
    assert counted() == {"draft": 2}
    brought_to("accept", [draft], clerk)
    assert counted() == {"draft": 1, "accepted": 1}
    other.people.all().delete()
    Application.objects.filter(pk=other.pk).delete()
    assert counted() == {"accepted": 1}


def test_counters_carry_the_sums_of_the_rosters(draft: Application, clerk: User) -> None:
    (case,) = brought_to("accept", [draft], clerk)
    rows = CaseCount.objects.filter(state="accepted", numbered=True)
    assert rows.aggregate(p=Sum("people"), g=Sum("granted"), fen=Sum("amount_fen")) == {
        "p": case.rows_total, "g": case.rows_granted, "fen": case.amount_fen,
    }  # fmt: skip


def test_batch_of_thousands_writes_two_rows_and_agrees(open_round: Round) -> None:
    thousands(open_round, 5000)
    assert counted() == {"draft": 5000}
    before = CaseCount.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE workflows_application SET state = 'submitted', amount_fen = amount_fen + id")
    assert CaseCount.objects.count() == before + 2
    assert counted() == {"submitted": 5000}


def test_change_that_no_counter_shows_writes_nothing(draft: Application) -> None:
    before = CaseCount.objects.count()
    Application.objects.filter(pk=draft.pk).update(answers={"staff_count": "7"})
    assert CaseCount.objects.count() == before


def test_what_is_rolled_back_was_never_counted(draft: Application, owner: User) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        perform("submit", [draft.pk], actor=owner, key="s")
        assert counted() == {"submitted": 1}
        1 / 0  # noqa: B018
    assert counted() == {"draft": 1}


def test_fold_joins_rows_and_changes_no_count(many_drafts: Drafts, clerk: User) -> None:
    brought_to("examine", many_drafts(4), clerk)
    before = counted()
    assert counters.fold() > 4
    assert counted() == before == {"checked": 4}
    assert CaseCount.objects.count() == 1
    assert counters.fold() == 0


@together
def test_concurrent_steps_and_folds_agree(many_drafts: Drafts, clerk: User) -> None:
    cases = many_drafts(12)

    def work(i: int) -> object:
        for case in cases[i::4]:
            perform("submit", [case.pk], actor=case.created_by, key="s")
            counters.fold()
        return i

    assert at_once(4, work) == [0, 1, 2, 3]
    assert counted() == {"submitted": 12}
    counters.fold()
    assert counted() == {"submitted": 12}


@together
def test_batches_in_opposite_directions_do_not_wait_for_each_others_counters(
    many_drafts: Drafts, clerk: User, official: User
) -> None:
    cases = many_drafts(4)
    brought_to("accept", cases[:2], clerk)
    brought_to("submit", cases[2:], clerk)
    with transaction.atomic():
        perform("examine", [c.pk for c in cases[:2]], actor=clerk, key="e")
        # Both touch the counter of "accepted"; the second commits while the first is still open.
        (answer,) = at_once(1, lambda _: perform("accept", [c.pk for c in cases[2:]], actor=clerk, key="a"))
        assert not isinstance(answer, Exception), answer
    assert counted() == {"accepted": 2, "checked": 2}


def test_recount_names_a_drift_and_mends_it(many_drafts: Drafts, clerk: User) -> None:
    brought_to("submit", many_drafts(2), clerk)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workflows_casecount SET cases = cases + 5 WHERE state = 'submitted' AND cases > 0"
        )
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("recount", "--check", "--json", stdout=out)
    answer: dict[str, Any] = json.loads(out.getvalue())
    assert (answer["agree"], answer["mended"]) == (False, False)
    assert {(d["state"], d["cases"] < 0) for d in answer["drifts"]} == {("submitted", True)}
    out = StringIO()
    call_command("recount", stdout=out)
    assert "submitted: -" in out.getvalue()
    out = StringIO()
    call_command("recount", "--check", stdout=out)
    assert out.getvalue() == "The counters agree with the cases.\n"


def test_counters_say_what_the_rows_say_for_each_reader(
    many_drafts: Drafts, clerk: User, official: User, cashier: User
) -> None:
    cases = many_drafts(5)
    cases[0].people.update(still_employed=False)
    brought_to("verify", cases[:2], clerk)
    brought_to("submit", cases[2:4], clerk)
    stranger = person_with(Role.CLERK, Organisation.objects.create(kind="association", name="另一家协会"))
    for person in (clerk, official, cashier, stranger):
        kept = kept_counts(person, Q())
        assert kept == counts_of(desk_of(person), person)
        assert waiting_count(person) == kept.waiting
    assert kept_counts(official, Q()).by_state == {"verified": 2, "submitted": 2}  # not the draft
