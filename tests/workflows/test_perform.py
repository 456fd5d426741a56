"""One step on one case or on many: all or nothing, once, with its event."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from accounts.models import Organisation, Role, User
from config.words import T
from tests.workflows.conftest import compared, events_of, fresh, new_batch, person_with
from workflows.engine.asking import blockers, offers, why
from workflows.engine.guards import Guard
from workflows.engine.perform import perform
from workflows.engine.verify import verify
from workflows.errors import Blocked, KeyReused, ReasonMissing, UnknownStep
from workflows.models import Application, Deadline, Event, Round

pytestmark = pytest.mark.django_db


def test_submit_moves_the_case_and_writes_one_event(draft: Application, owner: User) -> None:
    outcome = perform("submit", [draft.pk], actor=owner, key="k1")
    case = fresh(draft)
    assert (outcome.step, outcome.count) == ("submit", 1)
    assert (case.state, case.seq, case.version) == ("submitted", 1, 1)
    assert case.number == f"GS2019-{draft.pk:06d}"
    assert events_of(draft) == ["submit"]
    assert verify().holds


def test_double_click_gives_one_event_and_the_same_answer(draft: Application, owner: User) -> None:
    first = perform("submit", [draft.pk], actor=owner, key="k1")
    second = perform("submit", [draft.pk], actor=owner, key="k1")
    assert second == first
    assert events_of(draft) == ["submit"]


def test_key_reused_for_another_request_is_refused(draft: Application, owner: User) -> None:
    perform("submit", [draft.pk], actor=owner, key="k1")
    with pytest.raises(KeyReused):
        perform("withdraw", [draft.pk], actor=owner, key="k1")


def test_every_unmet_guard_is_named(draft: Application, owner: User) -> None:
    Application.objects.filter(pk=draft.pk).update(papers_missing=2, declared_at=None)
    with pytest.raises(Blocked) as caught:
        perform("submit", [draft.pk], actor=owner, key="k1")
    assert [reason.code for reason in caught.value.reasons[draft.pk]] == ["papers", "declaration"]
    assert caught.value.reasons[draft.pk][0].words.zh == "还缺 2 份材料，或材料尚在校验。"
    assert events_of(draft) == []


def test_somebody_without_the_role_is_told_so(draft: Application, clerk: User) -> None:
    assert [reason.code for reason in why("submit", draft, clerk)] == ["role"]


def test_step_from_another_state_is_told_so(draft: Application, clerk: User) -> None:
    assert [reason.code for reason in why("accept", draft, clerk)] == ["state"]


def test_batch_is_all_or_nothing(many_drafts: Callable[[int], list[Application]], clerk: User) -> None:
    cases = many_drafts(3)
    owners = [case.created_by for case in cases]
    for case, owner in zip(cases[:2], owners, strict=False):
        perform("submit", [case.pk], actor=owner, key="s")
    ids = [case.pk for case in cases]
    with pytest.raises(Blocked) as caught:
        perform("accept", ids, actor=clerk, key="a", programme="talent-tax-rebate")
    assert list(caught.value.reasons) == [cases[2].pk]
    assert [fresh(case).state for case in cases] == ["submitted", "submitted", "draft"]


def test_queries_do_not_grow_with_the_batch(
    many_drafts: Callable[[int], list[Application]], clerk: User, django_assert_num_queries: object
) -> None:
    cases = many_drafts(12)
    for case in cases:
        perform("submit", [case.pk], actor=case.created_by, key="s")
    clerk.memberships  # noqa: B018 - read once a request
    counted = []
    for ids in ([cases[0].pk], [case.pk for case in cases[1:]]):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            perform("accept", ids, actor=clerk, key=f"a{len(ids)}", programme="talent-tax-rebate")
        counted.append(len(queries))
    # savepoint, lock with guards, the one statement, release; a single case is locked and written by one
    assert counted == [3, 4]


def test_changed_declaration_is_asked_though_the_step_was_taken_before(
    many_drafts: Callable[[int], list[Application]], clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = many_drafts(2)
    for case in (first, second):
        perform("submit", [case.pk], actor=case.created_by, key="s")
    perform("accept", [first.pk], actor=clerk, key="a1")
    step = first.declaration.steps["accept"]
    never = Guard(Q(rows_total__lt=0), T(en="Not today.", zh="今天不办。"), code="never")
    monkeypatch.setattr(step, "when", (*step.when, never))
    with pytest.raises(Blocked) as caught:
        perform("accept", [second.pk], actor=clerk, key="a2")
    assert [reason.code for reason in caught.value.reasons[second.pk]] == ["never"]
    monkeypatch.undo()
    perform("accept", [second.pk], actor=clerk, key="a3")


def test_lock_compiled_for_one_office_refuses_the_clerk_of_another(
    many_drafts: Callable[[int], list[Application]], clerk: User
) -> None:
    first, second = many_drafts(2)
    for case in (first, second):
        perform("submit", [case.pk], actor=case.created_by, key="s")
    perform("accept", [first.pk], actor=clerk, key="a")
    other = Organisation.objects.create(kind="association", name="另一协会")
    elsewhere = person_with(Role.CLERK, other)
    with pytest.raises(Blocked) as caught:
        perform("accept", [second.pk], actor=elsewhere, key="a")
    assert [reason.code for reason in caught.value.reasons[second.pk]] == ["role"]


def test_reason_is_asked_for(draft: Application, owner: User, clerk: User) -> None:
    perform("submit", [draft.pk], actor=owner, key="s")
    with pytest.raises(ReasonMissing):
        perform("refuse", [draft.pk], actor=clerk, key="r", reason="  ")
    perform("refuse", [draft.pk], actor=clerk, key="r", reason="材料虚假")
    assert fresh(draft).state == "refused"


def test_unknown_step_is_refused(draft: Application, owner: User) -> None:
    with pytest.raises(UnknownStep):
        perform("fly", [draft.pk], actor=owner, key="f")


def test_missing_application_is_not_found(owner: User, draft: Application) -> None:
    with pytest.raises(Application.DoesNotExist):
        perform("submit", [draft.pk, draft.pk + 999], actor=owner, key="x")


def test_the_way_to_approval_needs_other_eyes(
    draft: Application, owner: User, clerk: User, official: User, second_official: User, open_round: Round
) -> None:
    perform("submit", [draft.pk], actor=owner, key="1")
    perform("accept", [draft.pk], actor=clerk, key="2")
    perform("examine", [draft.pk], actor=clerk, key="3")
    assert [r.code for r in why("verify", draft, clerk)] == ["uncompared"]
    compared([draft])
    perform("verify", [draft.pk], actor=clerk, key="4")
    batch = new_batch(open_round, clerk)
    perform("consolidate", [draft.pk], actor=clerk, key="5", data={"batch": batch.pk})
    assert [r.code for r in why("approve", draft, official)] == ["unverified"]
    batch.verified_by, batch.verified_at = second_official, draft.created_at
    batch.save()
    assert [r.code for r in why("approve", draft, second_official)] == ["four_eyes"]
    perform("approve", [draft.pk], actor=official, key="6")
    assert fresh(draft).amount_fen == 2 * 668_300
    assert events_of(draft) == ["submit", "accept", "examine", "verify", "consolidate", "approve"]
    assert verify().holds


def test_offers_name_the_steps_of_ones_role_with_their_reasons(
    draft: Application, owner: User, clerk: User
) -> None:
    Application.objects.filter(pk=draft.pk).update(papers_missing=1)
    found = {offer.step.name: [r.code for r in offer.reasons] for offer in offers(fresh(draft), owner)}
    assert found == {"submit": ["papers"], "withdraw": []}
    assert offers(fresh(draft), clerk) == []


def test_correction_stops_the_clock_and_resumes_where_it_was(
    draft: Application, owner: User, clerk: User
) -> None:
    perform("submit", [draft.pk], actor=owner, key="1")
    perform("accept", [draft.pk], actor=clerk, key="2")
    accepted = fresh(draft)
    points = [{"kind": "paper", "target": "tax_certificate", "words": "请上传汇算清缴后的完税证明"}]
    perform("ask_correction", [draft.pk], actor=clerk, key="3", data={"points": points})
    asked = fresh(draft)
    assert (asked.state, asked.resume_state, asked.points_open) == ("correcting", "accepted", 1)
    assert asked.stopped_on is not None
    assert [r.code for r in why("resubmit", asked, owner)] == ["points"]
    asked.points.update(answered_at=asked.entered_at)
    Application.objects.filter(pk=draft.pk).update(points_open=0)
    perform("resubmit", [draft.pk], actor=owner, key="4")
    back = fresh(draft)
    assert (back.state, back.resume_state, back.stopped_on) == ("accepted", "", None)
    assert (back.due_on, back.promised_on) == (accepted.due_on, accepted.promised_on)
    open_steps = list(Deadline.objects.filter(application=draft, met_at=None).values_list("step", flat=True))
    assert open_steps == ["examine"]


def test_days_of_a_correction_are_given_back(draft: Application, owner: User, clerk: User) -> None:
    at = draft.created_at.replace(year=2019, month=9, day=2, hour=2)
    Round.objects.update(opens_at=at.replace(month=8), closes_at=at.replace(month=10))
    perform("submit", [draft.pk], actor=owner, key="1", at=at)
    assert (fresh(draft).due_on, fresh(draft).promised_on) == (date(2019, 9, 9), date(2019, 11, 29))
    points = [{"kind": "roster", "words": "请核对名单"}]
    perform("ask_correction", [draft.pk], actor=clerk, key="2", data={"points": points}, at=at.replace(day=4))
    draft.points.update(answered_at=at)
    Application.objects.filter(pk=draft.pk).update(points_open=0)
    perform("resubmit", [draft.pk], actor=owner, key="3", at=at.replace(day=11))
    # Five working days stood still: 4 September (Wed) to 11 September (Wed); 13 September was a holiday.
    assert (fresh(draft).due_on, fresh(draft).promised_on) == (date(2019, 9, 17), date(2019, 12, 6))


def test_database_refuses_an_edge_that_does_not_exist(draft: Application) -> None:
    with (
        pytest.raises(
            IntegrityError, match="no step of talent-tax-rebate 2019 leads from draft to paid 2019"
        ),
        transaction.atomic(),
    ):
        Application.objects.filter(pk=draft.pk).update(state="paid")


def test_events_cannot_be_changed_or_deleted(draft: Application, owner: User) -> None:
    perform("submit", [draft.pk], actor=owner, key="1")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Event.objects.update(step="accept")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Event.objects.all().delete()


def test_an_altered_event_is_named(draft: Application, owner: User, clerk: User) -> None:
    perform("submit", [draft.pk], actor=owner, key="1")
    perform("accept", [draft.pk], actor=clerk, key="2")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE workflows_event SET reason = 'x' WHERE application_id = %s AND seq = 1", [draft.pk]
        )
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    proof = verify()
    assert not proof.holds
    assert (proof.faults[0].application, proof.faults[0].seq, proof.faults[0].fault) == (
        draft.pk,
        1,
        "altered",
    )


def test_blockers_leave_out_what_can_be_done(draft: Application, owner: User) -> None:
    step = draft.declaration.steps["submit"]
    assert blockers(step, [draft.pk], owner) == {}


def test_role_of_another_organisation_does_not_count(
    draft: Application, owner: User, authority: object
) -> None:
    perform("submit", [draft.pk], actor=owner, key="1")
    stranger = person_with("clerk", authority)  # a clerk, but not of the office that handles the case
    assert [r.code for r in why("accept", draft, stranger)] == ["role"]
