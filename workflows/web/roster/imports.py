"""A roster from Excel: uploaded straight to the store, read by a worker, shown as a difference, applied or left."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import door, signed_in
from accounts.models import Role
from config.words import T
from forms.roster import Roster
from storage import views as storage_views
from storage.models import Document
from workflows import drafts, roster_imports
from workflows.errors import Locked
from workflows.models import Application, Person, RosterImport
from workflows.web.applicant.cases import own_case
from workflows.web.paging import page_of
from workflows.web.roster.roster import LIMITS, case_and_roster, errors_workbook
from workflows.web.roster.rows import cells_of, changes_of, headings, problems_of
from workflows.web.roster.uploading import announced, answer

Stage = RosterImport.Stage
BUSY = (Stage.WAITING, Stage.READING, Stage.APPLYING)
# Up to so many removed people are found before they are put in order.
FEW = 1_000
# From so many seconds on a person wants to know how long it takes.
ESTIMATE_FROM_SECONDS = 3


@door(Role.OWNER, Role.AGENT)
@require_POST
def application_roster_upload(request: HttpRequest, pk: int) -> HttpResponse:
    """The browser announces a workbook; it posts it to the store itself."""
    case, roster = case_and_roster(request, pk)
    if not drafts.unlocked(case).roster():
        raise Locked(what=roster.title)
    ticket = announced(request, case, limits=LIMITS, purpose=roster_imports.PURPOSE)
    return answer(ticket, reverse("application_roster_finish", args=[case.pk, ticket.document.pk]))


@door(Role.OWNER, Role.AGENT)
@require_POST
def application_roster_finish(request: HttpRequest, pk: int, document_id: UUID) -> HttpResponse:
    """The workbook has arrived: it is checked, then read by a worker, whether one stays on the page or not."""
    user = signed_in(request)
    case, _roster = case_and_roster(request, pk)
    uploads = Document.objects.of_uploader(user).filter(
        organisation=case.applicant_id, purpose=roster_imports.PURPOSE
    )
    with transaction.atomic():
        finished = storage_views.finish(request, document_id)
        roster_imports.begin(case, get_object_or_404(uploads, pk=document_id), by=user)
    return finished


@door(Role.OWNER, Role.AGENT)
@require_safe
def application_roster_newest(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to the newest upload: what the upload's own part of the page asks for when the file has been checked."""
    case = own_case(signed_in(request), pk)
    newest = RosterImport.objects.filter(application=case).order_by("-pk").first()
    if newest is None:
        raise Http404
    url = reverse("application_roster_import", args=[case.pk, newest.pk])
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(status=204)
        response["HX-Redirect"] = url
        return response
    return redirect(url)


@door(Role.OWNER, Role.AGENT)
@require_safe
def application_roster_import(request: HttpRequest, pk: int, import_pk: int) -> HttpResponse:
    """How far the reading is; then what the upload would change, to be applied or left."""
    case, roster, found = _import(request, pk, import_pk)
    polling = request.headers.get("HX-Request") == "true"
    if found.stage in BUSY:
        context = {"case": case, "found": found, "left": _seconds_left(found)}
        return render(request, "roster/progress.html" if polling else "roster/reading.html", context)
    if polling:
        # It has ended since the page asked last: the whole page is drawn anew.
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    if found.stage != Stage.READY:
        failed: dict[str, Any] = {
            "case": case,
            "found": found,
            "failure": T(en=found.failure_en, zh=found.failure_zh),
        }
        return render(request, "roster/import_over.html", failed)
    return render(request, "roster/difference.html", _difference(request, case, roster, found))


def _import(request: HttpRequest, pk: int, import_pk: int) -> tuple[Application, Roster, RosterImport]:
    case, roster = case_and_roster(request, pk)
    imports = RosterImport.objects.select_related("document")
    return case, roster, get_object_or_404(imports, application=case, pk=import_pk)


def _seconds_left(found: RosterImport) -> int | None:
    """An estimate by the rows read so far; None while it would be a guess."""
    began = found.document.verified_at
    # Opening the file takes its time too: the first rows say little.
    if began is None or not found.rows_total / 10 <= found.rows_done < found.rows_total:
        return None
    spent = (timezone.now() - began).total_seconds()
    left = spent * (found.rows_total - found.rows_done) / found.rows_done
    return round(left) if spent > ESTIMATE_FROM_SECONDS else None


