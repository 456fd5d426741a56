"""Budgets against unit prices, and the proof that the declaration of those prices can be used."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import pytest

from forms.fields.budget import BudgetLines
from workflows.engine.budget import Benchmarks, budget_field, budget_lines
from workflows.engine.prove.budget import prove_benchmarks
from workflows.programmes import programme

PROJECT = programme("project-review")
FACTS: dict[str, Any] = {
    "budget": '[{"item":"server","what":"数据库","quantity":"2","price_fen":7150000},'
    '{"item":"server","what":"应用","quantity":"1.5","price_fen":7150001},'
    '{"item":"other","what":"杂项","quantity":"1","price_fen":100}]'
}


@dataclass(frozen=True)
class Prices:
    """Parameters of a version of which somebody made something up."""

    benchmarks: Any = field(default_factory=lambda: {"server": 6_500_000})
    marked_above: Any = Decimal("0.10")


def with_prices(prices: Any, **more: Any) -> Any:
    return replace(PROJECT, policies={"2019": prices}, **more)


def test_price_is_marked_exactly_above_the_share_and_not_at_it() -> None:
    lines = budget_lines(with_prices(Prices()), "2019", FACTS)

    assert [(one.item.value, one.amount_fen, one.benchmark_fen) for one in lines] == [
        ("server", 14_300_000, 6_500_000), ("server", 10_725_002, 6_500_000), ("other", 100, None),
    ]  # fmt: skip
    assert [one.is_marked for one in lines] == [False, True, False]
    assert [one.percent for one in lines] == [Decimal("10.0"), Decimal("10.0"), None]


def test_cheaper_than_the_benchmark_is_below_it_and_not_marked() -> None:
    (line, *_) = budget_lines(with_prices(Prices({"server": 10_000_000})), "2019", FACTS)
    assert (line.percent, line.is_marked) == (Decimal("-28.5"), False)


@pytest.mark.parametrize("facts", [{}, {"budget": ""}, {"budget": None}])
def test_no_lines_where_nothing_is_answered(facts) -> None:
    assert budget_lines(PROJECT, "2019", facts) == []


def test_programme_without_benchmarks_has_neither_lines_nor_findings() -> None:
    other = programme("software-filing")
    assert (budget_lines(other, "2016", FACTS), budget_field(other), list(prove_benchmarks(other))) == (
        [],
        "",
        [],
    )
    assert budget_field(PROJECT) == "budget"


def test_item_that_the_form_offers_no_more_is_no_line() -> None:
    gone = {"budget": FACTS["budget"].replace('"other"', '"abacus"')}
    assert [one.item.value for one in budget_lines(PROJECT, "2019", gone)] == ["server", "server"]


def test_declaration_of_project_review_proves_itself() -> None:
    assert isinstance(PROJECT.form.by_name["budget"].kind, BudgetLines)
    assert list(prove_benchmarks(PROJECT)) == []


@pytest.mark.parametrize(
    ("prices", "more", "codes", "named"),
    [
        (Prices(), {"benchmarks": Benchmarks(field="title")}, ["benchmarks-without-budget"], "title"),
        (Prices(), {"benchmarks": Benchmarks(field="nowhere")}, ["benchmarks-without-budget"], "nowhere"),
        (Prices(), {"benchmarks": Benchmarks(prices="rates")}, ["benchmarks-without-parameter"], "rates"),
        (Prices(), {"benchmarks": Benchmarks(above="over")}, ["benchmarks-without-parameter"], "over"),
        (Prices(benchmarks=[1]), {}, ["benchmarks-without-parameter"], "2019"),
        (Prices(marked_above=0.1), {}, ["benchmarks-without-parameter"], "marked_above"),
        (Prices({"server": 1, "abacus": 2}), {}, ["benchmark-of-no-item"], "abacus"),
    ],
)
def test_prices_that_cannot_be_used_are_found_with_their_mend(prices, more, codes, named) -> None:
    found = list(prove_benchmarks(with_prices(prices, **more)))

    assert [one.code for one in found] == codes
    assert named in found[0].words
    assert found[0].mend and found[0].file.endswith(".py") and found[0].line > 0
