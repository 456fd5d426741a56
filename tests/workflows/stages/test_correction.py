"""Correction: at most so many rounds in the life of a case."""

import pytest

from accounts.models import User
from tests.workflows.conftest import events_of, fresh
from workflows.corrections import answer_point
from workflows.engine.asking import doable, why
from workflows.engine.perform import perform
from workflows.errors import Blocked, OneByOne
from workflows.models import Application, CorrectionPoint

POINTS = {"points": [{"kind": "field", "target": "staff_count", "words": "请核对人数"}]}


def corrected_once(case: Application, clerk: User, owner: User, n: int) -> None:
    perform("ask_correction", [case.pk], actor=clerk, key=f"ask{n}", data=POINTS)
    answer_point(CorrectionPoint.objects.get(application=case, closed_at=None), answer="无误")
    perform("resubmit", [case.pk], actor=owner, key=f"back{n}")


def test_correction_is_asked_for_three_times_and_then_never_again(draft, clerk, owner):
    perform("submit", [draft.pk], actor=owner, key="s")
    for n in range(3):
        corrected_once(draft, clerk, owner, n)

    assert fresh(draft).correction_rounds == 3
    assert [reason.words.en for reason in why("ask_correction", fresh(draft), clerk)] == [
        "Correction was asked for 3 times already, which is the most: decide on what there is."
    ]
    assert not Application.objects.filter(doable(draft.declaration, "ask_correction", clerk)).exists()
    with pytest.raises(Blocked):
        perform("ask_correction", [draft.pk], actor=clerk, key="ask4", data=POINTS)

    # There is a way on.
    perform("accept", [draft.pk], actor=clerk, key="a")
    assert events_of(draft)[-1] == "accept"
    assert fresh(draft).correction_rounds == 3


def test_correction_that_is_asked_for_twice_with_one_key_counts_once(draft, clerk, owner):
    perform("submit", [draft.pk], actor=owner, key="s")

    for _ in range(2):
        perform("ask_correction", [draft.pk], actor=clerk, key="ask", data=POINTS)

    assert fresh(draft).correction_rounds == 1


def test_points_are_asked_of_one_case_at_a_time(many_drafts, clerk):
    ids = [case.pk for case in many_drafts(2)]

    with pytest.raises(OneByOne):
        perform("ask_correction", ids, actor=clerk, key="ask", data=POINTS)
