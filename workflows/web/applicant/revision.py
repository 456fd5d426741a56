"""A revision that the panel asked for: what has to change, by when, the papers, and handing it in."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.doors import door, signed_in
from accounts.models import Role
from workflows import papers
from workflows.engine.asking import why
from workflows.engine.perform import perform
from workflows.errors import Blocked
from workflows.models import Conclusion, Event
from workflows.web.applicant.cases import mending, own_case, papers_of, url_if_any
from workflows.web.keys import fresh_key, key_of
from workflows.web.limits import path_of_case
from workflows.web.pictures import events_of

HANDING_IN, RETURNED = "hand_in_revision", "return_revision"


@door(Role.OWNER, Role.AGENT)
@require_http_methods(["GET", "HEAD", "POST"])
def application_revision(request: HttpRequest, pk: int) -> HttpResponse:
    """What the panel asks for, and the button that hands the revision in. The panel itself is never named."""
    user = signed_in(request)
    case = own_case(user, pk)
    step = case.declaration.steps.get(HANDING_IN)
    if step is None:
        raise Http404
    blocked: Blocked | None = None
    if request.method == "POST":
        try:
            perform(HANDING_IN, [pk], actor=user, key=key_of(request))
        except Blocked as refused:
            blocked, case = refused, own_case(user, pk)
        else:
            messages.success(request, _("The revision is handed in. The panel looks at it next."))
            return redirect("application", pk=pk)
    if case.state not in step.sources:
        return redirect("application", pk=pk)
    mend, held = mending(case), papers_of(case)
    events = events_of(case)
    context = {
        "case": case,
        "step": step,
        "steps": path_of_case(case, events),
        "asked": Conclusion.objects.filter(application=case, replaced_at=None).first(),
        "returned": _returned(events),
        "papers": [(paper, held.get(paper.slug, [])) for paper in papers.asked_now(case) if paper.state],
        "papers_url": url_if_any("application_papers", pk),
        "reasons": [{"sentence": r.words, "url": mend(r) or ""} for r in why(HANDING_IN, case, user)],
        "blocked": blocked,
        "key": fresh_key(),
    }
    return render(request, "applicant/revision.html", context, status=blocked.status if blocked else 200)


def _returned(events: list[Event]) -> Event | None:
    """The last return of a revision, where none was handed in since."""
    turns = [event for event in events if event.step in (HANDING_IN, RETURNED, "ask_revision")]
    return turns[-1] if turns and turns[-1].step == RETURNED else None
