"""The dossier of one's own case: the decision with what it rests on, to be saved and proven."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from accounts.doors import door, signed_in
from accounts.models import Role
from workflows.web.applicant.cases import own_case
from workflows.web.desk.giving import dossier_file


@door(Role.OWNER, Role.AGENT)
@require_POST
def application_dossier(request: HttpRequest, pk: int) -> HttpResponse:
    """The applicant's own part of the dossier, once something is decided."""
    user = signed_in(request)
    return dossier_file(request, own_case(user, pk), user, staff=False)
