"""The cases that wait for reviewers: before the panel, and those of them that stand in no session."""

from django.db.models import Q

from workflows.models import Application, Round, SessionItem


def under_review(round_: Round) -> Q:
    """The cases of a round that are before the panel: in the state to which its programme puts them to one."""
    step = round_.declaration.steps.get("put_to_panel")
    target = str(step.target) if step is not None else ""
    return Q(round=round_, state=target, number__isnull=False)


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
