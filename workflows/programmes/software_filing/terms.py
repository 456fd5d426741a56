"""The policy versions of software filing with their thresholds: 财税〔2016〕49号, and 公告2021年第10号 (四部委)."""

from dataclasses import dataclass
from decimal import Decimal

from config.words import T
from workflows.engine.ratios import Ratio

D = Decimal


@dataclass(frozen=True)
class Terms:
    """The parameters of one policy version: shares, each at least so much."""

    degree: T
    degree_share: Decimal
    rd_staff_share: Decimal
    rd_spend_share: Decimal
    domestic_share: Decimal
    software_share: Decimal
    software_share_embedded: Decimal
    own_share: Decimal
    own_share_embedded: Decimal

    @property
    def shown(self) -> tuple[tuple[T, T], ...]:
        """The thresholds as the service guide prints them."""
        plain = (
            (
                T(f"Staff with a {self.degree.en} degree or above", f"{self.degree.zh}以上学历职工占比"),
                self.degree_share,
            ),
            (T("R&D staff", "研发人员占比"), self.rd_staff_share),
            (T("R&D spend in revenue", "研发费用占收入比例"), self.rd_spend_share),
            (T("Domestic part of the R&D spend", "境内研发费用占比"), self.domestic_share),
        )
        embedded = (
            (
                T("Software revenue (embedded)", "软件收入占比（嵌入式）"),
                self.software_share,
                self.software_share_embedded,
            ),
            (
                T("Revenue of own software (embedded)", "自主开发软件收入占比（嵌入式）"),
                self.own_share,
                self.own_share_embedded,
            ),
        )
        return (
            *((words, T(f"at least {least:.0%}", f"不低于 {least:.0%}")) for words, least in plain),
            *((words, T(f"at least {least:.0%} ({there:.0%})", f"不低于 {least:.0%}（{there:.0%}）"))
              for words, least, there in embedded),
        )  # fmt: skip


POLICIES = {
    "2016": Terms(T("college", "大专"), D("0.40"), D("0.20"), D("0.06"), D("0.60"), D("0.50"), D("0.40"), D("0.40"), D("0.30")),
    "2021": Terms(T("bachelor’s", "本科"), D("0.40"), D("0.25"), D("0.07"), D("0.60"), D("0.55"), D("0.45"), D("0.45"), D("0.40")),
}  # fmt: skip

RATIOS = (
    Ratio("degree", T("Staff with the required degree", "学历达标职工占比"), "staff_degree", "staff_total", "degree_share"),
    Ratio("rd_staff", T("R&D staff", "研发人员占比"), "staff_rd", "staff_total", "rd_staff_share"),
    Ratio("rd_spend", T("R&D spend in revenue", "研发费用占收入比例"), "rd_spend_fen", "revenue_fen", "rd_spend_share"),
    Ratio("domestic", T("Domestic part of the R&D spend", "境内研发费用占比"), "rd_domestic_fen", "rd_spend_fen", "domestic_share"),
    Ratio("software", T("Software revenue", "软件收入占比"), "software_fen", "revenue_fen", "software_share",
          "embedded", "software_share_embedded"),
    Ratio("own", T("Revenue of own software", "自主开发软件收入占比"), "own_fen", "revenue_fen", "own_share",
          "embedded", "own_share_embedded"),
)  # fmt: skip
