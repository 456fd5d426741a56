"""The figures of the annual report, counted from a small world whose numbers are known."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import User
from tests.workflows.conftest import add_people
from workflows.engine.perform import perform
from workflows.models import Application, EnteredFigure, PaymentLine, PaymentList
from workflows.reports import CITY_PAID_FEN, CITY_PEOPLE, FIGURES, annual_report, figure

pytestmark = pytest.mark.django_db


def values(year: int = 2019) -> dict[str, object]:
    return {c.figure.key: c.value for c in annual_report(year, as_of=timezone.now())}


@pytest.fixture
def world(many_drafts: Callable[[int], list[Application]], cashier: User) -> list[Application]:
    """Three submitted, one of them withdrawn; one draft; somebody on two rosters; one transfer paid, one failed."""
    cases = many_drafts(4)
    for case in cases[:2]:
        add_people(case, {"id_number": "350299199001150013"})
    for case in cases[:3]:
        perform("submit", [case.pk], actor=case.created_by, key="s")
    perform("withdraw", [cases[2].pk], actor=cases[2].created_by, key="w")
    made = PaymentList.objects.create(
        number="BF2019-01", round=cases[0].round, authority=cases[0].authority, made_by=cashier
    )
    for position, (case, state) in enumerate(
        [(cases[0], "paid"), (cases[1], "failed"), (cases[1], "waiting")], 1
    ):
        PaymentLine.objects.create(
            payment_list=made, application=case, position=position, payee="示例", amount_fen=1000 * position,
            people_count=1, state=state,
        )  # fmt: skip
    return cases


def enter(by: User, key: str, value: int, days_ago: int = 0) -> None:
    EnteredFigure.objects.create(
        year=2019,
        key=key,
        value=value,
        source="通报",
        entered_by=by,
        entered_at=timezone.now() - timedelta(days_ago),
    )


def test_figures_are_counted_from_the_rows(world: list[Application]) -> None:
    found = values()
    assert {key: found.pop(key) for key in list(found) if key.startswith("rebate_")} == {
        "rebate_employers": 2,
        "rebate_people": 5,
        "rebate_paid_fen": 1000,
        "rebate_people_share": None,
        "rebate_paid_share": None,
        "rebate_policy_year": 4,
    }
    # What nobody applied for has nothing.
    assert found
    assert [key for key, value in found.items() if value] == []


def test_another_year_has_nothing(world: list[Application]) -> None:
    found = values(2018)
    assert (found["rebate_employers"], found["rebate_paid_fen"], found["rebate_policy_year"]) == (0, 0, None)


def test_share_rests_on_the_last_entry(world: list[Application], official: User) -> None:
    enter(official, CITY_PEOPLE, 8)
    enter(official, CITY_PEOPLE, 999, days_ago=3)
    enter(official, CITY_PAID_FEN, 1_600)
    assert values()["rebate_people_share"] == Decimal("0.63")  # 5 / 8 = 0.625, half-up
    assert values()["rebate_paid_share"] == Decimal("0.63")
    counted = {c.figure.key: c for c in annual_report(2019, as_of=timezone.now())}
    assert counted["rebate_people_share"].definition.endswith("(entered by hand: 8)")
    assert counted["rebate_paid_share"].definition.endswith("(entered by hand: CNY 16)")


def test_rows_behind_a_figure_are_those_that_it_counts(world: list[Application]) -> None:
    assert set(figure("rebate_employers").rows(2019)) == set(world[:2])
    assert figure("rebate_people").rows(2019).count() == 6
    assert [line.amount_fen for line in figure("rebate_paid_fen").rows(2019)] == [1000]
    assert [entry.year for entry in figure("rebate_policy_year").rows(2019)] == [2019]


def test_every_figure_has_its_words_and_its_rows(world: list[Application]) -> None:
    for one in FIGURES:
        assert one.words.en
        assert one.words.zh
        assert one.rows(2019).count() >= 0


def test_unknown_figure_raises() -> None:
    with pytest.raises(KeyError):
        figure("rebate_weather")
