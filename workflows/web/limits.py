"""The path strip with its time limits: of a programme for its guide, of a case with what still lies ahead."""

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import ngettext

from workflows.engine.declare import Holder, Programme, State
from workflows.models import Application, Event
from workflows.web.pictures import PathStep, path_steps, provisional_of, until


def limit_of(programme: Programme, state: State) -> str:
    """How long a case stands in `state` by the programme's own limits: "5 working days", or empty."""
    step = programme.due_step(state)
    if state.holder is Holder.PUBLIC and programme.notice:
        days = programme.notice.days
    elif step is not None and step.due is not None:
        days = step.due.n
    else:
        return ""
    return ngettext("%(n)s working day", "%(n)s working days", days) % {"n": days}


def path_of_programme(programme: Programme) -> list[PathStep]:
    """The programme's way from the first state to the last, each with its holder and its limit."""
    return [
        PathStep(s.label, "ahead", limit_of(programme, s), "" if s.outcome else s.holder)
        for s in programme.path()
    ]


def path_of_case(case: Application, events: Sequence[Event] = ()) -> list[PathStep]:
    """Where `case` stands, and the limits of what lies ahead. A draft stands until its window closes."""
    declaration = case.declaration
    steps = path_steps(case, events)
    states = declaration.path()
    drawn = [
        replace(step, note=limit_of(declaration, state))
        if step.state == "ahead" and not case.standing.outcome
        else step
        for step, state in zip(steps, states, strict=True)
    ]
    if case.state == declaration.states[0]:
        drawn[0] = replace(drawn[0], note=until(case.round.closes_at))
    if case.standing.holder is Holder.PUBLIC and case.notice_ends_on:
        note = until(case.notice_ends_on, provisional=provisional_of(case))
        drawn = [replace(step, note=note) if step.state == "now" else step for step in drawn]
    return drawn
