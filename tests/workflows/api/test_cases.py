"""Cases through the API: the same answers as the pages, with versions, keys and problems."""

import json
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Organisation, Role
from tests.workflows.api.conftest import Program, ok, problem
from tests.workflows.conftest import events_of, fresh, person_with
from workflows.models import Application, CalendarDay, Event
from workflows.models import Round as _Round

pytestmark = pytest.mark.django_db


@pytest.fixture
def submitted(draft, owner):
    ok(Program(owner).step(draft.pk, "submit", declared=True))
    return fresh(draft)


def test_case_says_each_step_that_concerns_the_asker(draft, owner):
    found = ok(Program(owner).get(f"/cases/{draft.pk}"))

    assert (found["state"], found["version"], found["number"]) == ("draft", 0, None)
    assert [(step["step"], step["open"]) for step in found["steps"]] == [("submit", True), ("withdraw", True)]


def test_step_moves_the_case_and_gives_its_new_version(draft, owner):
    response = Program(owner).step(draft.pk, "submit", declared=True)

    done = ok(response)
    assert (done["case"]["state"], done["done"], response["ETag"]) == ("submitted", "Submitted", '"1"')
    assert events_of(draft) == ["submit"]


def test_same_key_gives_the_same_answer_and_one_event(draft, owner):
    program = Program(owner)
    first = program.send(f"/cases/{draft.pk}/steps/submit", {}, key="one", match='"0"')
    second = program.send(f"/cases/{draft.pk}/steps/submit", {}, key="one", match='"0"')

    assert ok(first) == ok(second)
    assert (second["Idempotency-Replayed"], second["ETag"]) == ("true", '"1"')
    assert events_of(draft) == ["submit"]


def test_key_with_another_body_is_refused(draft, owner):
    program = Program(owner)
    ok(program.send(f"/cases/{draft.pk}/steps/submit", {}, key="one", match='"0"'))

    problem(program.send(f"/cases/{draft.pk}/steps/submit", {"reason": "x"}, key="one"), 409, "key_reused")
    problem(program.send(f"/cases/{draft.pk}/steps/withdraw", {}, key="one"), 409, "key_reused")


def test_refused_request_leaves_its_key_free(draft, owner):
    Application.objects.filter(pk=draft.pk).update(papers_missing=1)
    program = Program(owner)
    problem(program.send(f"/cases/{draft.pk}/steps/submit", {}, key="one", match='"0"'), 409, "blocked")
    Application.objects.filter(pk=draft.pk).update(papers_missing=0)

    ok(program.send(f"/cases/{draft.pk}/steps/submit", {}, key="one", match='"0"'))


@pytest.mark.parametrize("key", ["", " ", "ä", "x" * 61])
def test_change_without_a_readable_key_is_refused(draft, owner, key):
    response = Program(owner).send(f"/cases/{draft.pk}/steps/withdraw", {}, key=key, match='"0"')

    problem(response, 400, "key_missing")
    assert events_of(draft) == []


def test_blocked_step_names_every_reason_and_where_to_mend_it(draft, owner):
    Application.objects.filter(pk=draft.pk).update(papers_missing=2, form_problems=3, declared_at=None)

    found = problem(Program(owner).step(draft.pk, "submit"), 409, "blocked")

    reasons = {reason["code"]: reason["mend"] for reason in found["reasons"]}
    assert len(reasons) == 3
    assert f"/api/v1/cases/{draft.pk}/papers" in reasons.values()
    assert f"/api/v1/cases/{draft.pk}/sections" in reasons.values()
    assert all(reason["sentence"] for reason in found["reasons"])


def test_step_without_a_version_is_refused_where_it_moves_the_case(draft, owner):
    response = Program(owner).send(f"/cases/{draft.pk}/steps/withdraw", {})

    problem(response, 428, "version_needed")


def test_stale_version_is_refused_with_the_present_one(submitted, clerk):
    program = Program(clerk)
    read = program.get(f"/cases/{submitted.pk}")["ETag"]
    ok(program.send(f"/cases/{submitted.pk}/steps/claim", {}))

    found = problem(program.send(f"/cases/{submitted.pk}/steps/accept", {}, match=read), 412, "stale")

    assert submitted.number in found["detail"]
    assert events_of(submitted) == ["submit", "claim"]


def test_unknown_step_is_refused(draft, owner):
    problem(Program(owner).send(f"/cases/{draft.pk}/steps/fly", {}), 422, "unknown_step")


