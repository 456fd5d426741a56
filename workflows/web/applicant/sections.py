"""One subject a page: filled in, saved as one goes, left incomplete, and safe from a colleague's hand."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import door, signed_in
from accounts.models import Role
from accounts.sealing import mask
from config.errors import Refusal
from config.words import T, listed
from forms.answers import KEPT, gathered
from forms.bound import BoundSection, bind
from forms.fields import Choice, YesNo
from forms.schema import Field, Section
from workflows import drafts
from workflows.engine.budget import budget_field
from workflows.errors import Locked
from workflows.models import Application
from workflows.seen import SEEN, Collision, fingerprints
from workflows.web.applicant.cases import own_case, url_if_any
from workflows.web.budget import budget_of, budget_typed
from workflows.web.ratios import RatioRow, ratio_rows, ratio_rows_typed


class ChangedMeanwhile(Refusal):
    """Answer to a form that saves itself: a colleague has changed the same field."""

    code = "changed_meanwhile"
    status = 409
    words = T(
        en="Somebody else has changed this meanwhile: {fields}. Press “Save” to see both answers.",
        zh="其他人刚刚修改了：{fields}。请点“保存”，比较两处内容。",
    )


@door(Role.OWNER, Role.AGENT)
@require_http_methods(["GET", "HEAD", "POST"])
def application_section(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """A section of the form. What is wrong is shown at once, what is missing may wait."""
    case, section = _open_section(request, pk, slug)
    if request.method == "POST":
        reading, collisions = drafts.save_section_as_seen(case, slug, request.POST)
        del reading
        case = own_case(signed_in(request), pk)
        page = _page(case, section, typed=gathered(section, request.POST), collisions=collisions)
        if not collisions and not page["bound"].errors:
            return redirect(_next(case, section, request.POST.get("go", "")))
        return render(request, "applicant/section.html", page, status=409 if collisions else 422)
    kept = getattr(request, "kept_input", None)
    typed = gathered(section, kept.values) if kept is not None else None
    return render(
        request, "applicant/section.html", _page(case, section, typed=typed, missing="missing" in request.GET)
    )


@door(Role.OWNER, Role.AGENT)
@require_POST
def application_section_save(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """The form saves itself: answers with the time, and with the fingerprints of what is stored now."""
    case, section = _open_section(request, pk, slug)
    posted = gathered(section, request.POST)
    _reading, collisions = drafts.save_section_as_seen(case, slug, posted)
    if collisions:
        labels = [case.declaration.form.by_name[c.name].label for c in collisions]
        raise ChangedMeanwhile(fields=listed(labels))
    saved = Application.objects.get(pk=case.pk)
    stored = drafts.answers_of(saved)
    # Only what this page sent is seen by it now; what a colleague changed elsewhere on it is not.
    sent = [f.name for f in section.fields if stored.get(f.name, "") == posted.get(f.name, "")]
    saved_at = timezone.localtime()
    answer: dict[str, Any] = {
        "saved_at": f"{saved_at:%H:%M:%S}",
        "seen": fingerprints(stored, sent),
        "parts": {},
    }
    if _has_budget(case, section):
        answer["parts"]["budget"] = render_to_string("parts/budget.html", {"budget": budget_of(saved)})
    if rows := _ratios(section, ratio_rows(saved)):
        # The figures that were saved, drawn by the same rule as everywhere.
        answer["parts"]["ratios"] = render_to_string("parts/ratios.html", {"ratios": rows})
    return JsonResponse(answer)


def _ratios(section: Section, rows: list[RatioRow]) -> list[RatioRow]:
    """Those of the conditions to which a figure of this section counts."""
    labels = {field.label for field in section.fields}
    return [row for row in rows if labels & {row.part_label, row.whole_label}]


def _has_budget(case: Application, section: Section) -> bool:
    return any(field.name == budget_field(case.declaration) for field in section.fields)


def _open_section(request: HttpRequest, pk: int, slug: str) -> tuple[Application, Section]:
    """The case and a section of which something can be changed now.

    Raises:
        Http404: not one's own case, or no such section.
        Locked: nothing here can be changed in this state.
    """
    case = own_case(signed_in(request), pk)
    try:
        section = case.declaration.form.section(slug)
    except KeyError:
        raise Http404 from None
    if not drafts.unlocked(case).fields({field.name for field in section.fields}):
        raise Locked(what=section.title)
    return case, section


def _page(
    case: Application,
    section: Section,
    *,
    typed: Mapping[str, str] | None = None,
    collisions: list[Collision] | None = None,
    missing: bool = False,
) -> dict[str, Any]:
    """The section with what is stored, and over it what this person has typed and not yet stored."""
    stored = drafts.answers_of(case)
    names = {field.name for field in section.fields}
    mine = _mine(section, typed) if typed is not None else {}
    if collisions is not None:
        # Saved already: only what was kept back is still the person's own.
        unsaved = {c.name for c in collisions}
        fresh = {name for name in mine if section_field(section, name).kind.sealed}
        mine = {name: text for name, text in mine.items() if name in unsaved or name in fresh}
    bound = bind(
        case.declaration.form,
        section.slug,
        {**stored, **mine},
        missing=missing,
        reveal={name for name in mine if mine[name].strip()},
        only=None if drafts.unlocked(case).everything else drafts.unlocked(case).fields(names),
    )
    seen = fingerprints(stored, names)
    if collisions is None and typed is not None:
        seen |= {name: typed.get(name) or "" for name in seen if name in typed}
    slugs = [s.slug for s in case.declaration.form.sections]
    number = slugs.index(section.slug)
    return {
        "case": case,
        "section": section,
        "bound": bound,
        "ratios": _ratios(section, ratio_rows_typed(case, mine)),
        "budget": budget_typed(case, mine) if _has_budget(case, section) else None,
        "seen": seen,
        "collisions": [_both(section_field(section, c.name), c, bound) for c in collisions or []],
        "number": number + 1,
        "sections": len(slugs),
        # In a correction the other parts are locked.
        "previous": slugs[number - 1] if number and drafts.unlocked(case).everything else "",
        "next_url": _next(case, section, "next"),
    }


def section_field(section: Section, name: str) -> Field:
    return next(field for field in section.fields if field.name == name)


def _mine(section: Section, typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed, but a masked number that was left alone."""
    return {
        f.name: typed.get(f.name) or ""
        for f in section.fields
        if (f.name in typed or SEEN.format(name=f.name) in typed)
        and ((typed.get(f.name) or "").strip() or KEPT.format(name=f.name) not in typed)
    }


