"""What is refused about sessions: one class per cause."""

from config.errors import Refusal
from config.words import T


class NotTheirSession(Refusal):
    code = "not_your_session"
    status = 403
    words = T(
        en="Session {number} is run by the clerks of {office}.",
        zh="场次 {number} 由{office}的经办人办理。",
    )


class KeptAway(Refusal):
    code = "session_kept_away"
    status = 409
    words = T(
        en="{name} sits on the panel of session {number} or is tied to one of its cases: choose somebody else.",
        zh="{name} 是场次 {number} 的专家，或与其中项目存在利益关系，请另选他人。",
    )


class SessionMoved(Refusal):
    code = "session_moved"
    status = 409
    words = T(
        en="Session {number} stands at “{stage}”: this cannot be done now. Reload the page.",
        zh="场次 {number} 目前处于“{stage}”，现在不能这样办理。请刷新页面。",
    )


class SessionEmpty(Refusal):
    code = "session_empty"
    status = 409
    words = T(
        en="Session {number} holds no cases: add some first.",
        zh="场次 {number} 还没有项目，请先加入。",
    )


class CaseNotForSession(Refusal):
    code = "case_not_for_session"
    status = 409
    words = T(
        en="These cases cannot be heard in this session: {names}. They are of another round, "
        "or not before the panel.",
        zh="以下项目不能列入本场次：{names}。它们不属于本轮，或尚未提交专家评审。",
    )


class CaseElsewhere(Refusal):
    code = "case_elsewhere"
    status = 409
    words = T(
        en="Already in another session: {names}. Take them out there first.",
        zh="已列入其他场次：{names}。请先从原场次移出。",
    )


class RoomTaken(Refusal):
    code = "room_taken"
    status = 409
    words = T(
        en="{room} is taken on {day} ({half}) by session {number}. Choose another room or half-day.",
        zh="{room} 在 {day} {half} 已安排场次 {number}。请换会议室或半天。",
    )


class TimesWrong(Refusal):
    code = "session_times_wrong"
    status = 422
    words = T(
        en="The session has to begin on its day, in its half of the day, and end after it begins.",
        zh="开始时间应在所选日期的半天之内，结束时间应晚于开始时间。",
    )


class SeatsWrong(Refusal):
    code = "session_seats_wrong"
    status = 422
    words = T(
        en="A panel has an odd number of seats, at least 5; {seats} were asked for.",
        zh="专家组人数应为 5 人以上单数，现为 {seats} 人。",
    )


class NotInSession(Refusal):
    code = "not_in_session"
    status = 409
    words = T(
        en="This case is no longer in session {number}. Reload the page.",
        zh="该项目已不在场次 {number} 中。请刷新页面。",
    )


class ReasonNeeded(Refusal):
    code = "session_reason_needed"
    status = 422
    words = T(en="Write one sentence that says why.", zh="请写一句话说明理由。")


class ExpertElsewhere(Refusal):
    code = "expert_elsewhere"
    status = 409
    words = T(
        en="{expert} sits in session {number} in the same half-day. Nobody sits in two rooms at once.",
        zh="{expert} 在同一半天已列入场次 {number}，不能同时参加两场。",
    )


class CannotSit(Refusal):
    code = "cannot_sit"
    status = 409
    words = T(en="{expert} cannot sit on this panel: {why}.", zh="{expert} 不能进入本专家组：{why}。")


class ConflictStands(Refusal):
    code = "conflict_stands"
    status = 409
    words = T(
        en="{expert} cannot sit on this panel: a conflict with one of its cases stands.",
        zh="{expert} 不能进入本专家组：与本场次项目存在利益冲突。",
    )


class NotDrawnYet(Refusal):
    code = "not_announced"
    status = 409
    words = T(
        en="The pool of session {number} is not frozen yet: announce it first.",
        zh="场次 {number} 的候选名单尚未冻结，请先公布。",
    )


class SeatAnswered(Refusal):
    code = "seat_answered"
    status = 409
    words = T(
        en="This invitation stands at “{state}”: it cannot be answered any more.",
        zh="该邀请目前为“{state}”，不能再答复。",
    )


class SeatsOpen(Refusal):
    code = "seats_open"
    status = 409
    words = T(
        en="{confirmed} of {wanted} seats are confirmed. The session can be confirmed when all are.",
        zh="{wanted} 个席位中已确认 {confirmed} 个，全部确认后才能确认场次。",
    )


class NoQuorum(Refusal):
    code = "no_quorum"
    status = 409
    words = T(en="The panel cannot meet yet: {why}", zh="专家组暂不能开会：{why}")


class CaseNoQuorum(Refusal):
    """Those who sit on one case are too few, or too few of its field."""

    code = "case_no_quorum"
    status = 409
    words = T(
        en="{number} cannot be heard or concluded by those who sit on it: {why} Waive a conflict where that is right, "
        "or take the case out and put it before another panel.",
        zh="{number} 的在席专家不符合要求，不能评审或作出结论：{why}可依规豁免回避，或移出本场次另行安排专家组。",
    )


class ItemConcluded(Refusal):
    code = "item_concluded"
    status = 409
    words = T(
        en="The panel has concluded on {number}: it stays in this session.",
        zh="{number} 已有评审结论，不能移出本场次。",
    )


class ItemMoved(Refusal):
    code = "item_moved"
    status = 409
    words = T(
        en="The board has moved on: {number} is not being heard. Look at it again.",
        zh="看板已有变动：{number} 不在答辩中。请重新查看。",
    )


class CasesOpen(Refusal):
    code = "cases_open"
    status = 409
    words = T(
        en="No conclusion yet on: {names}. The session is concluded when every case is.",
        zh="尚无结论：{names}。全部项目有结论后才能结束评审。",
    )


class MinutesChanged(Refusal):
    code = "minutes_changed"
    status = 409
    words = T(
        en="These are not the minutes as they stand. Reload the page, read them again, then sign.",
        zh="所签的不是现在的会议纪要。请刷新页面，重新阅读后再签名。",
    )


class SignedAlready(Refusal):
    code = "signed_already"
    status = 409
    words = T(en="You have signed these minutes already.", zh="您已签署本纪要。")


class WrongCode(Refusal):
    code = "wrong_sign_in_code"
    status = 422
    words = T(
        en="This is not the code on the board. Ask the secretary.",
        zh="签到码与看板上的不一致，请询问秘书。",
    )


class NotPresent(Refusal):
    code = "not_present"
    status = 409
    words = T(
        en="{expert} has not signed in, or does not sit on this panel.",
        zh="{expert} 未签到，或不在本专家组中。",
    )


class NotUnderstood(Refusal):
    code = "session_form_wrong"
    status = 422
    words = T(en="“{what}” is missing or cannot be read.", zh="“{what}”缺少或无法识别。")


class UnknownExperts(Refusal):
    code = "experts_unknown"
    status = 422
    words = T(
        en="The expert database has nobody with the code {codes}. Look the codes up there.",
        zh="专家库中没有编号 {codes}，请在专家库中查找后重填。",
    )


class RoomNameTaken(Refusal):
    code = "room_name_taken"
    status = 409
    words = T(en="There is a room “{name}” already.", zh="已有名为“{name}”的会议室。")