def test_somebody_elses_case_is_not_known(draft, association):
    stranger = person_with(Role.OWNER, Organisation.objects.create(kind="employer", name="别家"))
    clerk_of_another = person_with(Role.CLERK, Organisation.objects.create(kind="association", name="别处"))

    for user in (stranger, clerk_of_another):
        problem(Program(user).get(f"/cases/{draft.pk}"), 404, "not_found")
        problem(Program(user).send(f"/cases/{draft.pk}/steps/submit", {}, match='"0"'), 404, "not_found")
    problem(Program(stranger).get("/cases/999999999"), 404, "not_found")


def test_clerk_does_not_know_of_a_draft(draft, clerk):
    problem(Program(clerk).get(f"/cases/{draft.pk}"), 404, "not_found")


def test_words_come_in_the_language_of_the_request(draft, owner):
    Application.objects.filter(pk=draft.pk).update(papers_missing=2)

    english = problem(Program(owner).step(draft.pk, "submit"), 409, "blocked")
    chinese = problem(Program(owner, language="zh-CN").step(draft.pk, "submit"), 409, "blocked")

    assert english["detail"].isascii()
    assert not chinese["detail"].isascii()


def test_applicant_reads_no_figure_before_the_decision_and_no_officer(submitted, owner, clerk):
    ok(Program(clerk).send(f"/cases/{submitted.pk}/steps/claim", {}))

    theirs = ok(Program(owner).get(f"/cases/{submitted.pk}"))
    ours = ok(Program(clerk).get(f"/cases/{submitted.pk}"))

    assert (theirs["granted"], theirs["amount_fen"], theirs["assigned_to"]) == (None, None, None)
    assert (ours["granted"], ours["assigned_to"]["id"]) == (2, clerk.pk)


def test_correction_is_asked_for_point_by_point(submitted, clerk):
    program = Program(clerk)
    person = submitted.people.first()
    points = [
        {"kind": "field", "target": "staff_count", "words": "Count again."},
        {"kind": "person", "person": person.pk, "words": "Which post?"},
    ]

    done = ok(program.step(submitted.pk, "ask_correction", points=points))

    assert done["case"]["state"] == "correcting"
    wrong = [{"kind": "field", "target": "no_such", "words": "?"}]
    problem(program.step(submitted.pk, "ask_correction", points=wrong), 422, "no_such_target")


def test_step_of_a_batch_says_where_it_is_taken(submitted, official):
    found = problem(
        Program(official).send(f"/cases/{submitted.pk}/steps/approve", {}, match='"1"'), 409, "done_elsewhere"
    )

    assert "/api/v1/batches/" in found["detail"]


def test_hand_over_goes_to_a_colleague_alone(submitted, clerk, association, owner):
    other = person_with(Role.CLERK, association)
    program = Program(clerk)

    problem(program.send(f"/cases/{submitted.pk}/steps/hand_over", {"to": owner.pk}), 422, "no_colleague")
    ok(program.send(f"/cases/{submitted.pk}/steps/hand_over", {"to": other.pk}))

    assert fresh(submitted).assigned_to == other
    assert [c["id"] for c in ok(program.get(f"/cases/{submitted.pk}/colleagues"))] == [clerk.pk, other.pk]


def test_draft_is_started_once(open_round, owner, employer):
    program = Program(owner)
    response = program.send("/cases", {"round": open_round.pk}, key="one")
    again = program.send("/cases", {"round": open_round.pk}, key="one")

    started = ok(response, 201)
    assert ok(again, 201) == started
    assert response["Location"] == f"/api/v1/cases/{started['id']}"
    assert Application.objects.count() == 1
    problem(program.send("/cases", {"round": open_round.pk}), 409, "already_applied")


def test_draft_of_another_organisation_is_not_started(open_round, owner, association):
    response = Program(owner).send("/cases", {"round": open_round.pk, "organisation": association.pk})

    problem(response, 404, "not_found")


def test_timeline_tells_applicants_offices_and_staff_officers(submitted, owner, clerk):
    ok(Program(clerk).send(f"/cases/{submitted.pk}/steps/claim", {}))

    assert [m["words"] for m in ok(Program(owner).get(f"/cases/{submitted.pk}/timeline"))] == ["Submitted"]
    assert ok(Program(clerk).get(f"/cases/{submitted.pk}/timeline"))[0]["who"] == clerk.name


