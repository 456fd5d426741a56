"""A batch through the API, from verified cases to closed: four eyes, the signed manifest, objections, payment."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.workflows.api.conftest import Program, ok, problem
from tests.workflows.conftest import fresh
from tests.workflows.web.batch_ways import awaiting_signature, listed, objected, verified
from workflows import bank_returns
from workflows.bank_returns import purpose_of
from workflows.models import Application, Batch, Notice, PaymentList, Person, Result

pytestmark = pytest.mark.django_db


@pytest.fixture
def cases(many_drafts, clerk):
    return verified(many_drafts(2), clerk)


def test_batch_goes_its_whole_way(cases, open_round, clerk, official, second_official):
    preparer, verifier, signer = Program(clerk), Program(second_official), Program(official)
    batch = ok(preparer.send("/batches", {"round": open_round.pk}), 201)["id"]
    filled = ok(preparer.send(f"/batches/{batch}/cases", {"all": True}))
    assert (filled["sums"]["cases"], filled["stage"]) == (2, "preparing")
    ok(preparer.send(f"/batches/{batch}/hand-in"))
    problem(preparer.send(f"/batches/{batch}/verify"), 403, "not_your_task")
    ok(verifier.send(f"/batches/{batch}/verify"))

    manifest = ok(signer.get(f"/batches/{batch}/manifest"))
    assert (manifest["blocked"], manifest["obstacles"], manifest["sums"]["cases"]) == (0, [], 2)
    signed = {"sha256": manifest["sha256"]}
    problem(verifier.send(f"/batches/{batch}/approve", signed), 409, "blocked")
    approved = ok(signer.send(f"/batches/{batch}/approve", signed))
    assert (approved["stage"], approved["manifest_sha256"]) == ("releasing", manifest["sha256"])
    problem(signer.send(f"/batches/{batch}/release-notice"), 409, "second_person_needed")
    preview = ok(verifier.get(f"/batches/{batch}/notice"))
    released = ok(verifier.send(f"/batches/{batch}/release-notice"))

    lines = ok(signer.get(f"/notices/{released['notice']}/lines"))["rows"]
    assert [line["person"] for line in lines] == [line["person"] for line in preview["rows"]]
    assert ok(signer.get(f"/notices/{released['notice']}"))["unchanged"] is True
    problem(signer.send(f"/batches/{batch}/close"), 409, "batch_not_finished")


def test_manifest_that_changed_after_it_was_read_is_not_signed(
    cases, open_round, clerk, official, second_official
):
    batch = awaiting_signature(open_round, cases, clerk, second_official)
    program = Program(official)
    read = ok(program.get(f"/batches/{batch.pk}/manifest"))["sha256"]
    ok(program.send(f"/batches/{batch.pk}/take-out", {"cases": [cases[0].pk], "reason": "later"}))

    problem(program.send(f"/batches/{batch.pk}/approve", {"sha256": read}), 409, "manifest_changed")

    assert fresh(cases[1]).state == "consolidated"


def test_manifest_names_every_blocker(cases, open_round, clerk, official, second_official):
    batch = awaiting_signature(open_round, cases, clerk, second_official)
    Person.objects.filter(application=cases[0], position=1).update(result=Result.HELD)
    Application.objects.filter(pk=cases[0].pk).update(rows_held=1, rows_in_dispute=1)
    program = Program(official)

    manifest = ok(program.get(f"/batches/{batch.pk}/manifest"))
    blocked = ok(program.get(f"/batches/{batch.pk}/blocked"))["rows"]

    assert manifest["blocked"] == 1
    assert {o["code"] for o in manifest["obstacles"]} == {r["code"] for r in blocked[0]["reasons"]}
    assert len(blocked[0]["reasons"]) == 2
    refused = problem(
        program.send(f"/batches/{batch.pk}/approve", {"sha256": manifest["sha256"]}), 409, "blocked"
    )
    assert {r["case"] for r in refused["reasons"]} == {cases[0].pk}
    out = ok(program.send(f"/batches/{batch.pk}/take-out", {"blocked": True, "reason": "held"}))
    assert out["sums"]["cases"] == 1


def test_task_is_claimed_and_handed_over(cases, open_round, clerk, official, second_official):
    batch = awaiting_signature(open_round, cases, clerk, second_official)
    program = Program(official)
    assert ok(program.send(f"/batches/{batch.pk}/claim"))["task"]["owner"]["id"] == official.pk
    others = {person["id"] for person in ok(program.get(f"/batches/{batch.pk}/colleagues"))}
    assert others == {official.pk, second_official.pk}
    problem(program.send(f"/batches/{batch.pk}/hand-over", {"to": clerk.pk}), 422, "nobody_chosen")

    given = ok(program.send(f"/batches/{batch.pk}/hand-over", {"to": second_official.pk}))

    assert given["task"]["owner"]["id"] == second_official.pk


def test_batch_is_sent_back_with_a_reason(cases, open_round, clerk, official, second_official):
    batch = awaiting_signature(open_round, cases, clerk, second_official)
    program = Program(official)
    problem(program.send(f"/batches/{batch.pk}/send-back", {"reason": " "}), 422, "invalid")

    assert (
        ok(program.send(f"/batches/{batch.pk}/send-back", {"reason": "check again"}))["stage"] == "preparing"
    )


def test_objection_is_opened_then_decided(cases, open_round, clerk, official, second_official, cashier):
    batch = awaiting_signature(open_round, cases, clerk, second_official)
    signer = Program(official)
    read = ok(signer.get(f"/batches/{batch.pk}/manifest"))["sha256"]
    ok(signer.send(f"/batches/{batch.pk}/approve", {"sha256": read}))
    ok(Program(second_official).send(f"/batches/{batch.pk}/release-notice"))
    objection = objected(Batch.objects.get(pk=batch.pk))
    decide = {"verdict": "dismissed", "answer": "checked, still employed"}

    listed_ = ok(Program(clerk).get("/objections"))["rows"]
    assert "王五" not in str(listed_)
    problem(Program(clerk).send(f"/objections/{objection.pk}/open"), 403, "role_needed")
    problem(signer.send(f"/objections/{objection.pk}/decide", decide), 409, "not_opened")
    assert "王五" in ok(signer.send(f"/objections/{objection.pk}/open"))["name"]
    assert ok(signer.send(f"/objections/{objection.pk}/decide", decide))["state"] == "dismissed"


def test_list_is_made_exported_and_settled_by_the_bank(
    documents_folder, cases, open_round, clerk, official, second_official, cashier
):
    batch = awaiting_signature(open_round, cases, clerk, second_official)
    made = listed(batch, official, second_official, cashier)
    program = Program(cashier)
    rows = ok(program.get(f"/payment-lists/{made.pk}/lines"))["rows"]
    assert all("＊" in row["account"] or "*" in row["account"] for row in rows)

    whole = ok(program.send(f"/payment-lists/{made.pk}/export", key="out"))
    assert {line["account"] for line in whole["lines"]} == {"1234567890123456"}
    problem(program.send(f"/payment-lists/{made.pk}/export", key="out"), 409, "already_shown")
    problem(Program(official).send(f"/payment-lists/{made.pk}/export"), 403, "role_needed")

    from storage.uploads import deposit

    text = "行号,结果,付款日期\n" + "".join(f"{row['position']},成功,2019-10-10\n" for row in rows)
    document = deposit(
        user=cashier, organisation=made.authority, filename="回单.csv", content_type="text/csv",
        data=text.encode(), purpose=purpose_of(made),
    )  # fmt: skip
    check = ok(program.get(f"/payment-lists/{made.pk}/returns/{document.pk}"))
    assert (check["paid"], check["errors"]) == ([1, 2], [])
    settled = ok(program.send(f"/payment-lists/{made.pk}/returns/{document.pk}/apply"))
    assert settled["sums"]["paid"] == 2
    problem(
        program.send(f"/payment-lists/{made.pk}/returns/{document.pk}/apply"),
        409,
        bank_returns.ReturnApplied.code,
    )
    assert len(ok(program.get("/ledger"))["rows"]) == 2


def test_many_cases_are_taken_a_step_on_or_none(many_drafts, clerk, owner):
    drafts = many_drafts(3)
    for case in drafts:
        ok(Program(case.created_by).step(case.pk, "submit"))
    program = Program(clerk)
    ids = [case.pk for case in drafts]
    asked = {"programme": "talent-tax-rebate", "step": "accept", "cases": ids}
    assert ok(program.send("/worklist/manifest", asked))["possible"] == ids
    ok(program.step(ids[0], "accept"))

    manifest = ok(program.send("/worklist/manifest", asked))
    assert (manifest["possible"], manifest["blocked"], manifest["reasons"][0]["case"]) == (ids[1:], 1, ids[0])
    problem(program.send("/worklist/steps", asked), 409, "blocked")
    assert {fresh(case).state for case in drafts[1:]} == {"submitted"}
    by_query = {**asked, "cases": [], "query": "tab=submitted"}
    assert ok(program.send("/worklist/steps", by_query))["count"] == 2
    problem(program.send("/worklist/steps", {**asked, "cases": [*ids, 10**9]}), 404, "not_found")


@pytest.mark.parametrize(
    ("path", "questions"),
    [("/batches", 4), ("/notices", 3), ("/objections", 3), ("/payment-lists", 4)],
)
def test_lists_ask_the_same_for_any_number_of_rows(
    path, questions, many_drafts, open_round, clerk, official, second_official, cashier
):
    """Token and memberships; then the rows, and where a row has figures one statement for all of them."""
    program = Program(official)
    for expected in (1, 3):
        while _count(path) < expected:
            _one_more(many_drafts, open_round, clerk, official, second_official, cashier)
        program.get(path)
        with CaptureQueriesContext(connection) as counted:
            found = ok(program.get(path))
        assert (len(found["rows"]), len(counted)) == (expected, questions)


def _count(path):
    from workflows.models import Objection

    models = {"/batches": Batch, "/notices": Notice, "/objections": Objection, "/payment-lists": PaymentList}
    return models[path].objects.count()


def _one_more(many_drafts, open_round, clerk, official, second_official, cashier):
    from tests.workflows.web.batch_ways import noticed

    batch = awaiting_signature(open_round, verified(many_drafts(1), clerk), clerk, second_official)
    noticed(batch, official, second_official)
    objected(Batch.objects.get(pk=batch.pk))
    later = Batch.objects.get(pk=batch.pk).notice.shown_until
    PaymentList.objects.create(
        number=f"BF{batch.pk}",
        round=open_round,
        authority=open_round.authority,
        made_by=cashier,
        made_at=later,
    )
