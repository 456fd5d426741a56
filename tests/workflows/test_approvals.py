"""A batch passes from hand to hand; its cases and its tasks move in one transaction."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import Organisation, User
from tests.workflows.conftest import compared, events_of, fresh, person_with
from workflows import approvals, batches, notices, payments
from workflows.engine.perform import perform
from workflows.engine.verify import verify
from workflows.errors import Blocked
from workflows.models import Application, Batch, Person, Round

pytestmark = pytest.mark.django_db


@pytest.fixture
def verified_cases(many_drafts: Callable[[int], list[Application]], clerk: User) -> list[Application]:
    cases = many_drafts(3)
    for case in cases:
        perform("submit", [case.pk], actor=case.created_by, key="s")
    ids = [case.pk for case in cases]
    perform("accept", ids, actor=clerk, key="a")
    perform("examine", ids, actor=clerk, key="e")
    compared(cases)
    perform("verify", ids, actor=clerk, key="v")
    return cases


@pytest.fixture
def handed_in(
    verified_cases: list[Application], open_round: Round, clerk: User, second_official: User
) -> Batch:
    batch = approvals.open_batch(open_round, by=clerk)
    approvals.consolidate(batch, [c.pk for c in verified_cases], by=clerk, key="c")
    approvals.hand_in(batch, by=clerk, key="h")
    return approvals.verify(batch, by=second_official, key="v")


def test_batch_goes_its_whole_way(
    handed_in: Batch, verified_cases: list[Application], official: User, second_official: User, cashier: User
) -> None:
    batch = approvals.approve(handed_in, by=official, key="k", signed=batches.manifest_sha256(handed_in))
    assert (batch.stage, batch.approved_by) == ("releasing", official)
    batch = approvals.release_notice(batch, by=second_official, key="r")
    assert batch.notice.lines.count() == 6
    later = batch.notice.shown_until + timedelta(days=1)
    assert notices.end_due(at=later) == 3
    made = payments.make_list(batch.round, actor=cashier, at=later)
    assert [line.amount_fen for line in made.lines.order_by("position")] == [2 * 668_300] * 3
    returned = [
        payments.Returned(line.position, paid=True, paid_on=later.date()) for line in made.lines.all()
    ]
    payments.read_return(made, returned, actor=cashier, key="p", at=later)
    assert [fresh(case).state for case in verified_cases] == ["paid"] * 3
    assert approvals.close(batch, by=official, key="z").stage == "closed"
    assert approvals.open_task(batch) is None
    assert verify().holds


def test_approving_twice_with_one_key_approves_once(
    handed_in: Batch, verified_cases: list[Application], official: User
) -> None:
    signed = batches.manifest_sha256(handed_in)
    approvals.approve(handed_in, by=official, key="k", signed=signed)
    again = approvals.approve(handed_in, by=official, key="k", signed=signed)
    assert again.stage == "releasing"
    assert events_of(verified_cases[0]).count("approve") == 1


def test_one_blocked_case_leaves_all_and_the_task_open(
    handed_in: Batch, verified_cases: list[Application], official: User
) -> None:
    Application.objects.filter(pk=verified_cases[1].pk).update(rows_held=1)
    with pytest.raises(Blocked) as caught:
        approvals.approve(handed_in, by=official, key="k", signed=batches.manifest_sha256(handed_in))
    assert list(caught.value.reasons) == [verified_cases[1].pk]
    assert {fresh(case).state for case in verified_cases} == {"consolidated"}
    task = approvals.open_task(handed_in)
    assert task is not None
    assert task.flow_task.name == "approve"


def test_changed_manifest_is_not_signed(
    handed_in: Batch, verified_cases: list[Application], official: User
) -> None:
    signed = batches.manifest_sha256(handed_in)
    perform("take_out", [verified_cases[0].pk], actor=official, key="t", reason="资料待核")
    with pytest.raises(approvals.ManifestChanged):
        approvals.approve(handed_in, by=official, key="k", signed=signed)


def test_preparer_cannot_verify_even_with_the_role(
    verified_cases: list[Application], open_round: Round, clerk: User, authority: Organisation
) -> None:
    from accounts.models import Membership

    Membership.objects.create(user=clerk, organisation=authority, role="official")
    batch = approvals.open_batch(open_round, by=clerk)
    approvals.consolidate(batch, [verified_cases[0].pk], by=clerk, key="c")
    approvals.hand_in(batch, by=clerk, key="h")
    with pytest.raises(approvals.SecondPersonNeeded):
        approvals.verify(batch, by=User.objects.get(pk=clerk.pk), key="v")


def test_approver_cannot_release(handed_in: Batch, official: User) -> None:
    batch = approvals.approve(handed_in, by=official, key="k", signed=batches.manifest_sha256(handed_in))
    with pytest.raises(approvals.SecondPersonNeeded):
        approvals.release_notice(batch, by=official, key="r")


def test_sent_back_batch_can_be_prepared_and_approved_again(
    handed_in: Batch, verified_cases: list[Application], clerk: User, official: User, second_official: User
) -> None:
    batch = approvals.send_back(handed_in, by=official, key="b", reason="请核对人数")
    assert (batch.stage, batch.verified_by) == ("preparing", None)
    perform("take_out", [verified_cases[2].pk], actor=clerk, key="t", reason="资料待核")
    approvals.hand_in(batch, by=clerk, key="h2")
    approvals.verify(batch, by=second_official, key="v2")
    batch = approvals.approve(batch, by=official, key="k2", signed=batches.manifest_sha256(batch))
    assert [fresh(case).state for case in verified_cases] == ["approved", "approved", "verified"]


def test_tasks_are_claimed_and_handed_over(
    handed_in: Batch, official: User, second_official: User, clerk: User
) -> None:
    assert [t.flow_task.name for t in approvals.tasks_for(official)] == ["approve"]
    approvals.claim(handed_in, by=official)
    assert list(approvals.tasks_for(second_official)) == []
    approvals.hand_over(handed_in, by=official, to=second_official)
    assert len(approvals.tasks_for(second_official)) == 1
    with pytest.raises(approvals.NotTheirTask):
        approvals.hand_over(handed_in, by=second_official, to=clerk)


def test_empty_batch_cannot_be_handed_in(open_round: Round, clerk: User) -> None:
    batch = approvals.open_batch(open_round, by=clerk)
    with pytest.raises(approvals.BatchEmpty):
        approvals.hand_in(batch, by=clerk, key="h")


def test_new_duplicate_stops_the_signature(
    handed_in: Batch, verified_cases: list[Application], official: User
) -> None:
    twin = Person.objects.filter(application=verified_cases[0]).first()
    assert twin is not None
    other = Person.objects.filter(application=verified_cases[1]).first()
    assert other is not None
    Person.objects.filter(pk=other.pk).update(id_index=twin.id_index)
    with pytest.raises(batches.DuplicatesFound):
        approvals.approve(handed_in, by=official, key="k", signed=batches.manifest_sha256(handed_in))


def test_stranger_cannot_open_a_batch(open_round: Round, authority: Organisation) -> None:
    with pytest.raises(approvals.NotTheirTask):
        approvals.open_batch(open_round, by=person_with("clerk", authority))


def test_batch_emptied_by_the_approver_can_be_sent_back_but_not_signed(
    handed_in: Batch, verified_cases: list[Application], official: User
) -> None:
    ids = [case.pk for case in verified_cases]
    approvals.take_out(handed_in, ids, by=official, key="t", reason="资料待核")
    with pytest.raises(approvals.BatchEmpty):
        approvals.approve(handed_in, by=official, key="k", signed=batches.manifest_sha256(handed_in))
    assert approvals.send_back(handed_in, by=official, key="b", reason="本批已空").stage == "preparing"


def test_old_page_sent_again_after_a_send_back_does_nothing_more(
    handed_in: Batch, clerk: User, official: User
) -> None:
    approvals.send_back(handed_in, by=official, key="b", reason="请核对人数")
    assert approvals.hand_in(handed_in, by=clerk, key="h").stage == "preparing"


def test_cases_are_taken_out_only_by_whose_turn_it_is(
    handed_in: Batch, verified_cases: list[Application], clerk: User, official: User
) -> None:
    with pytest.raises(approvals.NotTheirTask):
        approvals.take_out(handed_in, [verified_cases[0].pk], by=clerk, key="t", reason="资料待核")
    approvals.approve(handed_in, by=official, key="k", signed=batches.manifest_sha256(handed_in))
    with pytest.raises(approvals.TaskMoved):
        approvals.take_out(handed_in, [verified_cases[0].pk], by=official, key="t", reason="资料待核")
