"""Whoever presents a case: taken over from its application, and told by letter when and where; they need no account."""

from typing import Any

from config.words import T
from notifications.channels.email import connection, send_letter
from notifications.topics import topic
from workflows.models import Application, SessionItem
from workflows.review.sessions.calendar_files import of_item
from workflows.review.sessions.news import LETTER, when_of

# What a form calls them that asks who presents; the applicant can name somebody else on the page of the defence.
PRESENTER, PRESENTER_EMAIL = "presenter", "presenter_email"
WORDS = {
    "defence": (
        T("Defence of {case}: {when}", "{case} 答辩安排：{when}"),
        T(
            "{applicant} has named you as the presenter of {case}, {round}. Place {position} in the running order; "
            "{minutes} minutes for the defence, {questions} for questions. Please come 15 minutes early and bring: "
            "the slides, the originals of the papers, an identity document.",
            "{applicant}已填报您为{round}（{case}）的答辩人。答辩顺序第 {position} 位，陈述 {minutes} 分钟，"
            "问答 {questions} 分钟。请提前 15 分钟到场，携带：演示文稿、材料原件、身份证件。",
        ),
    ),
    "moved": (
        T("Defence of {case} moved: {when}", "{case} 答辩时间调整：{when}"),
        T("The session of {round} is now {when}.", "{round}评审改为 {when}。"),
    ),
    "cancelled": (
        T("Defence of {case} cancelled", "{case} 答辩取消"),
        T("The session {when} is not held: {reason}", "原定 {when} 的评审不再举行。原因：{reason}"),
    ),
}


def presenter_of(case: Application) -> dict[str, str]:
    """Who presents `case` by its application, as columns of its place in a session; empty where nobody is asked."""
    return {
        "presenter": case.answers.get(PRESENTER, "").strip()[:80],
        "presenter_email": case.answers.get(PRESENTER_EMAIL, "").strip(),
    }


@topic(LETTER, around=connection)
def write_to_presenter(payload: dict[str, Any], key: str) -> None:
    """What the applicant hears of a session goes to the presenter's address too, in both languages, as it is now, with
    a calendar file, which takes the entry out again where the session is cancelled."""
    item = SessionItem.objects.select_related(
        "application__applicant", "session__room", "session__round"
    ).get(pk=payload["item"])
    is_off = item.removed_at is not None and payload["what"] != "cancelled"
    if is_off or not item.presenter_email:
        return
    session = item.session
    values = {
        "case": item.application.number, "applicant": item.application.applicant.name, "round": session.round.title,
        "when": when_of(session), "position": item.position, "minutes": item.minutes,
        "questions": item.question_minutes, "reason": session.cancelled_reason,
    }  # fmt: skip
    subject, body = (words.format(**values) for words in WORDS[payload["what"]])
    letter = f"{body.zh}\n\n---\n\n{body.en}\n"
    file = (f"{item.application.number}.ics", of_item(item), "text/calendar")
    files = [file] if session.starts_at else []
    send_letter(item.presenter_email, f"{subject.zh} / {subject.en}", letter, key, files=files)
