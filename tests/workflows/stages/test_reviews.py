"""Inspection and panel: working ways of a case, with the findings as the reason of each conclusion."""

from pathlib import Path

import pytest

from tests.workflows.conftest import events_of, fresh
from tests.workflows.declared import registered
from tests.workflows.reviewed_aid import write_reviewed_aid
from tests.workflows.storm_aid import filled_in
from workflows.engine.perform import perform
from workflows.engine.prove import prove
from workflows.errors import ReasonMissing
from workflows.models import Event, Round
from workflows.web.pictures import path_steps


@pytest.fixture
def reviewed_call(tmp_path: Path, storm_call):
    """The walk-through's programme, with an inspection and a panel before the approval."""
    with registered(write_reviewed_aid(tmp_path), tmp_path):
        Round.objects.filter(pk=storm_call.pk).update(programme="reviewed-aid")
        yield Round.objects.get(pk=storm_call.pk)


def test_case_goes_through_inspection_and_panel(reviewed_call, employer, owner, clerk):
    case = filled_in(reviewed_call, employer, owner)
    perform("submit", [case.pk], actor=owner, key="s")
    for step in ("accept", "visit", "order_inspection"):
        perform(step, [case.pk], actor=clerk, key=step)
    with pytest.raises(ReasonMissing):
        perform("pass_inspection", [case.pk], actor=clerk, key="p")
    perform("pass_inspection", [case.pk], actor=clerk, key="p", reason="场地、设备属实")
    perform("put_to_panel", [case.pk], actor=clerk, key="q")
    assert fresh(case).standing.excluded
    perform("pass_review", [case.pk], actor=clerk, key="r", reason="一致同意")

    assert fresh(case).state == "verified"
    assert events_of(case)[-4:] == ["order_inspection", "pass_inspection", "put_to_panel", "pass_review"]


def test_case_that_is_not_passed_ends_there(reviewed_call, employer, owner, clerk):
    case = filled_in(reviewed_call, employer, owner)
    perform("submit", [case.pk], actor=owner, key="s")
    for step in ("accept", "visit", "order_inspection"):
        perform(step, [case.pk], actor=clerk, key=step)

    perform("fail_inspection", [case.pk], actor=clerk, key="f", reason="无经营场所")

    failed = fresh(case)
    assert (failed.state, failed.standing.outcome) == ("failed", "bad")
    events = list(Event.objects.filter(application=case).order_by("seq"))
    # It is drawn at the inspection, not at the review beside which it stands when that comes first.
    path = path_steps(failed, events)
    stopped = [step.state for step in path].index("stopped")
    assert (path[stopped].name.en, failed.declaration.path()[stopped]) == ("Not passed", "inspecting")


def test_declaration_with_both_proves_itself(reviewed_call):
    assert prove(reviewed_call.declaration) == []
