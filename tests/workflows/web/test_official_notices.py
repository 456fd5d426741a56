"""Notices and objections as the office sees them; who objects stays with officials of the authority."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, Role, User
from tests.workflows.conftest import fresh, person_with
from tests.workflows.web.batch_ways import (
    at_work,
    awaiting_signature,
    form_of,
    noticed,
    objected,
    verified,
)
from workflows import notices
from workflows.engine.perform import perform
from workflows.models import Application, Batch, Event, Notice, NoticeLine, Objection, Person, Round

pytestmark = pytest.mark.django_db
SECRETS = ("反对者王五", "13900001234", "此人去年已离职")


@pytest.fixture
def on_notice(
    many_drafts: Callable[[int], list[Application]], open_round: Round, clerk: User, official: User,
    second_official: User,
) -> Batch:  # fmt: skip
    batch = awaiting_signature(open_round, verified(many_drafts(2), clerk), clerk, second_official)
    return noticed(batch, official, second_official)


def url_of(objection: Objection) -> str:
    return reverse("objection", args=[objection.pk])


def opened(client: Client, objection: Objection) -> None:
    url = reverse("objection_open", args=[objection.pk])
    client.post(url, form_of(client.get(url_of(objection)), url))


def test_running_notice_shows_its_days_and_objections(
    client: Client, on_notice: Batch, official: User
) -> None:
    objected(on_notice)
    client.force_login(official)
    page = client.get(reverse("notices"))
    (row,) = page.context["running"]
    assert (row.days_left, row.notice.people, row.notice.open_objections) == (5, 4, 1)


def test_ended_notice_moves_below(client: Client, on_notice: Batch, official: User) -> None:
    notice = on_notice.notice
    notice.shown_until = notice.shown_from + timedelta(seconds=1)
    notice.shown_from -= timedelta(days=9)
    notice.shown_until -= timedelta(days=9)
    notice.save()
    client.force_login(official)
    page = client.get(reverse("notices"))
    assert (page.context["running"], list(page.context["page"].rows)) == ([], [notice])


def test_altered_line_is_told(client: Client, on_notice: Batch, official: User) -> None:
    url = reverse("notice", args=[on_notice.notice.pk])
    client.force_login(official)
    assert client.get(url).context["unchanged"] is True
    NoticeLine.objects.filter(notice__batch=on_notice, position=1).update(person_name="别人")
    assert client.get(url).context["unchanged"] is False


def test_objector_is_read_by_an_official_after_opening_and_that_is_an_event(
    client: Client, on_notice: Batch, official: User
) -> None:
    objection = objected(on_notice)
    client.force_login(official)
    before = client.get(url_of(objection)).content.decode()
    assert not any(secret in before for secret in SECRETS)
    opened(client, objection)
    after = client.get(url_of(objection)).content.decode()
    assert all(secret in after for secret in SECRETS)
    opened_again = client.post(reverse("objection_open", args=[objection.pk]), {"key": "again"})
    assert opened_again.status_code == 302
    (event,) = Event.objects.filter(application=objection.line.application_id, step="reveal")
    assert (event.actor, event.data) == (official, {"field": "objector", "objection": objection.pk})


def test_colleague_has_to_open_it_too(
    client: Client, on_notice: Batch, official: User, second_official: User
) -> None:
    objection = objected(on_notice)
    client.force_login(official)
    opened(client, objection)
    client.force_login(second_official)
    page = client.get(url_of(objection)).content.decode()
    assert not any(secret in page for secret in SECRETS)


@pytest.mark.parametrize("role", [Role.CASHIER, Role.AUDITOR])
def test_other_roles_never_read_the_objector(
    client: Client, on_notice: Batch, authority: Organisation, role: Role
) -> None:
    objection = objected(on_notice)
    client.force_login(person_with(role, authority))
    for url in (
        url_of(objection),
        reverse("objections"),
        reverse("notices"),
        reverse("notice", args=[on_notice.notice.pk]),
    ):
        page = client.get(url)
        assert page.status_code == 200
        assert not any(secret in page.content.decode() for secret in SECRETS)
    for name in ("objection_open", "objection_decide"):
        assert client.post(reverse(name, args=[objection.pk]), {"key": "k"}).status_code == 403
    assert client.get(reverse("objection_evidence", args=[objection.pk])).status_code == 403
    assert not Event.objects.filter(step="reveal").exists()


def test_objection_of_another_authority_does_not_exist(client: Client, on_notice: Batch) -> None:
    objection = objected(on_notice)
    elsewhere = Organisation.objects.create(kind="authority", name="别处的局")
    client.force_login(person_with(Role.OFFICIAL, elsewhere))
    for name in ("objection", "objection_open", "objection_decide", "objection_evidence"):
        assert client.get(reverse(name, args=[objection.pk])).status_code in (302, 404)
        assert client.post(reverse(name, args=[objection.pk]), {"key": "k"}).status_code in (404, 405)
    assert client.get(reverse("notice", args=[on_notice.notice.pk])).status_code == 404
    assert client.get(reverse("objections"), {"show": "all"}).context["rows"] == []


@pytest.mark.parametrize(("verdict", "revoked"), [("upheld", True), ("dismissed", False), ("refused", False)])
def test_decision_settles_the_one_person(
    client: Client, on_notice: Batch, official: User, verdict: str, revoked: bool
) -> None:
    objection = objected(on_notice)
    person = Person.objects.get(pk=objection.line.person_id)
    assert person.frozen
    client.force_login(official)
    opened(client, objection)
    url = reverse("objection_decide", args=[objection.pk])
    form = form_of(client.get(url_of(objection)), url)
    assert client.post(url, {**form, "verdict": verdict, "answer": "经查"}).status_code == 302
    assert client.post(url, {**form, "verdict": verdict, "answer": "经查"}).status_code == 302
    person.refresh_from_db()
    assert (person.frozen, person.revoked) == (False, revoked)
    case = fresh(Application.objects.get(pk=person.application_id))
    assert case.rows_granted == (1 if revoked else 2)
    assert "经查" in client.get(url_of(objection)).content.decode()
    late = client.post(url, {"key": "late", "verdict": "upheld", "answer": "再来"})
    assert late.status_code == 409


@pytest.mark.parametrize(
    "more", [{"verdict": "upheld", "answer": " "}, {"answer": "经查"}, {"verdict": "x", "answer": "y"}]
)
def test_incomplete_decision_keeps_what_was_typed(
    client: Client, on_notice: Batch, official: User, more: dict[str, str]
) -> None:
    objection = objected(on_notice)
    client.force_login(official)
    opened(client, objection)
    answer = client.post(reverse("objection_decide", args=[objection.pk]), {"key": "k", **more})
    assert answer.status_code == 422
    assert more["answer"].strip() in answer.content.decode()
    objection.refresh_from_db()
    assert objection.state == "received"


def test_objection_is_not_decided_unread(client: Client, on_notice: Batch, official: User) -> None:
    objection = objected(on_notice)
    client.force_login(official)
    form = {"key": "k", "verdict": "upheld", "answer": "经查"}
    assert client.post(reverse("objection_decide", args=[objection.pk]), form).status_code == 409


def test_objections_come_by_their_due_day(client: Client, on_notice: Batch, official: User) -> None:
    first, second, third = (objected(on_notice, n) for n in (1, 2, 3))
    Objection.objects.filter(pk=third.pk).update(due_on=first.due_on - timedelta(days=60))
    Objection.objects.filter(pk=first.pk).update(due_on=first.due_on + timedelta(days=1))
    client.force_login(official)
    rows = client.get(reverse("objections")).context["rows"]
    assert [row.objection.pk for row in rows] == [third.pk, second.pk, first.pk]
    assert rows[0].days_over > 0


@pytest.mark.parametrize("count", [1, 30])
def test_lists_take_a_fixed_number_of_statements(
    client: Client, open_round: Round, clerk: User, official: User, second_official: User, count: int,
    many_drafts: Callable[[int], list[Application]], django_assert_num_queries: Callable[[int], object],
) -> None:  # fmt: skip
    batch = awaiting_signature(open_round, verified(many_drafts(count), clerk), clerk, second_official)
    noticed(batch, official, second_official)
    for position in range(1, count + 1):
        objected(batch, position)
    at_work(client, official)
    with django_assert_num_queries(11):
        page = client.get(reverse("notices"))
    assert len(page.context["objections"]) == count
    with django_assert_num_queries(8):
        page = client.get(reverse("objections"))
    assert len(page.context["rows"]) == count


def pressed(client: Client, on_notice: Batch, name: str, **more: str) -> int:
    url = reverse(name, args=[on_notice.notice.pk])
    return client.post(url, {"key": f"{name}{more}", **more}).status_code


def test_notice_is_withdrawn_with_its_reason_and_the_public_reads_it(
    client: Client, on_notice: Batch, official: User
) -> None:
    client.force_login(official)
    assert pressed(client, on_notice, "notice_withdraw", reason=" ") == 422
    assert pressed(client, on_notice, "notice_withdraw", reason="名单有误，核对后重新公示") == 302

    notice = Notice.objects.get()
    assert (notice.withdrawn_by, notice.withdrawn_reason) == (official, "名单有误，核对后重新公示")
    assert "名单有误" in client.get(reverse("notice", args=[notice.pk])).content.decode()
    client.logout()
    page = client.get(reverse("public_notice", args=[notice.pk]))
    assert page.status_code == 410
    assert "公示已撤回" in page.content.decode() or "withdrawn" in page.content.decode()
    assert "名单有误，核对后重新公示" in page.content.decode()
    assert notice.lines.all()[0].person_name not in page.content.decode()
    assert client.get(reverse("public_notices")).context["page"].rows == []


def test_withdrawn_notice_goes_on_to_nothing_until_it_is_shown_again(
    client: Client, on_notice: Batch, official: User, second_official: User
) -> None:
    sha256 = on_notice.notice.sha256
    client.force_login(official)
    assert pressed(client, on_notice, "notice_withdraw", reason="名单有误") == 302
    assert pressed(client, on_notice, "notice_withdraw", reason="再撤一次") == 409
    far = timezone.now() + timedelta(days=60)
    assert notices.end_due(far) == 0
    assert set(Application.objects.filter(batch=on_notice).values_list("state", flat=True)) == {"noticed"}

    # Whoever approved the batch does not show it again.
    assert pressed(client, on_notice, "notice_again") == 409
    client.force_login(second_official)
    assert pressed(client, on_notice, "notice_again", key="other") == 302
    notice = Notice.objects.get()
    assert (notice.withdrawn_at, notice.withdrawn_reason, notice.sha256) == (None, "", sha256)
    assert client.get(reverse("public_notice", args=[notice.pk])).status_code == 200
    assert notices.end_due(far) == 2


def test_clerk_withdraws_no_notice_and_no_case_alone(
    client: Client, on_notice: Batch, clerk: User, official: User
) -> None:
    client.force_login(clerk)
    assert pressed(client, on_notice, "notice_withdraw", reason="名单有误") == 403
    alone = Application.objects.filter(batch=on_notice).values_list("pk", flat=True)[:1]
    with pytest.raises(notices.NoticeNotWhole):
        perform("withdraw_notice", list(alone), actor=official, key="alone", reason="名单有误")
    assert Notice.objects.get().withdrawn_at is None
