"""The firms of the demonstration: names, industries, districts, how many people each puts on its roster."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from accounts.models import District, Industry
from workflows.demonstration.identities import made_up_credit_code

FIRST_NAME = "厦门示例软件有限公司"
FIRST_CODE = "91350299MA0DEM005C"
STYLE_A = "鹭海云星泰恒瑞嘉宏远信诚智联天启华晟金盛亿安博众凌正弘"
STYLE_B = "通达创科维思科博纳兴森源特力迅合辰图谷光睿峰腾翔润康"
TRADES: dict[str, tuple[str, ...]] = {
    Industry.SOFTWARE: ("软件", "信息技术", "网络科技", "数据服务", "智能科技"),
    Industry.ELECTRONICS: ("电子", "光电", "微电子", "通信设备"),
    Industry.BIOMEDICINE: ("生物科技", "医药", "医疗器械"),
    Industry.NEW_MATERIALS: ("新材料", "特种材料"),
    Industry.FINANCE: ("融资担保",),
    Industry.LOGISTICS: ("供应链",),
    Industry.TRADE: ("贸易",),
    Industry.CULTURE_TOURISM: ("文旅",),
}
KEY_INDUSTRIES = (
    *[Industry.SOFTWARE] * 55,
    *[Industry.ELECTRONICS] * 22,
    *[Industry.BIOMEDICINE] * 14,
    *[Industry.NEW_MATERIALS] * 9,
)
OTHER_INDUSTRIES = (Industry.FINANCE, Industry.LOGISTICS, Industry.TRADE, Industry.CULTURE_TOURISM)
DISTRICTS = (
    *[District.SIMING] * 40,
    *[District.HULI] * 28,
    *[District.JIMEI] * 14,
    *[District.HAICANG] * 12,
    *[District.TONGAN] * 6,
)


@dataclass(frozen=True, slots=True)
class Firm:
    """One employer."""

    ordinal: int
    name: str
    credit_code: str
    industry: str
    district: str
    people: int


def firms(sizes: list[int], random: Random, *, outside: Mapping[int, str], far: set[int]) -> list[Firm]:
    """One employer for each of `sizes`, the people on its roster; the first is the demonstration's own.

    Args:
        outside: ordinal → industry, for those outside the catalogue.
        far: ordinals of those whose taxes are paid in another bureau's district.
    """
    names = {FIRST_NAME}
    made = []
    for n, people in enumerate(sizes):
        industry = outside.get(n) or (Industry.SOFTWARE if n == 0 else random.choice(KEY_INDUSTRIES))
        name = FIRST_NAME
        while n and name in names:
            trade = random.choice(TRADES[industry])
            name = f"厦门示例{random.choice(STYLE_A)}{random.choice(STYLE_B)}{trade}有限公司"
        names.add(name)
        district = District.XIANGAN if n in far else (District.SIMING if n == 0 else random.choice(DISTRICTS))
        code = made_up_credit_code(n) if n else FIRST_CODE
        made.append(Firm(n, name, code, str(industry), str(district), people))
    return made


def roster_sizes(count: int, people: int, random: Random) -> list[int]:
    """`count` whole numbers of at least 1 that add up to `people`: many small ones, a few of dozens."""
    drawn = [random.lognormvariate(0.0, 1.15) for _ in range(count)]
    spare = people - count
    total = sum(drawn)
    sizes = [1 + int(spare * weight / total) for weight in drawn]
    for n in range(people - sum(sizes)):
        sizes[n % count] += 1
    # The firm that everybody looks at first has a roster that fits on a page.
    largest = max(range(1, count), key=sizes.__getitem__)
    sizes[0], sizes[largest] = 9, sizes[largest] + sizes[0] - 9
    return sizes
