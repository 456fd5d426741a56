"""The pages of sessions: for the office, the experts, the applicants and the public."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override
from icalendar import Calendar

from accounts.models import Organisation, Role
from tests.workflows.conftest import person_with
from tests.workflows.review.seated import give, undertake
from tests.workflows.review.sessions.conftest import DAY, drawable
from tests.workflows.review.sessions.ways import again, drawn, opened, reviewed, seated
from tests.workflows.web.desks import address, signed_in
from workflows.models import Conflict, ReviewSession, Room, Seat, SessionItem, SessionNote
from workflows.review.sessions import concluding, making, seating

pytestmark = pytest.mark.django_db


def page(client, name, /, *args, language="en", **query):
    client.cookies["django_language"] = language
    return client.get(address(name, *args), query)


def post(client, name, /, *args, **data):
    client.cookies["django_language"] = "en"
    return client.post(address(name, *args), data)


def said(answer):
    return answer.content.decode()


def test_clerk_makes_a_session_once_however_often_it_is_sent(panel_call, cases, room, clerk):
    heard = cases(2)
    client = signed_in(clerk)
    offered = page(client, "session_make", round=panel_call.pk)
    assert all(case.number in said(offered) for case in heard)
    form = {
        "round": panel_call.pk, "key": "k", "held_on": DAY.isoformat(), "starts": "09:30", "length": 180,
        "room": room.pk, "secretary": clerk.pk, "seats": 5, "minutes": 20, "question_minutes": 10,
        "case": [case.pk for case in heard],
    }  # fmt: skip
    unread = post(client, "session_make", **(form | {"starts": "x"}))
    assert unread.status_code == 422
    assert said(unread).count(" checked>") == len(heard)
    answers = [post(client, "session_make", **form) for _ in range(2)]
    made = ReviewSession.objects.get()
    assert {answer["Location"] for answer in answers} == {address("session", made.pk)}
    assert (made.half, made.room, made.items.count()) == ("am", room, 2)
    refused = post(client, "session_make", **(form | {"key": "k2"}))
    assert refused.status_code == 409
    assert "is taken on" in said(refused)


def test_draw_goes_through_the_page_and_the_public_sees_codes_alone(
    session,
    pool,
    clerk,
    official,
    second_official,
):
    clerks = signed_in(clerk)
    announced = post(
        clerks, "session_act", session.pk, "announce", in_field=["soft", "net"], years=8, senior=1,
        kind="officials", official=[official.pk, second_official.pk],
    )  # fmt: skip
    assert announced.status_code == 302
    sha256 = again(session).announced_sha256
    public = Client()
    before = page(public, "public_draw", sha256)
    assert sha256 in said(before)
    assert "not drawn yet" in said(before)
    assert page(public, "public_draw_certificate", sha256, "json").status_code == 404
    secrets = []
    for one in (official, second_official):
        answer = post(signed_in(one), "session_act", session.pk, "commit")
        secrets.append(answer.context["secret"])
        assert secrets[-1] in said(answer)
    for one, secret in zip((official, second_official), secrets, strict=True):
        post(signed_in(one), "session_act", session.pk, "reveal", secret=secret)
    assert post(clerks, "session_act", session.pk, "draw").status_code == 302

    made = again(session)
    after = said(page(public, "public_draw", sha256))
    assert all(code in after for code in made.certificate["panel"])
    given = page(public, "public_draw_certificate", sha256, "json")
    assert json.loads(given.content) == made.certificate
    assert page(public, "public_draw_certificate", sha256, "pdf").content.startswith(b"%PDF")
    shown = after + said(given)
    assert not any(one.name in shown or one.email in shown for one in pool)
    assert page(public, "public_draw", "0" * 64).status_code == 404


def test_expert_answers_on_their_own_page_and_nobody_elses(session, pool, clerk):
    seating.seat(session, pool[:5], by=clerk, reason="抽取")
    planned = Seat.objects.get(session=session, expert=pool[0])
    mine = signed_in(pool[0].user)
    assert page(mine, "my_seat", planned.pk).status_code == 404
    seating.invite(session, by=clerk)
    shown = page(mine, "my_seat", planned.pk)
    assert "I will come" in said(shown)
    names = [
        item.application.applicant.name for item in session.items.select_related("application__applicant")
    ]
    assert not any(name in said(shown) for name in [*names, *(one.name for one in pool[1:5])])
    assert page(signed_in(pool[1].user), "my_seat", planned.pk).status_code == 404
    assert post(mine, "my_seat_act", planned.pk, "accept").status_code == 302
    assert post(mine, "my_seat_act", planned.pk, "accept").status_code == 409
    other = Seat.objects.get(session=session, expert=pool[1])
    second = signed_in(pool[1].user)
    assert post(second, "my_seat_act", other.pk, "decline", reason=" ").status_code == 422
    assert post(second, "my_seat_act", other.pk, "decline", reason="出差").status_code == 302
    event = Calendar.from_ical(page(mine, "my_seat_calendar", planned.pk).content).walk("VEVENT")[0]
    assert event.decoded("dtstart") == session.starts_at
    assert str(event["location"]) == "301 会议室, 软件园二期"


def test_refused_form_of_a_session_keeps_what_was_typed(session, clerk, official):
    client = signed_in(clerk)
    last = session.items.order_by("position").last().application_id
    moved = post(client, "session_act", session.pk, "take_out", case=last, reason=" ")
    assert moved.status_code == 422
    assert f'value="{last}" selected' in said(moved)
    typed = {"source1": "福利彩票", "known_at1": "2030-01-01T09:00", "numbers1": "7", "kind": "named"}
    announced = post(client, "session_act", session.pk, "announce", years=12, official=official.pk, **typed)
    assert announced.status_code == 422
    kept = ('value="福利彩票"', 'value="2030-01-01T09:00"', 'name="years" min="0" max="50" value="12"',
            f'name="official" value="{official.pk}" checked')  # fmt: skip
    assert [one for one in kept if one not in said(announced)] == []
    late = post(
        client, "session_act", session.pk, "reschedule", starts="x", held_on="2030-01-01", reason="停电"
    )
    assert late.status_code == 422
    assert 'value="停电"' in said(late)


def test_board_shows_who_has_scored_and_no_score_before_all_have(session, pool, clerk):
    seats = seated(session, pool[:5], clerk)
    opened(session, seats, clerk)
    first = session.items.order_by("position").first().application
    client = signed_in(clerk)
    called = post(client, "session_board_act", session.pk, "call", case=first.pk)
    assert "Go on to questions" in said(called)
    for one in pool[:4]:
        undertake(first, one)
        give(first, one, "41", "33")
    shown = said(page(client, "session_board", session.pk))
    assert "4/5" in shown
    assert "74.00" not in shown
    undertake(first, pool[4])
    give(first, pool[4], "41", "33")
    shown = said(page(client, "session_board", session.pk))
    assert "74.00" in shown
    assert "comes to: pass after revision" in shown


def test_board_answers_only_where_something_changed(session, pool, clerk):
    opened(session, seated(session, pool[:5], clerk), clerk)
    client = signed_in(clerk)
    tag = page(client, "session_board", session.pk).context["tag"]
    assert page(client, "session_board_live", session.pk, have=tag).status_code == 204
    same = client.get(address("session_board_live", session.pk), headers={"If-None-Match": f'"{tag}"'})
    assert same.status_code == 304
    case = session.items.order_by("position").first().application
    undertake(case, pool[0])
    changed = page(client, "session_board_live", session.pk, have=tag)
    assert changed.status_code == 200
    Conflict.objects.create(expert=pool[1], application=case, rule="kin", source="found")
    again_changed = page(client, "session_board_live", session.pk, have=changed.context["tag"])
    assert "leaves the room" in said(again_changed)


def test_minutes_are_signed_by_their_hash_and_printed(session, pool, clerk):
    opened(session, seated(session, pool[:5], clerk), clerk)
    for item in session.items.select_related("application"):
        reviewed(item.application, pool[:5])
    concluding.conclude(session, by=clerk)
    seat = Seat.objects.get(session=session, expert=pool[2])
    mine = signed_in(pool[2].user)
    shown = page(mine, "my_seat", seat.pk)
    sha256 = again(session).minutes_sha256
    assert sha256 in said(shown)
    assert post(mine, "my_seat_act", seat.pk, "sign", signed="0" * 64).status_code == 409
    assert post(mine, "my_seat_act", seat.pk, "sign", signed=sha256).status_code == 302
    for language in ("en", "zh-hans"):
        assert page(mine, "my_seat_minutes", seat.pk, language=language).content.startswith(b"%PDF")
    assert page(signed_in(clerk), "session_minutes", session.pk).content.startswith(b"%PDF")


def test_applicant_hears_of_the_defence_once_it_is_confirmed_and_names_who_presents(
    session,
    pool,
    clerk,
    owner,
):
    item = session.items.order_by("position").last()
    applicant = signed_in(item.application.created_by)
    assert "No defence is fixed yet" in said(page(applicant, "application_defence", item.application_id))
    seated(session, pool[:5], clerk)
    seating.confirm(session, by=clerk)
    shown = said(page(applicant, "application_defence", item.application_id))
    assert "301 会议室" in shown
    assert not any(one.name in shown for one in pool)
    assert post(applicant, "application_defence", item.application_id, name="").status_code == 422
    assert (
        post(applicant, "application_defence", item.application_id, name="林答辩", email="x").status_code
        == 422
    )
    assert post(applicant, "application_defence", item.application_id, name="林答辩").status_code == 302
    item.refresh_from_db()
    assert item.presenter == "林答辩"
    assert page(signed_in(owner), "application_defence", item.application_id).status_code == 404
    event = Calendar.from_ical(
        page(applicant, "application_defence_calendar", item.application_id).content
    ).walk("VEVENT")[0]
    assert event.decoded("dtstart") == session.starts_at + timedelta(minutes=30)


def test_page_of_a_case_leads_to_its_session_or_to_making_one(session, clerk, official):
    item = session.items.order_by("position").first()
    client = signed_in(clerk)
    url = address("session", session.pk)
    assert f'href="{url}"' in page(client, "case", item.application_id).content.decode()
    making.take_out(session, item.application_id, by=clerk, reason="补充材料")
    make = f'href="{address("session_make")}?round={session.round_id}"'
    shown = page(client, "case", item.application_id).content.decode()
    assert make in shown
    assert f'href="{url}"' not in shown
    assert make not in page(signed_in(official), "case", item.application_id).content.decode()


def test_clerk_with_a_conflict_does_not_know_of_the_session(session, association, clerk):
    both = person_with(Role.CLERK, association)
    tied = drawable(association, 40, _field())
    tied.user = both
    tied.save()
    both.membership_set.create(organisation=association, role=Role.EXPERT)
    assert page(signed_in(both), "session", session.pk).status_code == 200
    Conflict.objects.create(
        expert=tied, application=session.items.first().application, rule="kin", source="found"
    )
    assert page(signed_in(both), "session", session.pk).status_code == 404
    assert session.number not in said(page(signed_in(both), "sessions"))


def test_room_is_added_once_and_closed(association, clerk):
    client = signed_in(clerk)
    assert post(client, "rooms", name="205", seats=12).status_code == 302
    assert post(client, "rooms", name="205", seats=12).status_code == 409
    assert post(client, "rooms", name="", seats=12).status_code == 422
    kept = Room.objects.get(office=association)
    assert post(client, "rooms", close=kept.pk).status_code == 302
    kept.refresh_from_db()
    assert kept.closed_at is not None


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages_are_drawn_in_both_languages(session, pool, clerk, official, second_official, language):
    drawn(session, clerk, [official, second_official])
    seating.invite(session, by=clerk)
    seat = Seat.objects.filter(session=session).select_related("expert__user").first()
    for user, name, *args in (
        (clerk, "session", session.pk), (clerk, "sessions"), (clerk, "session_board", session.pk),
        (clerk, "rooms"), (clerk, "session_make"), (seat.expert.user, "my_sessions"),
        (seat.expert.user, "my_seat", seat.pk),
    ):  # fmt: skip
        assert page(signed_in(user), name, *args, language=language).status_code == 200


def _field():
    from workflows.models import ExpertField

    return ExpertField.objects.get_or_create(
        code="soft", defaults={"title_zh": "软件", "title_en": "Software"}
    )[0]


def _more_sessions(first, count, expert):
    """Rows as the lists read them."""
    for number in range(2, count + 1):
        made = ReviewSession.objects.create(
            round=first.round, number=f"X{number}", ordinal=number, office=first.office, secretary=first.secretary,
            stage="inviting", starts_at=timezone.now(), ends_at=timezone.now(),
        )  # fmt: skip
        Seat.objects.create(session=made, expert=expert, state="invited", invited_at=timezone.now(),
                            answer_by=timezone.now())  # fmt: skip
        SessionNote.objects.create(session=made, what="made", by=first.secretary)


@pytest.mark.parametrize("count", [1, 30])
def test_lists_take_as_many_statements_for_thirty_rows_as_for_one(
    session,
    pool,
    clerk,
    count,
):
    seating.seat(session, pool[:5], by=clerk, reason="抽取")
    seating.invite(session, by=clerk)
    _more_sessions(session, count, pool[0])
    office, mine = signed_in(clerk), signed_in(pool[0].user)
    page(office, "sessions"), page(mine, "my_sessions")
    with CaptureQueriesContext(connection) as listed:
        assert len(page(office, "sessions").context["rows"]) == count
    with CaptureQueriesContext(connection) as own:
        assert len(page(mine, "my_sessions").context["rows"]) == count
    assert (len(listed), len(own)) == (8, 8)


@pytest.mark.parametrize("count", [1, 30])
def test_session_and_board_take_as_many_statements_for_thirty_cases_as_for_one(
    session,
    pool,
    clerk,
    count,
):
    item = session.items.order_by("position").last()
    kept = item.application
    SessionItem.objects.filter(pk=item.pk).update(removed_at=timezone.now())
    with connection.cursor() as cursor:
        # A case before the panel is copied as it stands; the edges refuse to begin there.
        cursor.execute("SET session_replication_role = replica")
    for place in range(2, count + 1):
        copy = type(kept).objects.get(pk=kept.pk)
        copy.pk, copy.number = None, f"{kept.number}-{place}"
        copy.applicant = Organisation.objects.create(kind="employer", name=f"示例{place}")
        copy.save(force_insert=True)
        SessionItem.objects.create(session=session, application=copy, position=place)
    with connection.cursor() as cursor:
        cursor.execute("RESET session_replication_role")
    opened(session, seated(session, pool[:5], clerk), clerk)
    client = signed_in(clerk)
    page(client, "session", session.pk), page(client, "session_board", session.pk)
    with CaptureQueriesContext(connection) as whole:
        assert len(page(client, "session", session.pk).context["items"]) == count
    with CaptureQueriesContext(connection) as board:
        tag = page(client, "session_board", session.pk).context["tag"]
    with CaptureQueriesContext(connection) as live:
        page(client, "session_board_live", session.pk, have=tag)
    assert (len(whole), len(board), len(live)) == (11, 15, 7)


def test_panel_that_nobody_has_invited_yet_is_not_said_to_be(client, session, pool, clerk):
    seating.seat(session, pool[:5], by=clerk, reason="抽取记录见附件")
    client.force_login(clerk)
    with override("zh-hans"):
        invited = str(again(session).get_stage_display())
    for asked in (False, True):
        if asked:
            seating.invite(session, by=clerk)
        for name, args in (("sessions", ()), ("session", (session.pk,))):
            page = client.get(address(name, *args)).content.decode()
            assert (f"{invited}</span>" in page) == asked, name
