"""What forms share: industry and district, who handles the case, which account the money goes to."""

from accounts.models import District, Industry
from config.words import T
from forms.fields import (
    IDENTITY_KINDS,
    BankAccount,
    BankCode,
    Choice,
    Email,
    IdentityNumber,
    Mobile,
    Option,
    Text,
)
from forms.schema import Field, Section

INDUSTRY_WORDS = {
    Industry.SOFTWARE: T("Software and information services", "软件和信息服务"),
    Industry.ELECTRONICS: T("Electronics and information", "电子信息"),
    Industry.BIOMEDICINE: T("Biomedicine", "生物医药"),
    Industry.NEW_MATERIALS: T("New materials", "新材料"),
    Industry.CULTURE_TOURISM: T("Culture and tourism", "文化旅游"),
    Industry.FINANCE: T("Finance", "金融"),
    Industry.LOGISTICS: T("Logistics", "物流"),
    Industry.TRADE: T("Trade", "商贸"),
    Industry.OTHER: T("Other", "其他"),
}
DISTRICT_WORDS = {
    District.SIMING: T("Siming", "思明区"),
    District.HULI: T("Huli", "湖里区"),
    District.JIMEI: T("Jimei", "集美区"),
    District.HAICANG: T("Haicang", "海沧区"),
    District.TONGAN: T("Tong’an", "同安区"),
    District.XIANGAN: T("Xiang’an", "翔安区"),
}


def _choice(words: dict[str, T]) -> Choice:
    return Choice(options=tuple(Option(str(value), label) for value, label in words.items()))


INDUSTRY = _choice({str(k): v for k, v in INDUSTRY_WORDS.items()})
DISTRICT = _choice({str(k): v for k, v in DISTRICT_WORDS.items()})

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
