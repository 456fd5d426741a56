"""Conflicts that the rules find: who is tied to whom, for how long, by which evidence."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Membership, Organisation, Role
from accounts.sealing import blind_index
from tests.workflows.conftest import add_people
from tests.workflows.review.seated import expert
from tests.workflows.web.journeys import submitted
from workflows.models import (
    Application,
    Assignment,
    Conflict,
    ExcludedExpert,
    Expert,
    ExpertPost,
    ExpertRelation,
)
from workflows.review.recusal.evidence import evidence_of
from workflows.review.recusal.finding import find_conflicts
from workflows.review.recusal.rules import FOUND_BY, RULES

pytestmark = pytest.mark.django_db
CODE, GROUP = "91350299MA0DEM005C", "91350299MA0DEM013Q"


@pytest.fixture
def case(draft) -> Application:
    return submitted(draft)


@pytest.fixture
def person(association) -> Expert:
    return expert(association, 1)


def ago(years: float) -> date:
    return timezone.localdate() - timedelta(days=round(years * 365.25))


def rules_found(case: Application) -> list[str]:
    find_conflicts([case.pk])
    return list(Conflict.objects.filter(application=case).order_by("rule").values_list("rule", flat=True))


def test_nobody_is_tied_to_a_firm_that_they_have_nothing_to_do_with(case, person, association) -> None:
    ExpertPost.objects.create(expert=person, organisation="别家公司", credit_code="91350299MA0DEM021K")
    ExpertRelation.objects.create(expert=person, kin="spouse", relative="某", organisation="别家公司")

    assert rules_found(case) == []


@pytest.mark.parametrize(
    ("post", "rules"),
    [
        ({"kind": "employed"}, ["employer"]),
        ({"kind": "employed", "until_on": ago(2.9)}, ["employer"]),
        ({"kind": "employed", "until_on": ago(3.1)}, []),
        ({"kind": "employed", "from_on": ago(-1)}, []),
        ({"kind": "director", "until_on": ago(1)}, ["officer"]),
        ({"kind": "supervisor"}, ["officer"]),
        ({"kind": "controller"}, ["officer"]),
        ({"kind": "shareholder"}, ["shareholder"]),
        ({"kind": "adviser"}, ["adviser"]),
        ({"credit_code": "", "organisation": "厦门示例软件有限公司"}, ["employer"]),
        ({"credit_code": "91350299MA0DEM021K", "organisation": "厦门示例软件有限公司"}, []),
        ({"credit_code": "91350299MA0DEM021K", "group_code": GROUP}, ["employer"]),
        ({"credit_code": GROUP}, ["employer"]),
        ({"credit_code": "91350299MA0DEM021K", "group_code": CODE}, ["employer"]),
    ],
    ids=str,
)
def test_posts_tie_now_and_for_three_years_by_code_group_and_name(case, person, post, rules) -> None:
    Organisation.objects.filter(pk=case.applicant_id).update(group_code=GROUP)
    ExpertPost.objects.create(expert=person, **{"organisation": "某公司", "credit_code": CODE} | post)

    assert rules_found(case) == rules


def test_evidence_names_the_post(case, person) -> None:
    ExpertPost.objects.create(
        expert=person, kind="director", organisation="示例软件", credit_code=CODE, from_on=date(2015, 5, 1)
    )
    find_conflicts([case.pk])

    found = Conflict.objects.get()
    assert (found.expert, found.application, found.source) == (person, case, Conflict.Source.FOUND)
    assert found.evidence == {
        "ties": [
            {"what": "director", "organisation": "示例软件", "code": CODE, "group": "", "from": "2015-05-01",
             "until": None}
        ]
    }  # fmt: skip


@pytest.mark.parametrize("kin", ["spouse", "lineal", "collateral", "in_law", "other"])
def test_relatives_tie_as_declared(case, person, kin) -> None:
    ExpertRelation.objects.create(expert=person, kin=kin, relative="某", organisation="某", credit_code=CODE)

    assert rules_found(case) == ["kin"]
    assert Conflict.objects.get().evidence["ties"][0]["what"] == kin


def test_whoever_took_part_in_an_application_of_the_applicant_is_tied(
    case, association, many_drafts, open_round
) -> None:
    began, member, contact, listed = (expert(association, n) for n in range(1, 5))
    Application.objects.filter(pk=case.pk).update(created_by=began.user)
    Membership.objects.create(user=member.user, organisation=case.applicant, role=Role.AGENT)
    contact.email = "Lin@Example.test"
    contact.save()
    listed.id_index = blind_index("E1234")
    listed.save()
    add_people(case, {"id_number": "E1234"})

    assert rules_found(case) == ["co_applicant"] * 4
    assert {c.expert.code: c.evidence["ties"][0]["what"] for c in Conflict.objects.select_related("expert")} == {
        "E0001": "began", "E0002": "member", "E0003": "contact", "E0004": "roster",
    }  # fmt: skip


def test_member_who_left_long_ago_is_tied_no_more(case, person) -> None:
    Membership.objects.create(
        user=person.user, organisation=case.applicant, role=Role.AGENT,
        ended_at=timezone.now() - timedelta(days=3 * 366),
    )  # fmt: skip

    assert rules_found(case) == []


def test_reviewing_each_other_ties(case, association, many_drafts, clerk) -> None:
    """Their employee reviewed my employer's case: I do not review theirs."""
    me, theirs = expert(association, 1), expert(association, 2)
    of_mine = submitted(many_drafts(1)[0])
    Organisation.objects.filter(pk=of_mine.applicant_id).update(credit_code="91350299MA0DEM021K")
    ExpertPost.objects.create(expert=me, organisation="我的单位", credit_code="91350299MA0DEM021K")
    ExpertPost.objects.create(expert=theirs, organisation="示例", credit_code=CODE)
    assert rules_found(case) == ["employer"]

    Assignment.objects.create(
        expert=theirs, application=of_mine, made_by=clerk, submitted_at=timezone.now() - timedelta(days=400)
    )
    assert rules_found(case) == ["employer", "mutual"]
    found = Conflict.objects.get(rule="mutual")
    assert (found.expert, found.evidence["ties"][0]["number"]) == (me, of_mine.number)


