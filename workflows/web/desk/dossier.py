"""The further pages of a case: its history, its corrections, its papers, everything on paper."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.doors import door, signed_in
from accounts.models import Role
from storage.views import deliver
from workflows.web.desk.case import head
from workflows.web.desk.people import line_of
from workflows.web.desk.reading import (
    answers_shown,
    duplicates_of,
    history_of,
    paper_of,
    papers_of,
    read_case,
    rule_counts,
)
from workflows.web.keys import fresh_key
from workflows.web.pictures import events_of
from workflows.web.points import points_of

# People on one printed dossier; a longer roster is printed from Excel.
DOSSIER_PEOPLE = 1000


@door(Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR)
@require_GET
def case_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Every event of the case with its actor."""
    case = read_case(signed_in(request), pk)
    events = events_of(case)
    context = {**head(case, events), "history": history_of(case, events)}
    return render(request, "desk/history.html", context)


@door(Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR)
@require_GET
def case_corrections(request: HttpRequest, pk: int) -> HttpResponse:
    """What was asked to be corrected, old and new side by side."""
    case = read_case(signed_in(request), pk)
    context = {**head(case, events_of(case)), "asked": points_of(case)}
    return render(request, "desk/corrections.html", context)


@door(Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR)
@require_GET
def case_paper(request: HttpRequest, pk: int, paper: int) -> HttpResponse:
    """A paper of the case, shown in the browser or saved (`?save=1`)."""
    attached = paper_of(read_case(signed_in(request), pk), paper)
    return deliver(attached.document, inline="save" not in request.GET)


@door(Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR)
@require_GET
def case_dossier(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole case on one page, to print."""
    user = signed_in(request)
    case = read_case(user, pk)
    events = events_of(case)
    people = case.people.order_by("position")[:DOSSIER_PEOPLE]
    context = {
        **head(case, events),
        "sections": answers_shown(case),
        "papers": papers_of(case),
        "counts": rule_counts(case),
        "lines": [line_of(case, person) for person in people],
        "duplicates": duplicates_of(case, user) if case.rows_held else [],
        "asked": points_of(case),
        "history": history_of(case, events),
        "give_key": fresh_key(),
        "cut_at": DOSSIER_PEOPLE if case.rows_total > DOSSIER_PEOPLE else 0,
    }
    return render(request, "desk/dossier.html", context)
