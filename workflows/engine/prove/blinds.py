"""Blind reviews: what is hidden from experts is there to be hidden."""

from collections.abc import Iterator

from workflows.engine.blind import Blind
from workflows.engine.declare import Programme
from workflows.engine.prove.findings import Finding, found


def prove_blind(programme: Programme) -> Iterator[Finding]:
    """Findings about what experts are not told: a misspelt name would show what it should hide."""
    blind = programme.blind
    if strange := sorted(set(blind.fields) - set(programme.form.by_name)):
        yield found(
            programme, "blind-of-no-field", programme.where,
            f"Experts are not to read {', '.join(strange)}, which the form does not ask for.",
            "Name fields of the form in `Blind(fields=…)`.",
        )  # fmt: skip
    sections = {section.slug for section in programme.form.sections}
    if strange := sorted(set(blind.withheld) - set(Blind().withheld) - sections):
        yield found(
            programme, "blind-of-no-section", programme.where,
            f"Experts are not to read {', '.join(strange)}, which are no sections of the form.",
            "Name sections of the form in `Blind(withheld=…)`.",
        )  # fmt: skip
