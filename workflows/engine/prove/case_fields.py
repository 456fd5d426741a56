"""Fields of cases: each code stands in the experts' tree, each answer among those that the form offers."""

from collections.abc import Iterator

from forms.fields import Choice
from workflows.engine.case_fields import MOST, CaseFields
from workflows.engine.declare import Programme
from workflows.engine.prove.findings import Finding, found
from workflows.models import ExpertField
from workflows.review.experts.field_seed import CODES


def prove_fields(programme: Programme) -> Iterator[Finding]:
    """Findings about what cases are said to be about."""
    about = programme.about
    if about is None:
        return
    if "submit_review" not in programme.steps:
        yield found(
            programme, "fields-without-panel", programme.where,
            "Its cases are said to be about fields of experts, but no expert reviews them.",
            "Leave `about` out, or give it a panel with `chaired=True`.",
        )  # fmt: skip
    if len(about.always) + bool(about.where) > MOST:
        yield found(
            programme, "fields-too-many", programme.where,
            f"A case would be about more than {MOST} fields.",
            f"Name the {MOST} that matter most; a field stands for all of its parts.",
        )  # fmt: skip
    yield from _answers(programme, about)


def prove_codes(programme: Programme) -> Iterator[Finding]:
    """Findings about codes that the office's tree does not have; the usual tree where there is none yet."""
    if programme.about is None:
        return
    known = set(ExpertField.objects.filter(retired_at=None).values_list("code", flat=True)) or CODES
    if strange := sorted({code for _, code in programme.about.said} - known):
        yield found(
            programme, "field-unknown", programme.where,
            f"Its cases are said to be about {', '.join(strange)}, unknown to the tree of fields or retired there.",
            "Name codes of the tree (page “Fields”), or add them to it.",
        )  # fmt: skip


def _answers(programme: Programme, about: CaseFields) -> Iterator[Finding]:
    asked = programme.form.by_name.get(about.by)
    if about.where and not (asked and isinstance(asked.kind, Choice)):
        yield found(
            programme, "fields-by-no-choice", programme.where,
            f"What a case is about follows from {about.by or 'nothing'}, which is no choice of the form.",
            "Name a field of the form whose kind is a choice in `fields(by=…)`.",
        )  # fmt: skip
    elif asked and isinstance(asked.kind, Choice):
        offered = {option.value for option in asked.kind.options}
        if strange := sorted(set(about.where) - offered):
            yield found(
                programme, "fields-of-no-answer", programme.where,
                f"{about.by} cannot be answered with {', '.join(strange)}.",
                "Name values of its options in `fields(where=…)`.",
            )  # fmt: skip
