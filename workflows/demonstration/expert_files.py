"""What stands in the files of the demonstration's experts: drawn from the seed, written set-based."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import Organisation, User
from accounts.sealing import blind_index
from workflows.demonstration.identities import Identities, made_up_credit_code
from workflows.models import Competence, Expert, ExpertField, ExpertPost, ExpertRelation, ExpertTitle
from workflows.review.experts.field_seed import TREE

# What those who can sign in know best: enough for a panel of each of the two programmes.
FIRST = ("IT01", "IT02", "IT05", "IT03", "FN01", "GV01", "IT04", "FN03", "GV02", "IT08", "IT01", "LW01")
DRAWN = (
    *("IT01", "IT02", "IT03", "IT04", "IT05", "IT06", "IT07", "IT08") * 6,
    *("GV01", "GV02", "GV03", "GV04", "GV05") * 4,
    *("FN01", "FN02", "FN03", "FN04") * 5,
    *("EL01", "EL02", "EL03", "BM01", "BM02", "BM03", "NM01", "NM02", "LW01", "LW02", "LW03", "MG01", "MG02")
    * 2,
)
HOUSES = (
    *[
        f"厦门示例大学{college}"
        for college in ("信息学院", "软件学院", "管理学院", "材料学院", "医学院", "法学院")
    ],
    *[f"福建示例{kind}" for kind in ("理工大学", "师范大学", "信息工程研究院", "测评中心", "规划设计院")],
    *[
        f"厦门示例{kind}"
        for kind in ("会计师事务所", "造价咨询公司", "律师事务所", "人民医院", "科学院研究所")
    ],
)
# By the kind of field, where people of it work; others at a technical university or an institute.
AT = {"FN": (2, 11, 12), "LW": (5, 13), "BM": (4, 14, 15), "NM": (3, 6, 15), "MG": (2, 7, 10)}
ELSEWHERE = (0, 1, 6, 7, 8, 9, 10, 15)
# Colleges of one university are one employer: their group.
GROUPED = 6
HOUSE_CODE, GROUP_CODE = 70_000, made_up_credit_code(79_999)
TITLES = {
    "senior": ("教授", "正高级工程师", "研究员", "高级工程师", "副教授"),
    "middle": ("工程师", "讲师"),
    "senior of FN": ("高级会计师", "正高级会计师", "教授", "副教授"),
    "middle of FN": ("会计师", "经济师"),
}
NAMES = {code: title for _, _, _, parts in TREE for code, title, _ in parts}
ABOUT = "主持或参与{field}领域项目多项，曾任多地财政性信息化项目评审专家（演示数据）。"


@dataclass(frozen=True, slots=True)
class Sketch:
    """One file as drawn: `details` of `entering.DETAILS` without the address, and what hangs on it."""

    details: dict[str, Any]
    fields: tuple[tuple[str, int], ...]
    title: str
    level: str
    awarded_on: date
    valid_until: date | None
    verified: bool
    house: int
    # Ordinal of a demonstration firm with which a post ties them, and how: kind, since, until.
    firm: int | None
    tie: str
    ended: bool
    spouse_at: int | None


def files(identities: Identities, count: int) -> list[Sketch]:
    """`count` files; the first of them can be asked for anything."""
    return [_file(identities, n) for n in range(count)]


def _file(identities: Identities, n: int) -> Sketch:
    random = identities.random
    main = FIRST[n] if n < len(FIRST) else random.choice(DRAWN)
    others = {code for code in random.choices(DRAWN, k=3) if code != main and (code[:2] == main[:2] or n % 3)}
    short = n >= len(FIRST) and random.random() < 0.06
    since = random.randrange(2013, 2017) if short else random.randrange(1988, 2008)
    level = "senior" if n < len(FIRST) or random.random() < 0.92 else "middle"
    awarded = date(min(since + random.randrange(9, 14), 2017), random.randrange(1, 13), 15)
    expires = n >= len(FIRST) and random.random() < 0.10
    tied = n >= len(FIRST) and random.random() < 0.20
    return Sketch(
        details={
            "name": identities.name(), "phone": identities.mobile(), "id_number": identities.resident_id(),
            "languages": ["zh", "en"] if random.random() < 0.4 else ["zh"], "in_field_since": since,
            "load_limit": random.choice((10, 15, 20, 20, 30)), "about": ABOUT.format(field=NAMES[main]),
        },
        fields=((main, 3), *((code, random.choice((1, 2))) for code in sorted(others))),
        title=random.choice(TITLES.get(f"{level} of {main[:2]}", TITLES[level])), level=level, awarded_on=awarded,
        valid_until=date(random.choice((2018, 2020, 2030)), 12, 31) if expires else None,
        verified=n < len(FIRST) or random.random() < 0.96, house=random.choice(AT.get(main[:2], ELSEWHERE)),
        firm=random.randrange(1, 150) if tied else None,
        tie=random.choice(("employed", "employed", "director", "adviser", "shareholder")),
        ended=random.random() < 0.5, spouse_at=random.randrange(1, 150) if random.random() < 0.05 else None,
    )  # fmt: skip


def known(expert: Expert, sketch: Sketch, fields: dict[str, ExpertField]) -> list[Competence]:
    """The fields of a file."""
    return [
        Competence(expert=expert, field=fields[code], strength=strength) for code, strength in sketch.fields
    ]


def write(
    rows: list[tuple[Expert, Sketch]], fields: dict[str, ExpertField], verifier: User, verified_at: datetime
) -> None:
    """Fields, titles, posts and relatives of these files, each in one statement."""
    Competence.objects.bulk_create([one for expert, sketch in rows for one in known(expert, sketch, fields)])
    ExpertTitle.objects.bulk_create(
        [
            ExpertTitle(
                expert=expert, name=sketch.title, level=sketch.level, awarded_on=sketch.awarded_on,
                valid_until=sketch.valid_until, verified_by=verifier if sketch.verified else None,
                verified_at=verified_at if sketch.verified else None,
            )
            for expert, sketch in rows
        ]
    )  # fmt: skip
    firms = {
        firm.credit_code: firm.name
        for firm in Organisation.objects.filter(
            credit_code__in=[made_up_credit_code(n) for _, s in rows for n in (s.firm, s.spouse_at) if n]
        )
    }
    ExpertPost.objects.bulk_create(
        [post for row in rows for post in _posts(*row, firms, verifier, verified_at)]
    )
    ExpertRelation.objects.bulk_create(
        [
            ExpertRelation(
                expert=expert, kin="spouse", relative=(name := "示例" + expert.name), relative_index=blind_index(name),
                organisation=firms.get(code, "厦门示例企业"), credit_code=code, position="财务总监",
            )
            for expert, sketch in rows
            if sketch.spouse_at and (code := made_up_credit_code(sketch.spouse_at))
        ]
    )  # fmt: skip


def _posts(
    expert: Expert, sketch: Sketch, firms: dict[str | None, str], verifier: User, at: datetime
) -> list[ExpertPost]:
    since = date(sketch.details["in_field_since"], 7, 1)
    grouped = GROUP_CODE if sketch.house < GROUPED else ""
    house = made_up_credit_code(HOUSE_CODE + sketch.house)
    found = [
        ExpertPost(
            expert=expert, organisation=HOUSES[sketch.house], credit_code=house,
            group_code=grouped, from_on=since, confirmed_by=verifier, confirmed_at=at,
        )
    ]  # fmt: skip
    if sketch.firm:
        code = made_up_credit_code(sketch.firm)
        found.append(
            ExpertPost(
                expert=expert, kind=sketch.tie, organisation=firms.get(code, "厦门示例企业"), credit_code=code,
                from_on=max(since + timedelta(days=900), date(2015, 3, 1)),
                until_on=date(2017, 9, 30) if sketch.ended else None,
            )
        )  # fmt: skip
    return found
