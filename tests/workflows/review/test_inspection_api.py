"""Inspections by the API: planned, noted, photographed, reported, signed; put off with a reason."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Organisation, User
from tests.workflows.api.conftest import Program, ok, problem
from tests.workflows.founder_award import all_points, call_of, filled_in, photographed, to_inspect, visit_of
from workflows.demonstration.pictures import picture
from workflows.models import Application

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(
    association: Organisation, authority: Organisation, employer: Organisation, owner: User, clerk: User
) -> Application:
    return to_inspect(filled_in(call_of(association, authority), employer, owner), owner, clerk)


def test_visit_goes_its_way_by_the_api(
    case, clerk, official, owner, documents_folder, django_assert_num_queries
):
    office, second = Program(clerk), Program(official)
    offers = ok(office.get(f"/rounds/{case.round_id}/tour-offers"))
    assert [one["case"] for one in offers["cases"]] == [case.pk]
    day = (timezone.localdate() + timedelta(days=3)).isoformat()
    asked = {
        "held_on": day, "inspectors": [clerk.pk, official.pk], "stops": [{"case": case.pk, "at": "09:30"}],
    }  # fmt: skip
    at = f"/rounds/{case.round_id}/tours"
    problem(office.send(at, {**asked, "held_on": "2020-01-01"}), 422, "no_day")
    problem(office.send(at, {**asked, "inspectors": [clerk.pk]}), 422, "too_few_inspectors")
    tour = ok(office.send(at, asked), 201)
    (stop,) = tour["stops"]
    assert (stop["case"], stop["standing"]) == (case.pk, "planned")
    visit = f"/visits/{stop['visit']}"
    problem(office.send(f"{visit}/notes", {"changes": {"score:unknown": "1"}}), 400, "unknown_criterion")
    noted = ok(second.send(f"{visit}/notes", {"changes": {**all_points(), "findings": "属实"}}))
    assert (noted["standing"], noted["goes_along"]) == ("noted", True)
    held = visit_of(case)
    rule = held.application.declaration.inspection
    for _ in range(rule.photographs if rule else 0):
        photographed(held, clerk, data=picture(7))
    photo = ok(office.get(visit))["photos"][0]
    assert "url" in ok(office.get(f"{visit}/photos/{photo['id']}"))
    problem(office.send(f"{visit}/signatures", {"sha256": "0" * 64}), 409, "no_report_yet")
    reported = ok(office.send(f"{visit}/report"))
    assert reported["standing"] == "reported"
    problem(office.send(f"{visit}/photos/{photo['id']}/removal", {"reason": "x"}), 409, "report_is_in")
    problem(office.send(f"{visit}/signatures", {"sha256": "0" * 64}), 409, "report_changed")
    for program in (office, second):
        ok(program.send(f"{visit}/signatures", {"sha256": reported["sha256"]}))
    firm = {"sha256": reported["sha256"], "as_firm": True, "name": "林示例", "strokes": [[[1, 2], [3, 4]]]}
    assert ok(office.send(f"{visit}/signatures", firm))["standing"] == "signed"
    assert ok(office.get(f"/cases/{case.pk}/visit"))["outcome"] == "pass"
    for path, statements in ((visit, 6), ("/tours", 5), (f"/tours/{tour['id']}", 6)):
        with django_assert_num_queries(statements):
            office.get(path)


def test_visit_is_put_off_and_steps_of_it_have_their_own_address(case, clerk, official):
    office = Program(clerk)
    day = timezone.localdate().isoformat()
    stops = [{"case": case.pk, "at": "10:00"}]
    asked = {"held_on": day, "inspectors": [clerk.pk, official.pk], "stops": stops}
    tour = ok(office.send(f"/rounds/{case.round_id}/tours", asked), 201)
    visit = f"/visits/{tour['stops'][0]['visit']}"
    problem(office.send(f"/cases/{case.pk}/steps/drop_visit", {"reason": "x"}), 409, "done_elsewhere")
    problem(Program(official).send(f"{visit}/drop", {"reason": "x"}), 403, "role_needed")
    assert ok(office.send(f"{visit}/drop", {"reason": "台风"}))["standing"] == "dropped"
    problem(office.get(f"/cases/{case.pk}/visit"), 404, "not_found")
