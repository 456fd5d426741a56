"""The certificate on paper: one page by typst, both languages, with the address at which it can be checked."""

import io
import json
from pathlib import Path

import segno
import typst
from django.conf import settings
from django.urls import reverse

from workflows.certificates.codes import shown_code
from workflows.models import Certificate

TEMPLATE = Path(__file__).with_name("certificate.typ")


def address_of(certificate: Certificate) -> str:
    """Where everybody can check this certificate; what its QR code holds."""
    return f"{settings.SITE_URL.rstrip('/')}{reverse('certificate', args=[shown_code(certificate.code)])}"


def pdf_of(certificate: Certificate) -> bytes:
    """The PDF; one that is revoked says so across the page."""
    drawn = io.BytesIO()
    segno.make(address_of(certificate), error="m").save(drawn, kind="svg", border=2, xmldecl=False)
    compiled: bytes = typst.compile(
        str(TEMPLATE),
        format="pdf",
        sys_inputs={
            "document": json.dumps(certificate.content, ensure_ascii=False),
            "code": shown_code(certificate.code),
            "sha256": certificate.sha256,
            "address": address_of(certificate),
            "where": f"{settings.SITE_URL.rstrip('/')}{reverse('certificates')}",
            "qr": drawn.getvalue().decode(),
            "revoked_on": certificate.revoked_at.date().isoformat() if certificate.revoked_at else "",
        },
    )
    return compiled
