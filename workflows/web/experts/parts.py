"""What hangs on a file (titles, posts, relatives, days away): one way for the office's pages and the expert's own."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.doors import signed_in
from accounts.models import User
from config.errors import Refusal
from config.words import T
from storage import uploads
from storage.errors import BadName
from storage.uploads import PAPER
from storage.views import deliver, ticket_json
from workflows.models import Expert, ExpertPost, ExpertRelation, ExpertTitle, Unavailability
from workflows.review.experts import details, posts, relations, titles
from workflows.review.experts.refusals import NotYours
from workflows.web.experts.forms import PART_FORMS


@dataclass(frozen=True, slots=True)
class Part:
    """A kind of rows of a file: what it is called, its model, how one is added, and what may be done to one."""

    words: Promise
    lede: Promise
    model: type[Model]
    add: Callable[..., Any]
    acts: dict[str, Callable[..., None]]


PARTS = {
    "titles": Part(
        _("Add a title"),
        _(
            "It counts once the office has confirmed it. The paper that proves it is uploaded in the next step."
        ),
        ExpertTitle,
        titles.add,
        {"confirm": titles.confirm, "remove": titles.remove},
    ),
    "posts": Part(
        _("Add a post"),
        _(
            "It counts for conflicts of interest from now on, and bears a mark until the office has confirmed it."
        ),
        ExpertPost,
        posts.add,
        {"confirm": posts.confirm, "end": posts.end, "remove": posts.remove},
    ),
    "relations": Part(
        _("Declare a relative"),
        _(
            "Spouse, lineal kin, collateral kin to the third degree, near in-laws, where they work for an organisation."
        ),
        ExpertRelation,
        relations.declare,
        {"remove": relations.withdraw},
    ),
    "absences": Part(
        _("Days on which they cannot come"),
        _("No session is planned for these days."),
        Unavailability,
        relations.stay_away,
        {"remove": relations.come_again},
    ),
}


class DayNeeded(Refusal):
    code = "day_needed"
    status = 422
    words = T(en="Please give the day.", zh="请填写日期。")


def part_named(kind: str) -> Part:
    """The part of that name; a 404 for another."""
    if kind not in PARTS:
        raise Http404
    return PARTS[kind]


def add(request: HttpRequest, expert: Expert, kind: str, *, own: bool, back: str) -> HttpResponse:
    """The form for one row more; a good one is added."""
    part = part_named(kind)
    form = PART_FORMS[kind](request.POST or None)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            part.add(expert, by=signed_in(request), **form.cleaned_data)
        except Refusal as error:
            refusal = error
        else:
            return redirect(f"{back}#{kind}")
    context = {
        "expert": expert, "form": form, "part": part, "refusal": refusal, "own": own, "back": f"{back}#{kind}",
    }  # fmt: skip
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "experts/part_form.html", context, status=status)


def act(request: HttpRequest, expert: Expert, kind: str, pk: int, action: str, *, back: str) -> HttpResponse:
    """Do something to one row of the file: confirm, end, remove."""
    try:
        day = parse_date(request.POST.get("until_on", ""))
    except ValueError:
        day = None
    do(expert, kind, pk, action, by=signed_in(request), until_on=day)
    return redirect(f"{back}#{kind}")


def do(expert: Expert, kind: str, pk: int, action: str, *, by: User, until_on: date | None = None) -> None:
    """Do `action` to one row of the file; `until_on` with `end`.

    Raises:
        Http404: the file has no such row, or nothing like that is done to rows of this kind.
        DayNeeded: it ends, and nobody said when.
    """
    part = part_named(kind)
    if action not in part.acts:
        raise Http404
    row = get_object_or_404(
        part.model._default_manager.select_related("expert__office"), pk=pk, expert=expert
    )
    if action != "end":
        part.acts[action](row, by=by)
        return
    if until_on is None:
        raise DayNeeded
    part.acts[action](row, until_on, by=by)


def title_of(expert: Expert, pk: int) -> ExpertTitle:
    """A title of that file, with its paper; a 404 for another's."""
    return get_object_or_404(ExpertTitle.objects.select_related("evidence"), pk=pk, expert=expert)


def evidence(expert: Expert, pk: int) -> HttpResponse:
    """The paper that proves a title."""
    title = title_of(expert, pk)
    if title.evidence is None:
        raise Http404
    return deliver(title.evidence, inline=True)


def begin(request: HttpRequest, expert: Expert, pk: int) -> HttpResponse:
    """Announce the paper of a title: `{filename, size_bytes, content_type}` → where the browser posts it."""
    title = title_of(expert, pk)
    if title.verified_at is not None:
        raise NotYours
    try:
        asked = json.loads(request.body)
        filename, size_bytes = str(asked["filename"]), int(asked["size_bytes"])
    except (ValueError, TypeError, KeyError) as error:
        raise BadName(filename="", longest=uploads.LONGEST_NAME) from error
    ticket = uploads.begin(
        user=signed_in(request), organisation=expert.office, filename=filename, size_bytes=size_bytes,
        content_type=str(asked.get("content_type", "")), limits=PAPER, purpose=titles.purpose_of(title),
    )  # fmt: skip
    return ticket_json(ticket)


def change_fields(request: HttpRequest, expert: Expert, *, back: str, own: bool) -> HttpResponse:
    """Which fields the expert knows, and how well."""
    from workflows.web.experts.tree import rows_of  # noqa: PLC0415 - the tree's page draws files too

    refusal: Refusal | None = None
    if request.method == "POST":
        chosen = {
            name.removeprefix("f-"): int(value)
            for name, value in request.POST.items()
            if name.startswith("f-") and value in ("1", "2", "3")
        }
        try:
            details.set_fields(expert, chosen, by=signed_in(request))
        except Refusal as error:
            refusal = error
        else:
            return redirect(f"{back}#fields")
    known = {one.field.code: one.strength for one in expert.competences.select_related("field")}
    rows = [
        (field, depth, known.get(field.code, 0))
        for field, depth in rows_of()
        if not field.retired_at or field.code in known
    ]
    context = {"expert": expert, "rows": rows, "refusal": refusal, "own": own, "back": f"{back}#fields"}
    return render(request, "experts/fields_form.html", context, status=refusal.status if refusal else 200)
