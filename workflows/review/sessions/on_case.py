"""Who sits on one case of a session, and whether they may hear it and conclude."""

from workflows.models import Application, Assignment
from workflows.review.guards import least_on_case
from workflows.review.sessions.quorum import Quorum, case_quorum
from workflows.review.sessions.refusals import CaseNoQuorum


def quorum_on(case: Application, least: int | None = None) -> Quorum:
    """The quorum of a case, of everybody who reviews it; who abstains sits, who recused themselves does not.

    Args:
        least: how many have to sit on it; what the programme declares, where it is not said.
    """
    inside = Assignment.objects.open().filter(application=case, seat__isnull=False)
    wanted = least_on_case(case.declaration) if least is None else least
    return case_quorum(inside.values_list("seat__in_field", flat=True), wanted)


def require_case_quorum(case: Application, least: int | None = None) -> None:
    """Nothing where those who sit on a case of a session may hear it.

    Raises:
        CaseNoQuorum: they are too few, or too few of them are in its field.
    """
    found = quorum_on(case, least)
    if not found.is_met:
        raise CaseNoQuorum(number=case.number, why=found.words)


def require_enough_of_the_field(case: Application) -> None:
    """Nothing where of those who sit on a case of a session two thirds are in its field; the guard of the conclusion
    has counted them.

    It is no guard, but asked by the effect: guards bind published versions, and those stand.

    Raises:
        CaseNoQuorum: too few of them are in its field.
    """
    require_case_quorum(case, 0)
