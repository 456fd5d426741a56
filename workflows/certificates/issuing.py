"""Effects of the stage `certificate`: a certificate is issued on each case, and revoked."""

import hashlib
from typing import Any

from django.db import connection
from django.db.models import Max

from config.words import T
from workflows.certificates.codes import new_code
from workflows.engine.canonical import canonical
from workflows.engine.declare import Programme
from workflows.engine.perform import Move
from workflows.models import Application, Certificate

LOCK_CLASS = 7302


def issue(move: Move) -> None:
    """Effect: each case gets its certificate, in the order of the cases' numbers; the case bears its number.

    Whoever issues certificates of the same programme and year waits for the other: their numbers have no gaps.
    """
    programme, year = move.programme, move.on.year
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK_CLASS, f"{programme.slug}:{year}"]
        )
    issued = Certificate.objects.filter(programme=programme.slug, year=year)
    last = issued.aggregate(last=Max("ordinal"))["last"] or 0
    cases = Application.objects.filter(pk__any=move.ids).select_related("applicant", "authority")
    made = [
        _certificate(move, case, ordinal) for ordinal, case in enumerate(cases.order_by("number"), last + 1)
    ]
    Certificate.objects.bulk_create(made, batch_size=500)
    for one in made:
        one.application.certificate = one.number
    Application.objects.bulk_update([one.application for one in made], ["certificate"], batch_size=500)


def revoke(move: Move) -> None:
    """Effect: the certificates are valid no more; what they said stays, with the reason of the revocation."""
    Certificate.objects.filter(application_id__any=move.ids, revoked_at=None).update(
        revoked_at=move.at, revoked_by=move.actor, revoked_reason=move.reason[:500]
    )


def _certificate(move: Move, case: Application, ordinal: int) -> Certificate:
    number = f"{move.programme.code}{move.on.year}-Z{ordinal:04d}"
    content = _content(move.programme, case, number, move.on.isoformat())
    return Certificate(
        application=case, number=number, programme=move.programme.slug, year=move.on.year, ordinal=ordinal,
        code=new_code(), content=content, sha256=sha256_of(content), issued_on=move.on, issued_at=move.at,
        issued_by=move.actor,
    )  # fmt: skip


def _content(programme: Programme, case: Application, number: str, issued_on: str) -> dict[str, Any]:
    """What the certificate says, as it is printed and as the public reads it."""
    rule = programme.certificate
    assert rule is not None
    names = {
        "enterprise": case.applicant.name,
        "credit_code": case.applicant.credit_code or "—",
        "year": case.year,
    }
    return {
        "number": number,
        "title": _both(rule.title),
        "programme": _both(programme.title),
        "says": _both(rule.says.format(**names)),
        "enterprise": case.applicant.name,
        "credit_code": case.applicant.credit_code or "",
        "year": case.year,
        "policy": case.policy,
        "case": case.number,
        "authority": case.authority.name,
        "issued_on": issued_on,
    }


def sha256_of(content: dict[str, Any]) -> str:
    """The hash of what a certificate says, as its canonical JSON."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def _both(words: T) -> dict[str, str]:
    return {"en": words.en, "zh": words.zh}
