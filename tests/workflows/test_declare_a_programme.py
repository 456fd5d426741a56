"""The walk-through of docs/declare-a-programme.md is run: its own code takes a case from draft to its end."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import Organisation, Role
from tests.workflows.conftest import events_of, fresh, person_with
from tests.workflows.storm_aid import approved, filled_in, visited
from workflows import approvals, notices, payments
from workflows.engine.asking import why
from workflows.engine.caps import CapExceeded
from workflows.engine.perform import perform
from workflows.engine.prove import prove
from workflows.engine.verify import verify
from workflows.models import Notice, Objection, Round
from workflows.objections import decide_objection, object_to
from workflows.payments import Returned


def test_case_of_the_walk_through_runs_from_draft_to_its_end(
    storm_call, employer, owner, clerk, official, second_official, cashier
):
    case = visited(filled_in(storm_call, employer, owner), owner, clerk)
    assert case.number == f"SA2026-{case.pk:06d}"
    # A third of 90,000 − 30,000 yuan, half up: 60,000 × 0.3333.
    assert case.amount_fen == 1_999_800

    batch = approved([case], storm_call, clerk, second_official, official)
    approvals.release_notice(batch, by=second_official, key="n")
    line = Notice.objects.get(batch=batch).lines.get()
    assert (line.employer_name, line.person, line.person_name) == (employer.name, None, "")
    notices.end_due(timezone.now() + timedelta(days=30))

    paid = payments.make_list(storm_call, actor=cashier)
    assert [(x.application_id, x.amount_fen, x.account) for x in paid.lines.all()] == [
        (case.pk, 1_999_800, "1234567890123456")
    ]
    payments.read_return(paid, [Returned(1, paid=True, paid_on=date(2026, 11, 2))], actor=cashier, key="r")
    approvals.close(batch, by=official, key="z")

    assert fresh(case).state == "closed"
    assert events_of(case) == [
        "submit", "accept", "visit", "consolidate", "approve", "release_notice", "end_notice", "record_payment", "pay",
    ]  # fmt: skip
    assert verify().holds


def test_what_is_not_met_is_explained_in_its_own_words(storm_call, employer, owner, clerk):
    case = filled_in(storm_call, employer, owner, trading="no")
    perform("submit", [case.pk], actor=owner, key="s")
    perform("accept", [case.pk], actor=clerk, key="a")

    assert [reason.words.zh for reason in why("visit", fresh(case), clerk)] == ["商铺尚未恢复营业。"]


def test_amount_follows_the_policy_version_of_the_round(storm_call, employer, owner):
    Round.objects.filter(pk=storm_call.pk).update(policy="2027")
    case = filled_in(Round.objects.get(pk=storm_call.pk), employer, owner, loss_fen="5,000,000")
    perform("submit", [case.pk], actor=owner, key="s")

    assert fresh(case).amount_fen == 5_000_000


def test_budget_of_the_round_is_not_exceeded(storm_call, owner, clerk, official, second_official):
    cases = []
    for n in range(3):
        shop = Organisation.objects.create(kind="employer", name=f"示例小店{n}")
        keeper = person_with(Role.OWNER, shop)
        cases.append(visited(filled_in(storm_call, shop, keeper, loss_fen="1,000,000"), keeper, clerk))

    with pytest.raises(CapExceeded) as refused:
        approved(cases, storm_call, clerk, second_official, official)

    assert str(refused.value.sentence.en) == (
        "Budget of the round: 150,000.00 yuan would be granted, 100,000.00 yuan is the most. "
        "Take cases out, then try again."
    )
    assert {fresh(case).state for case in cases} == {"consolidated"}


def test_objection_stops_the_case_and_one_that_is_upheld_revokes_it(
    storm_call, employer, owner, clerk, official, second_official, cashier
):
    case = visited(filled_in(storm_call, employer, owner), owner, clerk)
    batch = approved([case], storm_call, clerk, second_official, official)
    approvals.release_notice(batch, by=second_official, key="n")
    line = Notice.objects.get(batch=batch).lines.get()
    shown = timezone.now() + timedelta(days=4)
    objection = object_to(line, name="周示例", contact="13800009999", statement="未受灾", key="o", at=shown)
    notices.end_due(timezone.now() + timedelta(days=30))
    with pytest.raises(payments.NothingToPay):
        payments.make_list(storm_call, actor=cashier)
    assert [r.code for r in why("revoke", fresh(case), official)] == ["not_upheld"]

    decide_objection(
        objection, verdict=Objection.State.UPHELD, answer="经核实，未受灾。", actor=official, key="d"
    )
    with pytest.raises(payments.NothingToPay):
        payments.make_list(storm_call, actor=cashier)
    perform("revoke", [case.pk], actor=official, key="x", reason="未受灾")

    assert fresh(case).state == "revoked"


def test_declaration_of_the_walk_through_proves_itself(storm_call):
    assert prove(storm_call.declaration) == []
