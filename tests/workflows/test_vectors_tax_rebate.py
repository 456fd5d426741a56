"""The cases of vectors/tax_rebate.json, and every row of the decision table, through PostgreSQL."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Organisation, User
from tests.workflows.conftest import add_people, ready_draft
from workflows import rosters
from workflows.engine.decide import explain
from workflows.engine.perform import perform
from workflows.models import Application, Person, Round

VECTORS = json.loads((Path(__file__).parent.parent / "vectors" / "tax_rebate.json").read_text())
pytestmark = pytest.mark.django_db
Decide = Callable[..., Person]


def fen(yuan: str) -> int:
    return int(Decimal(yuan) * 100)


@pytest.fixture
def decide(open_round: Round, employer: Organisation, owner: User) -> Decide:
    """The decision on somebody with good facts altered by `facts`, under a policy, in a year."""

    def one(
        *, policy: str = "2019", year: int = 2019, case: dict[str, Any] | None = None, **facts: Any
    ) -> Person:
        # A case keeps its version: for each question one begins under the version that is asked.
        Person.objects.filter(application__applicant=employer).delete()
        Application.objects.filter(applicant=employer).delete()
        Round.objects.filter(pk=open_round.pk).update(policy=policy)
        begun = ready_draft(Round.objects.get(pk=open_round.pk), employer, owner)
        begun.people.all().delete()
        Application.objects.filter(pk=begun.pk).update(year=year, **(case or {}))
        (person,) = add_people(begun, facts)
        return Person.objects.get(pk=person.pk)

    return one


@pytest.mark.parametrize("vector", VECTORS["awards"], ids=lambda v: v["tax"])
def test_award_of_the_vectors(decide: Decide, vector: dict[str, Any]) -> None:
    person = decide(policy=str(VECTORS["policy"]), tax_fen=fen(vector["tax"]))
    assert (person.result, person.rule, person.award_fen) == ("granted", "", vector["award_fen"])


FACTS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "pay": lambda text: {"pay_fen": fen(text)},
    "tenure_months": lambda n: {"tenure_months": n},
    "post": lambda kind: {"post_kind": kind},
    "first_year": lambda year: {"first_claimed_year": year},
    "shares": lambda share: {"shares": Decimal(share)},
}


@pytest.mark.parametrize("vector", VECTORS["refusals"], ids=str)
def test_refusal_of_the_vectors(decide: Decide, vector: dict[str, Any]) -> None:
    facts: dict[str, Any] = {}
    for name, value in vector.items():
        if name in FACTS:
            facts |= FACTS[name](value)
    person = decide(
        policy=str(vector.get("policy", VECTORS["policy"])), year=vector.get("year", 2019), **facts
    )
    assert person.rule == (vector["code"] or "")
    assert person.result == ("refused" if vector["code"] else "granted")
    assert (person.award_fen == 0) is bool(vector["code"])


# What makes each row of the table fire, and nothing above it.
ROWS: dict[str, dict[str, Any]] = {
    "R01": {"case": {"industry": "finance"}},
    "R02": {"case": {"district": "xiangan"}},
    "R03": {"still_employed": False},
    "R04": {"pay_fen": 29_999_999},
    "R05": {"post_level": "junior"},
    "R06": {"post_kind": "logistics"},
    "R07": {"first_claimed_year": 2016},
    "R08": {"other_award": True},
}


@pytest.mark.parametrize("code", ROWS)
def test_row_of_the_table_fires(decide: Decide, code: str) -> None:
    person = decide(policy="2021", **ROWS[code])
    assert (person.rule, person.result, person.award_fen) == (code, "refused", 0)
    words = explain(person.application.declaration, "2021", person)
    assert words.zh
    assert "{" not in words.en


@pytest.mark.parametrize("code", ROWS)
def test_first_match_wins(decide: Decide, code: str) -> None:
    together: dict[str, Any] = {"case": {}}
    for below in list(ROWS)[list(ROWS).index(code) :]:
        row = dict(ROWS[below])
        together["case"] |= row.pop("case", {})
        together |= row
    assert decide(policy="2021", record_tax_fen=1, compared_at=timezone.now(), **together).rule == code


@pytest.mark.parametrize("kind", ["logistics", "official"])
def test_excluded_posts_are_granted_before_2021(decide: Decide, kind: str) -> None:
    assert decide(policy="2019", post_kind=kind).result == "granted"
    assert decide(policy="2021", post_kind=kind).rule == "R06"


def test_declared_tax_that_differs_from_the_record_holds(decide: Decide) -> None:
    person = decide(record_tax_fen=6_682_999, compared_at=timezone.now())
    assert (person.rule, person.result, person.award_fen) == ("H02", "held", 0)
    assert "0.01" in explain(person.application.declaration, "2019", person).en


def test_person_without_a_record_holds_once_compared(decide: Decide) -> None:
    assert decide(compared_at=timezone.now()).rule == "H02"
    assert decide().result == "granted"


def test_released_hold_goes_on_below(decide: Decide) -> None:
    person = decide(record_tax_fen=1, compared_at=timezone.now(), released=["H02"])
    assert (person.rule, person.result, person.award_fen) == ("", "granted", 668_300)


def test_hold_by_hand_comes_first(decide: Decide) -> None:
    assert decide(held_by_hand=True, still_employed=False).rule == "H00"


def test_row_with_errors_stays_undecided(decide: Decide) -> None:
    person = decide(problems=[{"column": "pay_fen", "code": "x", "en": "x", "zh": "x"}], pay_fen=None)
    assert (person.rule, person.result) == ("", "")


@pytest.fixture
def pair(
    draft: Application, owner: User, many_drafts: Callable[[int], list[Application]]
) -> list[Application]:
    """Two submitted applications in which the same person stands."""
    (other,) = many_drafts(1)
    for case, by in ((draft, owner), (other, other.created_by)):
        add_people(case, {"id_number": "350299199001150013"})
        perform("submit", [case.pk], actor=by, key="s")
    rosters.redecide([draft.pk, other.pk])
    return [draft, other]


def rules(cases: list[Application]) -> list[list[str]]:
    return [list(case.people.order_by("position").values_list("rule", flat=True)) for case in cases]


def test_same_person_in_two_applications_holds_both(pair: list[Application]) -> None:
    assert rules(pair) == [["", "", "H01"], ["", "", "H01"]]


def test_duplicate_comes_before_the_tax_record(pair: list[Application]) -> None:
    Person.objects.filter(rule="H01").update(record_tax_fen=1, compared_at=timezone.now())
    rosters.redecide([case.pk for case in pair])
    assert rules(pair) == [["", "", "H01"], ["", "", "H01"]]
    Person.objects.filter(rule="H01").update(released=["H01"])
    rosters.redecide([case.pk for case in pair])
    assert rules(pair) == [["", "", "H02"], ["", "", "H02"]]


def test_withdrawn_application_does_not_count_as_another(pair: list[Application]) -> None:
    first, second = pair
    perform("withdraw", [second.pk], actor=second.created_by, key="w")
    rosters.redecide([first.pk])
    assert rules([first]) == [["", "", ""]]


def test_same_person_in_another_year_does_not_hold(
    pair: list[Application], association: Organisation, authority: Organisation
) -> None:
    first, second = pair
    elsewhere = Round.objects.create(
        programme="talent-tax-rebate", policy="2019", year=2018, handler=association, authority=authority,
        opens_at=first.round.opens_at, closes_at=first.round.closes_at,
    )  # fmt: skip
    Application.objects.filter(pk=second.pk).update(round=elsewhere, year=2018)
    rosters.redecide([first.pk])
    assert rules([first]) == [["", "", ""]]


def test_same_person_in_a_draft_does_not_hold(open_round: Round, draft: Application, owner: User) -> None:
    other = Organisation.objects.create(
        kind="employer", name="示例草稿", industry="software", district="siming"
    )
    ready_draft(open_round, other, owner, {"id_number": "350299199001150013"})
    add_people(draft, {"id_number": "350299199001150013"})
    rosters.redecide([draft.pk])
    assert rules([draft]) == [["", "", ""]]
