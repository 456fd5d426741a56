"""The eligibility pre-check: a few questions before anything is typed, answered by the decision table itself."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.doors import door
from accounts.models import User
from forms.answers import problems, values
from forms.bound import bind
from forms.schema import Field, Form, Section
from workflows import bars
from workflows.engine.declare import Programme
from workflows.engine.foresee import foresee
from workflows.models import Round
from workflows.versions import public_versions
from workflows.web.applicant.cases import organisations_of
from workflows.web.public.guides import RESULTS, programme_or_404

SLUG = "check"


def form_of(programme: Programme) -> Form:
    """The programme's pre-check questions as a form of one section."""
    fields = tuple(Field(q.name, q.words, q.kind, hint=q.hint) for q in programme.pre_check)
    return Form(slug=f"{programme.slug}-check", sections=(Section(SLUG, programme.title, fields),))


@door(public=True)
@require_http_methods(["GET", "HEAD", "POST"])
def pre_check(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask, and say what the table says: the rules that refuse and why, or the amount. Nothing is stored."""
    programme = programme_or_404(slug)
    if not programme.pre_check:
        raise Http404
    call = _call(programme, request.GET.get("call", ""))
    policy, year = (
        (call.policy, call.year) if call else (public_versions(programme)[-1], timezone.localdate().year)
    )
    form = form_of(programme)
    typed = {field.name: request.POST.get(field.name, "") for field in form.fields()}
    bound = bind(form, SLUG, typed, missing=request.method == "POST")
    context: dict[str, Any] = {"programme": programme, "call": call, "policy": policy, "bound": bound}
    # Nobody else learns who is barred.
    if isinstance(request.user, User):
        context["bars"] = bars.standing(organisations_of(request.user), timezone.localdate())
    if request.method == "POST" and not problems(form, typed):
        foreseen = foresee(programme, policy, {**values(form, typed), "year": year})
        fired = [{"rule": r, "words": w, "label": RESULTS[r.result][0], "tone": RESULTS[r.result][1]}  # type: ignore[index]
                 for r, w in foreseen.fired]  # fmt: skip
        context |= {"foreseen": foreseen, "fired": fired}
    return render(request, "public/pre_check.html", context)


def _call(programme: Programme, wanted: str) -> Round | None:
    """The named call of the programme; else the open one, else the newest."""
    rounds = Round.objects.published().filter(programme=programme.slug)
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 18:
        named = rounds.filter(pk=int(wanted)).first()
        if named is not None:
            return named
    return Round.objects.open().filter(programme=programme.slug).first() or rounds.order_by("-year").first()
