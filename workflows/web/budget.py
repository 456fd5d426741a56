"""The lines of a budget as pages show them: benchmark and deviation, the total, what the panel cut."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from config.words import T
from forms.answers import values
from forms.fields.money import yuan
from workflows import drafts
from workflows.engine.budget import BudgetLine, budget_field, budget_lines
from workflows.models import Application
from workflows.review.cut import cut_of

WITHIN = (T("Within", "合理"), "ok")
MARKED = (T("Above", "偏高"), "due")
NONE = (T("No benchmark", "无基准价"), "")


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """One line in words; sums in yuan."""

    number: int
    item: T
    what: str
    quantity: str
    price: str
    amount: str
    benchmark: str
    percent: str
    words: T
    tone: str


@dataclass(frozen=True, slots=True)
class BudgetShown:
    """The lines, what they come to, and what the panel's conclusion leaves of it (None before there is one)."""

    rows: list[BudgetRow]
    total: str
    cut: str | None = None
    left: str | None = None


def budget_of(case: Application, facts: Mapping[str, Any] | None = None) -> BudgetShown | None:
    """The budget of the case (or of `facts`); None where its programme holds none against benchmarks."""
    declaration = case.declaration
    if not (name := budget_field(declaration)):
        return None
    known = case.facts if facts is None else facts
    lines = budget_lines(declaration, case.policy, known)
    total = sum(line.amount_fen for line in lines)
    cut = cut_of(case) if facts is None and case.number else None
    return BudgetShown(
        [_row(n, line) for n, line in enumerate(lines, 1)],
        yuan(total),
        None if cut is None else yuan(cut),
        None if cut is None else yuan(int(known.get(f"{name}_fen", total)) - cut),
    )


def budget_typed(case: Application, typed: Mapping[str, str]) -> BudgetShown | None:
    """The same of what stands in the form at this moment, saved or not."""
    if not budget_field(case.declaration):
        return None
    return budget_of(case, values(case.declaration.form, {**drafts.answers_of(case), **typed}))


def _row(number: int, line: BudgetLine) -> BudgetRow:
    words, tone = NONE if line.percent is None else MARKED if line.is_marked else WITHIN
    times = line.item.counted(line.quantity, get_language() or "zh-hans")
    return BudgetRow(
        number, line.item.label, line.what, times, yuan(line.price_fen), yuan(line.amount_fen),
        "—" if line.benchmark_fen is None else yuan(line.benchmark_fen),
        "—" if line.percent is None else f"{line.percent:+}%", words, tone,
    )  # fmt: skip
