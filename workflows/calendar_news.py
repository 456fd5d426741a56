"""Telling people that a change of the calendar moved a limit of theirs."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import F
from django.urls import reverse

from accounts.models import APPLICANT_ROLES, Membership, Role, User
from config.words import T
from notifications.messages import tell_all
from notifications.notes import Note
from notifications.topics import topic
from workflows.engine.deadlines import provisional_among
from workflows.engine.guards import spoken_day
from workflows.models import CalendarChange, LimitMove
from workflows.rules import SCOPES, office_column

TOPIC = "calendar.changed"
# Moves that one row of the outbox tells of.
MOVES_A_ROW = 500
Kind = LimitMove.Kind

SUBJECT = T("{number}: a date has changed", "{number} 期限有变动")
BODY = T(
    "{what} was {was_on} and is now {now_on}. Reason: {reason}",
    "{what}由 {was_on} 改为 {now_on}。原因：{reason}",
)
WHATS = {
    Kind.STEP: T("The limit of “{step}”", "“{step}”的期限"),
    Kind.PROMISE: T("The promised date", "承诺办结日期"),
    Kind.NOTICE: T("The last day of the public notice", "公示截止日"),
    Kind.OBJECTION: T("The day by which the objection is answered", "异议答复期限"),
}
STAFF_SUBJECT = T("The calendar has changed: {n} limits moved", "工作日历有变动：{n} 项期限调整")
STAFF_BODY = T("Reason: {reason} Each of them is listed on the page.", "原因：{reason} 页面列出了每一项。")


@topic(TOPIC)
def tell_moved(payload: dict[str, Any], key: str) -> None:
    """Applicants hear of each date that concerns them; each person of an office of how many of theirs moved."""
    change = CalendarChange.objects.select_related("override").get(pk=payload["change"])
    part = payload["part"]
    moves = list(
        change.moves.exclude(now_on=F("was_on"))
        .select_related("application__applicant")
        .order_by("pk")[part * MOVES_A_ROW : (part + 1) * MOVES_A_ROW]
    )
    reason = reason_of(change)
    tell_all([*_to_applicants(moves, reason, key), *(_to_offices(change, reason, key) if part == 0 else [])])


def reason_of(change: CalendarChange) -> T:
    """Why the calendar was changed, as people read it."""
    if change.override is None:
        return T("the official calendar is out.", "官方日历已公布。")
    if change.kind == CalendarChange.Kind.TAKEN_BACK:
        words = change.override.taken_back_reason
        return T(f"an override was taken back ({words}).", f"撤销日历调整（{words}）。")
    words = f"{change.override.reason}, {change.override.document}"
    return T(f"{words}.", f"{change.override.reason}（{change.override.document}）。")


def _to_applicants(moves: Iterable[LimitMove], reason: T, key: str) -> list[Note]:
    concerned = [move for move in moves if _concerns_applicant(move)]
    people = _people({move.application.applicant_id for move in concerned}, APPLICANT_ROLES)
    provisional = provisional_among({move.now_on for move in concerned})
    notes = []
    for move in concerned:
        case = move.application
        now_on = spoken_day(move.now_on, provisional=move.now_on in provisional)
        values = {"number": case.number, "what": what_of(move), "reason": reason,
                  "was_on": spoken_day(move.was_on), "now_on": now_on}  # fmt: skip
        notes += [
            Note(
                recipient=user,
                key=f"{key}:{move.pk}:{user.pk}",
                subject=SUBJECT.format(**values),
                body=BODY.format(**values),
                link=reverse("application", args=[case.pk]),
                topic=TOPIC,
                programme=case.programme,
            )
            for user in people[case.applicant_id]
        ]
    return notes


def what_of(move: LimitMove) -> T:
    """What moved, in words."""
    step = move.application.declaration.steps.get(move.step)
    return WHATS[Kind(move.kind)].format(step=step.label if step else move.step)


def _concerns_applicant(move: LimitMove) -> bool:
    """The dates that applicants were told: promise, notice, their own steps, and when silence counts as yes."""
    step = move.application.declaration.steps.get(move.step)
    return move.kind in (Kind.PROMISE, Kind.NOTICE) or bool(step and (step.is_applicants or step.lapses))


def _to_offices(change: CalendarChange, reason: T, key: str) -> list[Note]:
    moves = change.moves.exclude(now_on=F("was_on")).select_related("application")
    counted: dict[tuple[int, str], int] = defaultdict(int)
    for move in moves.iterator(chunk_size=2000):
        column, role = _holder(move)
        counted[getattr(move.application, column), role] += 1
    people = {role: _people({o for o, r in counted if r == role}, {role}) for _, role in counted}
    return [
        Note(
            recipient=user,
            key=f"{key}:office:{user.pk}:{role}",
            subject=STAFF_SUBJECT.format(n=n),
            body=STAFF_BODY.format(reason=reason),
            link=reverse("calendar_change", args=[change.pk]),
            topic=TOPIC,
        )
        for (organisation, role), n in sorted(counted.items())
        for user in people[role][organisation]
    ]


def _holder(move: LimitMove) -> tuple[str, str]:
    """(column of the office, role) of those who have to keep the limit, or to see that it is kept."""
    step = move.application.declaration.steps.get(move.step)
    if move.kind in (Kind.NOTICE, Kind.OBJECTION):
        return "authority_id", Role.OFFICIAL
    if step is None or office_column(step.by) == "handler_id":
        return "handler_id", Role.CLERK
    return "authority_id", next(role for role in sorted(step.by) if SCOPES.get(Role(role)) == "authority_id")


def _people(organisations: set[int], roles: Iterable[str]) -> dict[int, list[User]]:
    people: dict[int, list[User]] = defaultdict(list)
    for m in (
        Membership.objects.in_force()
        .filter(organisation__in=organisations, role__in=list(roles), user__is_active=True)
        .select_related("user")
        .order_by("user")
    ):
        if m.user not in people[m.organisation_id]:
            people[m.organisation_id].append(m.user)
    return people