def test_receipt_is_there_once_it_is_sent(draft, owner):
    program = Program(owner)
    problem(program.get(f"/cases/{draft.pk}/receipt"), 404, "not_found")
    ok(program.step(draft.pk, "submit"))

    assert ok(program.get(f"/cases/{draft.pk}/receipt"))["number"] == fresh(draft).number


def _queries(program, path, **query):
    program.get(path, **query)
    with CaptureQueriesContext(
        connection,
    ) as counted:
        found = ok(program.get(path, **query))
    return len(counted), len(found["rows"])


def test_list_asks_the_same_number_of_questions_for_1_and_30(many_drafts, clerk):
    cases = many_drafts(30)
    for case in cases:
        ok(Program(case.created_by).step(case.pk, "submit"))
    program = Program(clerk)

    # Token, memberships, cases, and which of their days are provisional.
    assert _queries(program, "/cases", limit=1) == (4, 1)
    assert _queries(program, "/cases", limit=30) == (4, 30)
    assert _queries(program, "/worklist", limit=1) == (6, 1)
    assert _queries(program, "/worklist", limit=30) == (6, 30)


def test_days_of_an_unofficial_calendar_are_marked_in_a_list(submitted, clerk):
    def marks():
        (row,) = ok(Program(clerk).get("/cases"))["rows"]
        return row["due_is_provisional"], row["promise_is_provisional"]

    CalendarDay.objects.update(provisional=False)
    assert marks() == (False, False)
    CalendarDay.objects.filter(day=submitted.promised_on).update(provisional=True)
    assert marks() == (False, True)


def test_list_is_walked_by_its_cursor(many_drafts, clerk):
    cases = many_drafts(3)
    for case in cases:
        ok(Program(case.created_by).step(case.pk, "submit"))
    program = Program(clerk)

    response = program.get("/cases", limit=2)
    first = ok(response)
    second = ok(program.get("/cases", limit=2, after=first["next"]))

    assert [row["id"] for row in first["rows"] + second["rows"]] == [c.pk for c in reversed(cases)]
    assert second["next"] is None
    assert f"after={first['next']}" in response["Link"]
    problem(program.get("/cases", limit=201), 422, "invalid")


def test_broken_json_is_refused(draft, owner):
    program = Program(owner)
    for body in (b"{", b'{"reason": "\\u0000"}', b'{"reason": "\\ud800"}', b'{"reason": NaN}', b"\xff"):
        response = program.client.generic(
            "POST", f"/api/v1/cases/{draft.pk}/steps/claim", body, "application/json",
            headers=program.headers({"Idempotency-Key": "k"}),
        )  # fmt: skip
        problem(response, 400, "bad_request")


def test_event_bears_the_key_of_the_request(draft, owner):
    ok(Program(owner).send(f"/cases/{draft.pk}/steps/submit", {}, key="mine", match='"0"'))

    assert Event.objects.get(application=draft).command.key == "mine"


def test_other_addresses_and_methods_are_problems_too(draft, owner):
    program = Program(owner)

    problem(program.get("/nothing/here"), 404, "not_found")
    response = program.send(f"/cases/{draft.pk}", {}, method="DELETE")
    problem(response, 405, "method_not_allowed")
    assert response["Allow"] == "GET"


def test_description_names_every_operation(client):
    described = json.loads(client.get("/api/v1/openapi.json").content)

    from workflows.api.routes import OPERATIONS

    named = {op["operationId"] for methods in described["paths"].values() for op in methods.values()}
    assert named == set(OPERATIONS)
    page = client.get("/api/v1/").content.decode()
    assert [name for name in named if f'id="{name}"' not in page] == []


def test_no_two_shapes_share_a_name():
    """The description has one place for each name: of two shapes with it, one would be described wrongly."""
    from ninja import Schema

    ours = [s for s in Schema.__subclasses__() if s.__module__.startswith("workflows.api")]
    for shape in ours:
        ours += [s for s in shape.__subclasses__() if s not in ours and "[" not in s.__name__]
    names = Counter(shape.__name__ for shape in ours)
    assert len(names) > 50
    assert [name for name, times in names.items() if times > 1] == []


def test_rounds_and_programmes_say_what_to_fill_in(open_round: _Round, owner):
    program = Program(owner)

    assert [r["id"] for r in ok(program.get("/rounds"))["rows"]] == [open_round.pk]
    found = ok(program.get("/programmes/talent-tax-rebate"))
    assert "submit" in {step["name"] for step in found["steps"]}
    assert "tax_fen" in {column["name"] for column in found["roster"]}
    problem(program.get("/programmes/no-such"), 404, "not_found")
