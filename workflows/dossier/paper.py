"""The dossier on paper: a PDF by typst, with the same dossier as data attached to it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import typst
from django.conf import settings

from workflows.dossier.giving import Given

TEMPLATE = Path(__file__).with_name("dossier.typ")
HERE = ZoneInfo(settings.TIME_ZONE)


def pdf_of(given: Given, language: str) -> bytes:
    """The PDF in a language (`en`, else Chinese); `dossier.json` is attached to it."""
    text = json.dumps(given.document, ensure_ascii=False)
    compiled: bytes = typst.compile(
        str(TEMPLATE),
        format="pdf",
        sys_inputs={
            "document": text,
            "language": "en" if language.startswith("en") else "zh",
            "offset": _offset(),
        },
    )
    return compiled


def _offset() -> str:
    """Minutes between UTC and the clock of the offices, for the times on the page."""
    found = datetime.now(UTC).astimezone(HERE).utcoffset()
    return str(int(found.total_seconds() // 60)) if found else "0"
