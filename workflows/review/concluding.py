"""The conclusion of a panel: what its chair states, and when a revision is due."""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from workflows.engine.deadlines import region_of, working_days_after
from workflows.engine.perform import Outcome, perform
from workflows.models import Application, Assignment, Conclusion
from workflows.review.counting import SITTING

# Step → what the scores have to come to.
CONCLUDING = {"pass_review": "pass", "ask_revision": "revise", "fail_review": "fail"}
CONFIRMING = ("confirm_revision", "return_revision")


def conclude(
    user: User, case: Application, step: str, *, opinion: str, cut_fen: int = 0, key: str
) -> Outcome:
    """Conclude as the scores come to, with the panel's opinion and what it cuts from the budget, in fen.

    Raises:
        Blocked: reviews are missing, the scores come to something else, or the actor does not chair the panel.
        ReasonMissing: an opinion has to be given.
        CalendarUnknown: the day on which the revision would be due is beyond the calendar.
    """
    data: dict[str, Any] = {"cut_fen": cut_fen} if cut_fen else {}
    if step == "ask_revision" and (until := revise_by(case)) is not None:
        data["revise_by"] = until.isoformat()
    return perform(step, [case.pk], actor=user, key=key, reason=opinion, data=data)


def revise_by(case: Application) -> date | None:
    """Until when a revision that is asked for today is due; nothing where the programme has none."""
    handing_in = case.declaration.steps.get("hand_in_revision")
    if handing_in is None or handing_in.due is None:
        return None
    return working_days_after(timezone.localdate(), handing_in.due.n, region=region_of(case.handler_id))


def may_wait_for_chair() -> Q:
    """Of assignments: a chair's, where all scores are in and the last word is not said. See `waits_for_chair`."""
    said = Conclusion.objects.filter(application=OuterRef("application"), replaced_at=None).exclude(
        outcome=Conclusion.Outcome.REVISE, confirmed_at=None
    )
    return Q(~Exists(said), ~Q(application__review_outcome=""), seat__is_chair=True, seat__state__in=SITTING)


def waits_for_chair(one: Assignment) -> str:
    """What the chair has to do on a case of `may_wait_for_chair`: “conclude”, “confirm” a revision, or nothing: ""."""
    case = one.application
    steps = case.declaration.steps_in(case.policy)
    for what, names in (("conclude", CONCLUDING), ("confirm", CONFIRMING)):
        if any(case.state in steps[name].sources for name in names if name in steps):
            return what
    return ""
