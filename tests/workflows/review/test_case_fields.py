"""What a case is about: said by its programme when it comes before the panel, and by the office before and after."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, User
from tests.workflows import founder_award as founder
from tests.workflows import software_filing as filing
from workflows.engine.case_fields import fields, say_fields
from workflows.engine.chosen import chosen
from workflows.engine.definition import definition
from workflows.models import Application, CaseField, ExpertField, ReviewSession, Round, SessionItem
from workflows.programmes import programme
from workflows.review.experts.field_seed import CODES, load_fields
from workflows.review.sessions import making
from workflows.review.sessions.eligibility import fields_of_cases


@pytest.fixture(autouse=True)
def tree(db: None) -> None:
    load_fields()


@pytest.fixture
def call(association: Organisation, authority: Organisation) -> Round:
    return filing.call_of(association, authority)


@pytest.fixture
def case(call: Round, employer: Organisation, owner: User) -> Application:
    return filing.filled_in(call, employer, owner)


def codes(case: Application) -> list[str]:
    return list(
        CaseField.objects.filter(application=case).order_by("pk").values_list("field__code", flat=True)
    )


def queued(case: Application, owner: User, clerk: User) -> Application:
    for step, by in (("submit", owner), ("accept", clerk), ("examine", clerk)):
        case = filing.take(case, step, by)
    return case


def test_case_gets_the_fields_of_its_programme_when_it_is_put_to_the_panel(
    case: Application, owner: User, clerk: User
) -> None:
    assert codes(queued(case, owner, clerk)) == []
    assert codes(filing.take(case, "put_to_panel", clerk)) == ["IT01", "FN01"]


def test_what_the_office_said_before_stays(case: Application, owner: User, clerk: User) -> None:
    case = queued(case, owner, clerk)
    CaseField.objects.create(application=case, field=ExpertField.objects.get(code="BM03"))
    assert codes(filing.take(case, "put_to_panel", clerk)) == ["BM03"]


def test_field_that_is_retired_is_passed_over(case: Application, owner: User, clerk: User) -> None:
    ExpertField.objects.filter(code="FN01").update(retired_at=timezone.now())
    assert codes(filing.before_panel(case, owner, clerk)) == ["IT01"]


@pytest.mark.parametrize(
    ("industry", "said"), [("software", ["IT", "FN04"]), ("biomedicine", ["BM", "FN04"]), ("trade", ["FN04"])]
)
def test_field_follows_from_an_answer(
    industry: str, said: list[str], association: Organisation, authority: Organisation, employer: Organisation,
    owner: User,
) -> None:  # fmt: skip
    call = founder.call_of(association, authority)
    case = founder.filled_in(call, employer, owner, industry=industry)
    say_fields(programme(founder.SLUG), chosen([case.pk]))
    assert codes(case) == said


def test_many_cases_take_one_statement_and_the_second_time_changes_nothing(
    call: Round, django_assert_num_queries: Any
) -> None:
    cases = chosen(one.pk for one in filing.many_reviewed(call, 3))
    with django_assert_num_queries(1):
        assert say_fields(programme("software-filing"), cases) == 6
    assert say_fields(programme("software-filing"), cases) == 0


def test_draw_begins_with_the_fields_of_the_cases_of_its_session(
    case: Application, owner: User, clerk: User, client: Client
) -> None:
    case = filing.before_panel(case, owner, clerk)
    session = making.make(case.round, [case.pk], when=making.Slot(), by=clerk)
    assert fields_of_cases(session) == ["FN01", "IT01"]
    client.force_login(clerk)
    page = client.get(reverse("session", args=[session.pk])).content.decode()
    assert page.count('name="in_field"') == len(CODES)
    ticked = [code for code in CODES if f'name="in_field" value="{code}" checked' in page]
    assert sorted(ticked) == ["FN01", "IT01"]


def test_case_that_left_the_session_says_nothing_of_its_panel(
    case: Application, owner: User, clerk: User
) -> None:
    case = filing.before_panel(case, owner, clerk)
    session = making.make(case.round, [case.pk], when=making.Slot(), by=clerk)
    SessionItem.objects.filter(session=session).update(removed_at=timezone.now())
    assert fields_of_cases(ReviewSession.objects.get(pk=session.pk)) == []


def test_fields_are_read_and_bind_nothing() -> None:
    declared = programme("software-filing")
    without = definition(replace(declared, about=None).with_steps(declared.steps), "2021")
    said = definition(declared, "2021")
    assert said.binds == without.binds
    assert (said.reads["about"], without.reads.get("about")) == ([["", "IT01"], ["", "FN01"]], None)


def test_answer_says_one_field_beside_those_of_every_case() -> None:
    said = fields("FN04", by="industry", where={"software": "IT"})
    assert said.said == [("software", "IT"), ("", "FN04")]
