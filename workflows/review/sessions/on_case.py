"""Who sits on one case of a session, and whether they may hear it and conclude."""

from workflows.models import Application, Assignment
from workflows.review.guards import least_on_case
from workflows.review.sessions.quorum import Quorum, case_quorum
from workflows.review.sessions.refusals import CaseNoQuorum


def quorum_on(case: Application) -> Quorum:
    """The quorum of a case, of everybody who reviews it; who abstains sits, who recused themselves does not."""
    inside = Assignment.objects.open().filter(application=case, seat__isnull=False)
    return case_quorum(inside.values_list("seat__in_field", flat=True), least_on_case(case.declaration))


def require_case_quorum(case: Application) -> None:
    """Nothing where those who sit on a case of a session may hear and conclude it.

    It is no guard of the conclusion, but asked by its effect and by the board: guards bind published versions.

    Raises:
        CaseNoQuorum: they are too few, or too few of them are in its field.
    """
    found = quorum_on(case)
    if not found.is_met:
        raise CaseNoQuorum(number=case.number, why=found.words)
