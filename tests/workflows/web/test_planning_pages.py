"""The pages that plan reviews: asking, the preview before anybody is told, pins, confirming; sessions likewise."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, User
from notifications.models import Message
from tests.workflows.declared import registered
from tests.workflows.review import seated, two_fields
from workflows.models import (
    Application,
    Assignment,
    CaseField,
    Expert,
    ExpertField,
    PlanningRun,
    ReviewSession,
    Room,
    Round,
    Seat,
)
from workflows.review.planning import runs
from workflows.review.sessions import making

pytestmark = pytest.mark.django_db
Stage, State = PlanningRun.Stage, Assignment.State


@pytest.fixture
def call(tmp_path: Path, storm_call: Round) -> Iterator[Round]:
    with registered(seated.chaired_in(tmp_path), tmp_path):
        Round.objects.filter(pk=storm_call.pk).update(programme="reviewed-aid")
        yield Round.objects.get(pk=storm_call.pk)


@pytest.fixture
def cases(call: Round, clerk: User) -> list[Application]:
    return two_fields.make_cases(call, clerk)


@pytest.fixture
def experts(association: Organisation) -> list[Expert]:
    return two_fields.make_experts(association, 12)


@pytest.fixture
def page(client: Client, clerk: User) -> Client:
    client.force_login(clerk)
    return client


def newest() -> PlanningRun:
    return PlanningRun.objects.latest("pk")


def worked_out(page: Client, call: Round, posted: dict[str, Any]) -> tuple[PlanningRun, str]:
    """What the form asks, worked out, and the page that shows it."""
    answer = page.post(reverse("planning_round", args=[call.pk]), posted)
    assert answer.status_code == 302, answer.content.decode()
    runs.carry_out(newest().pk)
    return newest(), page.get(reverse("planning_run", args=[newest().pk])).content.decode()


ASSIGN = {"kind": "assign", "reviews": "2", "least": "0", "most": "2"}


def test_proposal_is_looked_at_pinned_and_confirmed(
    page: Client, call: Round, cases: list[Application], experts: list[Expert]
) -> None:
    assert call.title.zh in page.get(reverse("planning")).content.decode()
    run, text = worked_out(page, call, ASSIGN)
    assert run.stage == Stage.READY
    assert all(str(one.number) in text for one in cases)
    assert {one.code for one in experts if one.code in text}
    assert "尚未通知任何人" in text

    case, expert, _ = run.found["pairs"][0]
    page.post(
        reverse("planning_act", args=[run.pk, "again"]), {"shown": [case], "without": [f"{case}.{expert}"]}
    )
    again = newest()
    assert again.asked["without"] == [[case, expert]] and again.asked["reviews"] == 2
    runs.carry_out(again.pk)
    assert not Assignment.objects.filter(application=case, expert=expert).exists()
    before = {(one, other) for one, other, _ in run.found["pairs"]}
    after = {(one, other) for one, other, _ in newest().found["pairs"]}
    assert (before - after, len(after - before)) == ({(case, expert)}, 1)

    missing = page.post(reverse("planning_act", args=[again.pk, "confirm"]), {"due_on": ""})
    assert missing.status_code == 422
    due = (timezone.localdate() + timedelta(days=7)).isoformat()
    page.post(reverse("planning_act", args=[again.pk, "confirm"]), {"due_on": due})
    assert Assignment.objects.filter(state=State.STANDING).count() == 4
    assert Message.objects.filter(topic="review.assigned").exists()
    late = page.post(reverse("planning_act", args=[again.pk, "drop"]))
    assert late.status_code == 409


def test_run_that_waits_asks_again_by_itself_and_a_dropped_one_is_gone(
    page: Client, call: Round, cases: list[Application], experts: list[Expert]
) -> None:
    page.post(reverse("planning_round", args=[call.pk]), ASSIGN)
    address = reverse("planning_run", args=[newest().pk])
    assert "hx-get" in page.get(address).content.decode()
    assert page.get(address, headers={"HX-Request": "true"}).status_code == 200
    page.post(reverse("planning_act", args=[newest().pk, "drop"]))
    assert newest().stage == Stage.DROPPED
    assert page.get(address, headers={"HX-Request": "true"})["HX-Refresh"] == "true"


@pytest.mark.parametrize(
    "change",
    [{"reviews": "0"}, {"reviews": "many"}, {"least": "3"}, {"most": ""}, {"kind": "assign", "reviews": ""}],
)
def test_bad_numbers_are_refused_and_nothing_is_asked(
    page: Client, call: Round, change: dict[str, str]
) -> None:
    assert page.post(reverse("planning_round", args=[call.pk]), ASSIGN | change).status_code == 422
    assert not PlanningRun.objects.exists()


def test_fields_of_cases_are_said(page: Client, call: Round, cases: list[Application]) -> None:
    case, health = cases[0], ExpertField.objects.get(code="health")
    address = reverse("planning_fields", args=[call.pk])
    assert str(case.number) in page.get(address).content.decode()
    page.post(address, {f"field-{case.pk}-1": health.pk, f"field-{case.pk}-2": "99999"})
    assert list(CaseField.objects.filter(application=case).values_list("field__code", flat=True)) == [
        "health"
    ]


def sessions_form(room: Room) -> dict[str, Any]:
    """Two days, both halves, one room; all cases are of one field, so that one panel can hear them."""
    CaseField.objects.update(field=two_fields.fields_of()[0])
    day = date(2026, 3, 4)
    return {
        "kind": "sessions", "first": day.isoformat(), "last": (day + timedelta(days=1)).isoformat(),
        "halves": ["am", "pm"], "rooms": [room.pk], "seats": "5", "size_least": "1", "size_most": "3", "most": "3",
        "linked": "on",
    }  # fmt: skip


@pytest.mark.parametrize("panels", ["drawn", "seated"])
def test_plan_becomes_sessions(
    page: Client, call: Round, cases: list[Application], experts: list[Expert], panels: str
) -> None:
    room = Room.objects.create(office_id=call.handler_id, name="301")
    run, text = worked_out(page, call, sessions_form(room))
    assert (run.stage, run.refusal) == (Stage.READY, {})
    assert "301" in text and all(str(one.number) in text for one in cases)
    assert not ReviewSession.objects.exists()
    page.post(reverse("planning_act", args=[run.pk, "confirm"]), {"panels": panels})
    made = ReviewSession.objects.get()
    assert (made.room, made.items.count(), made.seats_wanted) == (room, 2, 5)
    seats = Seat.objects.filter(session=made)
    assert set(seats.values_list("state", flat=True)) == (
        {Seat.State.PLANNED} if panels == "seated" else set()
    )
    assert set(seats.values_list("expert", flat=True)) == (
        set(run.found["sessions"][0]["panel"]) if panels == "seated" else set()
    )


def test_plan_that_cannot_be_says_why_by_name(
    page: Client, call: Round, cases: list[Application], experts: list[Expert]
) -> None:
    Expert.objects.filter(pk__in=[one.pk for one in experts[1:]]).update(status=Expert.Status.SUSPENDED)
    room = Room.objects.create(office_id=call.handler_id, name="301")
    run, text = worked_out(page, call, sessions_form(room))
    assert (run.stage, run.refusal["code"]) == (Stage.REFUSED, "plan_infeasible")
    assert run.refusal["zh"] in text


def test_nothing_to_plan_says_so_at_once(
    page: Client, call: Round, experts: list[Expert], clerk: User
) -> None:
    room = Room.objects.create(office_id=call.handler_id, name="301")
    address, asked = reverse("planning_round", args=[call.pk]), sessions_form(room)
    answer = page.post(address, asked)
    assert (answer.status_code, "还没有提交专家评审的项目" in answer.content.decode()) == (422, True)

    heard = [one.pk for one in two_fields.make_cases(call, clerk)]
    making.make(call, heard, when=making.slot(date(2026, 3, 4), "am", room), by=clerk)
    answer = page.post(address, asked)
    assert (answer.status_code, f"{len(heard)} 个项目均已列入场次" in answer.content.decode()) == (422, True)
    assert not PlanningRun.objects.exists()


def test_member_who_is_not_wanted_is_planned_away_and_the_rest_stays(
    page: Client, call: Round, cases: list[Application], experts: list[Expert]
) -> None:
    room = Room.objects.create(office_id=call.handler_id, name="301")
    run, _ = worked_out(page, call, sessions_form(room))
    (one,) = run.found["sessions"]
    place = f"{one['on']}.{one['half']}.{one['room']}"
    out = one["panel"][0]
    page.post(reverse("planning_act", args=[run.pk, "again"]), {"without": [f"{place}.{out}"]})
    runs.carry_out(newest().pk)
    (after,) = newest().found["sessions"]
    assert (after["on"], after["half"], after["cases"]) == (one["on"], one["half"], one["cases"])
    assert set(one["panel"]) - set(after["panel"]) == {out}
    page.post(reverse("planning_act", args=[newest().pk, "again"]), {"keep": [place]})
    assert {pin[0] for pin in newest().asked["case_pins"]} == set(one["cases"])
    assert {pin[0] for pin in newest().asked["expert_pins"]} == set(after["panel"])


@pytest.mark.parametrize("count", [1, 30])
def test_pages_cost_the_same_statements_whatever_the_rows(
    page: Client, call: Round, clerk: User, cases: list[Application], experts: list[Expert], count: int
) -> None:
    run, _ = worked_out(page, call, ASSIGN)
    for _number in range(count - 1):
        PlanningRun.objects.create(round=call, kind="assign", made_by=clerk, stage=Stage.DROPPED)
    if count == 1:
        run.found["pairs"] = run.found["pairs"][:1]
        run.save()
    addresses = {
        "planning": [], "planning_round": [call.pk], "planning_fields": [call.pk], "planning_run": [run.pk]
    }  # fmt: skip
    sent = {}
    for name, args in addresses.items():
        with CaptureQueriesContext(connection) as queries:
            assert page.get(reverse(name, args=args)).status_code == 200
        sent[name] = len(queries)
    assert sent == {"planning": 7, "planning_round": 10, "planning_fields": 9, "planning_run": 8}


def test_other_offices_do_not_know_of_it(
    client: Client, official: User, call: Round, cases: list[Application], clerk: User
) -> None:
    run = runs.ask(call, "assign", {}, by=clerk)
    client.force_login(official)
    assert client.get(reverse("planning_run", args=[run.pk])).status_code == 403
