"""What an expert undertakes before the first file opens 承诺书, and what they keep to themselves 保密声明."""

import hashlib
import json

from config.words import T

UNDERTAKING = (
    T(
        "I have no tie with the applicant that could make my judgement unfair: within three years I have not worked "
        "for it, nor been its director, supervisor, controller, shareholder or adviser; nor has a relative of mine.",
        "本人与申报单位没有可能影响公正评审的利害关系：近三年内本人未在该单位任职，未担任其董事、监事、顾问，"
        "不是其实际控制人或股东，本人亲属亦无上述情形。",
    ),
    T(
        "If I learn of such a tie, I recuse myself at once.",
        "评审中如发现有上述情形，本人立即申请回避。",
    ),
    T(
        "I judge by the criteria of this programme alone, on my own, and sign for what I say.",
        "本人依照本项目评分标准独立评审，并对评审意见负责。",
    ),
)
CONFIDENTIALITY = (
    T(
        "I keep what I read and what is said in the panel to myself, and pass no paper on.",
        "本人对申报材料和评审情况保密，不向他人提供任何材料。",
    ),
    T(
        "I tell nobody that I review this case, or who else does, and take nothing from the applicant.",
        "本人不向任何人透露本人及其他专家参与评审的情况，不接受申报单位的任何财物。",
    ),
)


def statement_sha256() -> str:
    """The hash of the words that are undertaken, as the event of the case keeps it."""
    words = [[line.en, line.zh] for line in (*UNDERTAKING, *CONFIDENTIALITY)]
    return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()
