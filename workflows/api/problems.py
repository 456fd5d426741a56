"""Refusals as RFC 9457 problems: the engine's code, the sentence, and of a blocked step every reason."""

import json
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Schema

from config.errors import Refusal
from workflows.engine.guards import Reason
from workflows.errors import Blocked

MEDIA_TYPE = "application/problem+json"
# Of a batch of a hundred thousand nobody reads every sentence: the rest is counted.
REASONS_NAMED = 1000

# Where a reason is mended, by the guard's own word for it.
MENDED_AT = {
    "form": "/api/v1/cases/{case}/sections",
    "roster": "/api/v1/cases/{case}/people",
    "people": "/api/v1/cases/{case}/people",
    "papers": "/api/v1/cases/{case}/papers",
    "receipt": "/api/v1/cases/{case}/papers",
    "correction": "/api/v1/cases/{case}/points",
    "check": "/api/v1/cases/{case}/declaration",
    "tax_record": "/api/v1/rounds/{round}/tax-records",
    "batch": "/api/v1/batches",
    "objections": "/api/v1/objections",
    "payments": "/api/v1/payment-lists",
}


class ReasonOut(Schema):
    """One reason why a step cannot be taken. `mend` is the address where it is mended, if there is one."""

    case: int | None
    code: str
    sentence: str
    mend: str | None


class WrongOut(Schema):
    """One thing that is wrong with the request: where, and what."""

    at: str
    sentence: str


class Problem(Schema):
    """RFC 9457. `code` is stable; `detail` is for people, in the language of `Accept-Language`."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str
    reasons: list[ReasonOut] = []
    reasons_left_off: int = 0
    errors: list[WrongOut] = []


def reason_out(reason: Reason, case: int | None, round_: int | None = None) -> ReasonOut:
    """A reason with the address where it is mended."""
    place = MENDED_AT.get(reason.mend)
    known = place is not None and ("{round}" not in place or round_) and ("{case}" not in place or case)
    mend = place.format(case=case, round=round_) if place is not None and known else None
    return ReasonOut(case=case, code=reason.code, sentence=str(reason.words), mend=mend)


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The answer to a refusal: its own status, code and sentence."""
    more: dict[str, Any] = {}
    if isinstance(refusal, Blocked):
        found = [reason_out(r, pk) for pk, those in sorted(refusal.reasons.items()) for r in those]
        more = {
            "reasons": found[:REASONS_NAMED],
            "reasons_left_off": max(0, len(found) - REASONS_NAMED),
        }
    response = problem(request, refusal.status, refusal.code, str(refusal), **more)
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="bailu"'
    if refusal.status == HTTPStatus.TOO_MANY_REQUESTS and "minutes" in refusal.values:
        response["Retry-After"] = str(refusal.values["minutes"] * 60)
    if "scope" in refusal.values:
        response["WWW-Authenticate"] = (
            f'Bearer realm="bailu", error="insufficient_scope", scope="{refusal.values["scope"]}"'
        )
    return response


def problem(request: HttpRequest, status: int, code: str, detail: str, **more: Any) -> HttpResponse:
    """A problem as it goes out."""
    made = Problem(
        type=f"urn:bailu:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        instance=request.path,
        **more,
    )
    return HttpResponse(
        json.dumps(made.model_dump(), ensure_ascii=False), status=status, content_type=MEDIA_TYPE
    )
