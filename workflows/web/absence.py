"""Absence: handing one's work over and taking it back, and who is away in the office."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.doors import door, signed_in
from accounts.forms import PlainFields
from accounts.models import Membership, Role, User
from config.errors import Refusal
from workflows import absences as verbs
from workflows.engine.clock import day_of, now
from workflows.models import Absence
from workflows.web.official.scope import READERS
from workflows.web.paging import page_of


class AbsenceForm(PlainFields, forms.Form):
    """Who is away, who stands in, from when until when. `memberships` are those that the reader may hand over."""

    membership = forms.ChoiceField(label=gettext_lazy("Who is away"))
    substitute = forms.ChoiceField(label=gettext_lazy("Who stands in"))
    from_on = forms.DateField(
        label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until_on = forms.DateField(
        label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    hints = {"substitute": gettext_lazy("A colleague with the same role in the same office.")}

    def __init__(
        self, *args: Any, memberships: list[Membership], others: list[Membership], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.memberships = {str(m.pk): m for m in memberships}
        self.people = {str(m.user_id): m.user for m in others}
        away, standing = self.fields["membership"], self.fields["substitute"]
        assert isinstance(away, forms.ChoiceField)
        assert isinstance(standing, forms.ChoiceField)
        away.choices = [(key, _named(m)) for key, m in self.memberships.items()]
        standing.choices = [("", "—"), *((str(m.user_id), _named(m)) for m in others)]

    @property
    def facts(self) -> dict[str, Any]:
        """What `absences.arrange` wants."""
        typed = self.cleaned_data
        return {
            "membership": self.memberships[typed["membership"]],
            "substitute": self.people[typed["substitute"]],
            "from_on": typed["from_on"],
            "until_on": typed["until_on"],
        }


def _named(membership: Membership) -> str:
    return f"{membership.user.name} · {membership.get_role_display()} · {membership.organisation.name}"


@door(*READERS, Role.ADMINISTRATOR)
def absences(request: HttpRequest) -> HttpResponse:
    """Who stands in for whom in my offices, and the form that hands work over."""
    user = signed_in(request)
    mine, others = people_of(user)
    form = AbsenceForm(
        request.POST or None, memberships=mine, others=others,
        initial={"from_on": day_of(now())},
    )  # fmt: skip
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            made = verbs.arrange(**form.facts, by=user)
        except Refusal as error:
            refusal = error
        else:
            words = _("%(substitute)s stands in for %(person)s. Both have been told.")
            messages.success(request, words % {"substitute": made.substitute, "person": made.person})
            return redirect("absences")
    seen = verbs.seen_by(user)
    page = page_of(
        seen.select_related("person", "substitute", "organisation"), request.GET, total=seen.count()
    )
    today = day_of(now())
    context = {
        "form": form if mine and others else None,
        "refusal": refusal,
        "page": page,
        "rows": [_row(absence, user, today) for absence in page.rows],
        "covered": [a for a in page.rows if a.substitute_id == user.pk and _tone(a, today) == "due"],
    }
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "absence/absences.html", context, status=status)


def people_of(user: User) -> tuple[list[Membership], list[Membership]]:
    """(memberships whose work `user` may hand over, everybody who could take some of it); one query."""
    offices = user.organisations_as(*verbs.ROLES, Role.ADMINISTRATOR)
    managed = user.organisations_as(Role.ADMINISTRATOR)
    everybody = list(
        Membership.objects.in_force()
        .filter(organisation__in=offices, role__in=verbs.ROLES, user__is_active=True)
        .select_related("user", "organisation")
        .order_by("user__name", "pk")
    )
    mine = [m for m in everybody if m.user_id == user.pk or m.organisation_id in managed]
    roles = {(m.organisation_id, m.role) for m in mine}
    others = [m for m in everybody if (m.organisation_id, m.role) in roles]
    # For themselves alone, people do not choose themselves.
    return mine, others if managed else [m for m in others if m.user_id != user.pk]


def _row(absence: Absence, user: User, today: Any) -> dict[str, Any]:
    tone = _tone(absence, today)
    is_open = tone in ("due", "wait")
    return {
        "absence": absence,
        "words": {"due": _("Now"), "wait": _("To come"), "no": _("Ended early"), "": _("Over")}[tone],
        "tone": tone,
        "may_end": is_open and verbs.may_change(user, absence.person, absence.organisation),
    }


def _tone(absence: Absence, today: Any) -> str:
    if absence.ended_at:
        return "no"
    if absence.until_on < today:
        return ""
    return "wait" if absence.from_on > today else "due"


@door(*READERS, Role.ADMINISTRATOR)
@require_POST
def absence_end(request: HttpRequest, pk: int) -> HttpResponse:
    """The person is back."""
    user = signed_in(request)
    found = get_object_or_404(verbs.seen_by(user).select_related("person", "organisation"), pk=pk)
    verbs.end(found, by=user)
    messages.success(request, _("%(person)s does their own work again.") % {"person": found.person})
    return redirect(reverse("absences"))
