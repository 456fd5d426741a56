"""The cases that wait for reviewers: before the panel, and those of them that stand in no session."""

from django.db.models import Q

from config.errors import Refusal
from config.words import T
from workflows.models import Application, Round, SessionItem
from workflows.programmes import registry


class NothingBeforePanel(Refusal):
    """No case of the round is before the panel."""

    code = "nothing_before_panel"
    status = 409
    words = T(
        en="No case of this round is before the panel yet. Put the cases to the panel first.",
        zh="本轮还没有提交专家评审的项目，请先将项目提交专家评审。",
    )


class AllInSessions(Refusal):
    """Every case that could be planned stands in a session."""

    code = "all_in_sessions"
    status = 409
    words = T(
        en="All {count} cases before the panel stand in a session already: nothing is left to plan. "
        "To plan one anew, take it out of its session first.",
        zh="提交评审的 {count} 个项目均已列入场次，没有待安排的项目。如需重新安排，请先从原场次移出。",
    )


def under_review(round_: Round) -> Q:
    """The cases of a round that are before the panel: in the state to which its programme puts them to one."""
    step = round_.declaration.steps.get("put_to_panel")
    target = str(step.target) if step is not None else ""
    return Q(round=round_, state=target, number__isnull=False)


def before_panel(case: str = "") -> Q:
    """As `under_review`, of every programme; of rows whose case stands under the path `case` ("application__")."""
    found = Q(pk__lt=0)
    for slug, programme in registry().items():
        if (step := programme.steps.get("put_to_panel")) is not None:
            found |= Q(**{f"{case}programme": slug, f"{case}state": str(step.target)})
    return found


def waiting_cases(round_: Round) -> list[Application]:
    """The cases before the panel that stand in no session yet."""
    seated = SessionItem.objects.filter(removed_at=None, application__round=round_).values("application")
    return list(
        Application.objects.filter(under_review(round_))
        .exclude(pk__in=seated)
        .select_related("applicant")
        .only("number", "applicant__name")
        .order_by("pk")
    )


def require_waiting(round_: Round, *, for_sessions: bool) -> None:
    """Nothing where there is something to plan.

    Raises:
        NothingBeforePanel: no case is before the panel.
        AllInSessions: every one of them stands in a session already, which matters `for_sessions` alone.
    """
    count = Application.objects.filter(under_review(round_)).count()
    if not count:
        raise NothingBeforePanel
    if for_sessions and not waiting_cases(round_):
        raise AllInSessions(count=count)
