"""One step on many cases: the manifest names every blocker, then all of it is done, or nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Organisation, Role, User
from tests.workflows.conftest import events_of, fresh, person_with
from tests.workflows.web.desks import address, brought_to, signed_in
from workflows.approvals import open_batch
from workflows.engine.perform import perform
from workflows.models import Application, Batch, Round
from workflows.web.desk.selection import packed, unpacked

pytestmark = pytest.mark.django_db
Drafts = Callable[[int], list[Application]]
ACCEPT = "talent-tax-rebate/accept"


def drawn(client: Any, step: str, cases: list[Application], **more: str) -> Any:
    return client.post(address("case_many"), {"step": step, "case": [case.pk for case in cases], **more})


def sure(client: Any, page: Any, **more: str) -> Any:
    context = page.context
    return client.post(
        address("case_many"),
        {
            "sure": "1",
            "key": context["key"],
            "step": f"talent-tax-rebate/{context['manifest'].step.name}",
            "ids": context["manifest"].ids,
            **more,
        },
    )


def test_ids_survive_packing_and_nonsense_is_nothing() -> None:
    assert unpacked(packed([9, 2, 4000, 2])) == [2, 9, 4000]
    assert [unpacked(text) for text in ("", "x", "eJwDAAAAAAE=", "!!")] == [[], [], [], []]


def test_everything_that_matches_is_taken_beyond_the_page(many_drafts: Drafts, clerk: User) -> None:
    cases = brought_to("submit", many_drafts(32), clerk)
    client = signed_in(clerk)
    page = client.post(address("case_many"), {"step": ACCEPT, "all": "1", "query": "tab=submitted"})
    assert page.context["manifest"].count == 32
    answer = sure(client, page, query="tab=submitted")
    assert answer["Location"] == address("worklist") + "?tab=submitted"
    assert {fresh(case).state for case in cases} == {"accepted"}


def test_manifest_groups_what_blocks_by_its_reason(many_drafts: Drafts, clerk: User) -> None:
    good, wrong, later = many_drafts(3)
    brought_to("accept", [good, wrong], clerk)
    perform("submit", [later.pk], actor=later.created_by, key="s")
    Application.objects.filter(pk=wrong.pk).update(rows_with_errors=3)
    client = signed_in(clerk)
    page = drawn(client, "talent-tax-rebate/examine", [good, wrong, later])
    manifest = page.context["manifest"]
    assert (manifest.possible, manifest.blocked) == ([good.pk], 2)
    assert [(o.count, str(o.one_sentence)) for o in manifest.obstacles] == [
        (1, "人员名单有 3 行有错误。"),
        (1, "目前处于“已提交”，不能办理这一步。"),
    ]
    assert "3 行" in page.content.decode()
    sure(client, page)
    assert [fresh(case).state for case in (good, wrong, later)] == ["checked", "accepted", "submitted"]


def test_case_that_moved_meanwhile_stops_all_and_is_named(many_drafts: Drafts, clerk: User) -> None:
    one, two = brought_to("submit", many_drafts(2), clerk)
    client = signed_in(clerk)
    page = drawn(client, ACCEPT, [one, two])
    perform("accept", [one.pk], actor=clerk, key="first")
    answer = sure(client, page)
    assert answer.status_code == 409
    assert fresh(two).state == "submitted"
    assert (answer.context["manifest"].possible, answer.context["manifest"].blocked) == ([two.pk], 1)


def test_second_click_with_the_same_key_does_nothing_more(many_drafts: Drafts, clerk: User) -> None:
    cases = brought_to("submit", many_drafts(2), clerk)
    client = signed_in(clerk)
    page = drawn(client, ACCEPT, cases)
    assert [sure(client, page).status_code for _ in range(2)] == [302, 302]
    assert [events_of(case) for case in cases] == [["submit", "accept"]] * 2


def test_cases_of_another_office_are_left_out_and_refused(many_drafts: Drafts, clerk: User) -> None:
    cases = brought_to("submit", many_drafts(1), clerk)
    stranger = person_with(Role.CLERK, Organisation.objects.create(kind="association", name="另一家协会"))
    client = signed_in(stranger)
    assert drawn(client, ACCEPT, cases).context["manifest"].count == 0
    answer = client.post(
        address("case_many"), {"sure": "1", "key": "k", "step": ACCEPT, "ids": packed([cases[0].pk])}
    )
    assert answer.status_code == 404
    assert fresh(cases[0]).state == "submitted"


def test_nothing_chosen_and_a_step_that_is_not_for_many_are_refused(clerk: User) -> None:
    client = signed_in(clerk)
    assert client.post(address("case_many"), {"step": ACCEPT}).status_code == 422
    assert client.post(address("case_many"), {"step": "talent-tax-rebate/approve"}).status_code == 422
    assert client.get(address("case_many")).status_code == 302


def test_consolidating_opens_a_batch_of_the_round(
    many_drafts: Drafts, clerk: User, open_round: Round
) -> None:
    cases = brought_to("verify", many_drafts(3), clerk)
    client = signed_in(clerk)
    page = drawn(client, "talent-tax-rebate/consolidate", cases)
    assert [(part.round, part.count) for part in page.context["manifest"].rounds] == [(open_round, 3)]
    answers = [sure(client, page, **{f"batch-{open_round.pk}": "new"}).status_code for _ in range(2)]
    batch = Batch.objects.get()
    assert answers == [302, 302]
    assert (batch.prepared_by, {fresh(case).batch for case in cases}) == (clerk, {batch})


def test_consolidating_into_a_batch_that_is_open(many_drafts: Drafts, clerk: User, open_round: Round) -> None:
    (case,) = brought_to("verify", many_drafts(1), clerk)
    batch = open_batch(open_round, by=clerk)
    client = signed_in(clerk)
    page = drawn(client, "talent-tax-rebate/consolidate", [case])
    sure(client, page, **{f"batch-{open_round.pk}": str(batch.pk)})
    assert fresh(case).batch == batch


def test_queries_of_manifest_and_step_do_not_grow(many_drafts: Drafts, clerk: User) -> None:
    client = signed_in(clerk)
    client.get(address("worklist"))
    counted = []
    for n in (2, 30):
        cases = brought_to("submit", many_drafts(n), clerk)
        with CaptureQueriesContext(connection) as drawing:
            page = drawn(client, ACCEPT, cases)
        with CaptureQueriesContext(connection) as doing:
            sure(client, page)
        counted.append((len(drawing), len(doing)))
    assert counted == [(8, 9), (8, 9)]
