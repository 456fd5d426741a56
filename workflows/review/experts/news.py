"""The person hears what was decided about their file."""

from typing import Any

from config.words import T
from notifications.channels.email import connection, send_letter
from notifications.messages import tell
from notifications.topics import topic
from workflows.models import ExpertChange
from workflows.review.experts.deciding import TOPIC

SUBJECTS = {
    "approve": T("You are enrolled in the expert database of {office}", "您已列入{office}专家库"),
    "refuse": T("Your application to the expert database of {office}", "关于您申请加入{office}专家库"),
    "suspend": T("Your place in the expert database is suspended", "您的专家资格已暂停"),
    "resume": T("Your place in the expert database is resumed", "您的专家资格已恢复"),
    "remove": T("You have left the expert database of {office}", "您已从{office}专家库出库"),
}
BODIES = {
    "approve": T(
        "Your code is {code}. Sign in with {email}; if you have no password yet, choose “Forgotten password” on the "
        "page of sign-in. Please look whether your titles, posts and relatives are complete.",
        "您的专家编号为 {code}。请使用 {email} 登录；如尚无密码，请在登录页选择“忘记密码”。"
        "请核对职称、任职和亲属申报是否完整。",
    ),
    "refuse": T("It was not granted. Reason: {reason}", "本次未予入库。原因：{reason}"),
    "suspend": T(
        "Nobody will ask you to review for now. Reason: {reason}", "暂停期间不安排评审。原因：{reason}"
    ),
    "resume": T("You can be asked to review again.", "可再次安排评审。"),
    "remove": T("Reason: {reason}", "出库原因：{reason}"),
}


@topic(TOPIC, around=connection)
def tell_expert(payload: dict[str, Any], key: str) -> None:
    """In the application and by e-mail; who has no account, by e-mail in both languages."""
    change = ExpertChange.objects.select_related("expert__office", "expert__user").get(pk=payload["change"])
    expert = change.expert
    values = {
        "office": expert.office.name, "code": expert.code, "email": expert.email, "reason": change.reason,
    }  # fmt: skip
    subject, body = SUBJECTS[change.what].format(**values), BODIES[change.what].format(**values)
    if expert.user is not None:
        tell([expert.user], key=key, subject=subject, body=body, link="", topic=TOPIC)
        return
    letter = f"{body.zh}\n\n---\n\n{body.en}\n"
    send_letter(expert.email, f"{subject.zh} / {subject.en}", letter, key)
