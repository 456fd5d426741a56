"""Ready phrases for points of correction, by what they are about: what is wrong, and what to do."""

from config.words import T
from workflows.models import CorrectionPoint

Kind = CorrectionPoint.Kind
# With what a difference from the tax record is asked.
DIFFERENCE = T(
    "The declared tax is {tax} yuan, the tax record says {record} yuan. "
    "Check the tax payment certificate and correct the sum.",
    "申报税额 {tax} 元，税务记录 {record} 元。请核对完税证明后更正税额。",
)
NO_RECORD = T(
    "The declared tax is {tax} yuan, but there is no tax record. "
    "Check the number and the tax payment certificate, and correct them.",
    "申报税额 {tax} 元，但没有税务记录。请核对证件号码和完税证明后更正。",
)
PHRASES: dict[str, tuple[T, ...]] = {
    Kind.FIELD: (
        T("This differs from the sealed application form: make them agree.", "与盖章申报表不一致，请更正。"),
        T("This is incomplete: write it out in full.", "填写不完整，请补充完整。"),
        T(
            "This does not belong to your organisation: enter your organisation’s.",
            "不是本单位的信息，请改为本单位的。",
        ),
    ),
    Kind.PAPER: (
        T("The seal is missing: seal it and upload it again.", "缺少公章，请盖章后重新上传。"),
        T("The scan cannot be read: scan it again and upload it.", "扫描件不清晰，请重新扫描上传。"),
        T("A page is missing: upload the whole document.", "缺页，请上传完整文件。"),
        T("It is of another year: upload that of the year claimed.", "年度不符，请上传申报年度的材料。"),
    ),
    Kind.PERSON: (
        T(
            "The declared tax differs from the tax record: check and correct it.",
            "申报税额与税务记录不符，请核对后更正。",
        ),
        T("The identity number does not match the document: correct it.", "证件号码与证件不一致，请更正。"),
        T(
            "The post does not match the certificate of employment: correct it.",
            "岗位与在职证明不一致，请更正。",
        ),
        T(
            "This person stands in another application: remove the row or explain.",
            "该人员同时出现在其他单位的申报中，请删除或说明。",
        ),
    ),
    Kind.ROSTER: (
        T(
            "People are missing or should not be here: upload the corrected roster.",
            "名单有遗漏或多报，请上传更正后的名单。",
        ),
    ),
}
