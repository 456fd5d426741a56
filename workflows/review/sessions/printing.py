"""The minutes on paper: a PDF by typst, with the minutes as data attached to it, and the signatures so far."""

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import typst
from django.conf import settings

from workflows.dossier.plain import canonical, plain
from workflows.models import Expert, ReviewSession, Seat
from workflows.review.sessions.minutes import minutes_for

TEMPLATE = Path(__file__).with_name("minutes.typ")
HERE = ZoneInfo(settings.TIME_ZONE)


def pdf_of(session: ReviewSession, language: str, reader: Expert | None = None) -> bytes:
    """The PDF in a language (`en`, else Chinese), as `reader` may read it (`minutes_for`).

    `minutes.json` is attached to it: its SHA-256 is what was signed, where nothing is withheld.
    """
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
            "document": canonical(minutes_for(session, reader)),
            "sha256": session.minutes_sha256,
            "signatures": json.dumps(plain(signatures), ensure_ascii=False),
            "language": "en" if language.startswith("en") else "zh",
            "offset": str(int(offset.total_seconds() // 60)) if offset else "0",
        },
    )
    return compiled