@pytest.mark.parametrize(
    ("given", "rules"),
    [
        ({"organisation": "某大学"}, ["excluded"]),
        ({"credit_code": "91350299MA0DEM021K"}, ["excluded"]),
        ({"organisation": "别的大学"}, []),
        ({}, []),
    ],
    ids=str,
)
def test_applicants_list_needs_name_and_organisation(case, person, owner, given, rules) -> None:
    ExpertPost.objects.create(expert=person, organisation="某大学", credit_code="91350299MA0DEM021K")
    ExcludedExpert.objects.create(
        application=case, name=person.name, reason="竞争关系", added_by=owner, **given
    )

    assert rules_found(case) == rules


def test_settled_stays_settled_until_evidence_grows(case, person, clerk) -> None:
    post = ExpertPost.objects.create(expert=person, organisation="某", credit_code=CODE)
    find_conflicts([case.pk])
    Conflict.objects.update(
        settled_as="dismissed", settled_by=clerk, settled_at=timezone.now(), settled_reason="同名"
    )
    assert find_conflicts([case.pk]) == 0
    assert Conflict.objects.standing().count() == 0

    ExpertPost.objects.create(expert=person, organisation="某集团", group_code=CODE)
    assert find_conflicts([case.pk]) == 1
    assert Conflict.objects.standing().count() == 1

    post.delete()
    assert find_conflicts([case.pk]) == 0
    assert Conflict.objects.standing().count() == 1


