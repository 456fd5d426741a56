"""Handling 办理: a clerk claims a case or hands it over; who looks at a sealed number or takes a dossier leaves an event."""

from collections.abc import Iterable

from accounts.models import APPLICANT_ROLES, Role
from config.words import T
from workflows import bars
from workflows.engine.composite import Vary, stage
from workflows.engine.declare import Same, State, step
from workflows.guards import is_barred, not_barred, unclaimed
from workflows.stages.words import applicant

WAS_BARRED = applicant(
    T("barred from applying", "限制申报"),
    T("Your organisation cannot apply for a time: {reason}", "贵单位在一定期限内不得申报。原因：{reason}"),
)
IS_FREE = applicant(
    T("bar lifted", "解除限制申报"),
    T("Your organisation can apply again: {reason}", "贵单位可以重新申报。说明：{reason}"),
)


def handling(
    sources: Iterable[State],
    *,
    seen_in: Iterable[State],
    claim: Vary | None = None,
    hand_over: Vary | None = None,
    reveal: Vary | None = None,
    give_dossier: Vary | None = None,
    bar_applicant: Vary | None = None,
    lift_bar: Vary | None = None,
) -> object:
    """`claim` and `hand_over` among clerks in `sources`; `reveal` of a sealed number and `give_dossier` in `seen_in`.

    There an official can also `bar_applicant` from applying, for the programme's `barred_years`, and `lift_bar`.
    """
    states = tuple(sources)
    return stage(
        "handling",
        (
            "claim",
            step(
                states, Same, label=T("Claim", "认领"), done=T("Claimed", "认领"), by=Role.CLERK, when=[unclaimed],
                sets={"assigned_to": lambda move: move.actor.pk}, place="beside",
            ),
            claim,
        ),
        (
            "hand_over",
            step(
                states, Same, label=T("Hand over", "移交"), done=T("Handed over", "移交"), by=Role.CLERK,
                sets={"assigned_to": lambda move: move.data.get("to")}, place="beside",
            ),
            hand_over,
        ),
        (
            "reveal",
            step(
                seen_in, Same, label=T("Show a sealed number", "查看完整号码"),
                done=T("A sealed number was shown", "查看了完整号码"), place="sealed",
                by=[Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR],
            ),
            reveal,
        ),
        (
            "give_dossier",
            step(
                seen_in, Same, label=T("Give out the dossier", "提供卷宗"), done=T("Dossier given out", "提供了卷宗"),
                place="dossier", in_batch=False,
                by=[*sorted(APPLICANT_ROLES), Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR],
            ),
            give_dossier,
        ),
        (
            "bar_applicant",
            step(
                seen_in, Same, label=T("Bar the applicant", "限制申报"), done=T("Applicant barred", "已限制申报"),
                by=Role.OFFICIAL, when=[not_barred], needs_reason=True, in_batch=False, effect=bars.set_bar,
                tells=WAS_BARRED,
            ),
            bar_applicant,
        ),
        (
            "lift_bar",
            step(
                seen_in, Same, label=T("Lift the bar", "解除限制"), done=T("Bar lifted", "已解除限制申报"),
                by=Role.OFFICIAL, when=[is_barred], needs_reason=True, in_batch=False, effect=bars.lift,
                tells=IS_FREE,
            ),
            lift_bar,
        ),
    )  # fmt: skip
