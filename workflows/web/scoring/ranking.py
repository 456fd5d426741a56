"""The ranking of a round for the offices: official scores, what advises beside them, pictures, and the freezing."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.doors import door, signed_in
from accounts.models import Role, User
from config.errors import Refusal
from config.words import listed
from workflows.models import Ranking, Remark, Round
from workflows.programmes import registry
from workflows.review.counting import counted_by, standing_of
from workflows.review.ranking.freezing import freeze, frozen_of, holds
from workflows.review.ranking.lots import method_of
from workflows.review.ranking.reading import Place, Standings, ranking_of
from workflows.review.scoring.exact import half_up
from workflows.rules import readable_by
from workflows.web.desk.case import head
from workflows.web.desk.reading import read_case
from workflows.web.official.scope import READERS, is_at, rounds_by
from workflows.web.pictures import events_of
from workflows.web.scoring.pictures import Effect, Strip, effect_plot, strip_plot
from workflows.web.scoring.scores import arithmetic, flags_shown, table_of

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page of the ranking; `after` is where the next begins."""

    rows: list[Place]
    first: int
    next: int | None
    previous: int | None


@door(*READERS)
@require_safe
def rankings(request: HttpRequest) -> HttpResponse:
    """The rounds whose programmes score by a rubric, newest first."""
    scored = [slug for slug, programme in registry().items() if programme.rubric is not None]
    rounds = rounds_by(signed_in(request)).filter(programme__in=scored).order_by("-year", "programme")
    newest = Ranking.objects.filter(round__in=rounds).order_by("round", "-pk").distinct("round")
    frozen = {one.round_id: one for one in newest.select_related("frozen_by")}
    rows = [(one, frozen.get(one.pk)) for one in rounds]
    return render(request, "scoring/rankings.html", {"rows": rows})


