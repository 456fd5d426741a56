"""Certificates: a programme that issues one says what it certifies."""

from collections.abc import Iterator

from workflows.engine.declare import Programme
from workflows.engine.prove.conditions import placeholders
from workflows.engine.prove.findings import Finding, found

# What the sentence of a certificate can name.
NAMED = frozenset({"enterprise", "credit_code", "year"})


def prove_certificates(programme: Programme) -> Iterator[Finding]:
    """Findings about the certificate of a programme."""
    rule, issues = programme.certificate, "issue_certificate" in programme.steps
    if issues and rule is None:
        yield found(
            programme, "certificate-without-words", programme.steps["issue_certificate"].where,
            "The programme issues a certificate and does not say what it certifies.",
            "Give the programme `certificate=CertificateRule(title=…, says=…)`.",
        )  # fmt: skip
    elif rule is not None and not issues:
        yield found(
            programme, "certificate-never-issued", programme.where,
            "The programme has a certificate and no step that issues it.",
            "Add the stage `certificate()`, or take `certificate=` away.",
        )  # fmt: skip
    if rule is not None and (unknown := sorted(placeholders(rule.says.en) - NAMED)):
        yield found(
            programme, "certificate-names-nothing", programme.where,
            f"The certificate names {', '.join(unknown)}, which it is not told.",
            f"Use some of {', '.join(sorted(NAMED))}.",
        )  # fmt: skip
