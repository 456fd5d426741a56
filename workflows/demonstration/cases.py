"""Making the demonstration's applications: drafts with answers, roster and papers, as an employer would."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from accounts.models import Organisation, User
from accounts.sealing import blind_index
from workflows import drafts, rosters
from workflows.corrections import answer_point
from workflows.demonstration.identities import Identities
from workflows.demonstration.papers import Press, Wanted
from workflows.models import Application, ApplicationPaper, CorrectionPoint, Person, Round

BANKS = ("示例银行厦门分行", "示例商业银行厦门思明支行", "示例农商银行厦门湖里支行")


@dataclass
class Claim:
    """What one employer applies with, and the case that it becomes."""

    firm: Organisation
    by: User
    started_at: datetime
    people: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    # How much of it is there: which sections are left out, which papers, whether the declaration is made.
    without_sections: frozenset[str] = frozenset()
    without_papers: frozenset[str] = frozenset()
    declared: bool = True
    case: Application | None = None

    @property
    def id(self) -> int:
        assert self.case is not None
        return self.case.pk


def ids(*claims: Claim) -> Callable[[], list[int]]:
    """Asked later, the ids of the cases of `claims`, ascending."""
    return lambda: sorted(claim.id for claim in claims)


def answers(firm: Organisation, by: User, identities: Identities) -> dict[str, str]:
    """A complete and right form."""
    random = identities.random
    local = by.email.partition("@")[0]
    return {
        "industry": firm.industry,
        "district": firm.district,
        "staff_count": str(random.randrange(30, 900)),
        "contact_name": by.name,
        "contact_id_kind": "resident_id",
        "contact_id_number": identities.resident_id(),
        "contact_mobile": identities.mobile(),
        "contact_email": f"{local}@firms.example",
        "account_name": firm.name,
        "bank_name": random.choice(BANKS),
        "bank_code": f"1023930{random.randrange(10**5):05d}",
        "account": identities.account(),
    }


def prepare(round_: Round, claims: Sequence[Claim], press: Press) -> None:
    """Make the drafts of `claims`: as started by their people, with all that they have filled in so far."""
    for claim in claims:
        claim.case = drafts.start(round_, claim.firm, by=claim.by, at=claim.started_at)
        _fill(claim)
    Application.objects.bulk_update(
        [claim.case for claim in claims if claim.case],
        ["answers", "sealed_answers", "saved_at", "declared_at", "form_problems", "facts", "industry", "district",
         "contact_tail_index"],
        batch_size=200,
    )  # fmt: skip
    add_people((claim.id, claim.people) for claim in claims)
    _hand_in_papers(claims, press)
    rosters.redecide([claim.id for claim in claims])


def add_people(rosters_: Iterable[tuple[int, Sequence[dict[str, Any]]]]) -> None:
    """Put people on the rosters of drafts, in this order."""
    rows = [
        Person(application_id=case, position=position, id_index=blind_index(facts["id_number"]), **facts)
        for case, people in rosters_
        for position, facts in enumerate(people, start=1)
    ]
    Person.objects.bulk_create(rows, batch_size=500)


def _fill(claim: Claim) -> None:
    case = claim.case
    assert case is not None
    form = case.declaration.form
    left_out = {f.name for slug in claim.without_sections for f in form.section(slug).fields}
    typed = {name: text for name, text in claim.answers.items() if name not in left_out}
    sealed = {field.name for field in form.fields() if field.kind.sealed}
    case.answers = {name: text for name, text in typed.items() if name not in sealed}
    case.sealed_answers = json.dumps({n: t for n, t in typed.items() if n in sealed}, ensure_ascii=False)
    case.saved_at = claim.started_at + timedelta(hours=2)
    case.declared_at = case.saved_at if claim.declared else None
    drafts.recount_form(case)


def _hand_in_papers(claims: Sequence[Claim], press: Press) -> None:
    press.hand_in(
        Wanted(claim.case, claim.firm, paper.slug, claim.by, claim.started_at + timedelta(hours=1))
        for claim in claims
        if claim.case
        for paper in claim.case.declaration.papers_in(claim.case.policy)
        if paper.required and not paper.state and paper.slug not in claim.without_papers
    )
    drafts.recount_papers(*(claim.id for claim in claims))


def replace_paper(claim: Claim, slug: str, at: datetime, press: Press) -> None:
    """The employer hands in a paper again; the former one stays, marked."""
    assert claim.case is not None
    ApplicationPaper.objects.filter(application=claim.case, paper=slug, removed_at=None).update(removed_at=at)
    press.hand_in([Wanted(claim.case, claim.firm, slug, claim.by, at)])
    drafts.recount_papers(claim.id)


def answer_all(claim: Claim, words: str, at: datetime) -> None:
    """The employer says of every open point that it is corrected."""
    for point in CorrectionPoint.objects.filter(application=claim.id, closed_at=None):
        answer_point(point, answer=words)
        CorrectionPoint.objects.filter(pk=point.pk).update(answered_at=at)
