"""The whole way of a session through its verbs: made, drawn, invited, confirmed, held, concluded, signed."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from viewflow.workflow.status import PROCESS

from accounts.models import Membership, Role
from notifications.models import Message
from tests.workflows.conftest import fresh, person_with
from tests.workflows.review.seated import give, undertake
from tests.workflows.review.sessions.conftest import DAY, drawable
from tests.workflows.review.sessions.ways import again, all_accept, drawn, opened, reviewed, seated, signed
from workflows.engine.verify import verify
from workflows.models import Assignment, Conflict, Seat, SessionItem, SessionNote
from workflows.review.draw.reading import draw_of
from workflows.review.sessions import concluding, holding, keeping, making, refusals, seating
from workflows.review.sessions.places import confirmed
from workflows.review.sessions.turns import open_task, tasks_for

pytestmark = pytest.mark.django_db


def notes_of(session):
    return list(SessionNote.objects.filter(session=session).order_by("pk").values_list("what", flat=True))


def test_session_goes_its_whole_way(session, pool, clerk):
    experts = pool[:5]
    assert [task.flow_task.name for task in tasks_for(clerk)] == ["draw"]
    seats = seated(session, experts, clerk)
    assert [(one.is_chair, one.state) for one in seats] == [(True, "confirmed")] + [(False, "confirmed")] * 4
    assert Assignment.objects.filter(state="standing").count() == 10
    items = list(
        SessionItem.objects.filter(session=session).order_by("position").select_related("application")
    )
    assert [fresh(item.application).reviews_wanted for item in items] == [5, 5]
    opened(session, seats, clerk)
    for item in items:
        holding.call(session, item.application_id, by=clerk)
        holding.questions(session, item.application_id, by=clerk)
        reviewed(item.application, experts)
    sha256 = concluding.conclude(session, by=clerk)
    signed(session)

    done = again(session)
    assert (done.stage, done.minutes_sha256, done.process.status) == ("signed", sha256, PROCESS.DONE)
    assert open_task(done) is None
    assert [case["outcome"] for case in done.minutes["cases"]] == ["pass", "pass"]
    assert [case["score"] for case in done.minutes["cases"]] == ["85.00", "85.00"]
    assert SessionItem.objects.filter(session=session, ended_at=None).count() == 0
    assert notes_of(session)[-6:] == ["concluded"] + ["signed"] * 5
    assert verify().holds


def test_past_can_be_replayed_with_its_times(session, pool, clerk):
    at = timezone.now() - timedelta(days=900)
    seating.seat(session, pool[:5], by=clerk, reason="抽取", at=at)
    seating.invite(session, by=clerk, at=at + timedelta(hours=1))
    for one in Seat.objects.filter(session=session).select_related("session", "expert__user"):
        seating.accept(one, by=one.expert.user, at=at + timedelta(hours=2))
    seating.confirm(session, by=clerk, at=at + timedelta(hours=3))

    times = SessionNote.objects.filter(session=session, what="confirmed").values_list("at", flat=True)
    assert set(times) == {at + timedelta(hours=2)}
    assert open_task(session).created == at + timedelta(hours=3)
    assert set(Assignment.objects.values_list("made_at", flat=True)) == {at + timedelta(hours=2)}


def test_draw_makes_seats_and_its_certificate_is_replayed(session, pool, clerk, official, second_official):
    made = drawn(session, clerk, [official, second_official])
    seats = list(Seat.objects.filter(session=session).order_by("pk").select_related("expert"))

    assert [one.expert.code for one in seats] == made.certificate["panel"]
    assert {one.state for one in seats} == {"planned"}
    assert [one.expert.code for one in seats if one.is_chair] == [
        next(one.expert.code for one in seats if one.in_field)
    ]
    assert draw_of(made.certificate).announcement.sha256 == made.announced_sha256
    text = str(made.certificate)
    assert not any(one.name in text for one in pool)
    assert made.stage == "inviting"


def test_pool_excludes_each_by_its_rule(session, pool, association, fields, clerk, official, second_official):
    case = SessionItem.objects.filter(session=session).first().application
    Conflict.objects.create(expert=pool[0], application=case, rule="employer", source="found")
    junior = drawable(association, 20, fields[0])
    junior.titles.update(level="middle")
    novice = drawable(association, 21, fields[0])
    novice.in_field_since = DAY.year - 7
    novice.save()
    full = drawable(association, 22, fields[0], load_limit=1)
    away = drawable(association, 23, fields[0])
    away.unavailable.create(from_on=DAY, until_on=DAY, half="am")
    drawn(session, clerk, [official, second_official])

    excluded = {one["code"]: one["rule"] for one in again(session).announcement["excluded"]}
    assert excluded == {
        pool[0].code: "conflict_employer", junior.code: "no_senior_title", novice.code: "too_few_years",
        full.code: "full",
        away.code: "away",
    }  # fmt: skip


def test_decline_brings_the_seeded_successor(session, pool, clerk, official, second_official):
    made = drawn(session, clerk, [official, second_official])
    seating.invite(session, by=clerk)
    out = Seat.objects.filter(session=session).order_by("pk").select_related("session", "expert__user")[1]
    seating.decline(out, by=out.expert.user, reason="出差")

    entry = again(session).certificate["replacements"][0]
    assert (entry["out"], entry["reason"], entry["words"]) == (out.expert.code, "declined", "")
    follower = Seat.objects.get(session=session, follows=out)
    assert (follower.expert.code, follower.state) == (entry["in"], "invited")
    assert len(set(made.certificate["panel"]) - set(again(session).certificate["panel"])) == 1
    assert (
        Message.objects.filter(
            recipient=follower.expert.user, link=f"/reviewer/sessions/{follower.pk}/"
        ).count()
        == 1
    )
    with pytest.raises(refusals.SeatAnswered):
        seating.accept(out, by=out.expert.user)


def test_successor_with_a_conflict_is_passed_over_in_the_open(
    session, pool, clerk, official, second_official
):
    drawn(session, clerk, [official, second_official])
    seating.invite(session, by=clerk)
    case = SessionItem.objects.filter(session=session).first().application
    sitting = set(Seat.objects.filter(session=session).values_list("expert_id", flat=True))
    for one in pool:
        if one.pk not in sitting:
            Conflict.objects.create(expert=one, application=case, rule="kin", source="found")
    out = Seat.objects.filter(session=session).select_related("session", "expert__user").first()
    seating.decline(out, by=out.expert.user, reason="出差")

    made = again(session)
    assert {entry["reason"] for entry in made.certificate["replacements"][1:]} == {"conflict"}
    assert "no_successor" in notes_of(session)
    assert Seat.objects.filter(session=session, state__in=("planned", "invited")).count() == 4
    assert Message.objects.filter(recipient=clerk, link=f"/desk/sessions/{session.pk}/").count() == 1
    draw_of(made.certificate)


def test_assignments_end_with_the_seat_and_start_with_the_follower(
    session, pool, clerk, official, second_official
):
    drawn(session, clerk, [official, second_official])
    seating.invite(session, by=clerk)
    seats = all_accept(session)
    seating.drop(seats[0], Seat.State.PREVENTED, by=clerk, reason="生病")

    ended = Assignment.objects.filter(expert=seats[0].expert)
    assert {(row.state, row.ended_reason) for row in ended} == {("ended", "prevented")}
    assert len(confirmed(session)) == 4
    all_accept(session)
    assert Assignment.objects.filter(state="standing").count() == 10
    assert sum(one.is_chair for one in confirmed(session)) == 1


def test_conflict_keeps_one_case_from_a_member_but_not_the_other(session, pool, clerk):
    first, second = [
        item.application for item in SessionItem.objects.filter(session=session).order_by("position")
    ]
    seating.seat(session, pool[:5], by=clerk, reason="抽取")
    seating.invite(session, by=clerk)
    seats = all_accept(session)
    seating.confirm(session, by=clerk)
    for one in seats:
        holding.sign_in(one, by=clerk)
    holding.open_session(session, by=clerk)
    Conflict.objects.create(expert=pool[3], application=second, rule="declared", source="declared")

    assert dict(holding.leaving(session)) == {first.pk: [], second.pk: [pool[3].code]}
    undertake(first, pool[3])
    give(first, pool[3], "50", "35")


def test_cases_move_between_sessions_with_their_assignments(session, pool, cases, room, clerk, panel_call):
    seats = seated(session, pool[:5], clerk)
    other = making.make(panel_call, [cases(1)[0].pk], when=making.slot(DAY, "pm", room), by=clerk)
    case = SessionItem.objects.filter(session=session).order_by("position").first().application
    making.hand_on(session, case.pk, other, by=clerk, reason="同类项目合并")

    assert Assignment.objects.filter(seat__in=seats, state="standing").count() == 5
    order = SessionItem.objects.filter(session=other, removed_at=None).order_by("position")
    assert [item.position for item in order] == [1, 2]
    assert order.last().application_id == case.pk


def test_cancelled_session_frees_everybody(session, pool, clerk, room, panel_call, cases):
    seated(session, pool[:5], clerk)
    making.cancel(session, by=clerk, reason="台风")

    assert Assignment.objects.filter(state="standing").count() == 0
    assert set(Seat.objects.values_list("state", flat=True)) == {"stood_down"}
    assert again(session).process.status == PROCESS.CANCELED
    assert list(tasks_for(clerk)) == []
    anew = making.make(panel_call, [cases(1)[0].pk], when=making.slot(DAY, "am", room), by=clerk)
    seating.seat(anew, pool[:5], by=clerk, reason="抽取")
    assert anew.number.endswith("S02")


def test_session_is_handed_over_with_its_task(session, pool, clerk, association):
    colleague = person_with(Role.CLERK, association)
    seated(session, pool[:5], clerk)
    keeping.hand_over(session, by=clerk, to=colleague, reason="休假")

    assert again(session).secretary == colleague
    assert [task.owner for task in tasks_for(colleague)] == [colleague]
    assert list(tasks_for(clerk)) == []
    note = SessionNote.objects.get(session=session, what="handed_over")
    assert (note.by, note.reason, note.data) == (clerk, "休假", {"name": str(colleague), "was": str(clerk)})
    assert Message.objects.of(colleague).filter(subject_zh__contains=session.number).count() == 1
    # What comes next is theirs as well.
    seating.confirm(session, by=colleague)
    assert [task.owner for task in tasks_for(colleague)] == [colleague]


def test_session_is_handed_to_no_stranger_no_member_and_nobody_tied(
    session, pool, clerk, association, authority
):
    seated(session, pool[:5], clerk)
    official, tied, member = person_with(Role.OFFICIAL, authority), pool[6], pool[0]
    for one in (tied, member):
        Membership.objects.create(user=one.user, organisation=association, role=Role.CLERK)
    case = SessionItem.objects.filter(session=session).first().application
    Conflict.objects.create(expert=tied, application=case, rule="declared", source="declared")
    for to, reason, error in (
        (official, "休假", refusals.NotTheirSession),
        (tied.user, "休假", refusals.KeptAway),
        (member.user, "休假", refusals.KeptAway),
        (clerk, " ", refusals.ReasonNeeded),
    ):
        with pytest.raises(error):
            keeping.hand_over(session, by=clerk, to=to, reason=reason)
    assert again(session).secretary == clerk


def test_page_of_tasks_shows_sessions_and_hands_them_over(client, session, clerk, association):
    colleague = person_with(Role.CLERK, association)
    client.force_login(clerk)
    address = reverse("session", args=[session.pk])
    assert [one for one, _, _ in client.get(reverse("batches")).context["sessions"]] == [session]
    assert address in client.get(reverse("batches")).content.decode()
    act = reverse("session_act", args=[session.pk, "hand_over"])
    assert client.post(act, {"to": "9" * 9, "reason": "休假"}).status_code == 422
    assert client.post(act, {"to": colleague.pk, "reason": "休假"}).url == address
    assert client.get(reverse("batches")).context["sessions"] == []
    client.force_login(colleague)
    assert [held for _, _, held in client.get(reverse("batches")).context["sessions"]] == [True]
