"""The review room by the API: the same verbs, the same refusals and the same blindness as on its pages."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts.models import Scope
from tests.workflows.api.conftest import Program, ok, problem
from tests.workflows.conftest import events_of, fresh
from tests.workflows.declared import registered
from tests.workflows.review.seated import chaired_in, give
from workflows.models import Conflict, Review, Round
from workflows.review.naming import APPLICANT_HIDDEN
from workflows.review.recusal.undertaking import statement_sha256

pytestmark = pytest.mark.django_db
SHEET = {"scores": {"need": "55", "effect": "35"}, "opinion": "同意"}


@pytest.fixture
def blind_call(tmp_path: Path, storm_call: Round) -> Iterator[Round]:
    with registered(chaired_in(tmp_path, "Blind(applicants=True)"), tmp_path):
        Round.objects.filter(pk=storm_call.pk).update(programme="reviewed-aid")
        yield Round.objects.get(pk=storm_call.pk)


def test_expert_reviews_from_undertaking_to_revision(heard, experts):
    case, mine = heard, experts[0]
    program = Program(mine.user)
    (line,) = ok(program.get("/reviews"))["rows"]
    assert (line["case"], line["open"], line["applicant"]) == (case.pk, True, case.applicant.name)
    at = f"/reviews/{case.pk}"
    assert "damage" in {section["slug"] for section in ok(program.get(at))["sections"]}
    assert "contact" not in {section["slug"] for section in ok(program.get(at))["sections"]}

    sheet = ok(program.get(f"{at}/sheet"))
    assert (sheet["version"], sheet["sha256"], sheet["open"]) == (0, None, True)
    assert [one["at"] for one in sheet["errors"]] == ["score-need", "score-effect"]
    kept = ok(
        program.send(f"{at}/sheet", {"version": 0, "scores": {"need": "99", "strange": "1"}}, method="PUT")
    )
    assert kept["content"]["scores"] == {"need": "99"}
    assert "score-need" in [one["at"] for one in kept["errors"]]
    problem(program.send(f"{at}/sheet", {"version": 0, **SHEET}, method="PUT"), 409, "sheet_stale")
    ready = ok(program.send(f"{at}/sheet", {"version": 1, **SHEET}, method="PUT"))
    assert (ready["errors"], ready["total"]) == ([], "90")

    problem(program.send(f"{at}/submission", {"sha256": "0" * 64}), 409, "review_changed")
    problem(program.get(f"{at}/others"), 409, "own_review_first")
    answer = program.send(f"{at}/submission", {"sha256": ready["sha256"]}, key="once")
    again = program.send(f"{at}/submission", {"sha256": ready["sha256"]}, key="once")
    assert (ok(answer), again["Idempotency-Replayed"]) == (ok(again), "true")
    assert events_of(case)[-1] == "submit_review"
    problem(program.send(f"{at}/sheet", {"version": 0, **SHEET}, method="PUT"), 409, "sheet_submitted")

    begun = ok(program.send(f"{at}/sheet/revision"))
    more = {"version": begun["version"], "scores": {"need": "50", "effect": "35"}, "reason": "答辩中有补充"}
    revised = ok(program.send(f"{at}/sheet", more, method="PUT"))
    ok(program.send(f"{at}/submission", {"sha256": revised["sha256"]}))
    assert list(Review.objects.order_by("number").values_list("number", "reason")) == [
        (1, ""),
        (2, "答辩中有补充"),
    ]
    others = ok(program.get(f"{at}/others"))
    assert (others["given"], others["wanted"], others["score"]) == (1, 5, None)
    assert [(one["expert"], one["total"]) for one in others["reviews"]] == [("E0001", "85")]
    ok(program.send(f"{at}/remarks", {"text": "请大家看预算"}))
    assert [one["text"] for one in ok(program.get(f"{at}/others"))["remarks"]] == ["请大家看预算"]


def test_chair_concludes_and_nobody_else(heard, experts, clerk):
    for one in experts:
        give(heard, one, "55", "35")
    at = f"/reviews/{heard.pk}/conclusion"
    problem(Program(experts[1].user).send(at, {"step": "pass_review", "opinion": "同意"}), 409, "blocked")
    problem(Program(experts[0].user).send(at, {"step": "fail_review", "opinion": "不同意"}), 409, "blocked")
    problem(
        Program(clerk).send(f"/cases/{heard.pk}/steps/pass_review", {"reason": "x"}), 409, "done_elsewhere"
    )
    ok(Program(experts[0].user).send(at, {"step": "pass_review", "opinion": "同意立项"}))
    assert fresh(heard).state == "verified"

    ranking = ok(Program(clerk).get(f"/rounds/{heard.round_id}/ranking"))
    assert [(one["case"], one["rank"], one["score"]) for one in ranking["ranked"]] == [(heard.pk, 1, "90.00")]
    frozen = ok(Program(clerk).send(f"/rounds/{heard.round_id}/ranking/freeze"))
    assert len(frozen["frozen_sha256"]) == 64
    problem(Program(clerk).send(f"/rounds/{heard.round_id}/ranking/freeze"), 409, "frozen_unchanged")


def test_recusal_and_conflicts_close_every_operation(heard, experts, clerk, official):
    at, program = f"/reviews/{heard.pk}", Program(experts[0].user)
    ok(program.send(f"{at}/recusal", {"reason": "配偶任职"}))
    for path in (at, f"{at}/sheet", f"{at}/others"):
        problem(program.get(path), 404, "not_found")
    assert ok(program.get("/reviews"))["rows"] == []

    declared = ok(Program(clerk).send(f"/cases/{heard.pk}/conflicts", {"expert": "E0002", "reason": "同学"}))[
        "conflicts"
    ]
    assert [(one["expert"], one["stands"]) for one in declared] == [("E0001", True), ("E0002", True)]
    problem(Program(experts[1].user).get(at), 404, "not_found")
    settle = f"/cases/{heard.pk}/conflicts/{declared[1]['id']}/settle"
    problem(Program(clerk).send(settle, {"how": "waived", "reason": "无碍"}), 409, "another_settles")
    ok(Program(official).send(settle, {"how": "waived", "reason": "无碍"}))
    assert ok(Program(experts[1].user).get(at))["open"]
    assert Conflict.objects.get(expert=experts[1]).settled_as == "waived"
    # Whoever may review without a scope for it opens nothing.
    problem(Program(experts[2].user, Scope.CASES_READ).get(at), 403, "scope_needed")


def test_blind_expert_reads_by_the_api_what_the_page_says(blind_call, employer, owner, clerk, experts):
    from tests.workflows.review.seated import before_panel, seat

    case = before_panel(blind_call, employer, owner, clerk)
    seat(case, experts, clerk)
    program, at = Program(experts[0].user), f"/reviews/{case.pk}"
    assert ok(program.get(at))["sections"] == []
    paper = case.papers.get().pk
    problem(program.get(f"{at}/papers/{paper}/content"), 409, "no_undertaking")
    problem(
        program.send(f"{at}/undertaking", {"agreed": False, "sha256": statement_sha256()}), 422, "not_agreed"
    )
    opened = ok(program.send(f"{at}/undertaking", {"agreed": True, "sha256": statement_sha256()}))

    said = program.get(at).content.decode() + program.get("/reviews").content.decode()
    assert opened["applicant"] == APPLICANT_HIDDEN.en
    assert [word for word in (employer.name, employer.credit_code) if word in said] == []
    assert case.papers.get().document.filename not in said
    problem(program.get(f"{at}/papers/{paper}/content"), 409, "copy_not_ready")
