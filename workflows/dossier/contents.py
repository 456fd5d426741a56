"""What a dossier holds: the case, its policy, events, every person's decision with its rule, papers, notice, money."""

from typing import Any

from accounts.sealing import mask
from forms.answers import shown
from workflows.dossier.chain import anchors_of, events_of, states_of
from workflows.dossier.plain import plain
from workflows.drafts import answers_of
from workflows.engine.decide import explain
from workflows.models import (
    Application,
    ApplicationPaper,
    CorrectionPoint,
    NoticeLine,
    Objection,
    PaymentLine,
    Person,
    PolicyVersion,
)

FORMAT = "bailu-dossier/1"
FACTS = (
    "post_kind", "post_level", "hired_on", "tenure_months", "still_employed", "pay_fen", "tax_fen",
    "first_claimed_year", "shares", "other_award",
)  # fmt: skip
OFFICE_FACTS = ("record_tax_fen", "compared_at", "released", "held_by_hand", "frozen")


def contents(case: Application, *, staff: bool) -> dict[str, Any]:
    """The dossier of `case` as JSON data, personal numbers masked; for applicants without what is the office's own."""
    events = events_of(case, staff=staff)
    return {
        "format": FORMAT,
        "reader": "staff" if staff else "applicant",
        "application": _case(case),
        "policy": _policy(case),
        "states": states_of(case.declaration),
        "events": events,
        "tip": {"seq": case.seq, "hash": bytes(case.tip).hex()},
        "anchors": anchors_of(case, staff=staff),
        "people": [_person(case, person, staff=staff) for person in case.people.order_by("position")],
        "answers": _answers(case),
        "papers": _papers(case),
        "corrections": _corrections(case),
        "batch": _batch(case, staff=staff),
        "notice": _notice(case),
        "objections": _objections(case) if staff else [],
        "payments": _payments(case),
        "deadlines": list(
            plain(case.deadlines.order_by("pk").values("step", "due_on", "met_at", "lapsed_at"))
        ),
    }


def _case(case: Application) -> dict[str, Any]:
    return {
        "id": case.pk,
        "number": case.number,
        "programme": case.programme,
        "title": plain(case.declaration.title),
        "policy": case.policy,
        "year": case.year,
        "state": case.state,
        "applicant": case.applicant.name,
        "credit_code": case.applicant.credit_code,
        "handler": case.handler.name,
        "authority": case.authority.name,
        "submitted_at": plain(case.submitted_at),
        "promised_on": plain(case.promised_on),
        "people": {"granted": case.rows_granted, "refused": case.rows_refused, "held": case.rows_held},
        "amount_fen": case.amount_fen,
        "paid_fen": case.paid_fen,
    }


def _policy(case: Application) -> dict[str, Any]:
    """The version with its parameters; where it is published, word for word as it was."""
    parameters = case.declaration.policy(case.policy)
    version = PolicyVersion.objects.filter(programme=case.programme, key=case.policy).first()
    published = version and {
        "number": version.number,
        "at": plain(version.published_at),
        "sha256": version.sha256,
        "definition": version.definition,
    }
    return {
        "version": case.policy,
        "parameters": plain(parameters),
        "shown": plain(getattr(parameters, "shown", ())),
        "legal_basis": plain(case.declaration.guide.legal_basis),
        "published": published,
    }


def _person(case: Application, person: Person, *, staff: bool) -> dict[str, Any]:
    """What is decided for a person, by which rule, and the figures behind it."""
    rule = case.declaration.rule(person.rule)
    return {
        "position": person.position,
        "name": person.name,
        "id_number": mask(person.id_number, head=6),
        "result": person.result,
        "rule": person.rule,
        "rule_title": plain(rule.title) if rule else None,
        "why": plain(explain(case.declaration, case.policy, person)),
        "award_fen": person.award_fen,
        "revoked": person.revoked,
        "facts": {name: plain(getattr(person, name)) for name in (*FACTS, *(OFFICE_FACTS if staff else ()))},
    }


def _answers(case: Application) -> list[dict[str, Any]]:
    """The form as it was filled in, personal numbers masked."""
    sections = []
    for section, lines in shown(case.declaration.form, answers_of(case)):
        said = [{"label": plain(line.label), "text": str(line.text)} for line in lines]
        sections.append({"title": plain(section.title), "lines": said})
    return sections


def _papers(case: Application) -> list[dict[str, Any]]:
    """Every document that was ever attached, with the hash of its content."""
    found = ApplicationPaper.objects.filter(application=case).select_related("document").order_by("pk")
    papers = []
    for attached in found:
        paper, document = case.declaration.paper(attached.paper), attached.document
        papers.append(
            {
                "paper": attached.paper,
                "title": plain(paper.title) if paper else None,
                "filename": document.filename,
                "size_bytes": document.size_bytes,
                "sha256": document.sha256,
                "verdict": document.state,
                "added_at": plain(attached.added_at),
                "removed_at": plain(attached.removed_at),
            }
        )
    return papers


def _corrections(case: Application) -> list[dict[str, Any]]:
    points = CorrectionPoint.objects.filter(application=case).order_by("pk")
    columns = ("request_seq", "kind", "target", "words", "asked_at", "answer", "answered_at", "closed_at")
    return [plain({name: getattr(point, name) for name in columns}) for point in points]


def _batch(case: Application, *, staff: bool) -> dict[str, Any] | None:
    batch = case.batch
    if batch is None:
        return None
    found = {
        "number": batch.number,
        "manifest_sha256": batch.manifest_sha256,
        "prepared_at": batch.prepared_at,
        "verified_at": batch.verified_at,
        "approved_at": batch.approved_at,
    }
    if staff:
        found |= {by: str(getattr(batch, by) or "") for by in ("prepared_by", "verified_by", "approved_by")}
    return plain(found)  # type: ignore[no-any-return]


def _notice(case: Application) -> dict[str, Any] | None:
    """The public notice with the lines of this case, as they were shown."""
    lines = list(NoticeLine.objects.filter(application=case).select_related("notice").order_by("position"))
    if not lines:
        return None
    notice = lines[-1].notice
    return {
        "sha256": notice.sha256,
        "starts_on": plain(notice.starts_on),
        "ends_on": plain(notice.ends_on),
        "withdrawn_at": plain(notice.withdrawn_at),
        "lines": [
            {"position": line.position, "employer": line.employer_name, "name": line.person_name,
             "category": line.category, "id_tail": line.id_tail}
            for line in lines if line.notice_id == notice.pk
        ],
    }  # fmt: skip


def _objections(case: Application) -> list[dict[str, Any]]:
    """What was objected to and what came of it; never by whom."""
    found = Objection.objects.filter(line__application=case).select_related("line").order_by("pk")
    columns = ("number", "state", "received_at", "due_on", "decided_at", "answer")
    return [
        {"person": one.line.person_name} | {name: plain(getattr(one, name)) for name in columns}
        for one in found
    ]


def _payments(case: Application) -> list[dict[str, Any]]:
    found = PaymentLine.objects.filter(application=case).select_related("payment_list").order_by("pk")
    columns = (
        "position", "payee", "bank_name", "amount_fen", "people_count", "state", "failure", "bank_reference", "paid_on",
    )  # fmt: skip
    return [
        {"list": line.payment_list.number, "account": mask(line.account)}
        | {name: plain(getattr(line, name)) for name in columns}
        for line in found
    ]
