"""What everybody may know of a certificate whose code they have."""

from config.errors import Refusal
from config.words import T
from workflows.certificates.codes import read_code
from workflows.models import Application, Certificate


class NoSuchCertificate(Refusal):
    """A code that could be one and is not."""

    code = "no_such_certificate"
    status = 404
    words = T(
        en="There is no certificate with this code. Compare it with the certificate sign by sign; "
        "if it is the same, do not trust the paper and call 968119.",
        zh="没有找到对应的证书。请与证书逐位核对；如确认无误，该证书不可信，请拨打 968119 反映。",
    )


class NotIssued(Refusal):
    """The certificate of a case that has none."""

    code = "certificate_not_issued"
    status = 409
    words = T(
        en="No certificate was issued on {case}. It is, once the public notice is over and nothing was objected.",
        zh="{case} 尚未颁发证书。公示期满且无异议后颁发。",
    )


def certificate_on(case: Application) -> Certificate:
    """The certificate that was issued on a case.

    Raises:
        NotIssued: there is none.
    """
    found = Certificate.objects.filter(application=case).first()
    if found is None:
        raise NotIssued(case=case)
    return found


def certificate_of(typed: str) -> Certificate:
    """The certificate whose check code was typed or scanned, with its case.

    Raises:
        CodeMistyped: it cannot be a code.
        NoSuchCertificate: no certificate has it.
    """
    found = Certificate.objects.filter(code=read_code(typed)).select_related("application").first()
    if found is None:
        raise NoSuchCertificate
    return found
