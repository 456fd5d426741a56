"""Sections that every form has: who handles the case, and which account the money goes to."""

from config.words import T
from forms.fields import IDENTITY_KINDS, BankAccount, BankCode, Email, IdentityNumber, Mobile, Text
from forms.schema import Field, Section

CONTACT = Section(
    "contact",
    T("Case handler", "经办人"),
    (
        Field("contact_name", T("Name", "姓名"), Text(max_length=60), autocomplete="name"),
        Field("contact_id_kind", T("Identity document", "证件类型"), IDENTITY_KINDS),
        Field(
            "contact_id_number",
            T("Number", "证件号码"),
            IdentityNumber(depends_on="contact_id_kind"),
            hint=T(
                "Its last four signs and the receipt number open the public progress page.",
                "凭收件编号和证件号码后四位可在公开页面查询进度。",
            ),
        ),
        Field("contact_mobile", T("Mobile", "手机"), Mobile(), autocomplete="tel"),
        Field("contact_email", T("E-mail", "电子邮箱"), Email(), autocomplete="email"),
    ),
)
ACCOUNT = Section(
    "account",
    T("Account for the payment", "收款账户"),
    (
        Field("account_name", T("Account name", "户名"), Text(max_length=120)),
        Field("bank_name", T("Bank and branch", "开户银行"), Text(max_length=120)),
        Field("bank_code", T("Bank code", "联行号"), BankCode(), hint=T("12 digits", "12 位数字")),
        Field("account", T("Account number", "银行账号"), BankAccount()),
    ),
    hint=T(
        "An account of the employer; money is never paid to a person.",
        "须为单位账户，资金不直接付给个人。",
    ),
)