def test_removed_experts_are_not_looked_for_and_others_only_where_asked(case, association) -> None:
    people = [expert(association, n) for n in (1, 2, 3)]
    for one in people:
        ExpertPost.objects.create(expert=one, organisation="某", credit_code=CODE)
    Expert.objects.filter(pk=people[2].pk).update(status="removed")

    assert find_conflicts([case.pk], [people[0].pk, people[2].pk]) == 1
    assert Conflict.objects.get().expert == people[0]
    assert find_conflicts([case.pk]) == 1


def test_found_conflict_takes_the_review_off_the_count(case, association, clerk) -> None:
    people = [expert(association, n) for n in (1, 2)]
    for one in people:
        Assignment.objects.create(expert=one, application=case, made_by=clerk)
    ExpertPost.objects.create(expert=people[0], organisation="某", credit_code=CODE)
    find_conflicts([case.pk])

    assert Application.objects.get(pk=case.pk).reviews_wanted == 1


def test_one_statement_whatever_the_number(open_round, association, many_drafts) -> None:
    cases = [submitted(draft) for draft in many_drafts(3)]
    person = expert(association, 1)
    for case in cases:
        Organisation.objects.filter(pk=case.applicant_id).update(group_code=GROUP)
    ExpertPost.objects.create(expert=person, organisation="某", credit_code=GROUP)

    with CaptureQueriesContext(connection) as queries:
        assert find_conflicts([case.pk for case in cases]) == 3
    assert sum("workflows_conflict" in q["sql"] and "INSERT" in q["sql"] for q in queries) == 1


def test_every_rule_has_words_and_a_period() -> None:
    assert len(RULES) == len(FOUND_BY) + 1
    for rule in RULES.values():
        assert rule.title.en and rule.title.zh and rule.period.en and rule.period.zh


@pytest.mark.parametrize(
    ("declared", "head", "posts"),
    [
        ("陈 鹭鸣", "陈鹭鸣", ["legal"]),
        ("陈鹭鸣", "林小鹭", []),
        ("", "", []),
    ],
)
def test_relative_of_the_same_name_as_the_legal_representative_ties(
    case, person, declared, head, posts
) -> None:
    Organisation.objects.filter(pk=case.applicant_id).update(legal_representative=head)
    ExpertRelation.objects.create(
        expert=person,
        kin="spouse",
        relative=declared,
        relative_index=blind_index(declared),
        organisation="别家公司",
    )

    assert rules_found(case) == (["kin"] if posts else [])
    found = [tie["head"] for one in Conflict.objects.all() for tie in one.evidence["ties"]]
    assert found == posts
    for one in Conflict.objects.all():
        assert [line.zh for line in evidence_of(one)] == [f"配偶与{case.applicant.name}的法定代表人同名"]


def test_relative_of_the_same_name_as_the_owner_ties(case, person, owner) -> None:
    ExpertRelation.objects.create(
        expert=person, kin="lineal", relative=owner.name, relative_index=blind_index(owner.name)
    )

    assert rules_found(case) == ["kin"]
    assert Conflict.objects.get().evidence["ties"][0]["head"] == "owner"


@pytest.mark.parametrize(
    ("field", "head", "words"),
    [("founder_name", "founder", "创业人才"), ("presenter", "presenter", "答辩人")],
)
def test_relative_of_the_same_name_as_whom_the_application_names_ties(
    case, person, field, head, words
) -> None:
    ExpertRelation.objects.create(
        expert=person, kin="in_law", relative="何鹭生", relative_index=blind_index("何鹭生")
    )
    assert rules_found(case) == []
    Application.objects.filter(pk=case.pk).update(answers={**case.answers, field: "何 鹭生"})

    assert rules_found(case) == ["kin"]
    (conflict,) = Conflict.objects.all()
    assert [tie["head"] for tie in conflict.evidence["ties"]] == [head]
    assert [line.zh for line in evidence_of(conflict)] == [f"近姻亲与{case.applicant.name}的{words}同名"]
