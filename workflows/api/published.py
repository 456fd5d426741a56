"""What everybody may check: a certificate by its code, the draw of a panel by its hash."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import get_language
from ninja import Schema
from pydantic import StringConstraints

from accounts.models import Scope
from workflows.api.bearer import asker
from workflows.api.case_out import iso
from workflows.api.experts import routes
from workflows.api.kinds import Digest
from workflows.certificates.checking import certificate_of
from workflows.models import ReviewSession
from workflows.review.draw.drawing import sha256_of
from workflows.review.naming import panel_is_public
from workflows.web.public.throttle import count_try
from workflows.web.sessions.papers import announced, members_of


class CertificateOut(Schema):
    """What a certificate says, as the public page does."""

    number: str
    title: str
    enterprise: str
    credit_code: str
    programme: str
    authority: str
    says: str
    issued_on: str
    valid: bool
    revoked_on: str | None


class MemberOut(Schema):
    """Who sits: by code, and by name where the programme makes its panel public."""

    code: str
    name: str | None


class DrawOut(Schema):
    """A draw as it was announced under its hash; `certificate` once it is drawn, for `tools/replay_draw.py`."""

    session: str
    announced_sha256: str
    announced_at: str | None
    seed: dict[str, Any]
    panel: list[MemberOut]
    certificate: dict[str, Any] | None
    certificate_sha256: str | None


@routes.get("/certificates/{code}", CertificateOut, scope=Scope.CASES_READ)
def certificate_check(
    request: HttpRequest, code: Annotated[str, StringConstraints(min_length=1, max_length=40)]
) -> CertificateOut:
    """Check a certificate by the code on its paper; capitals and hyphens do not matter.

    The public page needs no token.
    """
    count_try("certificate", f"person-{asker(request).pk}", limit=60, seconds=600)
    found, language = certificate_of(code), (get_language() or "zh")[:2]
    said = found.content
    title, programme, says = (
        said[name]["en" if language == "en" else "zh"] for name in ("title", "programme", "says")
    )
    return CertificateOut(
        number=found.number, title=title, enterprise=said["enterprise"], credit_code=said["credit_code"] or "",
        programme=programme, authority=said["authority"], says=says, issued_on=found.issued_on.isoformat(),
        valid=found.is_valid, revoked_on=found.revoked_at.date().isoformat() if found.revoked_at else None,
    )  # fmt: skip


@routes.get("/draws/{sha256}", DrawOut, scope=Scope.CASES_READ)
def draw_certificate(request: HttpRequest, sha256: Digest) -> DrawOut:  # noqa: ARG001 - the same for all
    """The draw of a panel that was announced under this hash, and its certificate. The public page needs no token."""
    session: ReviewSession = announced(sha256.lower())
    named = panel_is_public(session)
    drawn = session.certificate
    return DrawOut(
        session=session.number, announced_sha256=session.announced_sha256, announced_at=iso(session.announced_at),
        seed=(session.announcement or {}).get("seed", {}),
        panel=[MemberOut(code=code, name=(name or None) if named else None) for code, name in members_of(session)],
        certificate=drawn, certificate_sha256=sha256_of(drawn) if drawn else None,
    )  # fmt: skip
