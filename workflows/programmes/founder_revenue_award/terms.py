"""The policy versions of the founder award with their parameters, and the conditions that follow from them.

Rules: domain 1.2; the amount and the scores of the inspection are assumptions of the demonstration, and parameters.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, Value

from accounts.models import Industry
from config.words import T
from workflows.engine.amounts import answer, at_most, reaches, share, stays_within
from workflows.engine.guards import by_terms
from workflows.sections import INDUSTRY_WORDS


@dataclass(frozen=True)
class Terms:
    """The parameters of one policy version."""

    industries: tuple[str, ...] = ("software", "electronics", "biomedicine", "new_materials")
    share_percent: int = 20
    # Founders selected from this year on need a larger share, unless a registered investor put in enough.
    stricter_from: int | None = 2020
    stricter_share_percent: int = 30
    invested_fen: int = 500_000_000
    # The clock starts in the year in which main revenue first comes to this.
    threshold_fen: int = 3_000_000_000
    rate: Decimal = Decimal("0.01")
    most_fen: int = 200_000_000
    most_claims: int = 3
    within_years: int = 5

    @property
    def shown(self) -> tuple[tuple[T, T], ...]:
        """The parameters as the service guide prints them: what they are, and what they come to."""
        catalogue = [INDUSTRY_WORDS[Industry(i)] for i in self.industries]
        threshold, most, invested = _yuan(self.threshold_fen), _yuan(self.most_fen), _yuan(self.invested_fen)
        return (
            (
                T("Industries of the catalogue", "目录内行业"),
                T(", ".join(t.en for t in catalogue), "、".join(t.zh for t in catalogue)),
            ),
            (
                T("The founder's share, selected before 2020", "创业人才持股下限（2020 年前入选）"),
                T(f"{self.share_percent} %", f"{self.share_percent}%"),
            ),
            (
                T("The founder's share, selected from 2020 on", "创业人才持股下限（2020 年起入选）"),
                T(
                    f"{self.stricter_share_percent} %, or {self.share_percent} % with CNY {invested} of a registered investor",
                    f"{self.stricter_share_percent}%；有备案投资机构投入 {invested} 元以上的为 {self.share_percent}%",
                )
                if self.stricter_from
                else T(f"{self.share_percent} %", f"{self.share_percent}%"),
            ),
            (T("The clock starts with main revenue of", "起算业务收入"), T(f"CNY {threshold}", f"{threshold} 元")),
            (
                T("Claims", "申报次数"),
                T(f"{self.most_claims} within {self.within_years} years",
                  f"{self.within_years} 年内最多 {self.most_claims} 次"),
            ),
            (
                T("Award", "奖励金额"),
                T(f"(revenue − {threshold}) × {self.rate:.0%}, at most CNY {most}",
                  f"（业务收入 − {threshold}）× {self.rate:.0%}，最多 {most} 元"),
            ),
        )  # fmt: skip


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}"


POLICIES = {"2019": Terms(stricter_from=None), "2020": Terms()}


def amount(terms: Terms) -> Any:
    """(revenue − threshold) × rate, up to the most."""
    above = answer("revenue_fen") - Value(Decimal(terms.threshold_fen))
    return at_most(share(above, terms.rate), terms.most_fen)


# ── what the preliminary check asks of a firm


def _share(p: Terms) -> Q:
    enough = reaches(answer("share_percent"), p.share_percent)
    if p.stricter_from is None:
        return enough
    eased = Q(facts__selected_year__lt=p.stricter_from) | Q(facts__invested_fen__gte=p.invested_fen)
    return reaches(answer("share_percent"), p.stricter_share_percent) | (enough & eased)


def _share_words(p: Terms) -> T:
    if p.stricter_from is None:
        return T(
            f"The founder's share is under {p.share_percent} %.", f"创业人才持股不足 {p.share_percent}%。"
        )
    invested = _yuan(p.invested_fen)
    return T(
        f"The founder's share is too small: {p.share_percent} % where selected before {p.stricter_from} or with "
        f"CNY {invested} of a registered investor, else {p.stricter_share_percent} %.",
        f"创业人才持股不足：{p.stricter_from} 年前入选，或备案投资机构投入 {invested} 元以上的，不低于 {p.share_percent}%；"
        f"其他不低于 {p.stricter_share_percent}%。",
    )


in_catalogue = by_terms(
    POLICIES,
    lambda p: Q(industry__in=p.industries) | Q(facts__major_project=True),
    lambda _: T(
        "The firm is neither of an industry of the catalogue nor in a major project.",
        "企业所属行业不在重点产业目录内，也不属于重大项目。",
    ),
    mend="form", code="catalogue",
)  # fmt: skip
share_enough = by_terms(POLICIES, _share, _share_words, mend="form", code="share")
revenue_enough = by_terms(
    POLICIES,
    lambda _: Q(amount_fen__gt=0),
    lambda p: T(
        f"Main revenue is not above CNY {_yuan(p.threshold_fen)}: the award comes to {{amount_fen}} yuan.",
        f"业务收入未超过 {_yuan(p.threshold_fen)} 元，奖励金额为 {{amount_fen}} 元。",
    ),
    mend="form", code="revenue",
)  # fmt: skip
claims_left = by_terms(
    POLICIES,
    lambda p: stays_within(answer("earlier_claims"), p.most_claims - 1),
    lambda p: T(
        f"The firm has claimed {p.most_claims} times already, which is the most.",
        f"企业已申报 {p.most_claims} 次，达到上限。",
    ),
    mend="form", code="claims",
)  # fmt: skip
# Revenue of the year before the claim counts, so that the first year of the clock is at most so many back.
within_clock = by_terms(
    POLICIES,
    lambda p: reaches(answer("first_reached_year"), F("year") - p.within_years),
    lambda p: T(
        f"More than {p.within_years} years have gone since main revenue first came to CNY {_yuan(p.threshold_fen)}.",
        f"自业务收入首次达到 {_yuan(p.threshold_fen)} 元当年起已超过 {p.within_years} 年。",
    ),
    mend="form", code="clock",
)  # fmt: skip
ELIGIBLE = (in_catalogue, share_enough, revenue_enough, claims_left, within_clock)
