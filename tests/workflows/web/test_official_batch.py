"""The page of a batch: what it shows, what its people press, and what keeps them from it."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, Organisation, Role, User
from tests.workflows.conftest import events_of, fresh, person_with
from tests.workflows.web.batch_ways import (
    approved,
    at_work,
    awaiting_signature,
    form_of,
    key,
    noticed,
    prepared,
    press,
    verified,
)
from workflows import approvals, batches
from workflows.engine.perform import perform
from workflows.models import Application, Batch, CalendarDay, NoticeLine, Person, Round
from workflows.web.official.release import lines_of, lines_to_be

pytestmark = pytest.mark.django_db


@pytest.fixture
def cases(many_drafts: Callable[[int], list[Application]], clerk: User) -> list[Application]:
    return verified(many_drafts(3), clerk)


@pytest.fixture
def waiting(cases: list[Application], open_round: Round, clerk: User, second_official: User) -> Batch:
    return awaiting_signature(open_round, cases, clerk, second_official)


def held(case: Application, clerk: User) -> Person:
    person = Person.objects.filter(application=case).order_by("position")[0]
    perform("hold_person", [case.pk], actor=clerk, key=key(), reason="待核", data={"person": person.pk})
    return person


def url_of(batch: Batch) -> str:
    return reverse("batch", args=[batch.pk])


def test_batch_shows_manifest_and_what_is_signed(client: Client, waiting: Batch, official: User) -> None:
    client.force_login(official)
    page = client.get(url_of(waiting)).content.decode()
    assert "3 家单位" in page
    assert "40,098.00" in page
    assert batches.manifest_sha256(waiting)[:12] in page


def test_batch_says_that_its_day_is_provisional(
    client: Client, waiting: Batch, cases: list[Application], official: User
) -> None:
    client.force_login(official)
    due_on = min(case.due_on for case in map(fresh, cases) if case.due_on)
    CalendarDay.objects.filter(day__gte=due_on).update(provisional=True)
    pages = (url_of(waiting), reverse("batches"))
    assert ["（暂定）" in client.get(page).content.decode() for page in pages] == [True, True]
    CalendarDay.objects.filter(day__lte=due_on).update(provisional=False)
    assert ["（暂定）" in client.get(page).content.decode() for page in pages] == [False, False]


def test_official_signs_what_the_page_showed(client: Client, waiting: Batch, official: User) -> None:
    client.force_login(official)
    answer = press(client, waiting, "approve", checked="1")
    waiting.refresh_from_db()
    assert (answer.status_code, waiting.stage, waiting.approved_by) == (302, "releasing", official)


def test_signing_without_having_checked_is_refused(client: Client, waiting: Batch, official: User) -> None:
    client.force_login(official)
    answer = press(client, waiting, "approve")
    waiting.refresh_from_db()
    assert (answer.status_code, waiting.stage) == (422, "approving")


def test_double_click_on_the_signature_signs_once(
    client: Client, waiting: Batch, official: User, cases: list[Application]
) -> None:
    client.force_login(official)
    url = reverse("batch_act", args=[waiting.pk, "approve"])
    form = {**form_of(client.get(url_of(waiting)), url), "checked": "1"}
    assert [client.post(url, form).status_code for _ in range(2)] == [302, 302]
    assert events_of(cases[0]).count("approve") == 1


def test_manifest_that_changed_since_the_page_is_not_signed(
    client: Client, waiting: Batch, official: User, second_official: User, cases: list[Application]
) -> None:
    client.force_login(official)
    url = reverse("batch_act", args=[waiting.pk, "approve"])
    form = {**form_of(client.get(url_of(waiting)), url), "checked": "1"}
    approvals.take_out(waiting, [cases[0].pk], by=second_official, key=key(), reason="资料待核")
    answer = client.post(url, form)
    waiting.refresh_from_db()
    assert (answer.status_code, waiting.stage) == (409, "approving")
    assert "重新核对清单" in answer.content.decode()


def test_blocked_case_is_named_masked_and_leaves_all_untouched(
    client: Client, waiting: Batch, official: User, clerk: User, cases: list[Application]
) -> None:
    person = held(cases[1], clerk)
    Person.objects.filter(pk=person.pk).update(name="李小明")
    client.force_login(official)
    page = client.get(url_of(waiting)).content.decode()
    assert "李＊＊" in page
    assert "李小明" not in page
    assert f"{reverse('case_people', args=[cases[1].pk])}?result=held" in page
    assert 'class="btn" type="button" disabled' in page
    url = reverse("batch_act", args=[waiting.pk, "approve"])
    answer = client.post(url, {"key": key(), "signed": batches.manifest_sha256(waiting), "checked": "1"})
    assert answer.status_code == 409
    assert {fresh(case).state for case in cases} == {"consolidated"}


def test_all_blocked_are_taken_out_at_once(
    client: Client, waiting: Batch, official: User, clerk: User, cases: list[Application]
) -> None:
    held(cases[1], clerk)
    client.force_login(official)
    answer = press(client, waiting, "take_out", blocked="1", reason="资料待核")
    assert answer.status_code == 302
    assert [fresh(case).state for case in cases] == ["consolidated", "verified", "consolidated"]
    assert "资料待核" in client.get(url_of(waiting)).content.decode()


def test_taking_out_without_a_reason_keeps_the_page_and_the_cases(
    client: Client, waiting: Batch, official: User, cases: list[Application]
) -> None:
    client.force_login(official)
    answer = press(client, waiting, "take_out", case=str(cases[0].pk), reason=" ")
    assert answer.status_code == 422
    assert fresh(cases[0]).batch_id == waiting.pk


def test_case_of_another_batch_is_not_taken_out(
    client: Client, waiting: Batch, official: User, open_round: Round, clerk: User,
    many_drafts: Callable[[int], list[Application]],
) -> None:  # fmt: skip
    other = verified(many_drafts(1), clerk)
    prepared(open_round, other, clerk)
    client.force_login(official)
    answer = press(client, waiting, "take_out", case=str(other[0].pk), reason="资料待核")
    assert answer.status_code == 409
    assert fresh(other[0]).state == "consolidated"


def test_verifier_reads_why_they_cannot_sign(client: Client, waiting: Batch, second_official: User) -> None:
    client.force_login(second_official)
    page = client.get(url_of(waiting)).content.decode()
    assert "须由另一人签署" in page
    assert 'name="signed"' not in page


def test_preparer_with_both_roles_cannot_verify(
    client: Client, cases: list[Application], open_round: Round, clerk: User, authority: Organisation
) -> None:
    Membership.objects.create(user=clerk, organisation=authority, role=Role.OFFICIAL)
    batch = approvals.hand_in(prepared(open_round, cases, clerk), by=clerk, key=key())
    client.force_login(clerk)
    assert "须由另一人核验" in client.get(url_of(batch)).content.decode()
    answer = client.post(reverse("batch_act", args=[batch.pk, "verify"]), {"key": key()})
    assert answer.status_code == 409


def test_send_back_shows_its_reason_to_the_preparer(
    client: Client, waiting: Batch, official: User, clerk: User
) -> None:
    client.force_login(official)
    assert press(client, waiting, "send_back", reason="请核对人数").status_code == 302
    client.force_login(clerk)
    page = client.get(url_of(waiting)).content.decode()
    assert "请核对人数" in page
    assert press(client, waiting, "hand_in").status_code == 302


def test_task_is_handed_over_to_a_colleague(
    client: Client, waiting: Batch, official: User, authority: Organisation
) -> None:
    colleague = person_with(Role.OFFICIAL, authority)
    client.force_login(official)
    assert press(client, waiting, "claim").status_code == 302
    assert press(client, waiting, "hand_over", to=str(colleague.pk)).status_code == 302
    task = approvals.open_task(waiting)
    assert task is not None
    assert task.owner == colleague


def test_task_is_not_handed_to_a_stranger(
    client: Client, waiting: Batch, official: User, association: Organisation
) -> None:
    client.force_login(official)
    stranger = person_with(Role.AUDITOR, association)
    answer = client.post(
        reverse("batch_act", args=[waiting.pk, "hand_over"]), {"key": key(), "to": str(stranger.pk)}
    )
    assert answer.status_code == 422


def test_preview_is_exactly_what_is_published(
    client: Client, waiting: Batch, official: User, second_official: User, cases: list[Application]
) -> None:
    people = list(Person.objects.filter(application=cases[0]))
    Person.objects.filter(pk__in=[p.pk for p in people]).update(name="陈晨")
    batch = approved(waiting, official)
    preview = lines_of(list(lines_to_be(batch).order_by("line")))
    client.force_login(second_official)
    page = client.get(reverse("batch_notice", args=[batch.pk]))
    assert f"证件尾号 {people[0].id_number[-4:]}" in page.content.decode()
    url = reverse("batch_act", args=[batch.pk, "release_notice"])
    assert client.post(url, {**form_of(page, url), "checked": "1"}).status_code == 302
    published = NoticeLine.objects.filter(notice__batch=batch).order_by("position")
    columns = ("position", "employer_name", "person_name", "category", "id_tail")
    assert [tuple(getattr(line, c) for c in columns) for line in preview] == list(
        published.values_list(*columns)
    )


def test_approver_reads_why_they_cannot_release(client: Client, waiting: Batch, official: User) -> None:
    batch = approved(waiting, official)
    client.force_login(official)
    page = client.get(reverse("batch_notice", args=[batch.pk])).content.decode()
    assert "公示须由另一人发布" in page
    url = reverse("batch_act", args=[batch.pk, "release_notice"])
    assert client.post(url, {"key": key(), "checked": "1"}).status_code == 409


def test_batch_is_not_closed_before_all_is_paid(
    client: Client, waiting: Batch, official: User, second_official: User
) -> None:
    batch = noticed(waiting, official, second_official)
    client.force_login(official)
    assert "3 件" in client.get(url_of(batch)).content.decode()
    answer = client.post(reverse("batch_act", args=[batch.pk, "close"]), {"key": key()})
    assert answer.status_code == 409


def test_clerk_adds_all_that_match(
    client: Client, cases: list[Application], open_round: Round, clerk: User
) -> None:
    client.force_login(clerk)
    opened = client.post(reverse("batch_open"), {"round": open_round.pk, "key": "open-1"})
    again = client.post(reverse("batch_open"), {"round": open_round.pk, "key": "open-1"})
    assert opened.url == again.url
    batch = Batch.objects.get()
    form = {**form_of(client.get(opened.url), opened.url), "all": "1"}
    assert client.post(opened.url, form).status_code == 302
    assert Application.objects.filter(batch=batch).count() == 3


def test_foreign_case_is_not_added(
    client: Client, cases: list[Application], open_round: Round, clerk: User, draft: Application
) -> None:
    batch = approvals.open_batch(open_round, by=clerk)
    client.force_login(clerk)
    answer = client.post(
        reverse("batch_add", args=[batch.pk]), {"case": [cases[0].pk, draft.pk], "key": key()}
    )
    assert answer.status_code == 409
    assert not Application.objects.filter(batch=batch).exists()


@pytest.mark.parametrize("name", ["batch", "batch_notice", "batch_manifest", "batch_add"])
def test_batch_of_another_office_does_not_exist(client: Client, waiting: Batch, name: str) -> None:
    elsewhere = Organisation.objects.create(kind="association", name="别处协会")
    client.force_login(person_with(Role.CLERK, elsewhere))
    assert client.get(reverse(name, args=[waiting.pk])).status_code == 404


@pytest.mark.parametrize("role", [Role.CASHIER, Role.AUDITOR])
def test_readers_read_and_press_nothing(
    client: Client, waiting: Batch, authority: Organisation, role: Role
) -> None:
    client.force_login(person_with(role, authority))
    page = client.get(url_of(waiting))
    assert page.status_code == 200
    assert 'action="/desk/batches/' not in page.content.decode()
    for action in ("approve", "send_back", "take_out", "claim"):
        more = {"key": key(), "checked": "1", "reason": "x", "signed": batches.manifest_sha256(waiting),
                "case": str(Application.objects.filter(batch=waiting)[0].pk)}  # fmt: skip
        assert client.post(reverse("batch_act", args=[waiting.pk, action]), more).status_code == 403
    assert Batch.objects.get().stage == "approving"


def test_applicant_has_no_way_in(client: Client, waiting: Batch, owner: User) -> None:
    client.force_login(owner)
    assert client.get(url_of(waiting)).status_code == 403


@pytest.mark.parametrize("count", [1, 30])
def test_batch_page_takes_a_fixed_number_of_statements(
    client: Client, open_round: Round, clerk: User, official: User, second_official: User, count: int,
    many_drafts: Callable[[int], list[Application]], django_assert_num_queries: Callable[[int], object],
) -> None:  # fmt: skip
    cases = verified(many_drafts(count), clerk)
    batch = awaiting_signature(open_round, cases, clerk, second_official)
    held(cases[0], clerk)
    at_work(client, official)
    with django_assert_num_queries(23):
        page = client.get(url_of(batch), {"order": "hand"})
    assert page.content.decode().count('name="case"') == count


def test_what_needs_a_hand_comes_first_and_pages_by_keyset(
    client: Client, open_round: Round, clerk: User, official: User, second_official: User,
    many_drafts: Callable[[int], list[Application]],
) -> None:  # fmt: skip
    cases = verified(many_drafts(32), clerk)
    batch = awaiting_signature(open_round, cases, clerk, second_official)
    held(cases[31], clerk)
    client.force_login(official)
    first = client.get(url_of(batch), {"order": "hand"})
    assert first.context["rows"][0].case.pk == cases[31].pk
    second = client.get(url_of(batch), {"order": "hand", "after": first.context["page"].next})
    shown = [row.case.pk for row in (*first.context["rows"], *second.context["rows"])]
    assert sorted(shown) == [case.pk for case in cases]
    only = client.get(url_of(batch), {"show": "hand"})
    assert [row.case.pk for row in only.context["rows"]] == [cases[31].pk]


def test_manifest_prints_and_exports(client: Client, waiting: Batch, official: User) -> None:
    client.force_login(official)
    assert client.get(reverse("batch_manifest", args=[waiting.pk])).status_code == 200
    for kind in ("xlsx", "csv"):
        answer = client.get(reverse("batch_export", args=[waiting.pk, kind]))
        assert (answer.status_code, f".{kind}" in answer["Content-Disposition"]) == (200, True)
    assert client.get(reverse("batch_export", args=[waiting.pk, "exe"])).status_code == 404
