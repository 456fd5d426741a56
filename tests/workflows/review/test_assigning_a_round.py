"""A round's reviews: the question as the database has it, proposed, previewed, confirmed; nobody hears before."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, User
from notifications.models import Message
from tests.workflows.review import two_fields
from workflows.models import (
    Application,
    Assignment,
    Bid,
    Conflict,
    Expert,
    ExpertPost,
    PlanningRun,
    Round,
)
from workflows.review.assignment.confirming import DueInThePast, ProposalLacks, ProposalOutdated, confirm
from workflows.review.assignment.loading import Asked, load
from workflows.review.planning import runs

pytestmark = pytest.mark.django_db
Stage, State = PlanningRun.Stage, Assignment.State


@pytest.fixture
def experts(association: Organisation) -> list[Expert]:
    return two_fields.make_experts(association)


def proposed(panel_call: Round, clerk: User, **asked: Any) -> PlanningRun:
    run = runs.ask(panel_call, "assign", {"reviews": 2, "most": 2, **asked}, by=clerk)
    done = runs.carry_out(run.pk)
    assert done is not None
    return done


def pairs(state: str) -> set[tuple[str, str]]:
    rows = Assignment.objects.filter(state=state).values_list(
        "application__fields__field__code", "expert__code"
    )
    return set(rows)


def test_best_by_fields_is_proposed_and_nobody_is_told_before_it_is_confirmed(
    panel_call: Round, cases: list[Application], experts: list[Expert], clerk: User
) -> None:
    run = proposed(panel_call, clerk)
    assert (run.stage, run.found["lacking"], run.found["cases"]) == (Stage.READY, [], 2)
    best = {("networks", "E0000"), ("networks", "E0001"), ("health", "E0002"), ("health", "E0003")}
    assert pairs(State.PROPOSED) == best
    assert not Assignment.objects.open().exists()
    told = Message.objects.filter(topic="review.assigned")
    assert not told.exists()

    due = timezone.now() + timedelta(days=7)
    assert confirm(run, by=clerk, due_at=due) == 4
    assert pairs(State.STANDING) == best
    assert set(Assignment.objects.values_list("due_at", flat=True)) == {due}
    assert set(Application.objects.values_list("reviews_wanted", flat=True)) == {2}
    run.refresh_from_db()
    assert (run.stage, run.settled_by_id) == (Stage.ACCEPTED, clerk.pk)
    assert set(told.values_list("recipient__email", flat=True)) == {one.email for one in experts}


def test_conflicts_declines_bids_and_employers_keep_pairs_out(
    panel_call: Round, cases: list[Application], experts: list[Expert], clerk: User
) -> None:
    network, _ = cases
    Conflict.objects.create(expert=experts[0], application=network, rule="declared", source="declared")
    Assignment.objects.create(
        expert=experts[1], application=network, state=State.ENDED, ended_reason="declined", made_by=clerk
    )
    Bid.objects.create(expert=experts[2], application=network, value=-2)
    loaded = load(panel_call, Asked(reviews=1))
    open_to = {
        (loaded.cases[row], loaded.experts[column])
        for row, column in zip(loaded.problem.case_of, loaded.problem.expert_of, strict=True)
    }
    assert {expert for case, expert in open_to if case == network.pk} == {experts[3].pk}


def test_standing_reviews_count_and_their_employers_send_nobody_else(
    panel_call: Round, cases: list[Application], experts: list[Expert], clerk: User
) -> None:
    network, _ = cases
    ExpertPost.objects.filter(expert=experts[1]).update(organisation="大学0")
    Assignment.objects.create(expert=experts[0], application=network, state=State.STANDING, made_by=clerk)
    loaded = load(panel_call, Asked(reviews=2, most=2))
    row = loaded.cases.index(network.pk)
    assert loaded.problem.wanted[row] == 1
    columns = loaded.problem.expert_of[loaded.problem.case_of == row]
    assert {loaded.experts[column] for column in columns} == {experts[2].pk, experts[3].pk}
    assert loaded.problem.most[loaded.experts.index(experts[0].pk)] == 1


def test_loading_costs_the_same_statements_for_one_case_and_for_many(
    panel_call: Round, cases: list[Application], experts: list[Expert], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(11):
        load(panel_call, Asked())
    Expert.objects.exclude(pk=experts[0].pk).update(status=Expert.Status.SUSPENDED)
    with django_assert_num_queries(11):
        load(panel_call, Asked())


def test_proposal_that_lacks_says_whom_and_is_confirmed_only_on_purpose(
    panel_call: Round, cases: list[Application], experts: list[Expert], clerk: User
) -> None:
    run = proposed(panel_call, clerk, reviews=3, most=1)
    assert run.stage == Stage.READY
    (_, words), *_ = run.found["lacking"]
    assert "候选专家 4 名" in words
    assert run.found["ways"]
    due = timezone.now() + timedelta(days=7)
    with pytest.raises(ProposalLacks):
        confirm(run, by=clerk, due_at=due)
    assert not Assignment.objects.filter(state=State.STANDING).exists()
    assert confirm(run, by=clerk, due_at=due, although_short=True) == 4


def test_conflict_since_the_proposal_is_refused_by_name(
    panel_call: Round, cases: list[Application], experts: list[Expert], clerk: User
) -> None:
    run = proposed(panel_call, clerk)
    Conflict.objects.create(expert=experts[0], application=cases[0], rule="declared", source="declared")
    with pytest.raises(ProposalOutdated) as refusal:
        confirm(run, by=clerk, due_at=timezone.now() + timedelta(days=7))
    assert f"E0000 – {cases[0].number}" in refusal.value.sentence.en
    assert not Assignment.objects.filter(state=State.STANDING).exists()


def test_pins_and_pairs_left_out_hold(
    panel_call: Round, cases: list[Application], experts: list[Expert], clerk: User
) -> None:
    run = proposed(
        panel_call, clerk, reviews=1,
        pins=[[cases[0].pk, experts[3].pk]], without=[[cases[1].pk, experts[2].pk]],
    )  # fmt: skip
    assert run.stage == Stage.READY
    assert ("networks", "E0003") in pairs(State.PROPOSED)
    assert ("health", "E0002") not in pairs(State.PROPOSED)


def test_newer_proposal_drops_the_one_before_and_a_dropped_one_leaves_nothing(
    panel_call: Round, cases: list[Application], experts: list[Expert], clerk: User
) -> None:
    first = proposed(panel_call, clerk)
    second = proposed(panel_call, clerk)
    first.refresh_from_db()
    assert (first.stage, second.stage) == (Stage.DROPPED, Stage.READY)
    with pytest.raises(runs.ProposalSettled):
        confirm(first, by=clerk, due_at=timezone.now() + timedelta(days=1))
    runs.drop(second, by=clerk)
    assert not Assignment.objects.exists()


def test_forced_pair_that_cannot_be_is_refused_with_its_reason(
    panel_call: Round, cases: list[Application], experts: list[Expert], clerk: User
) -> None:
    pins = [[cases[0].pk, one.pk] for one in experts[:3]]
    run = proposed(panel_call, clerk, pins=pins)
    assert (run.stage, run.refusal["code"]) == (Stage.REFUSED, "assignment_fault")
    assert "3 forced pairs and takes at most 2" in run.refusal["en"]


def test_only_clerks_of_the_office_ask(panel_call: Round, official: User) -> None:
    with pytest.raises(runs.NotTheirRound):
        runs.ask(panel_call, "assign", {}, by=official)


def test_due_day_in_the_past_is_refused(
    panel_call: Round, cases: list[Application], experts: list[Expert], clerk: User
) -> None:
    with pytest.raises(DueInThePast):
        confirm(proposed(panel_call, clerk), by=clerk, due_at=timezone.now() - timedelta(days=1))


def test_sweeper_finds_what_no_worker_heard_of(
    panel_call: Round, cases: list[Application], clerk: User
) -> None:
    run = runs.ask(panel_call, "assign", {}, by=clerk)
    assert runs.unfinished() == []
    PlanningRun.objects.filter(pk=run.pk).update(made_at=timezone.now() - timedelta(minutes=1))
    assert runs.unfinished() == [run.pk]


def test_quota_of_a_field_that_crosses_the_employers_is_kept_and_what_lacks_is_named(
    panel_call: Round, cases: list[Application], experts: list[Expert], clerk: User
) -> None:
    health = two_fields.fields_of()[1]
    run = proposed(panel_call, clerk, quota_field=health.pk, quota_least=1)
    assert run.stage == Stage.READY and run.found["lacking"] == []
    knows = {one.pk for one in experts[2:]}
    given = {case.pk: {expert for one, expert, _ in run.found["pairs"] if one == case.pk} for case in cases}
    assert all(len(some & knows) >= 1 and len(some) == 2 for some in given.values())

    Expert.objects.filter(pk__in=[one.pk for one in experts[2:]]).update(status=Expert.Status.SUSPENDED)
    run = proposed(panel_call, clerk, quota_field=health.pk, quota_least=1)
    assert [str(case.number) in zh for case, (_, zh) in zip(cases, run.found["lacking"], strict=False)] == [
        True,
        True,
    ]


def test_quota_of_a_field_is_asked_for_on_the_page(
    client: Client, panel_call: Round, cases: list[Application], experts: list[Expert], clerk: User
) -> None:
    client.force_login(clerk)
    address, field = reverse("planning_round", args=[panel_call.pk]), two_fields.fields_of()[1]
    asked = {"kind": "assign", "reviews": 2, "least": 0, "most": 2, "quota_least": 1}
    assert set(client.post(address, asked).context["form"].errors) == {"quota_field"}
    too_many = {**asked, "quota_least": 3, "quota_field": field.pk}
    assert set(client.post(address, too_many).context["form"].errors) == {"quota_least"}
    assert client.post(address, {**asked, "quota_field": field.pk}).status_code == 302
    assert (PlanningRun.objects.get().asked["quota_field"], PlanningRun.objects.get().asked["quota_least"]) == (
        field.pk, 1,
    )  # fmt: skip
