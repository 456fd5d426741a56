"""The kinds of field, one file each; `KINDS` finds them by the slug that definitions name."""

from forms.fields.bank_account import BankAccount, BankCard
from forms.fields.bank_code import BankCode
from forms.fields.base import Kind, Value
from forms.fields.budget import BudgetLines
from forms.fields.choice import Choice, Option
from forms.fields.credit_code import CreditCode
from forms.fields.date import Date
from forms.fields.decimal import DecimalNumber, Percent
from forms.fields.email import Email
from forms.fields.identity import IDENTITY_KINDS, IdentityNumber, TravelDocument
from forms.fields.integer import Integer
from forms.fields.long_text import LongText
from forms.fields.mobile import Mobile
from forms.fields.money import Money, yuan
from forms.fields.resident_id import ResidentId
from forms.fields.text import Text
from forms.fields.year import Year
from forms.fields.yes_no import YesNo

KINDS: dict[str, type[Kind]] = {
    kind.slug: kind
    for kind in (
        BankAccount,
        BankCard,
        BankCode,
        BudgetLines,
        Choice,
        CreditCode,
        Date,
        DecimalNumber,
        Email,
        IdentityNumber,
        Integer,
        LongText,
        Mobile,
        Money,
        Percent,
        ResidentId,
        Text,
        TravelDocument,
        Year,
        YesNo,
    )
}

__all__ = [
    "IDENTITY_KINDS",
    "KINDS",
    "BankAccount",
    "BankCard",
    "BankCode",
    "BudgetLines",
    "Choice",
    "CreditCode",
    "Date",
    "DecimalNumber",
    "Email",
    "IdentityNumber",
    "Integer",
    "Kind",
    "LongText",
    "Mobile",
    "Money",
    "Option",
    "Percent",
    "ResidentId",
    "Text",
    "TravelDocument",
    "Value",
    "Year",
    "YesNo",
    "yuan",
]
