"""The certificate of a case as a file: for the applicant, and for staff who read the case."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.doors import door, signed_in
from accounts.models import Role
from workflows.certificates.checking import certificate_on
from workflows.certificates.paper import pdf_of
from workflows.models import Application
from workflows.web.applicant.cases import own_case
from workflows.web.desk.reading import read_case


@door(Role.OWNER, Role.AGENT)
@require_safe
def application_certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """The certificate of one's own case."""
    return _file(own_case(signed_in(request), pk))


@door(Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR)
@require_safe
def case_certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """The same for staff."""
    return _file(read_case(signed_in(request), pk))


def _file(case: Application) -> HttpResponse:
    """The PDF.

    Raises:
        NotIssued: there is no certificate yet.
    """
    found = certificate_on(case)
    response = HttpResponse(pdf_of(found), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.number}.pdf"'
    response["Cache-Control"] = "no-store"
    return response
