"""Conditions on figures that the applicant enters: a part, of a whole, at least so much by the policy version.

Kept with the answers' facts as `ratios_short`, so that a guard can ask for it: how many are not reached.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from config.words import T
from workflows.engine.guards import Guard

if TYPE_CHECKING:
    from workflows.engine.declare import Programme
    from workflows.models import Application

SHORT = "ratios_short"
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Ratio:
    """The field `part` is at least so much of the field `whole`.

    Args:
        least: the parameter of the policy version that says how much (0.20 for 20 %).
        where: a yes-or-no field; where it was answered with yes, `least_there` is the parameter that counts.
    """

    code: str
    title: T
    part: str
    whole: str
    least: str
    where: str = ""
    least_there: str = ""


@dataclass(frozen=True, slots=True)
class Reached:
    """What the figures of a case come to, beside what is required. `part` and `whole` are None where not answered."""

    ratio: Ratio
    required: Decimal
    part: int | None
    whole: int | None
    part_label: T
    whole_label: T

    @property
    def holds(self) -> bool:
        """Exactly: nothing is rounded. Of nothing, nothing is reached."""
        return bool(self.is_known and self.whole and (self.part or 0) >= self.required * self.whole)

    @property
    def is_known(self) -> bool:
        return self.part is not None and self.whole is not None

    @property
    def percent(self) -> Decimal | None:
        """What is reached in per cent, rounded down, so that what falls short never looks as if it did not."""
        if not self.is_known or not self.whole:
            return None
        return (Decimal(self.part or 0) * 100 / self.whole).quantize(HUNDREDTH, ROUND_DOWN)

    @property
    def required_percent(self) -> Decimal:
        return self.required * 100


all_reached = Guard(
    Q(**{f"facts__{SHORT}": 0}),
    T(
        "Not every condition on the figures is reached: see “Conditions on the figures”.",
        "填报数据未达到全部条件，见“条件核算”。",
    ),
    mend="ratios",
    code="ratios",
)


def reached(programme: "Programme", policy: str, facts: Mapping[str, Any]) -> list[Reached]:
    """Each condition of the programme, with what `facts` (the answers' values by field) come to."""
    terms, asked = programme.policy(policy), programme.form.by_name
    return [
        Reached(
            ratio,
            getattr(
                terms, ratio.least_there if ratio.where and facts.get(ratio.where) is True else ratio.least
            ),
            facts.get(ratio.part),
            facts.get(ratio.whole),
            asked[ratio.part].label,
            asked[ratio.whole].label,
        )
        for ratio in programme.ratios
    ]


def with_ratios(programme: "Programme", policy: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """`facts` and how many conditions they do not reach; as they are where the programme has none."""
    if not programme.ratios:
        return dict(facts)
    return {**facts, SHORT: sum(not one.holds for one in reached(programme, policy, facts))}


def recount_ratios(
    programme: "Programme", policy: str, cases: "Iterable[Application]"
) -> "list[Application]":
    """`cases` with their facts counted anew under `policy`; the caller writes them."""
    counted = list(cases)
    for case in counted:
        case.facts = with_ratios(programme, policy, case.facts)
    return counted
