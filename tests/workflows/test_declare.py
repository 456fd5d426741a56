"""Declarations: composite stages become steps, and what they imply becomes guards."""

import pytest

from accounts.models import Role
from config.words import T
from workflows.engine.composite import vary
from workflows.engine.declare import Resume, WorkingDays, step, steps_of
from workflows.guards import roster_clean
from workflows.programmes import programme, proxy
from workflows.stages import approval, correction, intake, withdrawal
from workflows.states import ACCEPTED, APPEALED, CORRECTING, DENIED, SUBMITTED, VERIFIED


class Body:
    """What stands in the body of a programme."""

    take_in = intake(within=WorkingDays(3))
    examine = step(ACCEPTED, VERIFIED, label=T("Examine", "初审"), by=Role.CLERK)
    correct = correction([SUBMITTED, ACCEPTED], at_most=2, resubmit=vary(also=[roster_clean]))
    withdraw = withdrawal([SUBMITTED], withdraw=vary(label=T("Take back", "收回"), needs_reason=True))


def test_steps_of_stages_stand_where_the_stage_stands():
    assert list(steps_of(Body)) == [
        "submit", "accept", "refuse", "examine", "ask_correction", "resubmit", "withdraw",
    ]  # fmt: skip


def test_stage_takes_the_words_guards_and_limits_of_a_programme():
    steps = steps_of(Body)

    assert steps["accept"].due == WorkingDays(3)
    assert (steps["withdraw"].label.en, steps["withdraw"].done.en) == ("Take back", "Take back")
    assert steps["withdraw"].needs_reason
    assert steps["ask_correction"].at_most == 2
    assert [g.code for g in steps["resubmit"].when] == ["points", "form", "papers", "roster"]
    assert steps["resubmit"].stage == "correction"


def test_stage_that_does_not_know_a_step_says_so():
    with pytest.raises(TypeError, match="colour"):
        approval(approve={"colour": "red"})


def test_steps_of_stages_are_transitions_of_the_library():
    model = proxy("talent-tax-rebate")
    case = model(state="submitted")

    found = {t.name for t in case.get_available_state_transitions()}

    assert found == {
        "accept", "refuse", "ask_correction", "withdraw", "claim", "hand_over", "recheck", "reveal",
        "give_dossier", "bar_applicant", "lift_bar",
    }  # fmt: skip


def test_resuming_leads_back_only_to_where_the_case_was_set_aside():
    class Two:
        correct = correction([ACCEPTED])
        object_ = step(DENIED, APPEALED, label=T("Appeal", "申诉"), by=Role.OWNER)
        dismiss = step(APPEALED, Resume, label=T("Dismiss", "驳回"), by=Role.OFFICIAL)

    declared = programme("talent-tax-rebate")
    made = type(declared)(
        slug="x", code="X", title=T("x", "x"), guide=declared.guide, states=declared.states, policies={},
        form=declared.form, steps=steps_of(Two),
    )  # fmt: skip

    assert (CORRECTING, "resubmit", "accepted") in made.edges()
    assert (CORRECTING, "resubmit", "denied") not in made.edges()
    assert (APPEALED, "dismiss", "denied") in made.edges()


def test_what_is_taken_on_many_asks_for_nothing_beside_the_cases():
    steps = programme("talent-tax-rebate").steps

    assert [name for name, s in steps.items() if s.for_many and s.place in ("", "selection")] == [
        "accept", "examine", "verify", "consolidate", "end_notice",
    ]  # fmt: skip
    assert not steps["ask_correction"].in_batch
