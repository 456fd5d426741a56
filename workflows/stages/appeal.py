"""Appeal 申诉: one decision is reopened under another officer than the one who decided; the original stays.

`appeal` reopens the decision on the case, `appeal_person` that on one person of a roster.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q

from accounts.models import APPLICANT_ROLES, Role
from config.words import T
from workflows import appeals
from workflows.engine.composite import Vary, stage
from workflows.engine.declare import Resume, Same, State, WorkingDays, step
from workflows.engine.guards import Guard
from workflows.models import Appeal, Application
from workflows.stages.words import applicant, authority
from workflows.states import APPEALED, DENIED, VERIFIED

CAME_IN = authority(
    T("appeal", "收到申诉"), T("{applicant} appeals: {reason}", "{applicant} 提出申诉：{reason}")
)
WAS_UPHELD = applicant(
    T("appeal upheld", "申诉成立"), T("It is decided anew: {reason}", "将重新办理。理由：{reason}")
)
WAS_DISMISSED = applicant(
    T("appeal dismissed", "申诉不成立"), T("The decision stands: {reason}", "维持原决定。理由：{reason}")
)
PERSON_WAS_UPHELD = applicant(
    T("appeal for a person upheld", "某人的申诉成立"),
    T("The refusal is taken back: {reason}", "撤销原不予奖励的决定。理由：{reason}"),
)
ANOTHER_OFFICER = T(
    "Whoever took the decision that is appealed against cannot answer the appeal.",
    "原决定的经办人不能处理对该决定的申诉，须由另一人办理。",
)
ONCE = T("An appeal was made already, which is the most.", "已提出过申诉，不能再次申诉。")

# A newer application of the same applicant in the round takes the place of this one.
no_newer_case = Guard(
    ~Q(
        Exists(
            Application.objects.filter(round=OuterRef("round"), applicant=OuterRef("applicant"))
            .exclude(pk=OuterRef("pk"))
            .exclude(state__in=["withdrawn", "refused"])
        )
    ),
    T(
        "You have applied again in this round: that application goes on.",
        "您在本轮已重新申报，以新的申报为准。",
    ),
    code="newer_case",
)


# For the step that releases the public notice: whoever an appeal grants an award has to stand in it.
appeals_answered = Guard(
    ~Q(Exists(Appeal.objects.filter(application=OuterRef("pk"), state=Appeal.State.RECEIVED))),
    T(
        "An appeal for a person on the roster waits for its answer.",
        "名单中有人员的申诉尚未答复。",
    ),
    mend="people",
    code="appeals_answered",
)


def within_days(days: int) -> Guard:
    """That the decision is not older than so many days (行政复议: 60)."""
    return Guard(
        lambda asking: Q(entered_at__gte=asking.at - timedelta(days=days)),
        T(
            f"An appeal is possible within {days} days of the decision.",
            f"须在决定作出后 {days} 日内提出申诉。",
        ),
        code="appeal_late",
    )


def appeal(
    sources: Iterable[State] = (DENIED,),
    *,
    against: tuple[str, ...] = ("deny",),
    through: State = APPEALED,
    reopened: State = VERIFIED,
    days: int = 60,
    within: WorkingDays = WorkingDays(20),
    file_appeal: Vary | None = None,
    dismiss_appeal: Vary | None = None,
    uphold_appeal: Vary | None = None,
) -> object:
    """`file_appeal` by the applicant, once; another officer may `uphold_appeal` or `dismiss_appeal`.

    Args:
        sources: where a case has ended badly.
        against: the steps that lead there; whoever took one of them on the case does not answer the appeal.
        reopened: where an upheld appeal leads: the case is decided anew from there.
        days: how long after the decision an appeal can be made.
    """
    return stage(
        "appeal",
        (
            "file_appeal",
            step(
                sources, through, label=T("Appeal", "提出申诉"), done=T("Appealed", "提出申诉"), by=APPLICANT_ROLES,
                when=[within_days(days), no_newer_case], needs_reason=True, effect=appeals.file_for_case,
                at_most=1, counted="appeals_made", limit_words=ONCE, in_batch=False, tells=CAME_IN,
            ),
            file_appeal,
        ),
        # The one with the limit stands first: its deadline is met by either answer.
        (
            "dismiss_appeal",
            step(
                through, Resume, label=T("Dismiss the appeal", "驳回申诉"), done=T("Appeal dismissed", "申诉不成立"),
                by=Role.OFFICIAL, due=within, needs_reason=True, other_than=against, other_words=ANOTHER_OFFICER,
                effect=appeals.dismiss, in_batch=False, tells=WAS_DISMISSED,
            ),
            dismiss_appeal,
        ),
        (
            "uphold_appeal",
            step(
                through, reopened, label=T("Uphold the appeal", "申诉成立，重新办理"),
                done=T("Appeal upheld", "申诉成立"), by=Role.OFFICIAL, needs_reason=True, other_than=against,
                other_words=ANOTHER_OFFICER, effect=appeals.uphold, in_batch=False, tells=WAS_UPHELD,
            ),
            uphold_appeal,
        ),
    )  # fmt: skip


def appeal_person(
    sources: Iterable[State],
    *,
    file_appeal_for_person: Vary | None = None,
    dismiss_appeal_of_person: Vary | None = None,
    uphold_appeal_of_person: Vary | None = None,
) -> object:
    """The same for one person of a roster (`person` in data) after the batch was approved; the case stays in place.

    An upheld one passes over the rule that refused the person, and the table goes on below it. Whoever is granted
    so has to stand in the public notice: name states before it, and let it wait for the answers by
    `notice(release_notice=vary(also=[appeals_answered]))`.
    """
    states = tuple(sources)
    official: dict[str, Any] = {
        "by": Role.OFFICIAL,
        "needs_reason": True,
        "in_batch": False,
        "place": "people",
    }
    another: dict[str, Any] = {"other_than": ("approve",), "other_words": ANOTHER_OFFICER}
    return stage(
        "appeal",
        (
            "file_appeal_for_person",
            step(
                states, Same, label=T("Appeal for a person", "为某人申诉"), done=T("Appealed for a person", "为一人申诉"),
                by=APPLICANT_ROLES, needs_reason=True, effect=appeals.file_for_person, in_batch=False, tells=CAME_IN,
            ),
            file_appeal_for_person,
        ),
        (
            "dismiss_appeal_of_person",
            step(
                states, Same, label=T("Dismiss the appeal for a person", "驳回某人的申诉"),
                done=T("Appeal for a person dismissed", "某人的申诉不成立"), effect=appeals.dismiss_person,
                tells=WAS_DISMISSED, **official, **another,
            ),
            dismiss_appeal_of_person,
        ),
        (
            "uphold_appeal_of_person",
            step(
                states, Same, label=T("Uphold the appeal for a person", "某人的申诉成立"),
                done=T("Appeal for a person upheld", "某人的申诉成立"), effect=appeals.uphold_person,
                tells=PERSON_WAS_UPHELD, **official, **another,
            ),
            uphold_appeal_of_person,
        ),
    )  # fmt: skip
