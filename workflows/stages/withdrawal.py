"""Withdrawal 撤回: the applicant takes the application back, while nobody has decided."""

from collections.abc import Iterable

from accounts.models import APPLICANT_ROLES
from config.words import T
from workflows.engine.composite import Vary, stage
from workflows.engine.declare import State, step
from workflows.states import WITHDRAWN


def withdrawal(sources: Iterable[State], *, to: State = WITHDRAWN, withdraw: Vary | None = None) -> object:
    """`withdraw` by the applicant from each of `sources`."""
    made = step(sources, to, label=T("Withdraw", "撤回申报"), done=T("Withdrawn", "撤回"), by=APPLICANT_ROLES)
    return stage("withdrawal", ("withdraw", made, withdraw))
