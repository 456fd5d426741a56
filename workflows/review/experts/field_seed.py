"""The usual fields of knowledge: what an office begins with, and edits from then on."""

from django.db import transaction

from accounts.models import User
from workflows.models import ExpertField
from workflows.review.experts.fields import keep

# code, Chinese, English, parts.
TREE = (
    ("IT", "信息技术", "Information technology", (
        ("IT01", "软件工程", "Software engineering"), ("IT02", "系统架构与云计算", "Architecture and cloud"),
        ("IT03", "大数据与数据治理", "Data and data governance"), ("IT04", "人工智能", "Artificial intelligence"),
        ("IT05", "网络与信息安全", "Network and information security"), ("IT06", "物联网", "Internet of things"),
        ("IT07", "地理信息", "Geographic information"), ("IT08", "信息系统监理与测评", "Supervision and testing"),
    )),
    ("EL", "电子信息制造", "Electronics", (
        ("EL01", "集成电路", "Integrated circuits"), ("EL02", "平板显示", "Displays"),
        ("EL03", "通信设备", "Communication equipment"),
    )),
    ("BM", "生物医药", "Biomedicine", (
        ("BM01", "药物研发", "Drug development"), ("BM02", "医疗器械", "Medical devices"),
        ("BM03", "医疗信息化", "Medical informatics"),
    )),
    ("NM", "新材料", "New materials", (
        ("NM01", "高分子材料", "Polymers"), ("NM02", "特种金属", "Special metals"),
    )),
    ("GV", "政务与公共服务", "Government and public services", (
        ("GV01", "政务信息化", "E-government"), ("GV02", "智慧城市", "Smart city"),
        ("GV03", "教育信息化", "Education technology"), ("GV04", "交通信息化", "Transport informatics"),
        ("GV05", "应急与公共安全", "Emergency and public safety"),
    )),
    ("FN", "财务与投资", "Finance and investment", (
        ("FN01", "会计与审计", "Accounting and audit"), ("FN02", "财政资金管理", "Public funds"),
        ("FN03", "工程造价", "Cost engineering"), ("FN04", "创业投资", "Venture capital"),
    )),
    ("LW", "法律与知识产权", "Law and intellectual property", (
        ("LW01", "知识产权", "Intellectual property"), ("LW02", "政府采购与合同", "Procurement and contracts"),
        ("LW03", "数据合规", "Data protection"),
    )),
    ("MG", "管理", "Management", (
        ("MG01", "项目管理", "Project management"), ("MG02", "人才与人力资源", "Talent and human resources"),
    )),
)  # fmt: skip

CODES = {code for top, _, _, parts in TREE for code in (top, *(part[0] for part in parts))}


@transaction.atomic
def load_fields(*, by: User | None = None) -> int:
    """The tree has at least the usual fields; what is there already stays as it is. Returns how many are new."""
    before = set(ExpertField.objects.values_list("pk", flat=True))
    ExpertField.objects.bulk_create(
        [
            ExpertField(code=code, title_zh=zh, title_en=en, position=n)
            for n, (code, zh, en, _) in enumerate(TREE)
        ],
        ignore_conflicts=True,
    )
    tops = {field.code: field for field in ExpertField.objects.filter(code__in=[top[0] for top in TREE])}
    ExpertField.objects.bulk_create(
        [
            ExpertField(code=code, title_zh=zh, title_en=en, position=n, parent=tops[top])
            for top, _, _, parts in TREE
            for n, (code, zh, en) in enumerate(parts)
        ],
        ignore_conflicts=True,
    )
    new = list(ExpertField.objects.exclude(pk__in=before))
    keep("add", by or User.objects.system(), {}, new)
    return len(new)
