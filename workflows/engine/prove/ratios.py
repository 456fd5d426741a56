"""Ratios: each is of two numbers that the form asks for, and each policy version says how much is required."""

from collections.abc import Iterator
from decimal import Decimal

from forms.fields import Integer, Money, YesNo
from workflows.engine.declare import Programme
from workflows.engine.prove.findings import Finding, found
from workflows.engine.ratios import Ratio


def prove_ratios(programme: Programme) -> Iterator[Finding]:
    """Findings about the conditions on figures."""
    for ratio in programme.ratios:
        yield from _fields(programme, ratio)
        for name in filter(None, (ratio.least, ratio.least_there)):
            for policy, terms in programme.policies.items():
                if not isinstance(getattr(terms, name, None), Decimal):
                    yield found(
                        programme, "ratio-without-parameter", programme.where,
                        f"The condition {ratio.code} reads {name} of version {policy}, which is no Decimal there.",
                        f"Give the parameters of {policy} a Decimal {name}: 0.20 for 20 %.",
                    )  # fmt: skip


def _fields(programme: Programme, ratio: Ratio) -> Iterator[Finding]:
    asked = programme.form.by_name
    kinds = ((ratio.part, (Integer, Money)), (ratio.whole, (Integer, Money)), (ratio.where, (YesNo,)))
    for name, fitting in kinds:
        if name and not (name in asked and isinstance(asked[name].kind, fitting)):
            yield found(
                programme, "ratio-without-field", programme.where,
                f"The condition {ratio.code} reads {name}, which is no field of the kind "
                f"{' or '.join(kind.slug for kind in fitting)}.",
                "Name a field of the form whose answer is counted.",
            )  # fmt: skip
    if bool(ratio.where) != bool(ratio.least_there):
        yield found(
            programme, "ratio-half-varied", programme.where,
            f"The condition {ratio.code} names only one of `where` and `least_there`.",
            "Name both: the yes-or-no field, and the parameter that counts where it is yes.",
        )  # fmt: skip
