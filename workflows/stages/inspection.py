"""On-site inspection 现场考察: inspectors go there; what they found decides whether the case goes on.

Without `toured` a clerk writes the findings as the reason of the conclusion. With it the firm is visited on a tour of at
least two inspectors, who score by the programme's `inspection`; the signed report decides by points and vetoes.
"""

from collections.abc import Iterable
from typing import Any

from accounts.models import Role
from config.words import T
from workflows.engine.composite import Vary, stage
from workflows.engine.declare import Same, State, Step, WorkingDays, step
from workflows.engine.guards import Guard
from workflows.review.inspections import acts
from workflows.review.inspections.guards import (
    found_bad,
    found_good,
    not_on_a_tour,
    not_signed_yet,
    on_a_tour,
)
from workflows.stages.words import applicant
from workflows.states import FAILED, INSPECTED, INSPECTING

IS_COMING = applicant(
    T("on-site inspection", "现场考察"),
    T("Inspectors will visit you. You will hear when.", "将安排现场考察，时间另行通知。"),
)
IS_PLANNED = applicant(
    T("on-site inspection", "现场考察"),
    T(
        "Inspectors will visit you on {inspected_on}, {reason}. Have books, contracts and staff records at hand.",
        "定于 {inspected_on} 到贵单位现场考察（{reason}）。请备好账册、合同和人员材料。",
    ),
)
IS_OFF = applicant(
    T("inspection put off", "考察改期"),
    T(
        "The visit does not take place; another time will be planned. {reason}",
        "本次考察取消，将另行安排。{reason}",
    ),
)
WAS_FAILED = applicant(
    T("inspection not passed", "考察未通过"),
    T("The inspection was not passed: {reason}", "现场考察未通过。理由：{reason}"),
)
CAME_TO_NOTHING = applicant(
    T("inspection not passed", "考察未通过"),
    T(
        "The inspection was not passed: {inspection_points} points, {inspection_vetoes} vetoes. You have signed the report.",
        "现场考察未通过：得分 {inspection_points}，否决项 {inspection_vetoes} 项。详见已签字的考察报告。",
    ),
)
INSPECTORS = (Role.CLERK, Role.OFFICIAL)


def inspection(
    source: State,
    *,
    through: State = INSPECTING,
    to: State = INSPECTED,
    failed: State = FAILED,
    when: Iterable[Guard] = (),
    within: WorkingDays = WorkingDays(20),
    toured: bool = False,
    order_inspection: Vary | None = None,
    pass_inspection: Vary | None = None,
    fail_inspection: Vary | None = None,
) -> object:
    """`order_inspection`; then `pass_inspection` or `fail_inspection`, each with the findings as its reason.

    With `toured` between them: `plan_visit` and `drop_visit` by the office, `report_visit`, `reopen_report` and
    `sign_visit` by the inspectors; then the signed report says which of the two it is, and no reason is asked for.

    Args:
        when: what must hold before inspectors are sent.
        within: the limit of the inspection.
    """
    passing: dict[str, Any] = {"needs_reason": True, "in_batch": False}
    failing: dict[str, Any] = {**passing, "tells": WAS_FAILED}
    if toured:
        said = ("inspection_points", "inspection_vetoes")
        passing = {"when": [found_good], "records": said}
        failing = {"when": [found_bad], "records": said, "tells": CAME_TO_NOTHING}
    return stage(
        "inspection",
        (
            "order_inspection",
            step(
                source, through, label=T("Order the inspection", "安排现场考察"),
                done=T("Inspection ordered", "已安排现场考察"), by=Role.CLERK, when=when, due=within, tells=IS_COMING,
            ),
            order_inspection,
        ),
        *(_tour(through) if toured else ()),
        (
            "pass_inspection",
            step(through, to, label=T("Inspection passed", "考察通过"), by=Role.CLERK, due=within, **passing),
            pass_inspection,
        ),
        (
            "fail_inspection",
            step(through, failed, label=T("Inspection not passed", "考察未通过"), by=Role.CLERK, **failing),
            fail_inspection,
        ),
    )  # fmt: skip


def _tour(through: State) -> tuple[tuple[str, Step, None], ...]:
    """What is done about a visit; each leaves an event of the case's chain."""
    here: dict[str, Any] = {"in_batch": False, "place": "inspection"}
    return (
        (
            "plan_visit",
            step(
                through, Same, label=T("Plan the visit", "安排考察时间"), done=T("Visit planned", "已安排考察时间"),
                by=Role.CLERK, when=[not_on_a_tour], effect=acts.join_tour, tells=IS_PLANNED, **here,
            ),
            None,
        ),
        (
            "drop_visit",
            step(
                through, Same, label=T("Put the visit off", "取消本次考察"), done=T("Visit put off", "考察改期"),
                by=Role.CLERK, when=[on_a_tour, not_signed_yet], needs_reason=True, effect=acts.leave_tour,
                tells=IS_OFF, **here,
            ),
            None,
        ),
        (
            "report_visit",
            step(
                through, Same, label=T("Hand in the report", "提交考察报告"), done=T("Inspection report handed in", "已提交考察报告"),
                by=INSPECTORS, when=[on_a_tour, not_signed_yet], effect=acts.hand_in_report, **here,
            ),
            None,
        ),
        (
            "remove_photo",
            step(
                through, Same, label=T("Take a photograph off", "撤下照片"), done=T("Photograph taken off", "已撤下照片"),
                by=INSPECTORS, needs_reason=True, when=[on_a_tour, not_signed_yet], effect=acts.remove_photo, **here,
            ),
            None,
        ),
        (
            "reopen_report",
            step(
                through, Same, label=T("Open the report again", "重新打开报告"),
                done=T("Inspection report opened again", "重新打开考察报告"), by=INSPECTORS, needs_reason=True,
                when=[on_a_tour, not_signed_yet], effect=acts.open_again, **here,
            ),
            None,
        ),
        (
            "sign_visit",
            step(
                through, Same, label=T("Sign the report", "签署考察报告"), done=T("Inspection report signed", "已签署考察报告"),
                by=INSPECTORS, when=[on_a_tour, not_signed_yet], effect=acts.sign, **here,
            ),
            None,
        ),
    )  # fmt: skip
