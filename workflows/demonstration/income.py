"""Pay and income tax of the demonstration's people, by the yearly brackets of the income-tax law of 2019."""

from collections.abc import Callable, Sequence
from random import Random

# Taxable yuan up to, rate in percent, quick deduction in yuan (yearly table, in force from 2019 on).
BRACKETS = (
    (36_000, 3, 0),
    (144_000, 10, 2_520),
    (300_000, 20, 16_920),
    (420_000, 25, 31_920),
    (660_000, 30, 52_920),
    (960_000, 35, 85_920),
    (None, 45, 181_920),
)
BASIC_DEDUCTION_YUAN = 60_000
FLOOR_YUAN = 300_000


def income_tax_fen(pay_fen: int, deductions_yuan: int) -> int:
    """The year's tax in fen on a pay in fen, after the basic and the special deductions."""
    taxable = max(0, pay_fen // 100 - BASIC_DEDUCTION_YUAN - deductions_yuan)
    for upper, percent, quick in BRACKETS:
        if upper is None or taxable <= upper:
            return max(0, taxable * percent - quick * 100)
    raise AssertionError("the last bracket has no upper end")


def award_fen(tax_fen: int) -> int:
    """tax × 0.40 × 0.25, half-up to the fen."""
    return (tax_fen + 5) // 10


def draw_excess(random: Random) -> float:
    """How far somebody's pay lies above the floor, in thousands of yuan before scaling."""
    return min(random.lognormvariate(4.9, 0.75), 2_000.0)


def scaled_to(
    total_award_fen: int, excesses: Sequence[float], deductions: Sequence[int]
) -> list[tuple[int, int]]:
    """(pay, tax) in fen of each person such that the awards add up to exactly `total_award_fen`.

    One factor on everybody's excess over the floor brings the sum just under it; the last person's tax makes
    up the rest.
    """
    low, high = 0.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        if _awards(excesses, deductions, middle) > total_award_fen:
            high = middle
        else:
            low = middle
    earned = _earned(excesses, deductions, low)
    missing = total_award_fen - sum(award_fen(tax) for _, tax in earned)
    pay, tax = earned[-1]
    earned[-1] = (pay, (award_fen(tax) + missing) * 10)
    return earned


def _awards(excesses: Sequence[float], deductions: Sequence[int], factor: float) -> int:
    return sum(award_fen(tax) for _, tax in _earned(excesses, deductions, factor))


def _earned(excesses: Sequence[float], deductions: Sequence[int], factor: float) -> list[tuple[int, int]]:
    pay_of: Callable[[float], int] = lambda excess: (FLOOR_YUAN + int(excess * factor * 10) * 100) * 100  # noqa: E731
    return [
        (pay_of(excess), income_tax_fen(pay_of(excess), cut))
        for excess, cut in zip(excesses, deductions, strict=True)
    ]
