"""Who can be asked: enrolled, long enough in the field, with a senior title that holds, and not full.

The same conditions are an eligible pool (`eligible`) and, for those left out, the rules that left them out
(`rules_against`): both are columns of one statement over the whole database.
"""

from collections.abc import Collection
from datetime import date

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from config.words import T
from workflows.models import Assignment, Competence, Expert, ExpertField, ExpertTitle, Unavailability
from workflows.models.review_experts import ExpertQuerySet

# By analogy with the evaluation experts of the Tendering Law, art. 37: eight years in the field, a senior title.
YEARS = 8

# Why somebody is not in a pool: the column that says so, and the sentence.
RULES = {
    "not_enrolled": T("Not enrolled", "不在库"),
    "too_few_years": T("Fewer than {years} years in the field", "从事本领域工作不满 {years} 年"),
    "no_senior_title": T("No senior title that holds", "无有效的高级职称"),
    "not_in_field": T("Not in the field", "不属于所需专业领域"),
    "full": T("Load is full", "承担件数已满"),
    "away": T("Not available on the day", "当日不能到会"),
}


def senior_titles(at: date) -> QuerySet[ExpertTitle]:
    """Titles that count as senior on a day: confirmed by the office, and not expired."""
    return ExpertTitle.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=at),
        level=ExpertTitle.Level.SENIOR,
        verified_at__isnull=False,
    )


def load_now() -> Coalesce:
    """How many cases an expert of the outer query has in hand: proposed or assigned, and not reviewed yet."""
    mine = (
        Assignment.objects.filter(expert=OuterRef("pk"), submitted_at=None, abstained_at=None)
        .exclude(state=Assignment.State.ENDED)
        .order_by()
        .values("expert")
    )
    return Coalesce(Subquery(mine.annotate(n=Count("*")).values("n"), output_field=IntegerField()), 0)


def with_parts(fields: Collection[int | ExpertField]) -> set[int]:
    """Ids of these fields and of everything below them; one statement."""
    wanted = {field.pk if isinstance(field, ExpertField) else field for field in fields}
    below: dict[int | None, list[int]] = {}
    for pk, parent in ExpertField.objects.values_list("pk", "parent"):
        below.setdefault(parent, []).append(pk)
    found, ahead = set(wanted), list(wanted)
    while ahead:
        parts = below.get(ahead.pop(), [])
        ahead.extend(set(parts) - found)
        found.update(parts)
    return found


def judged(
    experts: ExpertQuerySet,
    *,
    at: date,
    fields: Collection[int | ExpertField] = (),
    senior: bool = True,
    years: int = YEARS,
    half: str | None = None,
) -> ExpertQuerySet:
    """`experts` with a true or false for each of `RULES` that is asked for, under its name, and `load`.

    A field stands for everything below it. `half` (“am”, “pm”, or empty for the whole day) asks whether they
    are available on the day `at`; None does not ask.
    """
    found = experts.annotate(load=load_now()).annotate(
        not_enrolled=~Q(status=Expert.Status.ENROLLED),
        too_few_years=Q(in_field_since=None) | Q(in_field_since__gt=at.year - years),
        full=Q(load__gte=F("load_limit")),
    )
    if senior:
        found = found.annotate(no_senior_title=~Exists(senior_titles(at).filter(expert=OuterRef("pk"))))
    if fields:
        known = Competence.objects.filter(expert=OuterRef("pk"), field__in=with_parts(fields))
        found = found.annotate(not_in_field=~Exists(known))
    if half is not None:
        found = found.annotate(away=Exists(_away(at, half).filter(expert=OuterRef("pk"))))
    return found


def _away(day: date, half: str) -> QuerySet[Unavailability]:
    days = Unavailability.objects.filter(from_on__lte=day, until_on__gte=day)
    return days.filter(half__in=("", half)) if half else days


def eligible(
    experts: ExpertQuerySet | None = None,
    *,
    at: date,
    fields: Collection[int | ExpertField] = (),
    senior: bool = True,
    years: int = YEARS,
    half: str | None = None,
) -> ExpertQuerySet:
    """Those of `experts` (all) who can be asked on the day `at`, each with their `load`; see `judged`."""
    found = judged(
        Expert.objects.all() if experts is None else experts,
        at=at, fields=fields, senior=senior, years=years, half=half,
    )  # fmt: skip
    return found.filter(**dict.fromkeys(_asked(found), False))


def rules_against(expert: Expert) -> list[str]:
    """The names in `RULES` that keep a row of `judged` out of the pool, in order; empty for those in it."""
    return [name for name in RULES if getattr(expert, name, False)]


def _asked(found: ExpertQuerySet) -> list[str]:
    return [name for name in RULES if name in found.query.annotations]
