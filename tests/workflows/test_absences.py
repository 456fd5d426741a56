"""A colleague stands in for an absent person: named in every event, seen through by four eyes, over by itself."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import translation

from accounts.models import Membership, Organisation, Role, User
from notifications import outbox
from notifications.models import Message
from tests.workflows.conftest import compared, fresh, person_with
from tests.workflows.web.journeys import submitted
from workflows import absences, approvals
from workflows.absences import (
    AbsenceBackwards,
    AbsenceOver,
    AwayAlready,
    NoSuchSubstitute,
    NotTheirAbsence,
    StandsInAlready,
    SubstituteAway,
)
from workflows.approvals import SecondPersonNeeded
from workflows.batches import manifest_sha256
from workflows.engine.asking import offers
from workflows.engine.clock import day_of, now
from workflows.engine.perform import perform
from workflows.engine.verify import verify
from workflows.errors import Blocked
from workflows.models import Absence, Application, Batch, Event, Round
from workflows.reminders import _holders, _people, _substitutes
from workflows.web.pictures import events_of, who_did

pytestmark = pytest.mark.django_db


@pytest.fixture
def today() -> date:
    return day_of(now())


@pytest.fixture
def wang(association: Organisation) -> User:
    return person_with(Role.CLERK, association, "王敏")


@pytest.fixture
def li(association: Organisation) -> User:
    return person_with(Role.CLERK, association, "李丽")


def away(person: User, substitute: User, from_on: date, days: int = 5, by: User | None = None) -> Absence:
    membership = Membership.objects.in_force().get(user=person)
    until_on = from_on + timedelta(days=days)
    return absences.arrange(
        membership, substitute=substitute, from_on=from_on, until_on=until_on, by=by or person
    )


@pytest.fixture
def accepted(draft: Application, wang: User) -> Application:
    """Assigned to Wang Min."""
    case = submitted(draft)
    perform("claim", [case.pk], actor=wang, key="claim")
    perform("accept", [case.pk], actor=wang, key="accept")
    return fresh(case)


def test_event_names_both_and_the_chain_holds_it(
    accepted: Application, wang: User, li: User, today: date
) -> None:
    away(wang, li, today)
    perform("examine", [accepted.pk], actor=li, key="x")
    event = Event.objects.get(application=accepted, step="examine")
    assert (event.actor, event.data["for"]) == (li, wang.pk)
    shown = events_of(accepted)
    with translation.override("en"):
        assert [who_did(e) for e in shown[-2:]] == ["王敏", "李丽 for 王敏"]
    assert "for" not in shown[-2].data
    assert verify().holds


def test_handing_over_is_done_for_whom_it_was_assigned_to(
    accepted: Application, wang: User, li: User, clerk: User, today: date
) -> None:
    away(wang, li, today)
    perform("hand_over", [accepted.pk], actor=li, key="x", data={"to": clerk.pk})
    assert Event.objects.get(application=accepted, step="hand_over").data["for"] == wang.pk
    perform("examine", [accepted.pk], actor=li, key="y")
    assert "for" not in Event.objects.get(application=accepted, step="examine").data


def test_work_of_nobody_in_particular_is_ones_own(
    draft: Application, wang: User, li: User, today: date
) -> None:
    case = submitted(draft)
    away(wang, li, today)
    perform("accept", [case.pk], actor=li, key="x")
    assert "for" not in Event.objects.get(application=case, step="accept").data


def test_nobody_says_themselves_for_whom_they_act(accepted: Application, li: User, owner: User) -> None:
    perform("examine", [accepted.pk], actor=li, key="x", data={"for": owner.pk})
    assert "for" not in Event.objects.get(application=accepted, step="examine").data


def test_it_begins_and_ends_by_itself_and_early(
    accepted: Application, wang: User, li: User, today: date
) -> None:
    made = away(wang, li, today + timedelta(days=1))
    assert absences.covered_by(li) == []
    Absence.objects.update(from_on=today - timedelta(days=3), until_on=today - timedelta(days=1))
    assert absences.covered_by(li) == []
    Absence.objects.update(until_on=today)
    assert absences.covered_by(li) == [wang.pk]
    absences.end(made, by=wang)
    assert absences.covered_by(li) == []
    with pytest.raises(AbsenceOver):
        absences.end(made, by=wang)


def test_both_are_told(wang: User, li: User, today: date) -> None:
    made = away(wang, li, today)
    absences.end(made, by=wang)
    outbox.deliver_due()
    for person in (wang, li):
        assert list(Message.objects.filter(recipient=person).order_by("pk").values_list("subject_zh", flat=True)) == [
            "李丽 为 王敏 代办", "王敏 已返岗，李丽 不再代办",
        ]  # fmt: skip


def test_reminder_goes_to_both(accepted: Application, wang: User, li: User, today: date) -> None:
    away(wang, li, today)
    deadlines = list(accepted.deadlines.filter(met_at=None).select_related("application__assigned_to"))
    holders = _holders(deadlines[0], _people(deadlines), _substitutes(deadlines))
    assert [user for user, _ in holders] == [wang, li]


def test_arrangement_that_cannot_work_is_refused(
    wang: User, li: User, official: User, clerk: User, today: date
) -> None:
    with pytest.raises(NoSuchSubstitute):
        away(wang, official, today)
    with pytest.raises(NoSuchSubstitute):
        away(wang, wang, today)
    with pytest.raises(AbsenceBackwards):
        away(wang, li, today - timedelta(days=1))
    with pytest.raises(AbsenceBackwards):
        away(wang, li, today, days=-1)
    with pytest.raises(AbsenceBackwards):
        away(wang, li, today, days=400)
    with pytest.raises(NotTheirAbsence):
        away(wang, li, today, by=clerk)
    away(wang, li, today)
    with pytest.raises(AwayAlready):
        away(wang, clerk, today + timedelta(days=2))
    with pytest.raises(SubstituteAway):
        away(clerk, wang, today + timedelta(days=5))
    with pytest.raises(StandsInAlready):
        away(li, clerk, today + timedelta(days=5))
    away(li, clerk, today + timedelta(days=6))


def test_administrator_arranges_for_who_fell_ill(
    wang: User, li: User, association: Organisation, today: date
) -> None:
    admin = person_with(Role.ADMINISTRATOR, association)
    made = away(wang, li, today, by=admin)
    absences.end(made, by=admin)
    assert fresh_absence(made).ended_by == admin


def fresh_absence(made: Absence) -> Absence:
    return Absence.objects.get(pk=made.pk)


# ── batches and four eyes


@pytest.fixture
def batch(draft: Application, open_round: Round, wang: User) -> Batch:
    """Being prepared by Wang Min, with one verified case."""
    case = submitted(draft)
    for step in ("accept", "examine"):
        perform(step, [case.pk], actor=wang, key=step)
    compared([case])
    perform("verify", [case.pk], actor=wang, key="verify")
    made = approvals.open_batch(open_round, by=wang)
    approvals.consolidate(made, [case.pk], by=wang, key="in")
    return made


def test_substitute_has_the_batch_tasks_of_the_absent(
    batch: Batch, wang: User, li: User, today: date
) -> None:
    assert list(approvals.tasks_for(li)) == []
    away(wang, li, today)
    assert [task.owner for task in approvals.tasks_for(li)] == [wang]
    handed = approvals.hand_in(batch, by=li, key="h")
    assert (handed.prepared_by, handed.prepared_for_id) == (li, wang.pk)


def verified(batch: Batch, wang: User, second: User) -> Batch:
    approvals.hand_in(batch, by=wang, key="h")
    approvals.verify(batch, by=second, key="v")
    return Batch.objects.get(pk=batch.pk)


def test_substitute_is_not_the_second_person_for_the_one_they_stand_in_for(
    batch: Batch, wang: User, official: User, second_official: User, authority: Organisation, today: date
) -> None:
    """The second official verified; the approval is theirs by hand-over, and now they are away."""
    third = person_with(Role.OFFICIAL, authority)
    ready = verified(batch, wang, second_official)
    approvals.claim(ready, by=official)
    approvals.hand_over(ready, by=official, to=second_official)
    away(second_official, third, today)
    signed = manifest_sha256(ready)
    with pytest.raises(Blocked) as refusal:
        approvals.approve(ready, by=third, key="a", signed=signed)
    assert [reason.code for reason in next(iter(refusal.value.reasons.values()))] == ["four_eyes"]
    # In their own right they are another pair of eyes: they take the task over, and sign as themselves.
    approvals.hand_over(ready, by=third, to=third)
    approvals.approve(ready, by=third, key="b", signed=signed)
    assert "for" not in Event.objects.get(step="approve").data


def test_who_was_stood_in_for_is_not_the_second_person_either(
    batch: Batch, wang: User, official: User, second_official: User, authority: Organisation, today: date
) -> None:
    third = person_with(Role.OFFICIAL, authority)
    ready = verified(batch, wang, third)
    approvals.claim(ready, by=official)
    made = away(official, second_official, today)
    approvals.approve(ready, by=second_official, key="a", signed=manifest_sha256(ready))
    event = Event.objects.get(step="approve")
    assert (event.actor, event.data["for"]) == (second_official, official.pk)
    signed = Batch.objects.get(pk=batch.pk)
    assert (signed.approved_by, signed.approved_for) == (second_official, official)
    absences.end(made, by=official)
    for one in (official, second_official):
        with pytest.raises(SecondPersonNeeded):
            approvals.release_notice(signed, by=one, key=f"r{one.pk}")
    approvals.release_notice(signed, by=third, key="r")
    assert verify().holds


def test_what_is_offered_agrees_with_what_is_refused(
    accepted: Application, wang: User, li: User, today: date
) -> None:
    away(wang, li, today)
    assert "examine" in {offer.step.name for offer in offers(accepted, li) if offer.is_open}


def test_case_steps_see_through_too(
    accepted: Application, wang: User, li: User, clerk: User, today: date, monkeypatch: Any
) -> None:
    """Had `examine` to be done by another person than `accept`, neither Wang nor who acts for Wang could."""
    from workflows.engine.implied import four_eyes

    step = accepted.declaration.steps["examine"]
    monkeypatch.setattr(step, "other_than", ("accept",))
    monkeypatch.setattr(step, "when", (*step.when, four_eyes(accepted.declaration, step)))
    away(wang, li, today)
    for person in (wang, li):
        with pytest.raises(Blocked):
            perform("examine", [accepted.pk], actor=person, key=f"x{person.pk}")
    perform("examine", [accepted.pk], actor=clerk, key="x")
