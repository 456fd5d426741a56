"""What happened in a session, in words for its timeline."""

from collections.abc import Iterable
from typing import Any

from config.words import T, listed
from workflows.models import SessionNote

# What of a note → the sentence; its data fills the places.
WORDS = {
    "made": T("Session made", "建立场次"),
    "cases": T("Cases: {cases}", "列入项目：{cases}"),
    "moved": T("Running order changed", "调整顺序"),
    "taken_out": T("Taken out: {number}", "移出：{number}"),
    "rescheduled": T("Moved to {day}", "改期至 {day}"),
    "announced": T("Pool frozen, hash published", "名单冻结，哈希已公布"),
    "committed": T("{official} committed to a secret", "{official} 已提交承诺"),
    "revealed": T("{official} revealed their secret", "{official} 已公开密值"),
    "drawn": T("Drawn: {panel}", "抽取结果：{panel}"),
    "seated": T("Seated: {experts}", "安排专家：{experts}"),
    "chair": T("{expert} chairs", "组长：{expert}"),
    "invited": T("{expert} invited", "邀请 {expert}"),
    "confirmed": T("{expert} will come", "{expert} 确认参加"),
    "declined": T("{expert} declined", "{expert} 谢绝"),
    "silent": T("{expert} did not answer in time", "{expert} 逾期未答复"),
    "recused": T("{expert} recused", "{expert} 回避"),
    "prevented": T("{expert} is prevented", "{expert} 因故不能参加"),
    "redrawn": T("{expert} follows {after}", "{expert} 递补 {after}"),
    "passed_over": T("{expert} was drawn and cannot sit", "{expert} 被抽中但不能参加"),
    "no_successor": T("Nobody can follow {after}", "{after} 之后无人可递补"),
    "session_confirmed": T("Session confirmed", "场次已确认"),
    "presenter": T("Presenter: {name}", "答辩人：{name}"),
    "signed_in": T("{expert} signed in", "{expert} 签到"),
    "opened": T("Session opened", "开始评审"),
    "called": T("{number} called", "{number} 开始答辩"),
    "questions": T("Questions on {number}", "{number} 进入问答"),
    "heard": T("{number} heard", "{number} 答辩结束"),
    "concluded": T("All cases concluded; minutes frozen", "全部项目已有结论，纪要已定稿"),
    "signed": T("{expert} signed the minutes", "{expert} 签署纪要"),
    "handed_over": T("Handed over from {was} to {name}", "秘书由 {was} 移交 {name}"),
    "cancelled": T("Session cancelled", "场次取消"),
}


def words_of(note: SessionNote) -> T:
    """A note in words; one that is not known here by its name."""
    values = {name: listed(value) if isinstance(value, list) else value for name, value in note.data.items()}
    known = WORDS.get(note.what)
    try:
        return known.format(**values) if known else T(note.what, note.what)
    except KeyError:
        return T(note.what, note.what)


def moments_of(notes: Iterable[SessionNote]) -> list[dict[str, Any]]:
    """As `parts/timeline.html` wants them."""
    tones = {"declined": "no", "silent": "no", "recused": "due", "prevented": "no", "no_successor": "no"}
    return [
        {
            "words": words_of(one),
            "detail": one.reason,
            "who": str(one.by),
            "at": one.at,
            "tone": tones.get(one.what, ""),
        }
        for one in notes
    ]
