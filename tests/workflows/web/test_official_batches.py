"""The list of batches and the inbox of their tasks."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Organisation, Role, User
from tests.workflows.conftest import person_with
from tests.workflows.web.batch_ways import at_work, awaiting_signature, verified
from workflows import approvals
from workflows.models import Application, Batch, Round
from workflows.programmes import programme
from workflows.web.official.stages import batch_path
from workflows.web.official.sums import Sums

pytestmark = pytest.mark.django_db


def test_inbox_names_the_task_and_lets_it_be_claimed(
    client: Client, open_round: Round, clerk: User, official: User, second_official: User,
    many_drafts: Callable[[int], list[Application]],
) -> None:  # fmt: skip
    batch = awaiting_signature(open_round, verified(many_drafts(1), clerk), clerk, second_official)
    client.force_login(official)
    page = client.get(reverse("batches"))
    assert [(row.batch, row.held) for row in page.context["tasks"]] == [(batch, False)]
    client.post(reverse("batch_act", args=[batch.pk, "claim"]), {"key": "c"})
    assert [row.held for row in client.get(reverse("batches")).context["tasks"]] == [True]
    client.force_login(second_official)
    assert client.get(reverse("batches")).context["tasks"] == []


def test_list_holds_the_batches_of_ones_own_offices_only(
    client: Client, open_round: Round, clerk: User, official: User
) -> None:
    approvals.open_batch(open_round, by=clerk)
    elsewhere = Organisation.objects.create(kind="authority", name="别处的局")
    client.force_login(official)
    assert len(client.get(reverse("batches")).context["rows"]) == 1
    client.force_login(person_with(Role.OFFICIAL, elsewhere))
    assert client.get(reverse("batches")).context["rows"] == []


def test_list_narrows_to_a_stage(client: Client, open_round: Round, clerk: User) -> None:
    approvals.open_batch(open_round, by=clerk)
    client.force_login(clerk)
    assert len(client.get(reverse("batches"), {"stage": "preparing"}).context["rows"]) == 1
    assert client.get(reverse("batches"), {"stage": "closed"}).context["rows"] == []


@pytest.mark.parametrize("count", [1, 30])
def test_list_takes_a_fixed_number_of_statements(
    client: Client, open_round: Round, clerk: User, count: int,
    django_assert_num_queries: Callable[[int], object],
) -> None:  # fmt: skip
    for _ in range(count):
        approvals.open_batch(open_round, by=clerk)
    at_work(client, clerk)
    with django_assert_num_queries(11):
        page = client.get(reverse("batches"))
    assert len(page.context["rows"]) == count


def test_batch_of_a_foreign_round_is_not_opened(
    client: Client, open_round: Round, association: Organisation
) -> None:
    elsewhere = Organisation.objects.create(kind="association", name="别处协会")
    client.force_login(person_with(Role.CLERK, elsewhere))
    answer = client.post(reverse("batch_open"), {"round": open_round.pk, "key": "k"})
    assert (answer.status_code, Batch.objects.count()) == (404, 0)


def test_official_does_not_open_batches(client: Client, open_round: Round, official: User) -> None:
    client.force_login(official)
    assert client.post(reverse("batch_open"), {"round": open_round.pk, "key": "k"}).status_code == 403


@pytest.mark.parametrize(
    ("slug", "without"),
    [
        ("talent-tax-rebate", set()),
        ("software-filing", {"Disbursement"}),
        ("project-review", {"Release the notice", "Public notice", "Disbursement"}),
    ],
)
def test_path_of_a_batch_has_only_what_its_programme_has(slug, without):
    round_ = Round(programme=slug, policy=list(programme(slug).policies)[-1], year=2026)
    drawn = batch_path(Batch(round=round_, stage=Batch.Stage.PREPARING), [], Sums())

    names = {step.name.en for step in drawn}
    whole = {"Prepare", "Verify", "Approve", "Release the notice", "Public notice", "Disbursement", "Close"}
    assert names == whole - without
