"""Which sessions there could be: worked out for the preview; nothing is written before it is accepted."""

from collections.abc import Callable
from typing import Any

from workflows.models import PlanningRun
from workflows.review.planning.comparing import warning_of
from workflows.review.planning.loading import Asked, load
from workflows.review.planning.question import Question, Session
from workflows.review.planning.solving import SECONDS, plan
from workflows.review.planning.waiting import require_waiting, waiting_cases
from workflows.review.recusal.finding import find_conflicts


def propose(run: PlanningRun, tell: Callable[[str], None]) -> dict[str, Any]:
    """Find conflicts anew and plan. Gives what preview and acceptance need, by id.

    Raises:
        NothingBeforePanel, AllInSessions, TwoRooms, PlanningFault, PlanInfeasible: there is no plan; why, by name.
    """
    # They may have been put into sessions since it was asked.
    require_waiting(run.round, for_sessions=True)
    tell("conflicts")
    find_conflicts(one.pk for one in waiting_cases(run.round))
    tell("loading")
    loaded = load(run.round, Asked.of(run.asked))
    tell("solving")
    found = plan(loaded.question, seconds=float(run.asked.get("seconds", SECONDS)), tell=tell)
    warning = warning_of(loaded.question, found.sessions)
    return {
        "sessions": [
            {
                "on": loaded.question.cells[one.cell].on.isoformat(),
                "half": loaded.question.cells[one.cell].half,
                "room": loaded.rooms[one.cell],
                "cases": [loaded.cases[number] for number in one.projects],
                "panel": [loaded.experts[number] for number in one.panel],
                "outside": [loaded.experts[number] for number in _outside(loaded.question, one)],
            }
            for one in found.sessions
        ],
        "cases": len(loaded.cases),
        "experts": len(loaded.experts),
        "proven": found.proven,
        "warning": [warning.en, warning.zh] if warning else None,
        "seconds": round(found.took_s, 2),
    }


def _outside(asked: Question, session: Session) -> list[int]:
    """Members who are in the field of no project of the session."""
    fields = frozenset(name for project in session.projects for name in asked.projects[project].fields)
    return [expert for expert in session.panel if not asked.experts[expert].fields & fields]
