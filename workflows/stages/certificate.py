"""Certificate 证书: where the public notice was not objected to, a certificate is issued; it can be revoked.

What it says is the programme's `certificate=CertificateRule(…)`; everybody can check it by its code.
"""

from accounts.models import Role
from config.words import T
from workflows.certificates import issuing
from workflows.engine.composite import Vary, stage
from workflows.engine.declare import State, WorkingDays, step
from workflows.guards import no_objection_open, not_revoked
from workflows.stages.words import applicant
from workflows.states import CLEARED, CLOSED, REVOKED

WAS_ISSUED = applicant(
    T("certificate issued", "证书已颁发"),
    T(
        "Your certificate is issued. It can be downloaded from the page of your application.",
        "证书已颁发，可在申报页面下载。",
    ),
)
WAS_TAKEN_BACK = applicant(
    T("certificate revoked", "证书已撤销"),
    T("Your certificate is revoked: {reason}", "您的证书已被撤销。理由：{reason}"),
)


def certificate(
    source: State = CLEARED,
    *,
    to: State = CLOSED,
    revoked: State = REVOKED,
    within: WorkingDays = WorkingDays(5),
    issue_certificate: Vary | None = None,
    revoke_certificate: Vary | None = None,
) -> object:
    """`issue_certificate`, which ends the case well, and `revoke_certificate` later, with a reason.

    Args:
        within: the limit for issuing it, from the end of the notice.
    """
    return stage(
        "certificate",
        (
            "issue_certificate",
            step(
                source, to, label=T("Issue the certificate", "颁发证书"), done=T("Certificate issued", "颁发证书"),
                by=Role.OFFICIAL, due=within, when=[no_objection_open, not_revoked], effect=issuing.issue,
                records=("certificate",), tells=WAS_ISSUED,
            ),
            issue_certificate,
        ),
        (
            "revoke_certificate",
            step(
                to, revoked, label=T("Revoke the certificate", "撤销证书"), done=T("Certificate revoked", "撤销证书"),
                by=Role.OFFICIAL, needs_reason=True, in_batch=False, effect=issuing.revoke, records=("certificate",),
                tells=WAS_TAKEN_BACK,
            ),
            revoke_certificate,
        ),
    )  # fmt: skip
