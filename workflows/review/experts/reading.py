"""The list of experts: what it can be narrowed by, and what stands in its rows, in a fixed number of statements."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q

from workflows.models import Competence, Expert, ExpertPost, ExpertTitle
from workflows.models.review_experts import ExpertQuerySet
from workflows.review.experts.eligible import load_now, senior_titles, with_parts

FREE, FULL = "free", "full"
SENIOR, NOT_SENIOR, UNCONFIRMED = "senior", "none", "unconfirmed"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to; empty means all."""

    q: str = ""
    status: str = ""
    field: int | None = None
    title: str = ""
    load: str = ""


def narrowed(experts: ExpertQuerySet, wanted: Wanted, *, at: date) -> ExpertQuerySet:
    """`experts` that match all of `wanted`, with their `load`."""
    found = experts.annotate(load=load_now())
    if wanted.status:
        found = found.filter(status=wanted.status)
    if word := wanted.q.strip():
        posts = ExpertPost.objects.filter(expert=OuterRef("pk"), organisation__icontains=word)
        found = found.filter(
            Q(name__icontains=word) | Q(code__iexact=word) | Q(email__icontains=word) | Exists(posts)
        )
    if wanted.field:
        known = Competence.objects.filter(expert=OuterRef("pk"), field__in=with_parts([wanted.field]))
        found = found.filter(Exists(known))
    if wanted.load:
        full = Q(load__gte=F("load_limit"))
        found = found.filter(full if wanted.load == FULL else ~full)
    senior = Exists(senior_titles(at).filter(expert=OuterRef("pk")))
    if wanted.title == SENIOR:
        found = found.filter(senior)
    elif wanted.title == NOT_SENIOR:
        found = found.filter(~senior)
    elif wanted.title == UNCONFIRMED:
        found = found.filter(Exists(ExpertTitle.objects.filter(expert=OuterRef("pk"), verified_at=None)))
    return found


def counts_by_status(experts: ExpertQuerySet) -> dict[str, int]:
    """Status → how many."""
    return dict(experts.order_by().values_list("status").annotate(n=Count("*")))


def with_rows(experts: ExpertQuerySet) -> ExpertQuerySet:
    """With what a row of the list shows: titles, fields, present posts."""
    return experts.prefetch_related(
        Prefetch("titles", ExpertTitle.objects.order_by("-awarded_on", "pk")),
        Prefetch(
            "competences", Competence.objects.select_related("field").order_by("-strength", "field__code")
        ),
        Prefetch(
            "posts",
            ExpertPost.objects.filter(until_on=None, kind="employed").order_by("pk"),
            to_attr="employers",
        ),
    )


def to_look_at(experts: ExpertQuerySet) -> dict[str, int]:
    """What waits for the office: applications, titles and posts that nobody confirmed."""
    living = experts.filter(
        status__in=(Expert.Status.APPLIED, Expert.Status.ENROLLED, Expert.Status.SUSPENDED)
    )
    return {
        "applied": experts.filter(status=Expert.Status.APPLIED).count(),
        "titles": ExpertTitle.objects.filter(expert__in=living, verified_at=None).count(),
        "posts": ExpertPost.objects.filter(expert__in=living, confirmed_at=None).count(),
    }
