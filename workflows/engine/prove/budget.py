"""Benchmarks: they are of a budget that the form asks for, and each policy version has prices for its items."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from forms.fields import BudgetLines
from workflows.engine.declare import Programme
from workflows.engine.prove.findings import Finding, found


def prove_benchmarks(programme: Programme) -> Iterator[Finding]:
    """Findings about unit prices."""
    declared = programme.benchmarks
    if declared is None:
        return
    asked = programme.form.by_name.get(declared.field)
    if asked is None or not isinstance(asked.kind, BudgetLines):
        yield found(
            programme, "benchmarks-without-budget", programme.where,
            f"The benchmarks read {declared.field}, which is no field of the kind budget_lines.",
            "Name the field of the form that holds the lines of the budget.",
        )  # fmt: skip
        return
    for policy, terms in programme.policies.items():
        prices, above = getattr(terms, declared.prices, None), getattr(terms, declared.above, None)
        if not isinstance(prices, Mapping) or not isinstance(above, Decimal):
            yield found(
                programme, "benchmarks-without-parameter", programme.where,
                f"Version {policy} has no mapping {declared.prices}, or no Decimal {declared.above}.",
                f"Give the parameters of {policy} both: prices in fen by item, and 0.10 for 10 %.",
            )  # fmt: skip
        elif strange := sorted(set(prices) - set(asked.kind.by_value)):
            yield found(
                programme, "benchmark-of-no-item", programme.where,
                f"Version {policy} has prices for {', '.join(strange)}, which no line can hold.",
                f"Use some of {', '.join(asked.kind.by_value)}.",
            )  # fmt: skip
