"""Intake 申报受理: the applicant submits, the office accepts or refuses. Nobody's answer in time is acceptance."""

from collections.abc import Iterable

from django.db.models import CharField, Expression, Value
from django.db.models.functions import Cast, Concat, LPad

from accounts.models import APPLICANT_ROLES, Role
from config.words import T
from workflows import rosters
from workflows.engine.composite import Vary, stage
from workflows.engine.declare import State, WorkingDays, step
from workflows.engine.guards import Guard
from workflows.engine.perform import Move
from workflows.guards import READY
from workflows.stages.words import applicant, office
from workflows.states import ACCEPTED, DRAFT, REFUSED, SUBMITTED

RECEIVED = applicant(
    T("received", "已收到"),
    T(
        "We have received your application. You will hear by {due_on} whether it is accepted. Promised date: {promised_on}.",
        "您的申报已收到，最迟 {due_on} 告知是否受理。承诺办结日期：{promised_on}。",
    ),
) + office(T("new application", "新的申报"), T("{applicant} has applied.", "{applicant} 提交了申报。"))
WAS_ACCEPTED = applicant(
    T("accepted", "已受理"),
    T(
        "Your application is accepted. Promised date: {promised_on}.",
        "您的申报已受理。承诺办结日期：{promised_on}。",
    ),
)
WAS_REFUSED = applicant(
    T("not accepted", "不予受理"),
    T("Your application was not accepted: {reason}", "您的申报不予受理。理由：{reason}"),
)


def receipt_number(move: Move) -> Expression:
    """The number that the applicant quotes: the programme's code, the year, the case."""
    return Concat(
        Value(move.programme.code),
        Cast("year", CharField()),
        Value("-"),
        LPad(Cast("pk", CharField()), 6, Value("0")),
        output_field=CharField(),
    )


def intake(
    *,
    source: State = DRAFT,
    through: State = SUBMITTED,
    to: State = ACCEPTED,
    refused: State = REFUSED,
    when: Iterable[Guard] = READY,
    within: WorkingDays = WorkingDays(5),
    submit: Vary | None = None,
    accept: Vary | None = None,
    refuse: Vary | None = None,
) -> object:
    """`submit` by the applicant, then `accept` or `refuse` by the office within a limit, after which it is accepted.

    Args:
        when: what must hold before it is sent.
    """
    return stage(
        "intake",
        (
            "submit",
            step(
                source, through, label=T("Submit", "提交申报"), done=T("Submitted", "提交申报"), by=APPLICANT_ROLES,
                when=when, sets={"number": receipt_number, "submitted_at": lambda move: move.at,
                                 "promised_on": rosters.promised_on},
                effect=rosters.decide_people, records=("policy",), tells=RECEIVED,
            ),
            submit,
        ),
        (
            "accept",
            step(
                through, to, label=T("Accept", "受理"), done=T("Accepted", "受理"), by=[Role.CLERK, Role.SYSTEM],
                due=within, lapses=True, tells=WAS_ACCEPTED,
            ),
            accept,
        ),
        (
            "refuse",
            step(
                through, refused, label=T("Refuse to accept", "不予受理"), done=T("Not accepted", "不予受理"),
                by=Role.CLERK, needs_reason=True, tells=WAS_REFUSED,
            ),
            refuse,
        ),
    )  # fmt: skip
