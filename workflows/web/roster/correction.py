"""A correction: all points on one page, old beside new, each with the one place where it can be changed."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.doors import door, signed_in
from accounts.models import Role, User
from workflows.corrections import ANSWER_LONGEST, answer_points
from workflows.engine.asking import why
from workflows.engine.perform import perform
from workflows.errors import Blocked
from workflows.models import Application, CorrectionPoint
from workflows.web.applicant.cases import mending, own_case
from workflows.web.keys import fresh_key, key_of
from workflows.web.limits import path_of_case
from workflows.web.pictures import events_of, provisional_of
from workflows.web.points import Change, PointLine, points_of

Kind = CorrectionPoint.Kind
ANSWER = "answer-{pk}"


@dataclass(frozen=True, slots=True)
class Line:
    """One open point on the page."""

    point: CorrectionPoint
    title: str
    changes: list[Change]
    url: str
    place: str
    answer: str

    @property
    def input(self) -> str:
        return ANSWER.format(pk=self.point.pk)


@door(Role.OWNER, Role.AGENT)
@require_http_methods(["GET", "HEAD", "POST"])
def application_correction(request: HttpRequest, pk: int) -> HttpResponse:
    """All open points. What is typed here is kept before anything else is tried."""
    user = signed_in(request)
    case = own_case(user, pk)
    if request.method == "POST" and request.POST.get("go") == "send":
        return _send(request, case, user)
    if not case.standing.stops_clock:
        return redirect("application", pk=case.pk)
    if request.method == "POST":
        _keep_answers(request, case)
        messages.success(request, _("Your explanations are saved."))
        return redirect("application_correction", pk=case.pk)
    kept = getattr(request, "kept_input", None)
    return render(request, "roster/correction.html", _page(case, user, typed=kept.values if kept else {}))


def _keep_answers(request: HttpRequest, case: Application) -> None:
    """The explanations that the page carried; a point that it did not show stays as it is."""
    open_ = CorrectionPoint.objects.filter(application=case, closed_at=None).values_list("pk", flat=True)
    answer_points(
        case,
        {pk: request.POST[ANSWER.format(pk=pk)] for pk in open_ if ANSWER.format(pk=pk) in request.POST},
    )


def _send(request: HttpRequest, case: Application, user: User) -> HttpResponse:
    key = key_of(request)
    if case.standing.stops_clock:
        _keep_answers(request, case)
    try:
        perform("resubmit", [case.pk], actor=user, key=key)
    except Blocked as blocked:
        if not case.standing.stops_clock:
            raise
        page = _page(own_case(user, case.pk), user)
        page["blocked"] = True
        return render(request, "roster/correction.html", page, status=blocked.status)
    messages.success(request, _("The correction is sent. The clock runs again."))
    return redirect("application", pk=case.pk)


def _page(case: Application, user: User, typed: Any = None) -> dict[str, Any]:
    mend = mending(case)
    lines = [
        _line(case, line, typed or {})
        for asked in points_of(case)
        if not asked.closed
        for line in asked.lines
        if line.point.closed_at is None
    ]
    return {
        "case": case,
        "steps": path_of_case(case, events_of(case)),
        "provisional": provisional_of(case),
        "lines": lines,
        "left": sum(line.point.answered_at is None for line in lines),
        "reasons": [
            {"sentence": r.words, "url": "#points" if r.mend == "correction" else mend(r) or ""}
            for r in why("resubmit", case, user)
        ],
        "step": case.declaration.steps["resubmit"],
        "longest": ANSWER_LONGEST,
        "key": fresh_key(),
    }


def _line(case: Application, line: PointLine, typed: Any) -> Line:
    url, place = _place(case, line.point)
    answer = typed.get(ANSWER.format(pk=line.point.pk), line.point.answer)
    return Line(line.point, line.title, line.changes, url, place, answer)


def _place(case: Application, point: CorrectionPoint) -> tuple[str, str]:
    """Where the point can be mended: address and the words of its link. Nowhere for a person since removed."""
    if point.kind == Kind.FIELD:
        form = case.declaration.form
        section = next((s for s in form.sections if any(f.name == point.target for f in s.fields)), None)
        if section is None:
            return "", ""
        url = reverse("application_section", args=[case.pk, section.slug])
        return f"{url}#field-{point.target}", _("Change the answer")
    if point.kind == Kind.PAPER:
        url = reverse("application_papers", args=[case.pk])
        return f"{url}#paper-{point.target}", _("Upload the paper")
    if point.kind == Kind.PERSON:
        if point.person_id is None:
            return "", ""
        return reverse("application_person", args=[case.pk, point.person_id]), _("Change this person")
    return reverse("application_roster", args=[case.pk]), _("Open the roster")
