"""The dossier of a case: every event, guard, rule and hash behind a decision, to be proven offline."""

from typing import Any

from django.http import HttpRequest
from ninja import Schema

from accounts.models import Scope
from workflows.api.bearer import asker
from workflows.api.case_out import read_case, works_on
from workflows.api.keeping import key_of
from workflows.api.kinds import Id
from workflows.api.routes import ON_CASES, Routes
from workflows.dossier.giving import give

routes = Routes("Cases")


class DossierOut(Schema):
    """`dossier` is what was given out, `seal` the event that holds its hash; see docs/dossier.md."""

    dossier: dict[str, Any]
    seal: dict[str, Any]


@routes.change("POST", "/cases/{pk}/dossier", DossierOut, scope=Scope.CASES_READ, by=ON_CASES, kept=False)
def case_dossier(request: HttpRequest, pk: Id) -> DossierOut:
    """Give out the dossier: the whole of it to the offices of the case, to its applicant their own parts.

    It is an event of the case. 409 for an applicant as long as nothing is decided.
    """
    user, case = asker(request), read_case(request, pk)
    given = give(case, actor=user, key=key_of(request), form="json", staff=works_on(user, case))
    return DossierOut(dossier=given.dossier, seal=given.seal)
