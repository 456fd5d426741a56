"""The policy versions of project review: unit prices that budgets are held against, and the panel's rule.

The dimensions are those of the city's rules of 2023; the panel is, by analogy, odd and of at least five. The prices
are made up: parameters of the demonstration.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from config.words import T
from forms.fields.budget import Item
from workflows.engine.rubric import Criterion, Rubric, Veto

ITEMS = (
    Item("development", T("Software development", "软件开发"), T("person-months", "人月")),
    Item("product", T("Software product", "成品软件"), T("licences", "套")),
    Item("server", T("Server", "服务器"), T("pieces", "台")),
    Item("cloud", T("Cloud host", "云主机"), T("host-years", "台·年")),
    Item("storage", T("Storage", "存储"), T("TB", "TB")),
    Item("network", T("Network device", "网络设备"), T("pieces", "台")),
    Item("security", T("Classified protection test", "等保测评"), T("systems", "个系统")),
    Item("cipher", T("Cipher assessment", "密码应用评估"), T("systems", "个系统")),
    Item("supervision", T("Supervision", "工程监理"), T("projects", "项")),
    Item("operation", T("Operation and maintenance", "运行维护"), T("years", "年")),
    Item("other", T("Other", "其他"), T("pieces", "项")),
)


@dataclass(frozen=True)
class Terms:
    """The parameters of one policy version; prices in fen by item, those without one are not compared."""

    benchmarks: Mapping[str, int] = field(default_factory=dict)
    # From which share above its benchmark a price is marked for the panel.
    marked_above: Decimal = Decimal("0.10")

    @property
    def shown(self) -> tuple[tuple[T, T], ...]:
        """What the service guide prints of them."""
        by_value = {item.value: item for item in ITEMS}
        prices = tuple(
            (
                T(f"Benchmark: {by_value[name].label.en}", f"基准单价：{by_value[name].label.zh}"),
                T(f"CNY {fen / 100:,.0f} ({by_value[name].unit.en})", f"{fen / 100:,.0f} 元/{by_value[name].unit.zh}"),
            )
            for name, fen in self.benchmarks.items()
        )  # fmt: skip
        above = (
            T("A price is marked from", "单价偏高标记"),
            T(f"{self.marked_above:.0%} above", f"高于基准价 {self.marked_above:.0%}"),
        )
        return (*prices, above)


POLICIES = {
    "2019": Terms({
        "development": 1_800_000, "server": 6_500_000, "cloud": 900_000, "storage": 450_000, "network": 2_200_000,
        "security": 8_000_000,
    }),
    "2023": Terms({
        "development": 2_200_000, "server": 7_000_000, "cloud": 800_000, "storage": 300_000, "network": 2_500_000,
        "security": 8_500_000, "cipher": 9_000_000,
    }),
}  # fmt: skip


def _part(name: str, en: str, zh: str, points: int) -> Criterion:
    return Criterion(name, T(en, zh), points)


RUBRIC = Rubric(
    criteria=(
        Criterion("need", T("Need", "项目建设必要性"), 25, (
            _part("policy", "Policy basis", "政策依据", 8),
            _part("demand", "Real demand", "实际需求", 10),
            _part("unique", "No duplication", "避免重复建设", 7),
        )),
        Criterion("feasibility", T("Technical feasibility", "技术方案可行性"), 30, (
            _part("architecture", "Architecture", "总体架构", 10),
            _part("sharing", "Data sharing and cloud", "数据共享与上云", 8),
            _part("safety", "Security", "安全方案", 7),
            _part("plan", "Plan of implementation", "实施计划", 5),
        )),
        Criterion("funds", T("Soundness of funds", "资金合理性"), 25, (
            _part("volume", "Work volume", "工作量", 10),
            _part("prices", "Unit prices against benchmarks", "单价与基准价比较", 10),
            _part("upkeep", "Cost of operation", "运维费用", 5),
        )),
        Criterion("effect", T("Expected effect", "预期效果"), 20, (
            _part("results", "Measurable results", "可量化成效", 12),
            _part("wider", "Wider use", "推广价值", 8),
        )),
    ),
    vetoes=(
        Veto("duplicate", T("Duplicate project", "重复建设")),
        Veto("no_security", T("No security plan", "无安全方案")),
        Veto("out_of_scope", T("Out of scope", "不属于支持范围")),
    ),
    pass_at=Decimal(80),
    revise_at=Decimal(60),
    trimmed_from=7,
    discuss_spread=Decimal(30),
    cuts_budget=True,
)  # fmt: skip
