"""One file, as the office sees it: everything in it, its history, and what can be done."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import door, signed_in
from accounts.models import Role, User
from config.errors import Refusal
from config.words import T
from storage.uploads import PAPER
from workflows.models import Assignment, Expert, ExpertTitle, Seat
from workflows.review.experts import deciding, details, grading
from workflows.review.experts.changes import WORDS, decides, experts_by, keep
from workflows.review.experts.eligible import RULES, YEARS, judged, rules_against
from workflows.review.experts.excel import LEVELS
from workflows.web.experts import parts
from workflows.web.experts.forms import LANGUAGES, DetailsForm
from workflows.web.experts.office import TONES

HISTORY_SHOWN = 100
ACTS = {
    "approve": ("applied",), "refuse": ("applied",), "suspend": ("enrolled",), "resume": ("suspended",),
    "remove": ("enrolled", "suspended"),
}  # fmt: skip


def read(user: User, pk: int) -> Expert:
    """The file, where `user` may know of it; else a 404."""
    return get_object_or_404(
        experts_by(user).select_related("office", "user", "entered_by", "decided_by"), pk=pk
    )


def contents(expert: Expert) -> dict[str, Any]:
    """What both pages of a file draw, the office's and the expert's own; a fixed number of statements."""
    today = timezone.localdate()
    standing = judged(Expert.objects.filter(pk=expert.pk), at=today).get()
    levels = {option.value: option.label for option in LEVELS.options}
    titles = ExpertTitle.objects.filter(expert=expert).select_related("evidence", "verified_by")
    return {
        "expert": expert,
        "tone": TONES[expert.status],
        "titles": [(one, levels[one.level]) for one in titles.order_by("-awarded_on", "pk")],
        "posts": list(expert.posts.select_related("confirmed_by").order_by("-until_on", "-from_on", "pk")),
        "relations": list(expert.relations.order_by("pk")),
        "absences": list(expert.unavailable.filter(until_on__gte=today).order_by("from_on")),
        "competences": list(expert.competences.select_related("field").order_by("-strength", "field__code")),
        "spoken": [words for code, words in LANGUAGES if code in expert.languages],
        "load": getattr(standing, "load", 0),
        "against": [RULES[name].format(years=YEARS) for name in rules_against(standing)],
        "today": today,
        "limits": PAPER,
    }


@door(Role.CLERK, Role.OFFICIAL)
@require_safe
def expert(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything in the file, and what may be done with it."""
    user = signed_in(request)
    found = read(user, pk)
    return render(request, "experts/file.html", _context(user, found))


def _context(user: User, found: Expert) -> dict[str, Any]:
    changes = found.changes.select_related("by").order_by("-at", "-pk")[:HISTORY_SHOWN]
    graded = grading.parts_of(found.pk) if found.grade is not None else {}
    return {
        **contents(found),
        "own": False,
        "acts": [act for act, statuses in ACTS.items() if found.status in statuses]
        if decides(user, found)
        else [],
        "history": [(WORDS.get(one.what, T(one.what, one.what)), one) for one in changes],
        "graded": [(grading.WORDS[name], part) for name, part in graded.items()],
        "served": Assignment.objects.filter(expert=found).exclude(submitted_at=None).count(),
        "seats": Seat.objects.filter(expert=found, signed_in_at__isnull=False).count(),
    }


@door(Role.CLERK, Role.OFFICIAL)
@require_POST
def expert_decide(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Approve, refuse, suspend, resume, remove; a reason where it is asked for."""
    if action not in ACTS:
        raise Http404
    user = signed_in(request)
    found = read(user, pk)
    verb: Any = getattr(deciding, action)
    reason = {} if action == "approve" else {"reason": request.POST.get("reason", "")}
    try:
        verb(found, by=user, **reason)
    except Refusal as refusal:
        context = _context(user, read(user, pk)) | {"refusal": refusal}
        return render(request, "experts/file.html", context, status=refusal.status)
    return redirect("expert", pk=pk)


@door(Role.CLERK, Role.OFFICIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def expert_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The details of the person."""
    user = signed_in(request)
    found = read(user, pk)
    return edit(request, found, DetailsForm, own=False, back=reverse("expert", args=[pk]))


def edit(request: HttpRequest, found: Expert, form_of: Any, *, own: bool, back: str) -> HttpResponse:
    """A form of details over a file; sealed numbers are never drawn: left empty, they stay."""
    shown = {name: getattr(found, name) for name in DetailsForm.base_fields if name not in details.SEALED}
    form = form_of(request.POST or None, initial=shown)
    for name in details.SEALED & form.fields.keys():
        if getattr(found, name):
            form.fields[name].help_text = _("Stored encrypted. Leave it empty to keep what is there.")
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        given = {
            name: value for name, value in form.cleaned_data.items() if value or name not in details.SEALED
        }
        try:
            details.change(found, by=signed_in(request), **given)
        except Refusal as error:
            refusal = error
        else:
            return redirect(back)
    context = {"expert": found, "form": form, "refusal": refusal, "own": own, "back": back}
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "experts/edit.html", context, status=status)


@door(Role.CLERK, Role.OFFICIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def expert_known(request: HttpRequest, pk: int) -> HttpResponse:
    """The fields of the person."""
    found = read(signed_in(request), pk)
    return parts.change_fields(request, found, own=False, back=reverse("expert", args=[pk]))


@door(Role.CLERK, Role.OFFICIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def expert_add(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """One title, post, relative or absence more."""
    found = read(signed_in(request), pk)
    return parts.add(request, found, kind, own=False, back=reverse("expert", args=[pk]))


@door(Role.CLERK, Role.OFFICIAL)
@require_POST
def expert_part(request: HttpRequest, pk: int, kind: str, part: int, action: str) -> HttpResponse:
    """Confirm, end or take back one of them."""
    found = read(signed_in(request), pk)
    return parts.act(request, found, kind, part, action, back=reverse("expert", args=[pk]))


@door(Role.CLERK, Role.OFFICIAL)
@require_safe
def expert_evidence(request: HttpRequest, pk: int, part: int) -> HttpResponse:
    """The paper of a title."""
    return parts.evidence(read(signed_in(request), pk), part)


@door(Role.CLERK, Role.OFFICIAL)
@require_POST
def expert_evidence_begin(request: HttpRequest, pk: int, part: int) -> HttpResponse:
    """Upload it."""
    return parts.begin(request, read(signed_in(request), pk), part)


@door(Role.CLERK, Role.OFFICIAL)
@require_POST
def expert_reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a sealed number or name once; that it was shown stays in the history."""
    user = signed_in(request)
    found = read(user, pk)
    if not request.POST.get("what"):
        return redirect("expert", pk=pk)
    label, text, what = sealed_of(found, request.POST.get("what", ""))
    keep(found, "reveal", user, shown=what)
    response = render(request, "experts/revealed.html", {"expert": found, "label": label, "text": text})
    response.headers["Cache-Control"] = "no-store"
    return response


def sealed_of(found: Expert, what: str) -> tuple[str, str, str]:
    """Label, text and name of something sealed of a file; a 404 for what it does not have."""
    if what == "phone":
        return _("Mobile"), found.phone, what
    if what == "id_number":
        return _("Resident ID number"), found.id_number, what
    kind, _colon, pk = what.partition(":")
    if kind == "relation" and pk.isdigit():
        relation = get_object_or_404(found.relations, pk=int(pk))
        return str(relation.get_kin_display()), relation.relative, what
    raise Http404
