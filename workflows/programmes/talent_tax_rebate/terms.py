"""The policy versions of the talent tax rebate with their parameters, and what they decide of each person.

Rules: policy 2016 no. 4 and its yearly versions; what is marked `demo` there is a parameter here.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import BigIntegerField, DecimalField, ExpressionWrapper, F, Func, Q, Value
from django.db.models.functions import Cast

from accounts.models import District, Industry
from config.words import T
from workflows.engine.declare import Rule
from workflows.models import Result
from workflows.sections import DISTRICT_WORDS, INDUSTRY_WORDS


@dataclass(frozen=True)
class Terms:
    """The parameters of one policy version."""

    industries: tuple[str, ...] = ("software", "electronics", "biomedicine", "new_materials")
    districts: tuple[str, ...] = ("siming", "huli", "jimei", "haicang", "tongan")
    min_tenure_months: int = 12
    min_pay_fen: int = 30_000_000
    management_counts: bool = True
    exclusions_apply: bool = False
    max_share: Decimal = Decimal("0.05")
    max_years: int = 3
    retained: Decimal = Decimal("0.40")
    share_of_retained: Decimal = Decimal("0.25")
    first_year: int = 2016
    promised_days: int = 60

    @property
    def arithmetic(self) -> T:
        sum_ = f"{{tax_fen}} × {self.retained} × {self.share_of_retained} = {{award_fen}}"
        return T(en=f"Award in yuan: {sum_}.", zh=f"奖励金额（元）：{sum_}。")

    @property
    def shown(self) -> tuple[tuple[T, T], ...]:
        """The parameters as the service guide prints them: what they are, and what they come to."""
        catalogue = [INDUSTRY_WORDS[Industry(i)] for i in self.industries]
        districts = [DISTRICT_WORDS[District(d)] for d in self.districts]
        pay, award = f"{self.min_pay_fen / 100:,.0f}", f"{self.retained:.0%} × {self.share_of_retained:.0%}"
        yes, no = T("Yes", "是"), T("No", "否")
        return (
            (
                T("Industries of the catalogue", "目录内行业"),
                T(", ".join(t.en for t in catalogue), "、".join(t.zh for t in catalogue)),
            ),
            (
                T("Districts accepted here", "受理的区"),
                T(", ".join(t.en for t in districts), "、".join(t.zh for t in districts)),
            ),
            (
                T("Shortest time in post", "在岗时间下限"),
                T(f"{self.min_tenure_months} months", f"{self.min_tenure_months} 个月"),
            ),
            (T("Least yearly pay", "年薪下限"), T(f"CNY {pay}", f"{pay} 元")),
            (T("Management posts count", "含管理岗"), yes if self.management_counts else no),
            (
                T(
                    "Large shareholders, logistics and official posts excluded",
                    "排除大股东、后勤行政岗、市管干部",
                ),
                T(f"Yes, from {self.max_share:.0%} of the shares", f"是，持股 {self.max_share:.0%} 以上")
                if self.exclusions_apply
                else no,
            ),
            (
                T("Years from the first claim", "自首次申报起年数"),
                T(f"{self.max_years} years", f"{self.max_years} 年"),
            ),
            (T("Award: tax × retained share × rate", "奖励 = 税额 × 地方留成 × 比例"), T(award, award)),
        )


POLICIES = {
    "2018": Terms(management_counts=False),
    "2019": Terms(),
    "2021": Terms(exclusions_apply=True),
}

# ── the decision table, first match wins (domain table of the programme)


def half_up(terms: Terms) -> Cast:
    rate = Value(terms.retained * terms.share_of_retained, output_field=DecimalField())
    product = ExpressionWrapper(F("tax_fen") * rate, output_field=DecimalField())
    return Cast(Func(product, function="ROUND"), BigIntegerField())


DECISIONS = (
    Rule("R01", lambda p: ~Q(industry__in=p.industries), Result.REFUSED,
         T("The employer's industry is not in the catalogue: hand over.", "单位所属行业不在重点产业目录内，转交相应部门。"),
         T("Industry not in the catalogue", "行业不在目录内")),
    Rule("R02", lambda p: ~Q(district__in=p.districts), Result.REFUSED,
         T("Another bureau accepts applications of this district: hand over.", "该区由其他部门受理，转交相应部门。"),
         T("Wrong accepting bureau", "受理部门不符")),
    Rule("R03", lambda p: Q(still_employed=False) | Q(tenure_months__lt=p.min_tenure_months), Result.REFUSED,
         T("Not employed any more, or in post {tenure_months} months only (12 needed).", "已离职，或在岗仅 {tenure_months} 个月，不满 12 个月。"),
         T("Tenure too short", "在岗时间不足")),
    Rule("R04", lambda p: Q(pay_fen__lt=p.min_pay_fen), Result.REFUSED,
         T("Yearly pay {pay_fen} is under {min_pay_fen} yuan.", "年薪 {pay_fen} 元，低于 {min_pay_fen} 元。"),
         T("Pay too low", "年薪不足")),
    Rule("R05", lambda p: Q(post_level="junior") | (Q() if p.management_counts else Q(post_kind="management")), Result.REFUSED,
         T("The post is below middle level, or a management post before 2019.", "岗位低于中层，或 2019 年前的管理岗。"),
         T("Post does not qualify", "岗位不符")),
    Rule("R06", lambda p: (Q(shares__gte=p.max_share) | Q(post_kind__in=["logistics", "official"])) & Q(year__gte=0 if p.exclusions_apply else 9999),
         Result.REFUSED,
         T("Holds {shares_percent} % of the shares, or a logistics or official post.", "持股 {shares_percent}%，或属后勤行政岗、市管干部。"),
         T("Excluded from policy 2021 on", "2021 年起不予奖励的情形")),
    Rule("R07", lambda p: Q(first_claimed_year__lte=F("year") - p.max_years), Result.REFUSED,
         T("First claimed in {first_claimed_year}: the three years are over.", "首次申报为 {first_claimed_year} 年，已满三年。"),
         T("The three years are over", "已满三年")),
    Rule("R08", lambda p: Q(other_award=True), Result.REFUSED,
         T("Another income-tax award in the same year; the year is used up.", "同年已享受其他个税奖励，就高不重复；该年计入年限。"),
         T("Another award in the year", "已享受其他奖励")),
    Rule("H01", lambda p: Q(duplicate=True), Result.HELD,
         T("The same person stands in another application of the year.", "同一人在本年度另一份申报中出现。"),
         T("In another application", "重复申报")),
    Rule("H02", lambda p: Q(compared_at__isnull=False) & (Q(record_tax_fen=None) | ~Q(record_tax_fen=F("tax_fen"))), Result.HELD,
         T("Declared tax {tax_fen} differs from the tax record {record_tax_fen} by {difference_fen} yuan.",
           "申报税额 {tax_fen} 元与税务记录 {record_tax_fen} 元相差 {difference_fen} 元。"),
         T("Differs from the tax record", "与税务记录不符")),
)  # fmt: skip
