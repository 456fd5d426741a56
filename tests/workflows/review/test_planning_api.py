"""Planning by the API: asked, worked out, pinned, confirmed; with the refusals of the pages."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organisation
from tests.workflows.api.conftest import Program, ok, problem
from tests.workflows.review import two_fields
from workflows.models import (
    Assignment,
    CaseField,
    Expert,
    ExpertField,
    ReviewSession,
    Room,
)
from workflows.review.planning import runs

pytestmark = pytest.mark.django_db


@pytest.fixture
def experts(association: Organisation) -> list[Expert]:
    return two_fields.make_experts(association, 12)


def test_reviews_are_proposed_pinned_and_confirmed(panel_call, cases, experts, clerk):
    program = Program(clerk)
    (line,) = ok(program.get("/planning"))["rows"]
    assert (line["id"], line["cases"], line["assigned"]) == (panel_call.pk, len(cases), 0)
    at = f"/rounds/{panel_call.pk}/planning"
    problem(program.send(f"{at}/assignment", {"least": 9, "most": 2}), 422, "fields_wrong")
    made = ok(program.send(f"{at}/assignment", {"reviews": 2, "most": 2}), 201)
    assert made["stage"] == "waiting"
    run = f"/planning/{made['id']}"
    problem(program.send(f"{run}/confirmation", {"due_on": "2031-01-01"}), 409, "proposal_settled")
    runs.carry_out(made["id"])
    rows = ok(program.get(f"{run}/pairs"))["rows"]
    assert {len(one["experts"]) for one in rows} == {2}
    case, pair = rows[0]["case"], rows[0]["experts"][0]["expert"]["id"]

    again = ok(program.send(f"{run}/again", {"without": [[case, pair]]}), 201)
    runs.carry_out(again["id"])
    run = f"/planning/{again['id']}"
    rows = ok(program.get(f"{run}/pairs"))["rows"]
    assert pair not in {one["expert"]["id"] for one in rows[0]["experts"]}
    problem(program.send(f"{run}/confirmation"), 422, "due_missing")
    problem(program.send(f"{run}/confirmation", {"due_on": "2020-01-01"}), 422, "due_in_the_past")
    due = (timezone.localdate() + timedelta(days=9)).isoformat()
    confirmed = ok(program.send(f"{run}/confirmation", {"due_on": due, "although_short": True}))
    assert confirmed["reviews"] == Assignment.objects.filter(state="standing").count() > 0
    problem(program.send(f"{run}/drop"), 409, "proposal_settled")
    assert [one["stage"] for one in ok(program.get(at))["rows"]] == ["accepted", "dropped"]


def test_plan_becomes_sessions(panel_call, cases, experts, clerk):
    CaseField.objects.update(field=two_fields.fields_of()[0])
    room, first = Room.objects.create(office_id=panel_call.handler_id, name="301"), date(2026, 3, 4)
    program = Program(clerk)
    asked = {
        "first": first.isoformat(), "last": (first + timedelta(days=1)).isoformat(), "rooms": [room.pk],
        "size_least": 1, "size_most": 3, "qualified": False,
    }  # fmt: skip
    made = ok(program.send(f"/rounds/{panel_call.pk}/planning/sessions", asked), 201)
    runs.carry_out(made["id"])
    (planned,) = ok(program.get(f"/planning/{made['id']}"))["sessions"]
    assert (sorted(planned["cases"]), len(planned["panel"])) == (sorted(one.pk for one in cases), 5)
    keep = {"keep_places": [planned["place"]]}
    again = ok(program.send(f"/planning/{made['id']}/again", keep), 201)
    runs.carry_out(again["id"])
    (kept,) = ok(program.get(f"/planning/{again['id']}"))["sessions"]
    assert (kept["place"], kept["kept"]) == (planned["place"], True)
    confirmed = ok(program.send(f"/planning/{again['id']}/confirmation", {"seated": True}))
    assert [ReviewSession.objects.get().pk] == confirmed["sessions"]


def test_fields_of_cases_are_said(panel_call, cases, clerk, official):
    program, at = Program(clerk), f"/rounds/{panel_call.pk}/case-fields"
    field = ExpertField.objects.order_by("pk").first()
    said = {"cases": [{"case": cases[0].pk, "fields": [field.pk]}, {"case": 10**9, "fields": [field.pk]}]}
    assert ok(program.send(at, said, method="PUT"))["cases"] == 1
    rows = {one["case"]: one["fields"] for one in ok(program.get(at))["rows"]}
    assert rows[cases[0].pk] == [field.pk]
    problem(Program(official).get(at), 403, "role_needed")


def test_lists_ask_the_same_for_1_row_and_more(panel_call, cases, experts, clerk):
    program = Program(clerk)
    made = ok(program.send(f"/rounds/{panel_call.pk}/planning/assignment", {"reviews": 1}), 201)
    runs.carry_out(made["id"])
    asked = {}
    for path in (f"/planning/{made['id']}/pairs", f"/rounds/{panel_call.pk}/case-fields", "/planning"):
        program.get(path)
        for limit in (1, 2):
            with CaptureQueriesContext(connection) as counted:
                ok(program.get(path, limit=limit))
            asked[(path.rpartition("/")[2], limit)] = len(counted)
    assert asked == {
        (name, limit): n
        for name, n in (("pairs", 5), ("case-fields", 5), ("planning", 4))
        for limit in (1, 2)
    }
