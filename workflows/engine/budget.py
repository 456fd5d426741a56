"""A budget held against the unit prices of its policy version: what deviates, and by how much."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from forms.fields.budget import BudgetLines, Item, amount_fen, lines_of

if TYPE_CHECKING:
    from workflows.engine.declare import Programme


@dataclass(frozen=True, slots=True)
class Benchmarks:
    """Unit prices that the lines of a budget are compared with.

    Args:
        field: the field of the form that holds the lines.
        prices: the parameter of the policy version that maps items to prices in fen; one without has none.
        above: the parameter that says from which share above its benchmark a price is marked (0.10 for 10 %).
    """

    field: str = "budget"
    prices: str = "benchmarks"
    above: str = "marked_above"


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """One line with its benchmark; None where its item has none."""

    item: Item
    what: str
    quantity: str
    price_fen: int
    amount_fen: int
    benchmark_fen: int | None
    above: Decimal

    @property
    def percent(self) -> Decimal | None:
        """How much the price deviates from the benchmark, in per cent, rounded half up to one decimal."""
        if not self.benchmark_fen:
            return None
        share = Decimal(self.price_fen - self.benchmark_fen) * 100 / self.benchmark_fen
        return share.quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def is_marked(self) -> bool:
        """Exactly: nothing is rounded."""
        return bool(self.benchmark_fen) and self.price_fen > (1 + self.above) * (self.benchmark_fen or 0)


def budget_field(programme: "Programme") -> str:
    """The name of the field with the lines; empty where the programme holds none against benchmarks."""
    return programme.benchmarks.field if programme.benchmarks else ""


def budget_lines(programme: "Programme", policy: str, facts: Mapping[str, Any]) -> list[BudgetLine]:
    """The lines in `facts` (the answers' values by field), each with the benchmark of the policy version."""
    declared = programme.benchmarks
    if declared is None or not (value := facts.get(declared.field)):
        return []
    kind, terms = programme.form.by_name[declared.field].kind, programme.policy(policy)
    assert isinstance(kind, BudgetLines)
    prices, above = dict(getattr(terms, declared.prices)), getattr(terms, declared.above)
    return [
        BudgetLine(
            kind.by_value[line["item"]], line["what"], line["quantity"], line["price_fen"], amount_fen(line),
            prices.get(line["item"]), above,
        )
        for line in lines_of(value)
        if line["item"] in kind.by_value
    ]  # fmt: skip
