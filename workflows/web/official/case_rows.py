"""The cases of a batch as rows: paged, those that need a hand first when asked, each hold with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BigIntegerField, Case, Count, F, Q, QuerySet, When, Window
from django.db.models.functions import RowNumber
from django.http import QueryDict

from accounts.templatetags.masking import masked_name
from config.words import T
from workflows.engine.decide import BY_HAND, BY_HAND_WORDS, explain
from workflows.models import Application, Batch, Person, Result
from workflows.web.desk.steps import address
from workflows.web.official.sums import NEEDS_A_HAND, Sums, industry_words
from workflows.web.paging import Page, page_of

HELD_NAMED = 3
SHOWN = {
    "held": Q(rows_held__gt=0),
    "refused": Q(rows_refused__gt=0),
    "hand": NEEDS_A_HAND,
}
# Behind every case that needs a hand; a case's id is smaller.
BEHIND = 10**15


@dataclass(frozen=True, slots=True)
class Row:
    """One case with what is held or refused in it, people masked."""

    case: Application
    industry: str
    needs_hand: bool
    held: list[tuple[str, T]] = field(default_factory=list)
    refused: list[tuple[str, T, int]] = field(default_factory=list)
    held_url: str = ""
    refused_url: str = ""

    @property
    def more_held(self) -> int:
        return self.case.rows_held - len(self.held)


def rows_of(batch: Batch, query: QueryDict, sums: Sums) -> tuple[Page[Application], list[Row]]:
    """The page of the batch's cases that the query asks for, and its rows; three statements."""
    shown = query.get("show", "")
    cases: QuerySet[Application, Any] = Application.objects.filter(batch=batch)
    total = sums.cases
    if shown in SHOWN:
        cases = cases.filter(SHOWN[shown])
        total = {"held": sums.with_held, "refused": sums.with_refused, "hand": sums.in_hand}[shown]
    cases = cases.select_related("applicant").defer("answers", "sealed_answers")
    if query.get("order") == "hand":
        rank = Case(
            When(NEEDS_A_HAND, then=F("pk")), default=F("pk") + BEHIND, output_field=BigIntegerField()
        )
        ranked: Any = cases.annotate(rank=rank)
        page: Page[Application] = page_of(ranked, query, by="rank", total=total)
    else:
        page = page_of(cases, query, by="pk", total=total)
    return page, _rows(batch, page.rows)


def _rows(batch: Batch, cases: Sequence[Application]) -> list[Row]:
    ids = [case.pk for case in cases]
    held = _held(batch, ids)
    refused = _refused(batch, ids)
    return [
        Row(
            case,
            industry_words(case.industry),
            bool(case.rows_held or case.rows_in_dispute or not case.rows_granted),
            held.get(case.pk, []),
            refused.get(case.pk, []),
            address("case_people", case.pk) + "?result=held",
            address("case_people", case.pk) + "?result=refused",
        )
        for case in cases
    ]


def _held(batch: Batch, ids: list[int]) -> dict[int, list[tuple[str, T]]]:
    """Case → the first few people on hold, masked, with the rule's own sentence."""
    people = (
        Person.objects.filter(application__in=ids, result=Result.HELD)
        .annotate(
            nth=Window(RowNumber(), partition_by="application", order_by="position"),
            policy=F("application__policy"),
        )
        .filter(nth__lte=HELD_NAMED)
        .defer("id_number", "raw")
    )
    found: dict[int, list[tuple[str, T]]] = {}
    declaration = batch.round.declaration
    for person in people:
        words = explain(declaration, person.policy, person)
        found.setdefault(person.application_id, []).append((masked_name(person.name), words))
    return found


def _refused(batch: Batch, ids: list[int]) -> dict[int, list[tuple[str, T, int]]]:
    """Case → which rules refuse how many of its people."""
    rows = (
        Person.objects.filter(application__in=ids, result=Result.REFUSED)
        .order_by()
        .values("application", "rule")
        .annotate(n=Count("pk"))
        .order_by("application", "rule")
    )
    found: dict[int, list[tuple[str, T, int]]] = {}
    for row in rows:
        title = rule_title(batch, row["rule"])
        found.setdefault(row["application"], []).append((row["rule"], title, row["n"]))
    return found


def rule_title(batch: Batch, code: str) -> T:
    """The name of a rule of the batch's programme."""
    if code == BY_HAND:
        return BY_HAND_WORDS
    rule = batch.round.declaration.rule(code)
    return rule.title if rule else T("", "")
