"""Where the working days of a case went: used by the office, stood still, left out, and what is left of the promise."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from workflows.engine.clock import day_of
from workflows.engine.deadlines import REGION
from workflows.engine.declare import Holder, State
from workflows.models import Application, Event


@dataclass(frozen=True, slots=True)
class Spent:
    """Working days, by the calendar of the handling office, from submission until now or the end.

    `used` are the offices', `applicant` those in which the case was the applicant's while the promise ran,
    `stopped` those on which the clock stood still, `excluded` those of stages that the promise leaves out.
    `left` is None where nothing is promised any more; negative when the promise is broken.
    """

    used: int = 0
    applicant: int = 0
    stopped: int = 0
    excluded: int = 0
    left: int | None = None


def spent(case: Application, events: Sequence[Event], *, today: date) -> Spent | None:
    """The account of `case` from all its events, oldest first; one query. None before submission, and where
    the calendar does not know one of the days."""
    if case.submitted_at is None:
        return None
    stays = _stays(case, events, today)
    ordinals = _ordinals(case, {day for _, since, until in stays for day in (since, until)}
                         | {day for day in (today, case.promised_on, case.stopped_on) if day})  # fmt: skip
    if ordinals is None:
        return None
    days = dict.fromkeys(("used", "applicant", "stopped", "excluded"), 0)
    for state, since, until in stays:
        days[_account(state)] += ordinals[until] - ordinals[since]
    left = None
    if case.promised_on and not case.standing.outcome:
        left = ordinals[case.promised_on] - ordinals[case.stopped_on or today]
    return Spent(**days, left=left)


def _stays(case: Application, events: Sequence[Event], today: date) -> list[tuple[State, date, date]]:
    """(state, first day, last day) of every stay since submission; the last one until today, unless it is the end."""
    programme = case.declaration
    moves = [e for e in events if e.source != e.target and e.at >= case.submitted_at]  # type: ignore[operator]
    known = {str(state): state for state in programme.states}
    days = [*(day_of(move.at) for move in moves[1:]), today]
    return [
        (known[move.target], day_of(move.at), until)
        for move, until in zip(moves, days, strict=True)
        if move.target in known and not known[move.target].outcome
    ] if moves else []  # fmt: skip


def _account(state: State) -> str:
    if state.stops_clock:
        return "stopped"
    if state.excluded:
        return "excluded"
    return "applicant" if state.holder is Holder.APPLICANT else "used"


def _ordinals(case: Application, days: Iterable[date]) -> dict[date, int] | None:
    """Day → ordinal by the calendar of the handling office; None when one is unknown."""
    wanted = sorted(set(days))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT c.day, c.ordinal FROM accounts_organisation o
                  JOIN workflows_calendar c ON c.region = {REGION} AND c.day = ANY(%s) WHERE o.id = %s""",  # noqa: S608
            [wanted, case.handler_id],
        )
        found: dict[date, int] = dict(cursor.fetchall())
    return found if len(found) == len(wanted) else None
