"""A step over all that a search finds, through the API: frozen, read, signed, carried out; searches under a name."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.workflows.api.conftest import Program, ok, problem
from tests.workflows.conftest import events_of, fresh, person_with
from tests.workflows.web.batch_ways import key, verified
from workflows import manifests
from workflows.engine.perform import perform
from workflows.engine.verify import verify
from workflows.models import Command, Manifest

pytestmark = pytest.mark.django_db
SLUG = "talent-tax-rebate"


@pytest.fixture
def cases(many_drafts):
    """Three submitted cases and a draft."""
    made = many_drafts(4)
    for case in made[:3]:
        perform("submit", [case.pk], actor=case.created_by, key=key())
    return made


def asked(*cases: Any, step: str = "accept") -> dict[str, Any]:
    return {"programme": SLUG, "step": step, "cases": [case.pk for case in cases]}


def states(cases: Any) -> list[str]:
    return [fresh(case).state for case in cases]


def test_all_that_a_search_finds_is_frozen_signed_and_done(cases, clerk):
    program = Program(clerk)
    answer = program.send("/manifests", {**asked(), "query": "tab=all&q=state:submitted"})
    made = ok(answer, 201)
    assert answer["Location"] == f"/api/v1/manifests/{made['id']}"
    assert (made["stage"], made["count"], made["possible"], made["blocked"]) == ("ready", 3, 3, 0)
    assert states(cases) == ["submitted"] * 3 + ["draft"]

    path = f"/manifests/{made['id']}"
    assert ok(program.get(path)) == made
    done = ok(program.send(f"{path}/commit", {"sha256": made["sha256"]}, key="one"))
    again = ok(program.send(f"{path}/commit", {"sha256": made["sha256"]}, key="one"))

    assert (done["stage"], done["done"]) == ("done", 3)
    assert again == done
    assert states(cases) == ["accepted"] * 3 + ["draft"]
    assert [events_of(case) for case in cases[:3]] == [["submit", "accept"]] * 3
    problem(program.send(f"{path}/commit", {"sha256": made["sha256"]}), 409, "manifest_settled")
    assert verify().holds


def test_blocked_cases_are_named_and_the_possible_go_when_asked(cases, clerk):
    program = Program(clerk)
    perform("accept", [case.pk for case in cases[:2]], actor=clerk, key=key())
    made = ok(program.send("/manifests", asked(*cases[:3], step="examine")), 201)
    assert [(o["code"], o["count"], o["named"][0]["case"]) for o in made["obstacles"]] == [
        ("state", 1, cases[2].pk)
    ]
    path = f"/manifests/{made['id']}"
    (blocked,) = ok(program.get(f"{path}/blocked"))["rows"]
    assert blocked["case"] == {"id": cases[2].pk, "name": fresh(cases[2]).number}
    assert "Submitted" in blocked["reasons"][0]["sentence"]

    problem(program.send(f"{path}/commit", {"sha256": made["sha256"]}), 409, "manifest_blocked")
    assert states(cases[:3]) == ["accepted", "accepted", "submitted"]
    done = ok(program.send(f"{path}/commit", {"sha256": made["sha256"], "mode": "possible"}))

    assert (done["done"], states(cases[:3])) == (2, ["checked", "checked", "submitted"])


def test_manifest_whose_cases_moved_or_whose_hash_is_another_is_refused(cases, clerk):
    program = Program(clerk)
    made = ok(program.send("/manifests", asked(*cases[:3])), 201)
    path = f"/manifests/{made['id']}/commit"
    problem(program.send(path, {"sha256": "0" * 64}), 409, "signature_wrong")
    perform("claim", [cases[1].pk], actor=clerk, key=key())

    problem(program.send(path, {"sha256": made["sha256"]}), 409, "manifest_moved")

    assert states(cases[:3]) == ["submitted"] * 3
    assert ok(program.get(f"/manifests/{made['id']}"))["stage"] == "ready"


def test_manifest_is_its_makers_alone(cases, clerk, open_round, official):
    made = ok(Program(clerk).send("/manifests", asked(*cases[:3])), 201)
    for other in (person_with("clerk", open_round.handler), official):
        program = Program(other)
        for path in ("", "/blocked"):
            problem(program.get(f"/manifests/{made['id']}{path}"), 404, "not_found")
        problem(program.send(f"/manifests/{made['id']}/commit", {"sha256": made["sha256"]}), 404, "not_found")
    problem(Program(clerk).send("/manifests", {**asked(*cases[:3]), "cases": [10**9]}), 404, "not_found")
    problem(Program(clerk).send("/manifests", asked(cases[0], step="fly")), 422, "unknown_step")
    problem(Program(clerk).send("/manifests", {**asked(), "query": "q=is:purple"}), 422, "search_unclear")


def test_consolidation_takes_each_round_to_its_batch(many_drafts, open_round, clerk):
    found, program = verified(many_drafts(3), clerk), Program(clerk)
    first = ok(program.send("/manifests", asked(*found[:2], step="consolidate")), 201)
    assert first["rounds"] == [{"round": open_round.pk, "count": 2}]
    done = ok(program.send(f"/manifests/{first['id']}/commit", {"sha256": first["sha256"]}))
    (batch,) = done["batches"]
    second = ok(program.send("/manifests", asked(found[2], step="consolidate")), 201)
    wrong = {"sha256": second["sha256"], "batches": {str(open_round.pk): 10**9}}
    problem(program.send(f"/manifests/{second['id']}/commit", wrong), 404, "no_such_batch")
    same = {"sha256": second["sha256"], "batches": {str(open_round.pk): batch}}

    assert ok(program.send(f"/manifests/{second['id']}/commit", same))["batches"] == [batch]

    assert {fresh(case).batch_id for case in found} == {batch}


def test_many_cases_are_left_to_a_worker(cases, clerk, monkeypatch):
    monkeypatch.setattr(manifests, "AT_ONCE", 1)
    program = Program(clerk)
    made = ok(program.send("/manifests", asked(*cases[:3])), 201)
    signed = ok(program.send(f"/manifests/{made['id']}/commit", {"sha256": made["sha256"]}, key="w"))
    assert (signed["stage"], signed["done"], states(cases[:3])) == ("signed", 0, ["submitted"] * 3)
    perform("claim", [cases[0].pk], actor=clerk, key=key())

    manifests.carry_out(made["id"])

    refused = ok(program.get(f"/manifests/{made['id']}"))
    assert (refused["stage"], refused["done"]) == ("refused", 0)
    assert "1 of 3" in refused["refusal"]
    assert not Command.objects.filter(step="accept").exists()


def test_blocked_list_goes_by_keyset_and_asks_the_same_for_any_number(many_drafts, clerk):
    drafts, program = many_drafts(31), Program(clerk)
    perform("submit", [drafts[0].pk], actor=drafts[0].created_by, key=key())
    found = type(drafts[0]).objects.filter(pk__in=[case.pk for case in drafts])
    made = manifests.prepare("accept", found, actor=clerk, programme=SLUG)
    path, asked_, seen = f"/manifests/{made.pk}/blocked", [], []
    program.get(path)
    for limit in (1, 30):
        with CaptureQueriesContext(connection) as counted:
            rows = ok(program.get(path, limit=limit))["rows"]
        asked_.append((len(rows), len(counted)))
    # Token, memberships, the manifest, its blocked, its maker's roles, their reasons, the cases.
    assert asked_ == [(1, 7), (30, 7)]
    after = 0
    while after is not None:
        page = ok(program.get(path, limit=7, after=after))
        seen += [row["case"]["id"] for row in page["rows"]]
        after = page["next"]
    assert seen == sorted(case.pk for case in drafts[1:])
    assert Manifest.objects.get(pk=made.pk).blocked == 30


# ── the search, and searches under a name


def test_syntax_names_every_keyword_in_the_readers_language(open_round, clerk):
    english = ok(Program(clerk).get("/worklist/syntax"))
    chinese = ok(Program(clerk, language="zh").get("/worklist/syntax"))
    assert {"is", "lead", "state", "amount"} <= {k["name"] for k in english["keywords"]}
    assert english["keywords"][0]["meaning"] != chinese["keywords"][0]["meaning"]
    assert "is:overdue" in {value["typed"] for value in english["values"]}


def test_search_is_saved_shared_renamed_moved_and_brought_back(open_round, clerk, official):
    program, colleague = Program(clerk), Program(person_with("clerk", open_round.handler))
    own = ok(program.send("/searches", {"name": "逾期", "q": "is:overdue"}), 201)
    office = open_round.handler_id
    shared = ok(program.send("/searches", {"name": "待受理", "q": "state:submitted", "office": office}), 201)
    other = ok(program.send("/searches", {"name": "已受理", "q": "state:accepted", "office": office}), 201)
    assert (own["office"], shared["count"]) == (None, 0)

    assert [one["id"] for one in ok(colleague.get("/searches"))] == [shared["id"], other["id"]]
    ok(colleague.send(f"/searches/{other['id']}", {"name": "受理", "move": "up"}, method="PATCH"))
    assert [one["name"] for one in ok(program.get("/searches"))] == ["逾期", "受理", "待受理"]
    ok(program.send(f"/searches/{shared['id']}", method="DELETE"))
    problem(colleague.send(f"/searches/{shared['id']}/restore"), 404, "not_found")
    assert ok(program.send(f"/searches/{shared['id']}/restore"))["name"] == "待受理"

    problem(colleague.send(f"/searches/{own['id']}", {"name": "x"}, method="PATCH"), 404, "not_found")
    problem(program.send("/searches", {"name": "x", "q": "is:purple"}), 422, "search_unclear")
    problem(program.send("/searches", {"name": "逾期", "q": "is:overdue"}), 409, "search_name_taken")
    problem(
        program.send("/searches", {"name": "x", "q": "a", "office": open_round.authority_id}),
        404,
        "not_found",
    )
    assert ok(Program(official).get("/searches")) == []
