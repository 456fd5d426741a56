"""Payment 拨付: lists go to the bank, its returns come back; then the applicant pays on, where there is somebody to pay."""

from accounts.models import APPLICANT_ROLES, Role
from config.words import T
from workflows import payments
from workflows.engine.composite import Vary, stage
from workflows.engine.declare import Same, State, WorkingDays, step
from workflows.guards import fully_paid, no_objection_open, not_revoked, receipt_attached
from workflows.stages.words import applicant
from workflows.states import CLEARED, CLOSED, PAID

WAS_PAID = applicant(
    T("paid", "已拨付"), T("{paid_fen} yuan are paid to your account.", "{paid_fen} 元已拨付到账。")
)
PAY_ON = applicant(
    T("paid", "已拨付"),
    T(
        "{paid_fen} yuan are paid to your account. Pay each person on and send the receipt by {due_on}.",
        "奖励资金 {paid_fen} 元已拨付到账。请转付到个人，并在 {due_on} 前上传转付回执。",
    ),
)
WAS_CLOSED = applicant(
    T("closed", "已办结"), T("Thank you. The case is closed.", "感谢您的配合，本件已办结。")
)


def payment(
    *,
    source: State = CLEARED,
    through: State = PAID,
    to: State = CLOSED,
    onward: bool = False,
    within: WorkingDays = WorkingDays(20),
    pay: Vary | None = None,
    confirm_onward: Vary | None = None,
    record_payment: Vary | None = None,
) -> object:
    """`pay` when the bank has paid everything, `record_payment` of each return.

    Args:
        onward: the applicant pays people on and confirms it with a receipt (`confirm_onward`), within the same
            limit; otherwise the case ends with the payment, and `through` is not used.
    """
    return stage(
        "payment",
        (
            "pay",
            step(
                source, through if onward else to, label=T("Paid in full", "拨付完成"), done=T("Paid", "拨付完成"),
                by=[Role.CASHIER, Role.SYSTEM], due=within, when=[no_objection_open, not_revoked, fully_paid],
                records=("paid_fen",), tells=PAY_ON if onward else WAS_PAID, place="payments",
            ),
            pay,
        ),
        (
            "confirm_onward",
            step(
                through, to, label=T("Confirm onward payment", "确认已转付"),
                done=T("Onward payment confirmed", "转付完成"), by=APPLICANT_ROLES, due=within,
                when=[receipt_attached], records=("paid_fen",), tells=WAS_CLOSED,
            ),
            confirm_onward,
        )
        if onward
        else None,
        (
            "record_payment",
            step(
                source, Same, label=T("Record the bank's return", "登记银行回单"),
                done=T("Bank's return recorded", "登记银行回单"), by=Role.CASHIER, effect=payments.record_return,
                records=("paid_fen",), place="payments",
            ),
            record_payment,
        ),
    )  # fmt: skip
