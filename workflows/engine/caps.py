"""Caps: limits on what a programme grants, to one case, to one applicant or out of the round's budget."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import BigIntegerField, Case, Expression, ExpressionWrapper, F, Min, Q, Sum, Value, When
from django.db.models.functions import Coalesce

from config.errors import Refusal
from config.words import T

if TYPE_CHECKING:
    from workflows.engine.declare import Programme
    from workflows.engine.perform import Move

LOCK_CLASS = 7301


class Over(StrEnum):
    """What a cap spans."""

    CASE = "case"
    APPLICANT = "applicant"  # all cases of one applicant in the round
    ROUND = "round"


@dataclass(frozen=True, slots=True)
class Cap:
    """What may be granted at most, in fen: an SQL expression over an application, of the policy's parameters.

    Checked when the step `at` is taken: the amounts of its cases together with what was granted before.
    Where the expression is NULL there is no limit.
    """

    code: str
    title: T
    most: Callable[[Any], Any]
    over: Over = Over.ROUND
    at: str = "approve"


# The budget of the round, where one is set.
BUDGET = Cap("budget", T("Budget of the round", "本轮预算"), lambda _terms: F("round__budget_fen"))


class CapExceeded(Refusal):
    """More would be granted than the programme allows."""

    code = "cap_exceeded"
    status = 409
    words = T(
        en="{cap}: {asked} yuan would be granted, {most} yuan is the most. Take cases out, then try again.",
        zh="{cap}：拟奖励合计 {asked} 元，超出上限 {most} 元。请移出部分事项后再办。",
    )


def limit_of(cap: Cap, programme: "Programme") -> Expression:
    """The cap of each application, by its own policy version."""
    whens = [When(policy=key, then=_most(cap, terms)) for key, terms in programme.policies.items()]
    return Case(*whens, default=Value(None), output_field=BigIntegerField())


def _most(cap: Cap, terms: Any) -> Expression:
    most = cap.most(terms)
    expression = most if hasattr(most, "resolve_expression") else Value(most)
    return ExpressionWrapper(expression, output_field=BigIntegerField())


def within(cap: Cap, programme: "Programme") -> Q:
    """Applications that are not above `cap` by themselves; without a limit all are."""
    return Q(amount_fen__lte=Coalesce(limit_of(cap, programme), F("amount_fen")))


def check_caps(move: "Move") -> None:
    """Effect: what is granted by this step, with what was granted before, stays within the programme's caps.

    Approvals of one round wait for each other here.

    Raises:
        CapExceeded: it does not; names the cap, the sum and the limit.
    """
    from workflows.models import Application  # noqa: PLC0415 - the models build on nothing of the engine

    rounds = sorted(Application.objects.filter(pk__any=move.ids).values_list("round", flat=True).distinct())
    with connection.cursor() as cursor:
        for number in rounds:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_CLASS, number % 2**31])
    granted = Q(state__in=_granted(move.programme, move.step.name)) | Q(pk__any=move.ids)
    for cap in move.programme.caps:
        if cap.at != move.step.name or cap.over == Over.CASE:
            continue
        spans = ["round", "applicant"] if cap.over == Over.APPLICANT else ["round"]
        above = (
            Application.objects.filter(granted, programme=move.programme.slug, round__in=rounds)
            .order_by()
            .values(*spans)
            .annotate(asked=Sum("amount_fen"), most=Min(limit_of(cap, move.programme)))
            .filter(asked__gt=F("most"))[:1]
        )
        for row in above:
            yuan = {name: f"{row[name] / 100:,.2f}" for name in ("asked", "most")}
            raise CapExceeded(cap=cap.title, **yuan)


def _granted(programme: "Programme", at: str) -> list[str]:
    """The states of the way from the target of the step `at` on."""
    path = programme.path()
    target = programme.steps[at].target
    return [str(state) for state in path[path.index(target) :]] if target in path else []
