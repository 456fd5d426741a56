"""Projects of the demonstration: bureaus, what they apply for, with which budget; drawn from a seed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from django.contrib.auth.hashers import make_password

from accounts.models import Membership, Organisation, OrganisationKind, Role, User
from workflows.demonstration.identities import Identities

CITY = (
    "教育局", "科技局", "公安局", "民政局", "司法局", "财政局", "人社局", "资源规划局", "生态环境局", "建设局",
    "交通运输局", "水利局", "农业农村局", "商务局", "文旅局", "卫健委", "应急管理局", "审计局", "市场监管局", "体育局",
    "统计局", "医保局", "城管执法局", "信访局", "气象局", "消防救援支队", "图书馆", "档案馆", "博物馆", "疾控中心",
    "血液中心", "第一医院", "中医院", "职业大学", "港口管理局", "公共资源交易中心", "行政服务中心", "信息中心",
    "住房公积金中心", "地铁建设指挥部",
)  # fmt: skip
DISTRICTS = ("思明区", "湖里区", "集美区", "海沧区", "同安区", "翔安区")
OFFICES = (
    "教育局",
    "卫健局",
    "城管局",
    "应急局",
    "建设交通局",
    "民政局",
    "文旅局",
    "市监局",
    "政务服务中心",
    "司法局",
)
SUBJECTS = (
    "数据共享平台", "业务协同系统", "视频联网应用", "综合管理平台", "移动服务平台", "档案数字化", "信用管理系统",
    "感知监测网络", "统一身份认证", "辅助决策系统",
)  # fmt: skip
STAGES = ("一期", "二期", "升级改造")
# Item → (least, most quantity, price around, of the year 2019, in yuan).
DRAWN = {
    "development": (12, 90, 18_000), "product": (1, 6, 42_000), "server": (2, 8, 65_000), "cloud": (4, 30, 9_000),
    "storage": (10, 60, 4_500), "network": (2, 12, 22_000), "security": (1, 2, 80_000), "supervision": (1, 1, 95_000),
    "operation": (1, 3, 120_000), "other": (1, 1, 30_000),
}  # fmt: skip
ALWAYS = ("development", "security", "supervision")
MEAN = {
    "need": "落实上级数字化改革部署，现有系统分散，群众和企业多头填报。",
    "solution": "依托市政务云部署，接入市公共数据平台，按等保三级设计。",
    "effect": "办理时限缩短三成以上，年共享数据 200 万条以上。",
}


@dataclass(frozen=True, slots=True)
class Bureau:
    """A public body with the person who applies for it."""

    name: str
    email: str


def bureaus(count: int) -> list[Bureau]:
    """So many public bodies, the city's first."""
    names = [*CITY, *(f"{district}{office}" for office in OFFICES for district in DISTRICTS)]
    return [
        Bureau(f"厦门示例市{name}", f"project{n:03d}@bureaus.example")
        for n, name in enumerate(names[:count], 1)
    ]


def ensure_bureaus(wanted: Sequence[Bureau], identities: Identities) -> list[tuple[Organisation, User]]:
    """The bureaus with an agent each, made where they are not there; nobody of them can sign in."""
    known = {o.name: o for o in Organisation.objects.filter(name__in=[b.name for b in wanted])}
    Organisation.objects.bulk_create(
        Organisation(kind=OrganisationKind.AUTHORITY, name=b.name, address="厦门市示例路")
        for b in wanted
        if b.name not in known
    )
    places = {o.name: o for o in Organisation.objects.filter(name__in=[b.name for b in wanted])}
    User.objects.bulk_create(
        [User(email=b.email, name=identities.name(), password=make_password(None)) for b in wanted],
        ignore_conflicts=True,
    )
    people = {user.email: user for user in User.objects.filter(email__in=[b.email for b in wanted])}
    Membership.objects.bulk_create(
        [Membership(user=people[b.email], organisation=places[b.name], role=Role.AGENT) for b in wanted],
        ignore_conflicts=True,
    )
    return [(places[b.name], people[b.email]) for b in wanted]


def project_answers(
    applicant: Organisation, by: User, identities: Identities, prices: Mapping[str, int]
) -> dict[str, str]:
    """A complete and right form; unit prices around `prices` (fen by item), some of them well above."""
    random = identities.random
    local = by.email.partition("@")[0]
    title = f"{applicant.name.removeprefix('厦门示例市')}{random.choice(SUBJECTS)}{random.choice(STAGES)}"
    return {
        "title": title,
        "kind": random.choice(("new", "upgrade", "extension")),
        "months": str(random.choice((6, 8, 12, 18))),
        **MEAN,
        "budget": json.dumps(_lines(random, prices), ensure_ascii=False, separators=(",", ":")),
        "presenter": identities.name(),
        "presenter_mobile": identities.mobile(),
        "presenter_email": f"{local}@bureaus.example",
        "contact_name": by.name,
        "contact_id_kind": "resident_id",
        "contact_id_number": identities.resident_id(),
        "contact_mobile": identities.mobile(),
        "contact_email": f"{local}@bureaus.example",
    }


def _lines(random: Random, prices: Mapping[str, int]) -> list[list[str]]:
    others = random.sample([item for item in DRAWN if item not in ALWAYS], random.randrange(2, 5))
    lines = []
    for item in (*ALWAYS, *sorted(others)):
        least, most, usual = DRAWN[item]
        around = prices.get(item, usual * 100) // 100
        factor = random.choice((0.9, 0.95, 1, 1, 1.02, 1.05, 1.08, 1.18, 1.3))
        lines.append(
            [item, WHAT[item], str(random.randrange(least, most + 1)), str(int(around * factor) // 10 * 10)]
        )
    return lines


WHAT = {
    "development": "业务系统定制开发", "product": "数据库及中间件", "server": "应用服务器", "cloud": "政务云主机租用",
    "storage": "业务数据存储", "network": "交换机及防火墙", "security": "等保三级测评", "supervision": "项目监理",
    "operation": "首年运行维护", "other": "用户培训",
}  # fmt: skip
