"""The expert database as its office sees it: the list, who waits, a new file."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import door, signed_in
from accounts.models import Organisation, OrganisationKind, Role, User
from config.errors import Refusal
from workflows.models import Competence, Expert
from workflows.models.review_experts import ExpertQuerySet
from workflows.review.experts import entering, grading
from workflows.review.experts.approving import approve_waiting
from workflows.review.experts.changes import experts_by
from workflows.review.experts.reading import (
    FREE,
    FULL,
    NOT_SENIOR,
    SENIOR,
    UNCONFIRMED,
    Wanted,
    counts_by_status,
    narrowed,
    to_look_at,
    with_rows,
)  # fmt: skip
from workflows.web.experts.forms import ApplicationForm
from workflows.web.experts.tree import rows_of
from workflows.web.paging import page_of

TONES = {"applied": "due", "enrolled": "ok", "refused": "no", "suspended": "wait", "removed": ""}
USUAL_STRENGTH = 2


class ExpertFilter(forms.Form):
    """What the list can be narrowed by, beside the tabs of status."""

    q = forms.CharField(label=gettext_lazy("Name, code, e-mail or employer"), required=False, max_length=100)
    field = forms.ChoiceField(label=gettext_lazy("Field of knowledge"), required=False)
    title = forms.ChoiceField(
        label=gettext_lazy("Senior title"),
        required=False,
        choices=(
            ("", gettext_lazy("All")),
            (SENIOR, gettext_lazy("Valid")),
            (NOT_SENIOR, gettext_lazy("None that is valid")),
            (UNCONFIRMED, gettext_lazy("A title to be confirmed")),
        ),
    )
    load = forms.ChoiceField(
        label=gettext_lazy("Load"),
        required=False,
        choices=(("", gettext_lazy("All")), (FREE, gettext_lazy("Has room")), (FULL, gettext_lazy("Full"))),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["field"]
        chosen.choices = [
            ("", _("All")),
            *((str(field.pk), f"{'　' * depth}{field}") for field, depth in rows_of()),
        ]

    def wanted(self, status: str) -> Wanted:
        """What is asked for; what cannot be understood is left out."""
        self.is_valid()
        found = self.cleaned_data
        return Wanted(
            q=found.get("q", ""), status=status, field=int(found.get("field") or 0) or None,
            title=found.get("title", ""), load=found.get("load", ""),
        )  # fmt: skip


def listed(request: HttpRequest) -> tuple[ExpertFilter, str, ExpertQuerySet, ExpertQuerySet]:
    """The filters, the status of the tab, the files that match but for the tab, and those of the tab."""
    form = ExpertFilter(request.GET)
    status = request.GET.get("status", "")
    status = status if status in Expert.Status.values else ""
    today = timezone.localdate()
    here = experts_by(signed_in(request))
    matching = narrowed(here, form.wanted(""), at=today)
    return form, status, matching, matching.filter(status=status) if status else matching


@door(Role.CLERK, Role.OFFICIAL)
@require_safe
def experts(request: HttpRequest) -> HttpResponse:
    """The files of the person's offices, in the order of their codes."""
    form, status, matching, chosen = listed(request)
    counts = counts_by_status(matching)
    total = counts.get(status, 0) if status else sum(counts.values())
    page = page_of(with_rows(chosen.select_related("office")), request.GET, by="pk", total=total)
    context = {
        "form": form,
        "status": status,
        "tabs": [("", _("All"), sum(counts.values()))]
        + [(value, label, counts.get(value, 0)) for value, label in Expert.Status.choices],
        "page": page,
        "rows": [(expert, TONES[expert.status]) for expert in page.rows],
        "waiting": to_look_at(experts_by(signed_in(request))),
        "approves": status == "applied" and signed_in(request).has_role(Role.OFFICIAL),
        "today": timezone.localdate(),
        "narrowed": any(request.GET.get(name) for name in form.fields),
        "query": request.GET.urlencode(),
    }
    return render(request, "experts/list.html", context)


def bases_of(user: User) -> list[Organisation]:
    """The service organisations for whose database `user` may enter experts."""
    here = user.organisations_as(Role.CLERK, Role.OFFICIAL)
    return [
        m.organisation
        for m in {m.organisation_id: m for m in user.memberships}.values()
        if m.organisation_id in here and m.organisation.kind == OrganisationKind.ASSOCIATION
    ]


@door(Role.CLERK, Role.OFFICIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def expert_enter(request: HttpRequest) -> HttpResponse:
    """Write down the application of somebody; an official who did not enter it approves."""
    user = signed_in(request)
    offices = bases_of(user)
    form = ApplicationForm(request.POST or None, initial={"languages": ["zh"]})
    refusal: Refusal | None = None
    if request.method == "POST" and offices and form.is_valid():
        office = next((o for o in offices if str(o.pk) == request.POST.get("office")), offices[0])
        try:
            made = enter(form, office, by=user)
        except Refusal as error:
            refusal = error
        else:
            messages.success(
                request,
                _("%(name)s is entered as %(code)s and waits for approval.")
                % {"name": made.name, "code": made.code},
            )
            return redirect("expert", pk=made.pk)
    context = {"form": form, "offices": offices, "refusal": refusal}
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "experts/enter.html", context, status=status)


def enter(form: ApplicationForm, office: Organisation, *, by: User, user: User | None = None) -> Expert:
    """The application that the form holds, with its fields."""
    details = dict(form.cleaned_data)
    chosen = details.pop("fields_known")
    made = entering.enter(office, by=by, user=user, **details)
    made.competences.all().delete()
    Competence.objects.bulk_create(
        [Competence(expert=made, field=field, strength=USUAL_STRENGTH) for field in chosen]
    )
    return made


@door(Role.OFFICIAL)
@require_POST
def experts_approve(request: HttpRequest) -> HttpResponse:
    """Enrol everybody who waits and whom this official may approve."""
    user = signed_in(request)
    decided = [
        approve_waiting(office, by=user)
        for office in bases_of(user)
        if office.pk in user.organisations_as(Role.OFFICIAL)
    ]
    messages.success(
        request,
        _("Enrolled: %(enrolled)s. Still waiting: %(left)s.")
        % {"enrolled": sum(one.enrolled for one in decided), "left": sum(one.left for one in decided)},
    )
    return redirect("experts")


@door(Role.CLERK, Role.OFFICIAL)
@require_POST
def experts_regrade(request: HttpRequest) -> HttpResponse:
    """Count the grades again, from the service of the last three years."""
    n = sum(grading.regrade(office) for office in bases_of(signed_in(request)))
    messages.success(request, _("Grades are counted; changed: %(n)s.") % {"n": n})
    return redirect("experts")
