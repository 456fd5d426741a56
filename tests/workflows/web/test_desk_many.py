"""One step on many cases: the manifest names every blocker, then all of it is done, or nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Organisation, Role, User
from tests.workflows.conftest import events_of, fresh, person_with
from tests.workflows.web.desks import address, brought_to, signed_in
from workflows import manifests
from workflows.approvals import open_batch
from workflows.engine.perform import perform
from workflows.models import Application, Batch, Round

pytestmark = pytest.mark.django_db
Drafts = Callable[[int], list[Application]]
ACCEPT, EXAMINE = "talent-tax-rebate/accept", "talent-tax-rebate/examine"


def drawn(client: Any, step: str, cases: list[Application], **more: str) -> Any:
    """The page of the manifest that the selection became."""
    posted = {"step": step, "case": [case.pk for case in cases], **more}
    return client.post(address("case_many"), posted, follow=True)


def sure(client: Any, page: Any, **more: str) -> Any:
    manifest = page.context["manifest"]
    return client.post(
        address("manifest_commit", manifest.pk),
        {"key": page.context["key"], "signature": manifest.sha256, **more},
    )


def test_everything_that_matches_is_taken_beyond_the_page(many_drafts: Drafts, clerk: User) -> None:
    cases = brought_to("submit", many_drafts(32), clerk)
    client = signed_in(clerk)
    page = drawn(client, ACCEPT, [], all="1", query="tab=submitted")
    assert page.context["manifest"].count == 32
    answer = sure(client, page)
    assert answer["Location"] == address("worklist") + "?tab=submitted"
    assert {fresh(case).state for case in cases} == {"accepted"}


def test_manifest_groups_what_blocks_by_its_reason(many_drafts: Drafts, clerk: User) -> None:
    good, wrong, later = many_drafts(3)
    brought_to("accept", [good, wrong], clerk)
    perform("submit", [later.pk], actor=later.created_by, key="s")
    Application.objects.filter(pk=wrong.pk).update(rows_with_errors=3)
    client = signed_in(clerk)
    page = drawn(client, EXAMINE, [good, wrong, later])
    assert (page.context["manifest"].possible, page.context["manifest"].blocked) == (1, 2)
    assert [(o.count, str(o.one_sentence)) for o in page.context["obstacles"]] == [
        (1, "目前处于“已提交”，不能办理这一步。"),
        (1, "人员名单有 3 行有错误。"),
    ]
    assert address("case_people", wrong.pk) in page.content.decode()
    assert sure(client, page).status_code == 409
    assert fresh(good).state == "accepted"
    assert sure(client, page, mode="possible")["Location"] == address("manifest", page.context["manifest"].pk)
    assert [fresh(case).state for case in (good, wrong, later)] == ["checked", "accepted", "submitted"]


def test_blocked_cases_are_downloaded_with_every_reason(many_drafts: Drafts, clerk: User) -> None:
    good, wrong = many_drafts(2)
    perform("submit", [good.pk], actor=good.created_by, key="s")
    brought_to("submit", [wrong], clerk)
    Application.objects.filter(pk=wrong.pk).update(rows_with_errors=3)
    client = signed_in(clerk)
    page = drawn(client, EXAMINE, [good, wrong])
    answer = client.get(address("manifest_blocked", page.context["manifest"].pk))
    lines = b"".join(answer).decode("utf-8-sig").splitlines()
    assert lines == [
        "编号,申报单位,状态,理由",
        f"{fresh(good).number},{good.applicant.name},已提交,目前处于“已提交”，不能办理这一步。",
        f"{fresh(wrong).number},{wrong.applicant.name},已提交,目前处于“已提交”，不能办理这一步。",
        f"{fresh(wrong).number},{wrong.applicant.name},已提交,人员名单有 3 行有错误。",
    ]


def test_case_that_moved_meanwhile_stops_all_and_is_named(many_drafts: Drafts, clerk: User) -> None:
    one, two = brought_to("submit", many_drafts(2), clerk)
    client = signed_in(clerk)
    page = drawn(client, ACCEPT, [one, two])
    perform("accept", [one.pk], actor=clerk, key="first")
    answer = sure(client, page)
    assert answer.status_code == 409
    assert str(one.number) in answer.content.decode()
    assert fresh(two).state == "submitted"


def test_second_click_with_the_same_key_does_nothing_more(many_drafts: Drafts, clerk: User) -> None:
    cases = brought_to("submit", many_drafts(2), clerk)
    client = signed_in(clerk)
    page = drawn(client, ACCEPT, cases)
    assert [sure(client, page).status_code for _ in range(2)] == [302, 302]
    assert [events_of(case) for case in cases] == [["submit", "accept"]] * 2


def test_cases_of_another_office_are_left_out_and_refused(many_drafts: Drafts, clerk: User) -> None:
    cases = brought_to("submit", many_drafts(1), clerk)
    page = drawn(signed_in(clerk), ACCEPT, cases)
    stranger = person_with(Role.CLERK, Organisation.objects.create(kind="association", name="另一家协会"))
    client = signed_in(stranger)
    assert drawn(client, ACCEPT, cases).context["manifest"].count == 0
    assert sure(client, page).status_code == 404
    assert fresh(cases[0]).state == "submitted"


def test_many_cases_are_left_to_a_worker_and_the_page_tells(
    many_drafts: Drafts, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = brought_to("submit", many_drafts(2), clerk)
    client = signed_in(clerk)
    page = drawn(client, ACCEPT, cases)
    monkeypatch.setattr(manifests, "AT_ONCE", 1)
    where = sure(client, page)["Location"]
    assert "正在排队" in client.get(where).content.decode()
    assert [fresh(case).state for case in cases] == ["submitted"] * 2
    manifests.carry_out(page.context["manifest"].pk)
    answer = client.get(where, headers={"HX-Request": "true"})
    assert (answer["HX-Refresh"], answer.context["done"]) == ("true", 2)
    assert [fresh(case).state for case in cases] == ["accepted"] * 2


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
    assert [(part.round, part.count) for part in page.context["rounds"]] == [(open_round, 3)]
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
    for n in (1, 30):
        cases = brought_to("submit", many_drafts(n), clerk)
        late = many_drafts(n)
        posted = {"step": ACCEPT, "case": [case.pk for case in (*cases, *late)]}
        with CaptureQueriesContext(connection) as freezing:
            where = client.post(address("case_many"), posted)["Location"]
        with CaptureQueriesContext(connection) as drawing:
            page = client.get(where)
        with CaptureQueriesContext(connection) as doing:
            sure(client, page, mode="possible")
        counted.append((len(freezing), len(drawing), len(doing)))
    assert counted == [(8, 6, 15), (8, 6, 15)]
