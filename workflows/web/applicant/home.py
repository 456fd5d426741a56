"""My applications: the calls one can apply for, one's own cases with their next step, and a new draft."""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.doors import door, signed_in
from accounts.models import APPLICANT_ROLES, Organisation, Role
from config.words import T
from workflows import bars, drafts
from workflows.errors import AlreadyApplied
from workflows.models import Application, Round
from workflows.programmes import registry
from workflows.web.applicant.cases import is_draft, organisations_of, own_cases
from workflows.web.paging import page_of

# As the constraint that lets an organisation apply once a round.
APPLY_AGAIN = ("withdrawn", "refused")


@dataclass(frozen=True, slots=True)
class Row:
    """One case of the list, with what comes next, from whom, until when."""

    case: Application
    next_step: T
    is_mine: bool
    due: date | datetime | None


def row_of(case: Application) -> Row:
    """A case with its next step: the applicant's own by its name, others' by who holds it."""
    standing = case.standing
    own = next(
        (
            s
            for s in case.declaration.steps_in(case.policy).values()
            if case.state in s.sources and s.is_applicants and s.when
        ),
        None,
    )
    due = case.round.closes_at if is_draft(case) else case.due_on
    return Row(case, own.label if own else standing.holder, own is not None, due)


@door(Role.OWNER, Role.AGENT)
@require_safe
def my_applications(request: HttpRequest) -> HttpResponse:
    """Open calls with a button for each organisation of mine, what bars it, and all our cases, newest first."""
    user = signed_in(request)
    organisations = organisations_of(user)
    gone = {s for p in registry().values() for s in p.states if s.outcome == "gone"}
    cases = own_cases(user).exclude(number=None, state__in=gone)
    page = page_of(cases.select_related("round", "applicant"), request.GET, total=cases.count())
    context = {
        "calls": _calls(organisations),
        "organisations": organisations,
        "rows": [row_of(case) for case in page.rows],
        "page": page,
        "bars": bars.standing(organisations, timezone.localdate()),
    }
    return render(request, "applicant/my_applications.html", context)


def _calls(organisations: list[Organisation]) -> list[dict[str, object]]:
    """Open rounds, each with one's organisations and the case they have in it already."""
    rounds = list(Round.objects.open().order_by("closes_at", "pk"))
    taken = {
        (case.round_id, case.applicant_id): case
        for case in Application.objects.filter(round__in=rounds, applicant__in=organisations).exclude(
            state__in=APPLY_AGAIN
        )
    }
    return [
        {
            "round": r,
            "entries": [
                {"organisation": o, "case": taken.get((r.pk, o.pk))}
                for o in organisations
                if o.kind == r.declaration.applicants
            ],
        }
        for r in rounds
    ]


@door()
@require_http_methods(["GET", "HEAD", "POST"])
def application_start(request: HttpRequest, round_pk: int) -> HttpResponse:
    """Choose for which organisation to apply, and begin; where one has begun already, go on with that one."""
    user = signed_in(request)
    round_ = get_object_or_404(Round.objects.published(), pk=round_pk)
    organisations = [o for o in organisations_of(user) if o.kind == round_.declaration.applicants]
    if request.method == "POST":
        wanted = request.POST.get("organisation", "")
        applicant = next((o for o in organisations if str(o.pk) == wanted), None)
        if applicant is None and wanted:
            raise Http404
        if applicant is not None:
            return _started(request, round_, applicant)
    context = {
        "round": round_,
        "organisations": organisations,
        "bars": bars.standing(organisations, timezone.localdate()),
        "unchosen": request.method == "POST",
        "elsewhere": not organisations and user.has_role(*APPLICANT_ROLES),
        "staff": user.is_staff_member and not user.has_role(*APPLICANT_ROLES),
    }
    return render(request, "applicant/start.html", context, status=422 if context["unchosen"] else 200)


def _started(request: HttpRequest, round_: Round, applicant: Organisation) -> HttpResponse:
    try:
        case = drafts.start(round_, applicant, by=signed_in(request))
    except AlreadyApplied:
        case = (
            Application.objects.filter(round=round_, applicant=applicant).exclude(state__in=APPLY_AGAIN).get()
        )
        messages.info(request, _("Your organisation has this application already: here it is."))
    return redirect("application", pk=case.pk)
