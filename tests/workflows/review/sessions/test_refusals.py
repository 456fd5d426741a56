"""What sessions refuse, each with its reason; and what falls due by itself."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from notifications.models import Message
from tests.workflows.conftest import person_with
from tests.workflows.review.sessions.conftest import DAY
from tests.workflows.review.sessions.ways import again, drawn, opened, reviewed, seated, signed
from workflows.models import Conflict, Seat, SessionItem, SessionNote
from workflows.review.draw.quotas import DrawInfeasible
from workflows.review.draw.seeds import NamedSeed, SeedFault, Source
from workflows.review.sessions import concluding, drawing, holding, making, refusals, seating, sweeping
from workflows.review.sessions.quorum import quorum

pytestmark = pytest.mark.django_db


def test_room_cannot_be_taken_twice(session, panel_call, cases, room, clerk):
    more = [cases(1)[0].pk]
    with pytest.raises(refusals.RoomTaken) as refused:
        making.make(panel_call, more, when=making.slot(DAY, "am", room), by=clerk)
    assert session.number in refused.value.sentence.en
    other = making.make(panel_call, more, when=making.slot(DAY, "pm", room), by=clerk)
    with pytest.raises(refusals.RoomTaken):
        making.reschedule(other, making.slot(DAY, "am", room), by=clerk, reason="提前")


def test_expert_cannot_sit_in_two_rooms_at_once(session, panel_call, cases, pool, clerk):
    seated(session, pool[:5], clerk)
    other = making.make(panel_call, [cases(1)[0].pk], when=making.slot(DAY, "am", None), by=clerk)
    with pytest.raises(refusals.ExpertElsewhere) as refused:
        seating.seat(other, pool[4:9], by=clerk, reason="抽取")
    assert session.number in refused.value.sentence.zh
    assert Seat.objects.filter(session=other).count() == 0


def test_draw_from_too_small_a_pool_says_what_is_missing(session, pool, clerk, official, second_official):
    for one in pool[2:]:
        one.status = "suspended"
        one.save()
    with pytest.raises(DrawInfeasible) as refused:
        drawing.announce(session, by=clerk, in_field=["soft", "net"], seed=[official, second_official])
    assert "Of seats 5 are needed, and at most 2 can be had." in refused.value.sentence.en
    assert again(session).stage == "planned"


@pytest.mark.parametrize("seats", [3, 6])
def test_panel_is_odd_and_of_five_at_least(panel_call, clerk, seats):
    with pytest.raises(refusals.SeatsWrong):
        making.make(panel_call, [1], when=making.Slot(), by=clerk, seats=seats)


def test_session_without_cases_or_with_those_of_others_is_refused(
    session, panel_call, clerk, draft, official
):
    with pytest.raises(refusals.SessionEmpty):
        making.make(panel_call, [], when=making.Slot(), by=clerk)
    with pytest.raises(refusals.CaseNotForSession):
        making.make(panel_call, [draft.pk], when=making.Slot(), by=clerk)
    mine = SessionItem.objects.filter(session=session).first()
    with pytest.raises(refusals.CaseElsewhere) as refused:
        making.make(panel_call, [mine.application_id], when=making.Slot(), by=clerk)
    assert mine.application.number in refused.value.sentence.en
    with pytest.raises(refusals.NotTheirSession):
        making.cancel(session, by=official, reason="无权")


def test_last_case_out_leaves_a_session_that_cannot_be_confirmed(session, pool, clerk):
    seated(session, pool[:5], clerk)
    for item in SessionItem.objects.filter(session=session):
        making.take_out(session, item.application_id, by=clerk, reason="撤项")
    with pytest.raises(refusals.SessionEmpty):
        seating.confirm(session, by=clerk)


def test_nothing_is_signed_before_every_case_is_concluded_and_nothing_twice(session, pool, clerk):
    seats = seated(session, pool[:5], clerk)
    opened(session, seats, clerk)
    first, second = [
        item.application for item in SessionItem.objects.filter(session=session).order_by("position")
    ]
    reviewed(first, pool[:5])
    with pytest.raises(refusals.CasesOpen) as refused:
        concluding.sign(seats[0], "0" * 64, by=seats[0].expert.user)
    assert str(refused.value.values["names"]) == second.number
    with pytest.raises(refusals.CasesOpen):
        concluding.conclude(session, by=clerk)
    reviewed(second, pool[:5])
    sha256 = concluding.conclude(session, by=clerk)
    with pytest.raises(refusals.MinutesChanged):
        concluding.sign(seats[0], "0" * 64, by=seats[0].expert.user)
    concluding.sign(seats[0], sha256, by=seats[0].expert.user)
    with pytest.raises(refusals.SignedAlready):
        concluding.sign(seats[0], sha256, by=seats[0].expert.user)
    assert again(session).stage == "concluded"


def test_panel_does_not_meet_without_its_quorum(session, pool, clerk):
    seats = seated(session, pool[:5], clerk)
    with pytest.raises(refusals.SessionMoved):
        holding.open_session(session, by=clerk)
    seating.confirm(session, by=clerk)
    for one in seats[1:]:
        holding.sign_in(one, by=clerk)
    with pytest.raises(refusals.NoQuorum) as refused:
        holding.open_session(session, by=clerk)
    assert f"Missing: {seats[0].expert.name}." in refused.value.sentence.en
    with pytest.raises(refusals.WrongCode):
        holding.sign_in_by_code(seats[0], "000", by=seats[0].expert.user)
    holding.sign_in_by_code(seats[0], holding.sign_in_code(session), by=seats[0].expert.user)
    holding.open_session(session, by=clerk)


def test_quorum_names_everything_that_is_missing():
    assert quorum([True] * 5, (), 5).is_met
    assert [one.en for one in quorum([True, True, False, False], ["王"], 7).problems] == [
        "Missing: 王.", "Seats without an expert: 2.", "4 experts are there, at least 5 are needed.",
        "In the field are 2, needed 3.",
    ]  # fmt: skip
    assert [one.zh for one in quorum([True] * 6, (), 6).problems] == ["到场专家 6 人，应为单数。"]


def test_case_is_called_once_and_the_one_before_it_ends(session, pool, clerk):
    seats = seated(session, pool[:5], clerk)
    opened(session, seats, clerk)
    first, second = SessionItem.objects.filter(session=session).order_by("position")
    assert holding.call(session, first.application_id, by=clerk)
    assert not holding.call(session, first.application_id, by=clerk)
    assert holding.call(session, second.application_id, by=clerk)
    with pytest.raises(refusals.ItemMoved):
        holding.call(session, first.application_id, by=clerk)
    first.refresh_from_db()
    assert first.ended_at is not None
    with pytest.raises(refusals.ItemMoved):
        holding.questions(session, first.application_id, by=clerk)


def test_named_seed_is_not_drawn_from_before_it_is_known(session, pool, clerk):
    at = timezone.now()
    source = Source("双色球 2031001", 6, 1, 33, at + timedelta(hours=1))
    with pytest.raises(SeedFault):
        drawing.announce(
            session, by=clerk, in_field=["soft", "net"], at=at, seed=NamedSeed((Source("旧", 6, 1, 33, at),))
        )
    drawing.announce(session, by=clerk, in_field=["soft", "net"], seed=NamedSeed((source,)), at=at)
    with pytest.raises(SeedFault):
        drawing.draw(session, by=clerk, numbers={"双色球 2031001": [1, 2, 3, 4, 5, 6]}, at=at)
    later = at + timedelta(hours=2)
    found = drawing.draw(session, by=clerk, numbers={"双色球 2031001": [1, 9, 12, 20, 28, 33]}, at=later)
    assert len(found["panel"]) == 5


def test_secrets_come_in_their_order_and_from_those_who_were_named(
    session, pool, clerk, official, second_official, authority
):
    drawing.announce(session, by=clerk, in_field=["soft", "net"], seed=[official, second_official])
    with pytest.raises(drawing.NotAnOfficial):
        drawing.commit(session, by=person_with("official", authority))
    secret = drawing.commit(session, by=official)
    with pytest.raises(drawing.SecretOrder):
        drawing.commit(session, by=official)
    with pytest.raises(drawing.SecretOrder):
        drawing.reveal(session, secret, by=official)
    with pytest.raises(SeedFault):
        drawing.draw(session, by=clerk)
    drawing.commit(session, by=second_official)
    with pytest.raises(drawing.SecretOrder):
        drawing.reveal(session, "0" * 64, by=official)
    with pytest.raises(refusals.ReasonNeeded):
        drawing.announce(session, by=clerk, in_field=["soft"], seed=[official, second_official])
    assert not SessionNote.objects.filter(session=session, data__icontains=secret).exists()


def test_silence_is_followed_by_the_successor_and_reminded_of_before(
    session, pool, clerk, official, second_official
):
    drawn(session, clerk, [official, second_official])
    at = timezone.now()
    seating.invite(session, by=clerk, at=at)
    assert sweeping.remind_due(at=at + timedelta(hours=1)) == 0
    assert sweeping.remind_due(at=at + timedelta(hours=30)) == 5
    assert sweeping.remind_due(at=at + timedelta(hours=31)) == 0
    first = (
        Seat.objects.filter(session=session).order_by("pk").select_related("session", "expert__user").first()
    )
    for one in (
        Seat.objects.filter(session=session).exclude(pk=first.pk).select_related("session", "expert__user")
    ):
        seating.accept(one, by=one.expert.user, at=at + timedelta(hours=32))
    assert sweeping.fall_due(at=at + timedelta(hours=47)) == 0
    assert sweeping.fall_due(at=at + timedelta(hours=49)) == 1

    first.refresh_from_db()
    entry = again(session).certificate["replacements"][0]
    assert (first.state, entry["reason"]) == ("silent", "no_answer")
    assert Seat.objects.get(follows=first).answer_by == at + timedelta(hours=49) + seating.ANSWER_WITHIN
    assert Message.objects.filter(topic="session.reminder").count() == 5


def test_conflict_found_later_frees_the_seat(session, pool, clerk, official, second_official):
    drawn(session, clerk, [official, second_official])
    seating.invite(session, by=clerk)
    out = Seat.objects.filter(session=session).select_related("session", "expert__user").first()
    seating.accept(out, by=out.expert.user)
    case = SessionItem.objects.filter(session=session).first().application
    Conflict.objects.create(expert=out.expert, application=case, rule="kin", source="found")
    assert sweeping.fall_due() == 1

    out.refresh_from_db()
    assert out.state == "recused"
    assert again(session).certificate["replacements"][0]["reason"] == "conflict"
    assert sweeping.fall_due() == 0


def test_notes_are_kept_for_good(session):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM workflows_sessionnote")
    assert SessionNote.objects.filter(session=session).count() == 2


def test_signatures_of_all_end_the_process(session, pool, clerk):
    seats = seated(session, pool[:5], clerk)
    opened(session, seats, clerk)
    for item in SessionItem.objects.filter(session=session).select_related("application"):
        reviewed(item.application, pool[:5])
    concluding.conclude(session, by=clerk)
    signed(session)
    assert again(session).signed_at is not None
    with pytest.raises(refusals.SessionMoved):
        making.cancel(again(session), by=clerk, reason="太晚")
