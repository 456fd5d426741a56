"""An identity document: what kind it is, and its number, read by that kind."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from config.words import T
from forms.errors import Problem
from forms.fields.at_once import every, lines_of
from forms.fields.base import Kind, Value, digits_kept, is_scientific, lost_digits, squeeze
from forms.fields.choice import Choice, Option
from forms.fields.resident_id import ResidentId

RESIDENT_ID, PASSPORT, TAIWAN_PERMIT, HONGKONG_MACAO_PERMIT = (
    "resident_id",
    "passport",
    "taiwan",
    "hongkong_macao",
)

IDENTITY_KINDS = Choice(
    options=(
        Option(
            RESIDENT_ID,
            T(en="Resident ID card", zh="居民身份证"),
            ("身份证", "二代身份证", "港澳台居民居住证", "居住证", "ID card"),
        ),
        Option(PASSPORT, T(en="Passport", zh="护照"), ("外国护照", "中国护照")),
        Option(
            TAIWAN_PERMIT,
            T(en="Mainland travel permit for Taiwan residents", zh="台湾居民来往大陆通行证"),
            ("台胞证", "台湾通行证"),
        ),
        Option(
            HONGKONG_MACAO_PERMIT,
            T(en="Mainland travel permit for Hong Kong and Macao residents", zh="港澳居民来往内地通行证"),
            ("回乡证", "港澳通行证"),
        ),
    )
)


@dataclass(frozen=True)
class TravelDocument(Kind):
    """The number of a passport or of one of the two travel permits."""

    document: str = PASSPORT

    slug: ClassVar[str] = "travel_document"
    sealed: ClassVar[bool] = True
    as_text: ClassVar[bool] = True

    def parse(self, raw: str) -> Value:
        number = squeeze(raw).upper()
        if is_scientific(number):
            raise lost_digits()
        shape, words = SHAPES[self.document]
        if not shape.fullmatch(number):
            raise Problem("wrong_document_number", words)
        return number

    def parse_all(self, texts: Sequence[str]) -> Sequence[Value] | None:
        numbers = list(map(str.upper, texts))
        return numbers if "".join(texts).isascii() and every(LINES[self.document], numbers) else None

    def cell(self, cell: object, text: str) -> str:
        return digits_kept(cell, text)


SHAPES = {
    PASSPORT: (
        re.compile(r"[A-Z0-9]{5,20}", re.ASCII),
        T(en="A passport number has 5 to 20 letters and digits", zh="护照号码为 5 至 20 位字母或数字"),
    ),
    TAIWAN_PERMIT: (
        re.compile(r"\d{8}(\d{2})?", re.ASCII),
        T(
            en="A Taiwan residents' permit has 8 digits (older ones 10)",
            zh="台胞证号码为 8 位数字（旧证 10 位）",
        ),
    ),
    HONGKONG_MACAO_PERMIT: (
        re.compile(r"[HM]\d{8}(\d{2})?", re.ASCII),
        T(en="This permit has H or M and then 8 or 10 digits", zh="通行证号码为 H 或 M 加 8 位或 10 位数字"),
    ),
}


LINES = {document: lines_of(shape.pattern) for document, (shape, _) in SHAPES.items()}


@dataclass(frozen=True)
class IdentityNumber(Kind):
    """The number of the document whose kind stands in the field `depends_on` (an `IDENTITY_KINDS`)."""

    depends_on: str = "id_kind"

    slug: ClassVar[str] = "identity_number"
    sealed: ClassVar[bool] = True
    as_text: ClassVar[bool] = True
    mask_head: ClassVar[int] = 6

    def given(self, other: Value | None) -> Kind:
        return BY_DOCUMENT.get(str(other), self)

    def parse(self, raw: str) -> Value:
        """As the document whose shape it has; a resident ID where none fits and it is about as long."""
        number = squeeze(raw).upper()
        if len(number) >= 15 or is_scientific(number):
            return ResidentId().parse(number)
        for document in (HONGKONG_MACAO_PERMIT, TAIWAN_PERMIT, PASSPORT):
            if SHAPES[document][0].fullmatch(number):
                return number
        raise Problem(
            "wrong_document_number",
            T(
                en="This is the number of no identity document we know",
                zh="看不出是哪一种证件的号码，请对照证件核对",
            ),
        )

    def cell(self, cell: object, text: str) -> str:
        return digits_kept(cell, text)

    def example(self, language: str) -> str:
        return ResidentId().example(language)


BY_DOCUMENT: dict[str, Kind] = {
    RESIDENT_ID: ResidentId(),
    **{document: TravelDocument(document) for document in SHAPES},
}