@dataclass(frozen=True, slots=True)
class Tab:
    """One list of the difference, with how many it holds."""

    slug: str
    label: str
    count: int
    open: bool


TABS = {
    "errors": gettext_lazy("Errors"),
    "changed": gettext_lazy("To change"),
    "added": gettext_lazy("To add"),
    "removed": gettext_lazy("To remove"),
}


def _difference(
    request: HttpRequest, case: Application, roster: Roster, found: RosterImport
) -> dict[str, Any]:
    counts = {
        "errors": found.rows_with_errors,
        "changed": found.rows_changed,
        "added": found.rows_added,
        "removed": found.rows_removed,
    }
    fullest = next((slug for slug, n in counts.items() if n), "errors")
    show = request.GET.get("show", "")
    show = show if show in counts else fullest
    rows: Any = found.rows.select_related("person")
    if show == "removed":
        rows = _removed(found)
    elif show == "errors":
        rows = rows.exclude(problems=[])
    else:
        rows = rows.filter(change=show)
    page: Any = page_of(rows, request.GET, by="position", total=counts[show])
    return {
        "case": case,
        "found": found,
        "show": show,
        "tabs": [Tab(slug, str(label), counts[slug], slug == show) for slug, label in TABS.items()],
        "page": page,
        "lines": list(_shown(roster, show, page.rows)),
        "headings": headings(roster),
        "unchanged": not (found.rows_changed or found.rows_added or found.rows_removed),
        "locked": not drafts.unlocked(case).roster(),
    }


def _removed(found: RosterImport) -> Any:
    """People whom the upload would remove. A few among very many are found first and put in order then:
    asked for the first of them in order, PostgreSQL would look everybody up, one by one."""
    removed = roster_imports.removed_by(found)
    if found.rows_removed > FEW:
        return removed
    return Person.objects.filter(pk__any=list(removed.order_by().values_list("pk", flat=True)))


def _shown(roster: Roster, show: str, rows: Any) -> Any:
    """The rows of a page: problems by row for the errors, changes cell by cell, or the cells themselves."""
    for row in rows:
        cells = cells_of(roster, row)
        who = (cells["name"].text, cells["id_number"].text)
        if show == "errors":
            yield {"row": row, "who": who, "problems": list(problems_of(roster, [row]))}
        elif show == "changed":
            yield {"row": row, "who": who, "changes": changes_of(roster, row, row.person)}
        else:
            yield {
                "row": row,
                "who": who,
                "cells": [c for n, c in cells.items() if n not in ("name", "id_number")],
            }


@door(Role.OWNER, Role.AGENT)
@require_POST
def application_roster_apply(request: HttpRequest, pk: int, import_pk: int) -> HttpResponse:
    """Make the roster equal to the upload. A second click changes nothing more."""
    case, _roster, found = _import(request, pk, import_pk)
    applied = roster_imports.apply_soon(found)
    if applied.stage == Stage.APPLYING:
        return redirect("application_roster_import", pk=case.pk, import_pk=found.pk)
    counts = {"added": applied.rows_added, "changed": applied.rows_changed, "removed": applied.rows_removed}
    messages.success(
        request,
        _("The upload is applied: %(added)s added, %(changed)s changed, %(removed)s removed.")
        % {name: f"{n:,}" for name, n in counts.items()},
    )
    return redirect("application_roster", pk=case.pk)


@door(Role.OWNER, Role.AGENT)
@require_POST
def application_roster_drop(request: HttpRequest, pk: int, import_pk: int) -> HttpResponse:
    """Leave the roster as it was."""
    case, _roster, found = _import(request, pk, import_pk)
    roster_imports.drop(found)
    messages.success(request, _("The upload is dropped. The roster is as it was."))
    return redirect("application_roster", pk=case.pk)


@door(Role.OWNER, Role.AGENT)
@require_safe
def application_import_errors(request: HttpRequest, pk: int, import_pk: int) -> HttpResponse:
    """All wrong cells of an upload as a workbook."""
    _case, roster, found = _import(request, pk, import_pk)
    rows = found.rows.exclude(problems=[]).order_by("position")
    return errors_workbook(problems_of(roster, rows.iterator()))
