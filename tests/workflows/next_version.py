"""The talent tax rebate with a version to come, “2024”: another graph, another due, another rule, another rate."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Q

from accounts.models import Role
from config.words import T
from workflows.engine.declare import Holder, Paper, Programme, Rule, State, Step, WorkingDays, step
from workflows.engine.edges import sync_edges
from workflows.guards import all_compared
from workflows.programmes import registry
from workflows.programmes.talent_tax_rebate.terms import Terms
from workflows.rosters import decide_people
from workflows.states import ACCEPTED, VERIFIED

SLUG = "talent-tax-rebate"
NEXT = "2024"


@dataclass(frozen=True)
class NextTerms(Terms):
    """The parameters of 2024: a limit of pay, and half of what is retained."""

    exclusions_apply: bool = True
    share_of_retained: Decimal = Decimal("0.50")
    max_pay_fen: int = 50_000_000


SCREENED = State("screened", T("Screened", "已筛查"), Holder.OFFICE)
TOO_RICH = Rule(
    "R09", lambda p: Q(pay_fen__gt=p.max_pay_fen), "refused", T("Pay too high.", "年薪过高。"),
    T("Pay too high", "年薪过高"), since=NEXT,
)  # fmt: skip


def named(name: str, made: Step) -> Step:
    made.name = name
    return made


def declared(**changes: Any) -> Programme:
    """Until 2021 a case is examined, then verified; from 2024 it is screened, and `checked` is gone."""
    today = registry()[SLUG]

    steps = dict(today.steps)
    for old in ("examine", "verify"):
        steps[old] = named(old, replace(steps[old], until="2021"))
    steps["screen"] = named(
        "screen",
        step(
            ACCEPTED,
            SCREENED,
            label=T("Screen", "筛查"),
            by=Role.CLERK,
            due=WorkingDays(7),
            since=NEXT,
        ),
    )
    steps["confirm"] = named(
        "confirm",
        step(SCREENED, VERIFIED, label=T("Confirm", "确认"), by=Role.CLERK, due=WorkingDays(3), since=NEXT,
             when=[all_compared], effect=decide_people),
    )  # fmt: skip
    return replace(
        today,
        policies={
            **today.policies,
            NEXT: NextTerms(),
        },
        states=(*today.states, SCREENED),
        decisions=(*today.decisions, TOO_RICH),
        papers=(*today.papers, Paper("carbon_report", T("Carbon report", "碳排放报告"), since=NEXT)),
        **changes,
    ).with_steps(steps)


@pytest.fixture
def next_version(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Programme]:
    """The programme with the version to come, declared and not published, in the place of today's."""
    programme = declared()
    monkeypatch.setitem(registry(), SLUG, programme)
    sync_edges()
    yield programme
