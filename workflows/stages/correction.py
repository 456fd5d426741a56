"""Correction 补正: every point is named at once, only what is named unlocks, the clock stands still.

At most three times by default: law and decency both ask that everything is named the first time (一次性告知).
"""

from collections.abc import Iterable

from accounts.models import APPLICANT_ROLES, Role
from config.words import T
from workflows import corrections
from workflows.engine.composite import Vary, stage
from workflows.engine.declare import Resume, State, WorkingDays, step
from workflows.engine.guards import Guard
from workflows.guards import CORRECTED
from workflows.stages.words import applicant, office
from workflows.states import CORRECTING

TO_CORRECT = applicant(
    T("please correct", "请补正"),
    T(
        "Some points need correcting by {due_on}. The promised limit stands still until then. All points are named on the page.",
        "有需要补正的内容，请在 {due_on} 前完成。补正期间办理时限暂停，全部要求已在页面列出。",
    ),
)
WAS_CORRECTED = office(
    T("corrected", "已补正"), T("{applicant} has sent the correction.", "{applicant} 提交了补正。")
)
NO_MORE = T(
    en="Correction was asked for {at_most} times already, which is the most: decide on what there is.",
    zh="已要求补正 {at_most} 次，达到上限：请按现有材料办理。",
)


def correction(
    sources: Iterable[State],
    *,
    through: State = CORRECTING,
    within: WorkingDays = WorkingDays(10),
    at_most: int = 3,
    when: Iterable[Guard] = CORRECTED,
    ask_correction: Vary | None = None,
    resubmit: Vary | None = None,
) -> object:
    """`ask_correction` by the office from each of `sources`, then `resubmit` by the applicant, back to where it was.

    Args:
        at_most: how often correction can be asked for in the life of a case.
        when: what must hold before the correction is sent.
    """
    return stage(
        "correction",
        (
            "ask_correction",
            step(
                sources, through, label=T("Ask for correction", "要求补正"), done=T("Correction asked for", "要求补正"),
                by=Role.CLERK, effect=corrections.open_points, tells=TO_CORRECT, in_batch=False, place="correction",
                at_most=at_most, counted="correction_rounds", limit_words=NO_MORE,
            ),
            ask_correction,
        ),
        (
            "resubmit",
            step(
                through, Resume, label=T("Send the correction", "提交补正"), done=T("Corrected", "提交补正"),
                by=APPLICANT_ROLES, when=when, due=within, effect=corrections.close_points, tells=WAS_CORRECTED,
            ),
            resubmit,
        ),
    )  # fmt: skip
