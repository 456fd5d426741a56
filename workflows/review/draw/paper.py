"""The certificate on paper: a PDF by typst, with the certificate as data attached to it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import typst
from django.conf import settings

from workflows.dossier.plain import plain
from workflows.review.draw.drawing import REASONS, sha256_of
from workflows.review.draw.quotas import PASSED

TEMPLATE = Path(__file__).with_name("certificate.typ")
HERE = ZoneInfo(settings.TIME_ZONE)


def pdf_of(certificate: dict[str, Any], language: str) -> bytes:
    """The PDF in a language (`en`, else Chinese); `certificate.json` is attached to it."""
    offset = datetime.now(UTC).astimezone(HERE).utcoffset()
    compiled: bytes = typst.compile(
        str(TEMPLATE),
        format="pdf",
        sys_inputs={
            "document": json.dumps(certificate, ensure_ascii=False),
            "sha256": sha256_of(certificate),
            "words": json.dumps({"passed": plain(PASSED), "reasons": plain(REASONS)}, ensure_ascii=False),
            "language": "en" if language.startswith("en") else "zh",
            "offset": str(int(offset.total_seconds() // 60)) if offset else "0",
        },
    )
    return compiled
