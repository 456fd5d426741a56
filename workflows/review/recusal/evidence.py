"""What a conflict rests on, in words."""

from collections.abc import Mapping
from typing import Any

from config.words import T
from workflows.models import Conflict
from workflows.review.recusal.rules import RULES

KIN = {
    "spouse": T("spouse", "配偶"),
    "lineal": T("lineal kin", "直系血亲"),
    "collateral": T("collateral kin", "三代以内旁系血亲"),
    "in_law": T("near in-law", "近姻亲"),
    "other": T("another tie", "其他关系"),
}
HEADS = {
    "legal": T("legal representative", "法定代表人"),
    "owner": T("person in charge", "负责人"),
    "founder": T("founder", "创业人才"),
    "presenter": T("presenter", "答辩人"),
}
POSTS = {
    "employed": T("employed at {organisation}{code}, {period}", "任职于{organisation}{code}，{period}"),
    "director": T("director of {organisation}{code}, {period}", "{organisation}{code}董事，{period}"),
    "supervisor": T("supervisor of {organisation}{code}, {period}", "{organisation}{code}监事，{period}"),
    "controller": T(
        "controller of {organisation}{code}, {period}", "{organisation}{code}实际控制人，{period}"
    ),
    "shareholder": T("shareholder of {organisation}{code}, {period}", "{organisation}{code}股东，{period}"),
    "adviser": T("adviser of {organisation}{code}, {period}", "{organisation}{code}顾问，{period}"),
}
OTHERS = {
    "began": T("began application {number}", "曾填报申报 {number}"),
    "contact": T("contact of application {number}", "申报 {number} 的联系人"),
    "roster": T("on the roster of application {number}", "列于申报 {number} 的人员名单"),
    "member": T("acted for the applicant in this system", "曾在本系统代表申报单位"),
    "reviewed": T(
        "somebody of the applicant reviewed application {number} of {organisation}",
        "申报单位人员评审过{organisation}的申报 {number}",
    ),
    "excluded": T(
        "named by the applicant: {name}, {organisation}{code}", "申报单位提出：{name}，{organisation}{code}"
    ),
}


def evidence_of(conflict: Conflict) -> list[T]:
    """Each tie of a conflict as one line; for a declaration what was said."""
    said = conflict.evidence.get("said")
    if said:
        return [T(said, said)]
    return [_line(tie) for tie in conflict.evidence.get("ties", ())]


def title_of(conflict: Conflict) -> T:
    """The name of its rule."""
    rule = RULES.get(conflict.rule)
    return rule.title if rule else T(conflict.rule, conflict.rule)


def _line(tie: Mapping[str, Any]) -> T:
    what = tie.get("what", "")
    code = f"（{tie['code']}）" if tie.get("code") else ""
    values: dict[str, Any] = {
        "organisation": tie.get("organisation", ""), "name": tie.get("name", ""), "number": tie.get("number", ""),
        "code": T(f" ({tie['code']})" if tie.get("code") else "", code), "period": _period(tie),
    }  # fmt: skip
    if what in KIN and tie.get("head"):
        return T(
            "{kin} with the same name as the {head} of {organisation}", "{kin}与{organisation}的{head}同名"
        ).format(kin=KIN[what], head=HEADS[tie["head"]], **values)
    if what in KIN:
        return T("{kin} at {organisation}{code}", "{kin}任职于{organisation}{code}").format(
            kin=KIN[what], **values
        )
    return (POSTS | OTHERS).get(what, T(what, what)).format(**values)


def _period(tie: Mapping[str, Any]) -> T:
    since, until = tie.get("from"), tie.get("until")
    if not since and not until:
        return T("now", "至今")
    return T(f"{since or '…'} – {until or 'now'}", f"{since or '…'} 至 {until or '今'}")
