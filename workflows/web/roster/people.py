"""One person of the roster: a form of the roster's columns, kept as typed also where something is wrong."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.doors import door, signed_in
from accounts.models import Role
from config.words import T
from forms.answers import KEPT
from forms.bound import BoundSection, bind
from forms.roster import Roster
from workflows import drafts, roster_people
from workflows.errors import Locked
from workflows.models import Application, Person
from workflows.roster_people import SECTION, person_form, typed_of
from workflows.roster_rows import DUPLICATE
from workflows.seen import Collision, fingerprints
from workflows.web.applicant.cases import is_draft, own_case
from workflows.web.roster.roster import case_and_roster


@door(Role.OWNER, Role.AGENT)
@require_http_methods(["GET", "HEAD", "POST"])
def application_person_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Type in one person. What is wrong is kept with the person, to be mended at once or later."""
    case, roster = case_and_roster(request, pk)
    if not drafts.unlocked(case).roster():
        raise Locked(what=roster.title)
    if request.method != "POST":
        return render(request, "roster/person.html", _page(case, roster, None, typed=_kept(request)))
    if not any((request.POST.get(name) or "").strip() for name in roster.by_name):
        page = _page(case, roster, None, typed=request.POST, missing=True)
        return render(request, "roster/person.html", page, status=422)
    return _saved(request, case, roster, None)


@door(Role.OWNER, Role.AGENT)
@require_http_methods(["GET", "HEAD", "POST"])
def application_person(request: HttpRequest, pk: int, person_pk: int) -> HttpResponse:
    """Change one person; what a colleague has changed meanwhile stays and is shown."""
    case, roster = case_and_roster(request, pk)
    person = get_object_or_404(Person, application=case, pk=person_pk)
    if not drafts.unlocked(case).person(person.pk):
        raise Locked(what=person.name or roster.title)
    if request.method == "POST":
        return _saved(request, case, roster, person)
    return render(
        request, "roster/person.html", _page(case, roster, person, typed=_kept(request), missing=True)
    )


def _kept(request: HttpRequest) -> QueryDict | None:
    kept = getattr(request, "kept_input", None)
    return kept.values if kept is not None else None


def _saved(request: HttpRequest, case: Application, roster: Roster, person: Person | None) -> HttpResponse:
    saved = roster_people.save_person(case, person.pk if person else None, request.POST)
    for doubt in saved.doubts:
        messages.warning(request, str(doubt))
    if saved.person.problems or saved.collisions:
        page = _page(
            case, roster, saved.person, typed=request.POST, missing=True, collisions=saved.collisions
        )
        return render(request, "roster/person.html", page, status=409 if saved.collisions else 422)
    messages.success(request, _("%(name)s is saved.") % {"name": saved.person.name})
    if request.POST.get("go") == "another":
        return redirect("application_person_add", pk=case.pk)
    return redirect(back_url(case))


def back_url(case: Application) -> str:
    """Where one goes after a change: the roster, or in a correction its points."""
    name = "application_roster" if is_draft(case) else "application_correction"
    return reverse(name, args=[case.pk])


def _page(
    case: Application,
    roster: Roster,
    person: Person | None,
    *,
    typed: QueryDict | None = None,
    missing: bool = False,
    collisions: list[Collision] | None = None,
) -> dict[str, Any]:
    """The form with what is stored, and over it what this person has typed."""
    stored = typed_of(roster, person) if person is not None else {}
    mine = _mine(roster, typed) if typed is not None else {}
    form = person_form(roster)
    bound = bind(
        form, SECTION, {**stored, **mine}, missing=missing, reveal={n for n in mine if mine[n].strip()}
    )
    if person is not None:
        bound = _with_twin(bound, person)
        action = reverse("application_person", args=[case.pk, person.pk])
    else:
        action = reverse("application_person_add", args=[case.pk])
    seen = fingerprints(stored, roster.by_name) if person is not None else {}
    if collisions is None and typed is not None:
        seen |= {name: str(typed[name]) for name in seen if name in typed}
    return {
        "case": case,
        "person": person,
        "bound": bound,
        "seen": seen,
        "action": action,
        "collisions": [(roster.by_name[c.name].label, f"#field-{c.name}") for c in collisions or []],
        "may_remove": person is not None and drafts.unlocked(case).roster(),
        "back_url": back_url(case),
    }


def _mine(roster: Roster, typed: QueryDict) -> dict[str, str]:
    """What was typed, but a masked number that was left alone."""
    return {
        name: typed.get(name) or ""
        for name in roster.by_name
        if (typed.get(name) or "").strip() or KEPT.format(name=name) not in typed
    }


def _with_twin(bound: BoundSection, person: Person) -> BoundSection:
    """The form cannot see that a number stands twice: the row says so."""
    words = {p["column"]: T(en=p["en"], zh=p["zh"]) for p in person.problems if p["code"] == DUPLICATE}
    fields = (replace(f, error=f.error or words.get(f.name)) for f in bound.fields)
    return BoundSection(bound.section, tuple(fields))


@door(Role.OWNER, Role.AGENT)
@require_http_methods(["GET", "HEAD", "POST"])
def application_person_remove(request: HttpRequest, pk: int, person_pk: int) -> HttpResponse:
    """Ask once more, then take one person off the roster; gone already is gone."""
    case = own_case(signed_in(request), pk)
    person = Person.objects.filter(application=case, pk=person_pk).first()
    if person is None and request.method == "POST":
        return redirect(back_url(case))
    person = get_object_or_404(Person, application=case, pk=person_pk)
    if request.method == "POST":
        roster_people.remove_person(case, person.pk)
        messages.success(request, _("%(name)s is removed.") % {"name": person.name or _("The row")})
        return redirect(back_url(case))
    if not drafts.unlocked(case).roster():
        raise Locked(what=person.name)
    context = {"case": case, "person": person, "back_url": back_url(case)}
    return render(request, "roster/remove_person.html", context)
