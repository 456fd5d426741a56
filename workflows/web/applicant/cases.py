"""What every page of this door begins with: the case if it is one's own, and where each reason is mended."""

from collections.abc import Callable
from datetime import date

from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse

from accounts.models import APPLICANT_ROLES, Organisation, User
from forms.answers import section_problems
from workflows import drafts
from workflows.engine.deadlines import is_provisional
from workflows.engine.guards import Reason
from workflows.models import Application, ApplicationPaper, ApplicationQuerySet
from workflows.rules import role_q

# The reason that the page of the declaration itself takes away.
DECLARATION = "declaration"


def own_cases(user: User) -> ApplicationQuerySet:
    """Cases of the organisations that `user` applies for, those that a colleague began included."""
    return Application.objects.filter(role_q(APPLICANT_ROLES, user))


def own_case(user: User, pk: int) -> Application:
    """The case with all that its pages name.

    Raises:
        Http404: none of one's own; whether there is one is not told.
    """
    cases = own_cases(user).select_related("round", "applicant", "handler", "authority", "created_by")
    return get_object_or_404(cases, pk=pk)


def organisations_of(user: User) -> list[Organisation]:
    """The organisations that `user` applies for, by name, each once; without a query where the door asked already."""
    found = {m.organisation_id: m.organisation for m in user.memberships if m.role in APPLICANT_ROLES}
    return sorted(found.values(), key=lambda o: (o.name, o.pk))


def is_draft(case: Application) -> bool:
    return bool(case.state == case.declaration.states[0])


def url_if_any(name: str, *args: object) -> str:
    """The address of a page, or nothing while its room is not built."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def mending(case: Application) -> Callable[[Reason], str | None]:
    """Reason → the page on which it is mended."""

    def mend(reason: Reason) -> str | None:
        pages = {
            "roster": "application_roster",
            "papers": "application_papers",
            "receipt": "application_papers",
            "correction": "application_correction",
            "check": "application_check",
        }
        if reason.mend == "form":
            return first_unfinished(case)
        return url_if_any(pages[reason.mend], case.pk) if reason.mend in pages else None

    return mend


def first_unfinished(case: Application) -> str:
    """The first section in which something is missing or wrong, with what is missing marked."""
    found = section_problems(case.declaration.form, drafts.answers_of(case))
    slug = next((slug for slug, problems in found.items() if problems), next(iter(found)))
    return f"{reverse('application_section', args=[case.pk, slug])}?missing=1"


def papers_of(case: Application) -> dict[str, list[ApplicationPaper]]:
    """Slug of the checklist → the documents that answer it now."""
    found: dict[str, list[ApplicationPaper]] = {}
    rows = ApplicationPaper.objects.filter(application=case, removed_at=None)
    for paper in rows.select_related("document").order_by("pk"):
        found.setdefault(paper.paper, []).append(paper)
    return found


def provisional(promised_on: date | None) -> bool:
    """Whether a promised date rests on a calendar that is not official yet."""
    return promised_on is not None and is_provisional(promised_on)