@door(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def ranking(request: HttpRequest, pk: int) -> HttpResponse:
    """The ranking as it stands; its clerks and officials freeze it."""
    user = signed_in(request)
    round_ = get_object_or_404(rounds_by(user).select_related("handler", "authority"), pk=pk)
    if round_.declaration.rubric is None:
        raise Http404
    if request.method != "POST":
        return ranking_page(request, user, round_)
    if not may_freeze(user, round_):
        raise Http404
    try:
        freeze(
            round_,
            by=user,
            reason=request.POST.get("reason", ""),
            places=_places(request.POST.get("places", "")),
        )
    except Refusal as refusal:
        return ranking_page(request, user, round_, refusal=refusal)
    messages.success(request, _("The ranking is frozen. The approval batch shows it."))
    return redirect("ranking", pk=pk)


def may_freeze(user: User, round_: Round) -> bool:
    """Whether `user` freezes the ranking of the round, and announces its lot."""
    return is_at(user, round_.handler_id, Role.CLERK) or is_at(user, round_.authority_id, Role.OFFICIAL)


def _places(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 and int(text) else None


def ranking_page(
    request: HttpRequest, user: User, round_: Round, *, refusal: Refusal | None = None
) -> HttpResponse:
    """The ranking as it stands, with what was refused."""
    places = _places(request.GET.get("places", "") or request.POST.get("places", ""))
    found = ranking_of(round_, places=places)
    # Whoever is kept away from a case by a conflict does not read its row; the ranks are those of all.
    open_to = set(readable_by(user).filter(round=round_).values_list("pk", flat=True))
    page = _page(request, [place for place in found.ranked if place.case.pk in open_to])
    context = {
        "round": round_,
        "found": found,
        "page": page,
        "unranked": [place for place in found.unranked if place.case.pk in open_to],
        "places": places or "",
        "panels": _panels(found),
        "experts": _experts(found),
        "strips": _strips(found, page),
        "effects_drawn": _effects(found),
        "frozen": frozen_of(round_),
        "may_freeze": may_freeze(user, round_),
        "lot_sources": method_of(found.lot).sources if found.lot else (),
        "typed": request.POST,
        "reason": request.POST.get("reason", ""),
        "refusal": refusal,
    }
    return render(request, "scoring/ranking.html", context, status=refusal.status if refusal else 200)


def _page(request: HttpRequest, rows: list[Place]) -> Page:
    said = request.GET.get("from", "")
    first = int(said) if said.isascii() and said.isdigit() and len(said) < 7 else 0
    first = first if first < len(rows) else 0
    last = first + SHOWN
    return Page(
        rows[first:last], first, last if last < len(rows) else None, max(0, first - SHOWN) if first else None
    )


def _experts(found: Standings) -> list[tuple[str, Any]]:
    """Experts by component, with their effects: the most lenient first."""
    if found.effects is None:
        return []
    ordered = sorted(found.effects.experts, key=lambda one: (one.component, -one.effect, one.expert))
    return [(found.experts.get(one.expert, ""), one) for one in ordered]


@dataclass(frozen=True, slots=True)
class PanelRow:
    """A panel's agreement as it is shown: two decimals, or a dash where it is not defined."""

    experts: str
    cases: int
    one: str
    mean: str
    fixed: str


def _panels(found: Standings) -> list[PanelRow]:
    return [
        PanelRow(
            str(listed(found.experts.get(code, code) for code in panel.experts)), panel.cases,
            *(
                "—" if value is None else f"{half_up(value)}"
                for value in (panel.agreement.single[1], panel.agreement.mean[1], panel.agreement.single[2])
            ),
        )
        for panel in found.panels
    ]  # fmt: skip


def _strips(found: Standings, page: Page) -> SafeString:
    strips = [
        Strip(
            f"{place.ranked.rank if place.ranked else ''}  {place.case.number}",
            tuple(float(t.exact) for t in place.standing.score.used if t.exact is not None),
            tuple(float(t.exact) for t in place.standing.score.dropped if t.exact is not None),
            None if place.standing.score.exact is None else float(place.standing.score.exact),
        )
        for place in page.rows
    ]
    cut = None if found.cut.at_least is None else float(found.cut.at_least)
    drawn = strip_plot(strips, most=float(found.rubric.points), cut=cut, title=_("Scores of each case"),
                       cut_name=_("cut"))  # fmt: skip
    return mark_safe(drawn)  # noqa: S308 - drawn by us, every word in it escaped


def _effects(found: Standings) -> SafeString:
    if all(round(float(one.effect), 2) == 0 for _name, one in _experts(found)):
        return SafeString("")
    drawn = effect_plot(
        [
            Effect(f"{one.expert} {name}", float(one.effect),
                   None if one.standard_error is None else float(one.standard_error))
            for name, one in _experts(found)[:SHOWN]
        ],
        title=_("Effects of the experts"),
    )  # fmt: skip
    return mark_safe(drawn)  # noqa: S308 - drawn by us, every word in it escaped


@door(*READERS)
@require_safe
def case_score(request: HttpRequest, pk: int) -> HttpResponse:
    """Why this score: the reviews side by side, the arithmetic in words, what the panel said."""
    user = signed_in(request)
    case = read_case(user, pk)
    rubric = case.declaration.rubric
    if rubric is None:
        raise Http404
    standing = standing_of(case)
    concluded = case.conclusions.select_related("concluded_by", "confirmed_by").order_by("-pk")
    context = {
        **head(case, events_of(case)),
        "rubric": rubric,
        "standing": standing,
        "waiting": [one.expert.name for one in standing.waiting],
        "conclusions": list(concluded),
    }
    if standing.all_in:
        context |= {
            "table": table_of(rubric, standing),
            "arithmetic": arithmetic(rubric, standing),
            "flags": flags_shown(rubric, standing),
            "remarks": Remark.objects.filter(application=case)
            .select_related("assignment__expert")
            .order_by("pk"),
            "full": counted_by(rubric).full,
        }
    return render(request, "scoring/why.html", context)


@door(*READERS)
@require_safe
def ranking_frozen(request: HttpRequest, pk: int, ranking: int) -> HttpResponse:
    """A frozen ranking as it was kept, with its hash counted anew."""
    user = signed_in(request)
    round_ = get_object_or_404(rounds_by(user), pk=pk)
    kept = get_object_or_404(Ranking.objects.select_related("frozen_by"), pk=ranking, round=round_)
    open_to = set(readable_by(user).filter(round=round_).values_list("pk", flat=True))
    rows = [one for one in kept.content["ranked"] if one["id"] in open_to]
    context = {"round": round_, "kept": kept, "rows": rows, "holds": holds(kept),
               "newest": not Ranking.objects.filter(round=round_, pk__gt=kept.pk).exists()}  # fmt: skip
    return render(request, "scoring/frozen.html", context)
