"""The minutes on paper: a PDF by typst, with the minutes as data attached to it, and the signatures so far."""

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import typst
from django.conf import settings

from workflows.dossier.plain import canonical, plain
from workflows.models import ReviewSession, Seat

TEMPLATE = Path(__file__).with_name("minutes.typ")
HERE = ZoneInfo(settings.TIME_ZONE)


def pdf_of(session: ReviewSession, language: str) -> bytes:
    """The PDF in a language (`en`, else Chinese); `minutes.json` is attached to it: its SHA-256 is what was signed."""
    signed = Seat.objects.filter(session=session, signed_at__isnull=False).select_related("expert")
    signatures = [
        {"code": one.expert.code, "name": one.expert.name, "at": one.signed_at, "sha256": one.signed_sha256}
        for one in signed.order_by("signed_at")
    ]
    offset = datetime.now(UTC).astimezone(HERE).utcoffset()
    compiled: bytes = typst.compile(
        str(TEMPLATE),
        format="pdf",
        sys_inputs={
            "document": canonical(session.minutes),
            "sha256": session.minutes_sha256,
            "signatures": json.dumps(plain(signatures), ensure_ascii=False),
            "language": "en" if language.startswith("en") else "zh",
            "offset": str(int(offset.total_seconds() // 60)) if offset else "0",
        },
    )
    return compiled
