"""A session by the API alone: made, drawn, answered, held, concluded and signed; each act as on its page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from tests.workflows.api.conftest import Program, ok, problem
from tests.workflows.conftest import person_with
from tests.workflows.review.sessions.ways import again, reviewed, seated
from workflows.models import Assignment, ReviewSession, Seat, SessionItem
from workflows.review.sessions import seating

pytestmark = pytest.mark.django_db
STARTS = "2031-03-05T09:00:00+08:00"


def test_session_goes_its_way_by_the_api(
    panel_call, cases, pool, room, clerk, official, second_official, django_assert_num_queries
):
    office, heard = Program(clerk), [case.pk for case in cases(2)]
    found = ok(office.get(f"/rounds/{panel_call.pk}/session-candidates", limit=1))
    assert ([one["id"] for one in found["rows"]], found["next"]) == ([heard[0]], heard[0])
    problem(office.send("/sessions", {"round": panel_call.pk, "cases": []}), 409, "session_empty")
    body = {"round": panel_call.pk, "cases": heard, "starts_at": STARTS, "length": 180, "room": room.pk}
    made = ok(office.send("/sessions", body, key="make"), 201)
    assert ok(office.send("/sessions", body, key="make"), 201) == made
    at = f"/sessions/{made['id']}"
    assert (made["waiting"], made["runs"], made["room"]) == ("draw", True, room.name)
    assert [one["case"] for one in made["items"]] == heard

    moved = ok(office.send(f"{at}/cases/{heard[1]}/position", {"to": 1}, match='"1"'))
    assert [one["case"] for one in moved["items"]] == heard[::-1]
    problem(office.send(f"{at}/cases/{heard[1]}/position", {"to": 2}, match='"1"'), 412, "stale")

    _draw(at, office, [official, second_official])
    session = ReviewSession.objects.get(pk=made["id"])
    seats = list(Seat.objects.filter(session=session).select_related("expert__user").order_by("pk"))
    problem(office.send(f"{at}/confirmation"), 409, "seats_open")
    ok(office.send(f"{at}/invitations"))
    for seat in seats:
        mine = Program(seat.expert.user)
        assert ok(mine.get(f"/seats/{seat.pk}"))["may_answer"]
        assert ok(mine.send(f"/seats/{seat.pk}/acceptance"))["mine"] == sorted(heard)
    ok(office.send(f"{at}/confirmation"))
    _hold(at, office, seats, heard[::-1])
    for case in session.items.order_by("position"):
        reviewed(case.application, [one.expert for one in sorted(seats, key=lambda one: not one.is_chair)])
    assert ok(office.send(f"{at}/conclusion"))["stage"] == "concluded"

    for seat in seats:
        mine = Program(seat.expert.user)
        problem(mine.send(f"/seats/{seat.pk}/signature", {"sha256": "0" * 64}), 409, "minutes_changed")
        said = ok(mine.get(f"/seats/{seat.pk}/minutes"))
        ok(mine.send(f"/seats/{seat.pk}/signature", {"sha256": said["sha256"]}))
    assert again(session).stage == "signed"
    assert len(ok(office.get(f"{at}/minutes"))["signed"]) == 5
    for path, statements in ((at, 8), (f"{at}/board", 7)):
        office.get(path)
        with django_assert_num_queries(statements):
            office.get(path)


def _draw(at: str, office: Program, officials: list[User]) -> None:
    """Announced by the clerk, committed and revealed by two officials, drawn."""
    said = {"in_field": ["soft", "net"], "officials": [one.pk for one in officials]}
    assert ok(office.send(f"{at}/announcement", said))["draw"]["committed"] == []
    programs = [Program(one) for one in officials]
    problem(office.send(f"{at}/commitment"), 403, "role_needed")
    secrets = [ok(program.send(f"{at}/commitment", key="commit"))["secret"] for program in programs]
    problem(programs[0].send(f"{at}/commitment", key="commit"), 409, "already_shown")
    problem(office.send(f"{at}/draw"), 409, "draw_seed_fault")
    for program, secret in zip(programs, secrets, strict=True):
        ok(program.send(f"{at}/reveal", {"secret": secret}))
    assert len(ok(office.send(f"{at}/draw"))["panel"]) == 5


def _hold(at: str, office: Program, seats: list[Seat], heard: list[int]) -> None:
    """Everybody signs in, one with the code of the board; each case is called, asked about, ended."""
    problem(office.send(f"{at}/opening"), 409, "no_quorum")
    code = ok(office.get(f"{at}/board"))["code"]
    mine = Program(seats[0].expert.user)
    wrong = {"code": "x"}
    problem(mine.send(f"/seats/{seats[0].pk}/sign-in", wrong), 422, "wrong_sign_in_code")
    ok(mine.send(f"/seats/{seats[0].pk}/sign-in", {"code": code}))
    for seat in seats[1:]:
        board = ok(office.send(f"{at}/seats/{seat.pk}/sign-in"))
    assert (len(board["signed_in"]), board["has_quorum"]) == (5, True)
    ok(office.send(f"{at}/opening"))
    for case in heard:
        ok(office.send(f"{at}/cases/{case}/call"))
        ok(office.send(f"{at}/cases/{case}/questions"))
        board = ok(office.send(f"{at}/cases/{case}/end"))
    assert all(one["ended_at"] and one["score"] is None for one in board["cases"])
    assert len(board["open_cases"]) == 2


def test_seats_fall_and_sessions_change_hands(session, pool, clerk, association):
    second_clerk = person_with(Role.CLERK, association)
    office, at = Program(clerk), f"/sessions/{session.pk}"
    codes = [one.code for one in pool[:5]]
    problem(office.send(f"{at}/seats", {"experts": ["E9999"], "reason": "x"}), 422, "experts_unknown")
    made = ok(office.send(f"{at}/seats", {"experts": codes, "reason": "抽取记录见附件"}))
    assert [one["expert"] for one in made["panel"]] == codes
    last = made["panel"][-1]["id"]
    ok(office.send(f"{at}/chair", {"seat": last, "reason": "专家组推选"}))
    fallen = ok(office.send(f"{at}/seats/{last}/fall", {"how": "prevented", "reason": "生病"}))
    assert [one["state"] for one in fallen["panel"]][-1] == "prevented"

    case = SessionItem.objects.filter(session=session).order_by("position").first().application_id
    assert len(ok(office.send(f"{at}/cases/{case}/removal", {"reason": "x"}))["items"]) == 1
    assert len(ok(office.send(f"{at}/cases", {"cases": [case]}))["items"]) == 2
    later = {"starts_at": "2031-03-06T14:30:00+08:00", "room": session.room_id, "reason": "台风"}
    assert ok(office.send(f"{at}/time", later))["held_on"] == "2031-03-06"
    problem(office.send(f"{at}/secretary", {"to": 999_999, "reason": "x"}), 422, "session_form_wrong")
    handed = ok(office.send(f"{at}/secretary", {"to": second_clerk.pk, "reason": "出差"}))
    assert handed["secretary"] == second_clerk.name
    assert ok(office.send(f"{at}/cancellation", {"reason": "x"}))["stage"] == "cancelled"
    assert not Assignment.objects.filter(state="standing").exists()


def test_official_reads_a_session_and_cannot_run_it(session, official, pool):
    program = Program(official)
    assert ok(program.get(f"/sessions/{session.pk}"))["runs"] is False
    assert ok(program.get(f"/sessions/{session.pk}/board"))["code"] is None
    problem(program.send(f"/sessions/{session.pk}/invitations"), 403, "role_needed")
    problem(Program(pool[0].user).get(f"/sessions/{session.pk}"), 403, "role_needed")


def test_rooms_are_opened_and_closed(clerk, association):
    program = Program(clerk)
    made = ok(program.send("/rooms", {"name": "302"}), 201)
    problem(program.send("/rooms", {"name": "302"}), 409, "room_name_taken")
    assert ok(program.send(f"/rooms/{made['id']}/closing"))["closed_at"] is not None
    assert [one["id"] for one in ok(program.get("/rooms"))["rows"]] == [made["id"]]


def test_applicant_names_who_defends(session, pool, clerk):
    item = SessionItem.objects.filter(session=session).select_related("application").order_by("pk")[0]
    owner = User.objects.get(
        membership__organisation=item.application.applicant_id, membership__role=Role.OWNER
    )
    program, at = Program(owner), f"/cases/{item.application_id}/defence"
    assert ok(program.get(at))["session"] is None
    problem(program.send(at, {"name": "林"}, method="PUT"), 404, "not_found")
    seated(session, pool[:5], clerk)
    seating.confirm(session, by=clerk)
    assert ok(program.get(at))["may_name"] is True
    problem(program.send(at, {"name": "林", "email": "x"}, method="PUT"), 422, "session_form_wrong")
    assert ok(program.send(at, {"name": "林示例"}, method="PUT"))["presenter"] == "林示例"


def test_lists_of_sessions_ask_the_same_for_1_and_2(panel_call, cases, session, clerk):
    for case in cases(2):
        assert case.round_id == panel_call.pk
    program, asked = Program(clerk), []
    at = f"/rounds/{panel_call.pk}/session-candidates"
    program.get(at)
    for limit in (1, 2):
        with CaptureQueriesContext(connection) as counted:
            assert len(ok(program.get(at, limit=limit))["rows"]) == limit
        asked.append(len(counted))
    assert asked == [4, 4]
