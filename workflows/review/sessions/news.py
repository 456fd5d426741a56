"""What sessions tell people: experts, applicants, and the secretary of a seat that stays empty."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse

from accounts.models import APPLICANT_ROLES, Membership, User
from config.words import T
from notifications import outbox
from notifications.messages import tell_all
from notifications.notes import Note
from notifications.topics import optional_mail
from workflows.engine.clock import HERE
from workflows.models import ReviewSession, Seat, SessionItem
from workflows.review.sessions.turns import Turn

TOPIC, REMINDER = "session.news", "session.reminder"
# To the address of whoever presents; see `letters`.
LETTER = "session.presenter"
optional_mail(REMINDER, T("Reminders of review sessions", "评审场次提醒"))

INVITED = (
    T("Invitation to a review session: {number}", "评审邀请：{number}"),
    T(
        "You are asked to sit on the panel of {round}, {when}. Cases: {cases}. "
        "Please answer by {answer_by}: without an answer your seat goes to the next expert of the draw.",
        "诚邀您参加{round}专家评审，{when}，共 {cases} 个项目。"
        "请于 {answer_by} 前答复；逾期未答复的，将按抽取顺序补抽。",
    ),
)
KEPT = (
    T("You keep session {number} from now on", "场次 {number} 已移交给您"),
    T("{by} has handed it over to you: {reason}", "{by} 已将本场次移交给您。原因：{reason}"),
)
UNANSWERED = (
    T("Please answer the invitation: {number}", "请答复评审邀请：{number}"),
    T(
        "{round}, {when}. Your answer is awaited by {answer_by}.",
        "{round}，{when}。请于 {answer_by} 前答复。",
    ),
)
COMING = (
    T("Review session soon: {number}", "评审场次提醒：{number}"),
    T("{round}, {when}. Cases: {cases}.", "{round}，{when}，共 {cases} 个项目。"),
)
MOVED = (
    T("Review session moved: {number}", "评审场次调整：{number}"),
    T("{round} is now {when}.", "{round}改为 {when}。"),
)
CANCELLED = (
    T("Review session cancelled: {number}", "评审场次取消：{number}"),
    T("{round}, {when}, is not held: {reason}", "{round}，{when}，不再举行。原因：{reason}"),
)
TO_SIGN = (
    T("Minutes to sign: {number}", "请签署会议纪要：{number}"),
    T("The session is over. Please read the minutes and sign them.", "评审已结束，请阅读并签署会议纪要。"),
)
GAP = (
    T("A seat stays empty: {number}", "席位空缺：{number}"),
    T(
        "{expert} left, and nobody of the draw can follow. Seat somebody with a reason, or move the session.",
        "{expert} 退出后，抽取名单中已无人可以补抽。请说明理由另行安排专家，或调整场次。",
    ),
)
DEFENCE = (
    T("Defence of {case}: {when}", "{case} 答辩安排：{when}"),
    T(
        "Place {position} in the running order; {minutes} minutes for the defence, {questions} for questions. "
        "Please come 15 minutes early and bring: the slides, the originals of the papers, an identity document. "
        "Say on the page who will present.",
        "答辩顺序第 {position} 位，陈述 {minutes} 分钟，问答 {questions} 分钟。请提前 15 分钟到场，"
        "携带：演示文稿、材料原件、身份证件。请在页面上填写答辩人。",
    ),
)


def when_of(session: ReviewSession) -> T:
    """Day, time and place in words; what a session without a room is."""
    if session.starts_at is None:
        return T("each member scores on their own", "函评")
    starts = session.starts_at.astimezone(HERE)
    room = session.room.name if session.room else ""
    return T(f"{starts:%Y-%m-%d %H:%M} {room}".strip(), f"{starts:%Y-%m-%d %H:%M} {room}".strip())


def invited(taken: Turn, seats: Sequence[Seat]) -> None:
    """Each is asked whether they come."""
    _to_seats(taken.session, seats, INVITED, f"invited:{taken.session.version}")


def reminded(seats: Iterable[Seat]) -> None:
    """Whoever has not answered, and whoever comes tomorrow."""
    notes = []
    for one in seats:
        words = UNANSWERED if one.state == Seat.State.INVITED else COMING
        notes += _notes(one.session, [one], words, f"reminded:{one.state}:{one.answer_by:%m%d%H%M}", REMINDER)
    tell_all(notes)


def session_moved(taken: Turn, seats: Sequence[Seat]) -> None:
    """The experts who were asked, and the applicants, hear of the new time."""
    asked = [one for one in seats if one.invited_at is not None]
    _to_seats(taken.session, asked, MOVED, f"moved:{taken.session.version}")
    if asked:
        _to_applicants(taken.session, "moved", f"moved:{taken.session.version}")


def cancelled(taken: Turn, seats: Sequence[Seat], reason: str) -> None:
    """The experts who were asked, and the applicants, need not come."""
    asked = [one for one in seats if one.invited_at is not None]
    _to_seats(taken.session, asked, CANCELLED, "cancelled", reason=reason)
    if asked:
        _to_applicants(taken.session, "cancelled", "cancelled", reason=reason)


def to_sign(taken: Turn, seats: Sequence[Seat]) -> None:
    """The minutes wait for their signatures."""
    _to_seats(taken.session, seats, TO_SIGN, "sign")


def nobody_follows(taken: Turn, out: Seat) -> None:
    """The secretary has to find somebody."""
    session = taken.session
    subject, body = GAP
    tell_all(
        [
            Note(
                recipient=session.secretary, key=f"session:{session.pk}:gap:{out.pk}",
                subject=subject.format(number=session.number), body=body.format(expert=out.expert.code),
                link=reverse("session", args=[session.pk]), topic=TOPIC, programme=session.round.programme,
            )
        ]
    )  # fmt: skip


def handed_over(taken: Turn, reason: str) -> None:
    """The new secretary hears of it."""
    session = taken.session
    subject, body = KEPT
    tell_all(
        [
            Note(
                recipient=session.secretary, key=f"session:{session.pk}:kept:{session.version}",
                subject=subject.format(number=session.number), body=body.format(by=str(taken.by), reason=reason),
                link=reverse("session", args=[session.pk]), topic=TOPIC, programme=session.round.programme,
            )
        ]
    )  # fmt: skip


def presenters_asked(taken: Turn) -> None:
    """The applicants hear when and where they defend, and what to bring."""
    if taken.session.starts_at is not None:
        _to_applicants(taken.session, "defence", "defence")


def presenter_named(taken: Turn, item: SessionItem) -> None:
    """Whoever is named after the applicants were told hears of it too."""
    if item.presenter_email and taken.session.starts_at is not None:
        _to_presenters([item], "defence", f"named:{taken.session.version}")


def _values(session: ReviewSession, cases: int) -> dict[str, Any]:
    return {"number": session.number, "round": session.round.title, "when": when_of(session), "cases": cases}


def _to_seats(
    session: ReviewSession, seats: Sequence[Seat], words: tuple[T, T], key: str, **more: Any
) -> None:
    tell_all(_notes(session, seats, words, key, TOPIC, **more))


def _notes(
    session: ReviewSession, seats: Sequence[Seat], words: tuple[T, T], key: str, topic: str, **more: Any
) -> list[Note]:
    cases = SessionItem.objects.filter(session=session, removed_at=None).count()
    subject, body = words
    notes = []
    for one in seats:
        if one.expert.user is None:
            continue
        until = f"{one.answer_by.astimezone(HERE):%Y-%m-%d %H:%M}" if one.answer_by else ""
        values = _values(session, cases) | {"answer_by": until} | more
        notes.append(
            Note(
                recipient=one.expert.user, key=f"seat:{one.pk}:{key}", subject=subject.format(**values),
                body=body.format(**values), link=reverse("my_seat", args=[one.pk]), topic=topic,
                programme=session.round.programme,
            )
        )  # fmt: skip
    return notes


TO_APPLICANTS = {"defence": DEFENCE, "moved": MOVED, "cancelled": CANCELLED}


def _to_applicants(session: ReviewSession, what: str, key: str, **more: Any) -> None:
    items = list(
        SessionItem.objects.filter(session=session, removed_at=None)
        .select_related("application")
        .order_by("position")
    )
    people: dict[int, list[User]] = {}
    members = Membership.objects.in_force().filter(
        organisation__in={one.application.applicant_id for one in items}, role__in=APPLICANT_ROLES,
        user__is_active=True,
    )  # fmt: skip
    for member in members.select_related("user"):
        people.setdefault(member.organisation_id, []).append(member.user)
    subject, body = TO_APPLICANTS[what]
    notes = []
    for item in items:
        values = _values(session, len(items)) | more
        values |= {"case": item.application.number, "position": item.position}
        values |= {"minutes": item.minutes, "questions": item.question_minutes}
        for user in {one.pk: one for one in people.get(item.application.applicant_id, [])}.values():
            notes.append(
                Note(
                    recipient=user, key=f"item:{item.pk}:{key}:{user.pk}", subject=subject.format(**values),
                    body=body.format(**values), link=reverse("application_defence", args=[item.application_id]),
                    topic=TOPIC, programme=session.round.programme,
                )
            )  # fmt: skip
    tell_all(notes)
    _to_presenters(items, what, key)


def _to_presenters(items: Iterable[SessionItem], what: str, key: str) -> None:
    outbox.put_all(
        (LETTER, f"item:{item.pk}:{key}:letter", {"item": item.pk, "what": what})
        for item in items
        if item.presenter_email
    )
