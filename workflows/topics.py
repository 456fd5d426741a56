"""What the outbox delivers for this room: telling people that a case moved, and looking for duplicates."""

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from types import ModuleType
from typing import Any

from django.urls import reverse

from accounts.models import APPLICANT_ROLES, Membership, Role, User
from config.words import T
from notifications.channels.email import connection, send_letter
from notifications.messages import CHANNELS, tell_all
from notifications.notes import Note
from notifications.topics import optional_mail, topic
from workflows import webhooks
from workflows.engine.asking import doable
from workflows.engine.clock import HERE
from workflows.engine.deadlines import provisional_among
from workflows.engine.decide import applications_with_the_same_people
from workflows.engine.declare import Notify, Step
from workflows.engine.guards import filled, spoken_day
from workflows.engine.perform import perform
from workflows.models import Application, Event, Objection

ADDRESS = re.compile(r"[^@\s,;，；]+@[^@\s,;，；]+\.[^@\s,;，；]{2,}")
optional_mail("case.moved", T(en="Progress of applications", zh="申报进度"))

AUDIENCES = {
    "applicant": ("applicant_id", APPLICANT_ROLES, "application"),
    "office": ("handler_id", frozenset({Role.CLERK}), "case"),
    "authority": ("authority_id", frozenset({Role.OFFICIAL}), "case"),
}
TOLD_ROLES = frozenset(role for _, roles, _ in AUDIENCES.values() for role in roles)
# Steps after which the same people may stand in two applications.
MAY_DUPLICATE = frozenset({"submit", "resubmit"})


@topic("case.moved", batch=True)
def case_moved(rows: list[tuple[str, dict[str, Any]]]) -> None:
    """Tell whom the step tells, people and webhooks; then look for duplicates elsewhere."""
    webhooks.offer(rows)
    tell_moves(rows)


def tell_moves(
    rows: list[tuple[str, dict[str, Any]]],
    *,
    at: datetime | None = None,
    by: Iterable[ModuleType] = CHANNELS,
) -> None:
    """As `case_moved`, by the given time (now) and ways to reach people (all): set-based for some hundreds of cases."""
    moved = Application.objects.select_related("applicant").defer("answers", "sealed_answers")
    cases = moved.in_bulk([row["application"] for _, row in rows])
    wanted: list[tuple[str, Application, Step, int]] = [
        (key, cases[row["application"]], step, row["seq"])
        for key, row in rows
        if (step := cases[row["application"]].declaration.steps.get(row["step"])) is not None
    ]
    tell_all(_notes(wanted), by)
    for key, case, step, _ in wanted:
        if step.name in MAY_DUPLICATE:
            _recheck_others(case, key, at)


def _notes(wanted: list[tuple[str, Application, Step, int]]) -> list[Note]:
    told = [(key, case, step, seq) for key, case, step, seq in wanted if step.tells]
    people = _people({getattr(case, AUDIENCES[n.who][0]) for _, case, step, _ in told for n in step.tells})
    reasons = _reasons([(case.pk, seq) for _, case, _, seq in told])
    notes = []
    provisional = provisional_among({getattr(case, name) for _, case, _, _ in told for name in DAYS})
    for key, case, step, seq in told:
        values = _values(case, reasons.get((case.pk, seq), ""), provisional)
        for notify in step.tells:
            column, roles, page = AUDIENCES[notify.who]
            for role, user in people[getattr(case, column)]:
                if role in roles:
                    notes.append(_note(key, case, notify, values, page, user))
    return list({note.key: note for note in notes}.values())


def _note(key: str, case: Application, notify: Notify, values: dict[str, Any], page: str, user: User) -> Note:
    return Note(
        recipient=user,
        key=f"{key}:{user.pk}",
        subject=filled(notify.subject, values),
        body=filled(notify.body, values),
        link=reverse(page, args=[case.pk]),
        topic="case.moved",
        programme=case.programme,
    )


def _people(organisations: set[int]) -> dict[int, list[tuple[str, User]]]:
    people: dict[int, list[tuple[str, User]]] = defaultdict(list)
    for m in (
        Membership.objects.in_force()
        .filter(organisation__in=organisations, role__in=TOLD_ROLES, user__is_active=True)
        .select_related("user")
    ):
        people[m.organisation_id].append((m.role, m.user))
    return people


def _reasons(wanted: list[tuple[int, int]]) -> dict[tuple[int, int], str]:
    cases, numbers = {case for case, _ in wanted}, {seq for _, seq in wanted}
    events = Event.objects.filter(application__in=cases, seq__in=numbers)
    return {(case, seq): reason for case, seq, reason in events.values_list("application", "seq", "reason")}


DAYS = ("due_on", "promised_on", "notice_ends_on", "inspected_on")


def _values(case: Application, reason: str, provisional: frozenset[date]) -> dict[str, Any]:
    columns = ("number", "amount_fen", "paid_fen", "rows_granted", "inspection_points", "inspection_vetoes")
    days = {name: getattr(case, name) for name in DAYS}
    return {
        **{name: getattr(case, name) for name in columns},
        **{name: day and spoken_day(day, provisional=day in provisional) for name, day in days.items()},
        "applicant": case.applicant.name,
        "reason": reason,
    }


ANSWER_SUBJECT = T(en="Your objection {number}: the answer", zh="异议 {number} 的答复")
ANSWER_BODY = T(
    en="We have looked into your objection {number}. Result: {verdict}.\n\n{answer}\n\nDecided on {decided_on}.",
    zh="您提出的异议 {number} 已经核查。处理结果：{verdict}。\n\n{answer}\n\n答复日期：{decided_on}。",
)
VERDICTS = {
    Objection.State.UPHELD: T(en="upheld; the award is revoked", zh="异议成立，取消奖励"),
    Objection.State.DISMISSED: T(en="dismissed; the award stands", zh="异议不成立，维持公示结果"),
    Objection.State.REFUSED: T(en="not admitted", zh="不予受理"),
}


@topic("objection.decided", around=connection)
def answer_objector(payload: dict[str, Any], key: str) -> None:
    """The answer goes to the e-mail that was left as the contact, in both languages; a telephone is for the office."""
    objection = Objection.objects.get(pk=payload["objection"])
    address = ADDRESS.search(objection.objector_contact)
    if address is None:
        return
    assert objection.decided_at is not None
    values = {
        "number": objection.number,
        "verdict": VERDICTS[Objection.State(objection.state)],
        "answer": objection.answer,
        "decided_on": objection.decided_at.astimezone(HERE).date(),
    }
    subject, body = filled(ANSWER_SUBJECT, values), filled(ANSWER_BODY, values)
    send_letter(address[0], f"{subject.zh} / {subject.en}", f"{body.zh}\n\n---\n\n{body.en}\n", key)


def _recheck_others(case: Application, key: str, at: datetime | None) -> None:
    """The other applications in which the same people stand are put through the table again, each with an event."""
    if "recheck" not in case.declaration.steps:
        return
    others = applications_with_the_same_people([case.pk])
    if not others:
        return
    system = User.objects.system()
    recheckable = doable(case.declaration, "recheck", system)
    here = list(Application.objects.filter(recheckable, pk__in=others).values_list("pk", flat=True))
    if here:
        perform(
            "recheck",
            here,
            actor=system,
            key=f"recheck:{key}",
            data={"because_of": case.number},
            at=at,
            programme=case.programme,
        )