def _both(field: Field, collision: Collision, bound: BoundSection) -> dict[str, Any]:
    """A collision in words: both answers as a reader may see them."""
    return {
        "label": field.label,
        "url": f"#{next(b.id for b in bound.fields if b.name == field.name)}",
        "theirs": _shown(field, collision.theirs),
        "mine": _shown(field, collision.mine),
    }


def _shown(field: Field, typed: str) -> str:
    if isinstance(field.kind, (Choice, YesNo)):
        return next((str(o.label) for o in field.kind.options if o.value == typed), typed)
    return mask(typed.strip(), head=field.kind.mask_head) if field.kind.sealed else field.kind.spoken(typed)


def _next(case: Application, section: Section, go: str) -> str:
    """Where "save and continue" leads: the next section, then the roster, then the papers, then the list."""
    slugs = [s.slug for s in case.declaration.form.sections]
    following = slugs[slugs.index(section.slug) + 1 :]
    if go == "more":
        return f"{reverse('application_section', args=[case.pk, section.slug])}#content"
    if go == "check":
        return reverse("application_check", args=[case.pk])
    if go != "next" or not drafts.unlocked(case).everything:
        return reverse("application", args=[case.pk])
    if following:
        return reverse("application_section", args=[case.pk, following[0]])
    return url_if_any("application_roster", case.pk) or reverse("application", args=[case.pk])
