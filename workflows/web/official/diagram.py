"""The diagram of a programme: where its cases stand now, as a picture, as a table, and as files."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from accounts.doors import door, signed_in
from config.words import T
from workflows.diagram import bpmn
from workflows.diagram.graph import moves
from workflows.diagram.standing import standing
from workflows.diagram.svg import with_counts
from workflows.engine.declare import Programme, State
from workflows.programmes import registry
from workflows.web.limits import limit_of
from workflows.web.official.scope import READERS, rounds_by
from workflows.web.pictures import picture


@dataclass(frozen=True, slots=True)
class StateRow:
    """One state of the table beside the picture: what the box says, and what the lines say."""

    state: State
    cases: int
    overdue: int
    limit: str
    leads_to: list[tuple[T, T]]


@door(*READERS)
@require_GET
def programme_diagram(request: HttpRequest, slug: str) -> HttpResponse:
    """Where the cases of one's offices stand, in one year or in all."""
    user, programme = signed_in(request), _programme(slug)
    years = sorted(set(rounds_by(user).filter(programme=slug).values_list("year", flat=True)), reverse=True)
    year = _year(request)
    counts = standing(user, slug, year)
    context = {
        "programme": programme,
        "years": years,
        "year": year,
        "picture": picture(with_counts, slug, _language(), counts),
        "rows": _rows(programme, counts),
        "total": sum(n for n, _ in counts.values()),
        "overdue": sum(late for _, late in counts.values()),
    }
    return render(request, "official/diagram.html", context)


@door(*READERS)
@require_GET
def programme_svg(request: HttpRequest, slug: str) -> HttpResponse:
    """The picture alone, as a file; unchanged as long as the counts are.

    Raises:
        CannotDraw: the layout program did not answer.
    """
    _programme(slug)
    drawn = with_counts(slug, _language(), standing(signed_in(request), slug, _year(request))).encode()
    etag = f'"{sha256(drawn).hexdigest()}"'
    unchanged: HttpResponse | None = get_conditional_response(request, etag=etag)
    response = unchanged or HttpResponse(drawn, content_type="image/svg+xml; charset=utf-8")
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


@door(*READERS)
@require_GET
def programme_bpmn(_request: HttpRequest, slug: str) -> HttpResponse:
    """The programme as BPMN 2.0, to be opened by a modeller."""
    response = HttpResponse(bpmn.export(_programme(slug), _language()), content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="{slug}.bpmn"'
    return response


def _programme(slug: str) -> Programme:
    if slug not in registry():
        raise Http404
    return registry()[slug]


def _language() -> str:
    return get_language() or "zh-hans"


def _year(request: HttpRequest) -> int | None:
    """The year asked for; what is no year asks for all."""
    text = request.GET.get("year", "")
    return int(text) if text.isdecimal() and len(text) == 4 else None


def _rows(programme: Programme, counts: Mapping[str, tuple[int, int]]) -> list[StateRow]:
    leads = moves(programme)
    return [
        StateRow(
            state,
            *counts.get(str(state), (0, 0)),
            limit_of(programme, state),
            [
                (step.label, programme.state(target).label)
                for source, step, target in leads
                if source == state
            ],
        )
        for state in programme.states
    ]
