"""The rules of recusal 回避: what each is called, how far back it looks, and by which rows it finds a tie.

By analogy with the law on public procurement
(参加采购活动前三年内与供应商存在劳动关系，担任董事、监事，或者是其控股股东、
实际控制人；与其法定代表人或者负责人有夫妻、直系血亲、三代以内旁系血亲或者近姻亲关系): a tie of the last three years
counts.
"""

from dataclasses import dataclass

from config.words import T
from workflows.review.recusal import ties


@dataclass(frozen=True, slots=True)
class RecusalRule:
    """One kind of tie between an expert and an applicant.

    Args:
        code: what stands in `Conflict.rule`.
        title: its name, for people.
        years: how long a tie counts after it has ended; None where it counts as long as it is there.
        ties: SQL that gives (expert_id, application_id, tie) over the sets of `ties.SETS`; empty for what is declared.
    """

    code: str
    title: T
    years: int | None = None
    ties: str = ""

    @property
    def period(self) -> T:
        """How far back it looks, in words."""
        if self.years is None:
            return T("as long as it is so", "关系存续期间")
        return T(f"now or within {self.years} years", f"现在或近 {self.years} 年内")


YEARS = 3
DECLARED = "declared"

EMPLOYER = RecusalRule(
    "employer", T("Works for the applicant", "与申报单位同一工作单位"), YEARS, ties.post("employed")
)
OFFICER = RecusalRule(
    "officer",
    T("Director, supervisor or controller of the applicant", "担任申报单位董事、监事或为其实际控制人"),
    YEARS,
    ties.post("director", "supervisor", "controller"),
)
SHAREHOLDER = RecusalRule(
    "shareholder", T("Shareholder of the applicant", "持有申报单位股份"), YEARS, ties.post("shareholder")
)
ADVISER = RecusalRule(
    "adviser", T("Adviser of the applicant", "担任申报单位顾问"), YEARS, ties.post("adviser")
)
KIN = RecusalRule("kin", T("A relative works for the applicant", "亲属在申报单位任职"), None, ties.KIN)
APPLIED = RecusalRule(
    "co_applicant",
    T("Took part in an application of the applicant", "曾参与申报单位的申报"),
    YEARS,
    ties.APPLIED,
)
MUTUAL = RecusalRule(
    "mutual",
    T("Somebody of the applicant reviewed the expert's employer", "申报单位人员曾评审专家所在单位"),
    YEARS,
    ties.MUTUAL,
)
EXCLUDED = RecusalRule(
    "excluded",
    T("On the applicant's list of experts to keep away", "在申报单位申请回避的名单上"),
    None,
    ties.EXCLUDED,
)
SAID = RecusalRule(DECLARED, T("Declared", "申明回避"))

FOUND_BY = (EMPLOYER, OFFICER, SHAREHOLDER, ADVISER, KIN, APPLIED, MUTUAL, EXCLUDED)
RULES = {rule.code: rule for rule in (*FOUND_BY, SAID)}
