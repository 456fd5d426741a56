"""Service guides 办事指南, rendered from the programme's own declaration: nothing is written twice."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.doors import door
from config.words import T
from workflows.engine.declare import Holder, Programme
from workflows.models import Result, Round
from workflows.programmes import registry
from workflows.versions import public_versions
from workflows.web.limits import limit_of, path_of_programme

RESULTS = {
    Result.REFUSED: (T("No award", "不予奖励"), "no"),
    Result.HELD: (T("On hold, to be cleared up", "暂缓，核实后再定"), "due"),
}


@dataclass(frozen=True, slots=True)
class WayStep:
    """One line of the way: what happens, with whom, within which time."""

    name: T
    holder: T | str
    limit: str


def programme_or_404(slug: str) -> Programme:
    try:
        return registry()[slug]
    except KeyError:
        raise Http404 from None


@door(public=True)
@require_safe
def guides(request: HttpRequest) -> HttpResponse:
    """All programmes, each with a sentence and the state of its call."""
    open_ones = {r.programme: r for r in Round.objects.open().order_by("-closes_at")}
    rows = [{"programme": p, "call": open_ones.get(slug)} for slug, p in registry().items()]
    return render(request, "public/guides.html", {"rows": rows})


@door(public=True)
@require_safe
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole guide of one programme, made to be printed."""
    programme = programme_or_404(slug)
    versions = public_versions(programme)
    papers = programme.papers_in(versions[-1])
    return render(
        request,
        "public/guide.html",
        {
            "programme": programme,
            "guide": programme.guide,
            "steps": path_of_programme(programme),
            "way": _way(programme),
            "papers": [paper for paper in papers if not paper.state],
            "later_papers": [paper for paper in papers if paper.state],
            "rules": [(rule, *RESULTS[Result(rule.result)]) for rule in programme.rules_in(versions[-1])],
            "versions": list(versions),
            "parameters": _parameters(programme, versions),
            "call": Round.objects.open().filter(programme=slug).order_by("closes_at").first(),
            "noticed": programme.notice,
        },
    )


def _way(programme: Programme) -> list[WayStep]:
    return [
        WayStep(s.label, "" if s.holder is Holder.NOBODY else s.holder, limit_of(programme, s))
        for s in programme.path()
    ]


def _parameters(programme: Programme, versions: tuple[str, ...]) -> list[tuple[T, list[T]]]:
    """One row for each parameter of the decision table, with its value in every policy version that has it."""
    tables = [dict(getattr(policy, "shown", ())) for policy in map(programme.policy, versions)]
    # In the order of the newest version; what only an earlier one had stands below.
    labels = dict.fromkeys(label for table in reversed(tables) for label in table)
    return [(label, [table.get(label, T("—", "—")) for table in tables]) for label in labels]
