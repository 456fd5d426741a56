"""Conflicts on the pages of staff, and the applicant's list of experts to keep away."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Membership, Organisation, Role, User
from tests.workflows.conftest import events_of, fresh, person_with
from tests.workflows.declared import registered
from tests.workflows.review.seated import before_panel, chaired_in, expert, seat
from tests.workflows.storm_aid import filled_in
from tests.workflows.web.desks import address, signed_in
from workflows.models import Application, Assignment, Conflict, Expert, ExpertPost, Round
from workflows.review.experts import posts
from workflows.rules import may_read, may_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def panel_call(tmp_path: Path, storm_call):
    with registered(chaired_in(tmp_path), tmp_path):
        Round.objects.filter(pk=storm_call.pk).update(programme="reviewed-aid")
        yield Round.objects.get(pk=storm_call.pk)


@pytest.fixture
def experts(association) -> list[Expert]:
    return [expert(association, number) for number in range(1, 4)]


@pytest.fixture
def case(panel_call, employer, owner, clerk, experts) -> Application:
    case = before_panel(panel_call, employer, owner, clerk)
    seat(case, experts, clerk)
    return fresh(case)


@pytest.fixture
def second_clerk(association) -> User:
    return person_with(Role.CLERK, association, "第二人")


def declare(user: User, case: Application, code: str, reason: str = "同学关系", key: str = "d"):
    posted = {"expert": code, "reason": reason, "key": key}
    return signed_in(user).post(address("conflict_declare", case.pk), posted)


def settle(user: User, case: Application, conflict: Conflict, key: str = "s", **more: str):
    posted = {"how": "dismissed", "reason": "查无此事", "key": key} | more
    return signed_in(user).post(address("conflict_settle", case.pk, conflict.pk), posted)


def test_putting_a_case_to_the_panel_finds_who_is_tied(panel_call, employer, owner, clerk, experts) -> None:
    ExpertPost.objects.create(expert=experts[0], organisation="示例软件", credit_code=employer.credit_code)
    case = before_panel(panel_call, employer, owner, clerk)

    assert Conflict.objects.get(application=case).rule == "employer"


def test_post_is_looked_at_the_moment_it_is_written_down(case, clerk, experts, employer) -> None:
    assert may_review(experts[0].user, case)
    posts.add(experts[0], organisation="示例软件", by=clerk, credit_code=employer.credit_code)

    assert Conflict.objects.get().rule == "employer"
    assert not may_review(experts[0].user, case)
    assert fresh(case).reviews_wanted == 2


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_page_says_rule_period_and_evidence(case, clerk, experts, employer, language) -> None:
    ExpertPost.objects.create(
        expert=experts[0], kind="director", organisation="示例软件", credit_code=employer.credit_code
    )
    call_command("find_conflicts", case.number, "--expert", "E0001")
    client = signed_in(clerk)
    client.cookies["django_language"] = language
    page = client.get(address("case_conflicts", case.pk)).content.decode()

    for words in ("专家1", "E0001", employer.credit_code):
        assert words in page
    said = {"en": ("director of 示例软件", "within 3 years"), "zh-hans": ("示例软件", "近 3 年内")}
    assert all(words in page for words in said[language])


def test_declaring_for_somebody_keeps_them_away_at_once(case, clerk, experts) -> None:
    assert declare(clerk, case, "e0002").status_code == 302

    found = Conflict.objects.get()
    assert (found.expert, found.declared_by, found.evidence) == (experts[1], clerk, {"said": "同学关系"})
    assert not may_review(experts[1].user, case)
    assert fresh(case).reviews_wanted == 2
    assert events_of(case)[-1] == "declare_conflict_for"


@pytest.mark.parametrize(
    ("code", "reason", "status", "refusal"),
    [("E9999", "x", 422, "unknown_expert"), ("E0001", " ", 422, "reason_missing")],
)
def test_declaring_needs_an_expert_of_the_office_and_a_reason(
    case, clerk, code, reason, status, refusal
) -> None:
    answer = declare(clerk, case, code, reason)

    assert (answer.status_code, answer.context["tried"]["refusal"].code) == (status, refusal)
    assert Conflict.objects.count() == 0


def test_another_person_settles_never_who_declared_it(case, clerk, second_clerk, experts) -> None:
    declare(clerk, case, "E0001")
    conflict = Conflict.objects.get()
    own = settle(clerk, case, conflict)
    assert (own.status_code, own.context["tried"]["refusal"].code) == (409, "another_settles")
    assert not may_review(experts[0].user, case)

    assert settle(second_clerk, case, conflict, how="waived").status_code == 302

    conflict.refresh_from_db()
    assert (conflict.settled_as, conflict.settled_by, conflict.settled_reason) == (
        "waived",
        second_clerk,
        "查无此事",
    )
    assert may_review(experts[0].user, case)
    assert fresh(case).reviews_wanted == 3
    again = settle(clerk, case, conflict, key="t")
    assert again.context["tried"]["refusal"].code == "conflict_settled"


@pytest.mark.parametrize(
    ("more", "refusal"), [({"reason": ""}, "reason_missing"), ({"how": "forgotten"}, "settle_how")], ids=str
)
def test_settling_needs_a_reason_and_a_way(case, clerk, second_clerk, more, refusal) -> None:
    declare(clerk, case, "E0001")
    answer = settle(second_clerk, case, Conflict.objects.get(), **more)

    assert (answer.status_code, answer.context["tried"]["refusal"].code) == (422, refusal)
    assert Conflict.objects.standing().count() == 1


def test_expert_who_is_a_clerk_too_never_settles_their_own(case, experts, association) -> None:
    """Kept away as staff as well: the case is not theirs to see at any door."""
    both = experts[0].user
    Membership.objects.create(user=both, organisation=association, role=Role.CLERK)
    assert signed_in(both).get(address("case_conflicts", case.pk)).status_code == 200
    conflict = Conflict.objects.create(expert=experts[0], application=case, rule="employer", source="found")

    both = User.objects.get(pk=both.pk)
    assert not may_read(both, case)
    assert signed_in(both).get(address("case_conflicts", case.pk)).status_code == 404
    assert settle(both, case, conflict).status_code == 404


def test_command_names_what_it_does_not_know(case) -> None:
    with pytest.raises(CommandError, match="E9999"):
        call_command("find_conflicts", case.number, "--expert", "E9999")


# ------------------------------------------------------------------ the applicant's list


def name(user: User, case: Application, **more: str):
    posted = {"name": "专家1", "organisation": "某大学", "code": "", "reason": "竞争关系"} | more
    return signed_in(user).post(address("application_exclusions", case.pk), posted)


@pytest.fixture
def drafted(panel_call, employer, owner) -> Application:
    return filled_in(panel_call, employer, owner)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_list_takes_five_with_reasons_before_submission(drafted, owner, language) -> None:
    for n in range(5):
        assert name(owner, drafted, name=f"专家{n}").status_code == 302
    sixth = name(owner, drafted, name="第六人")
    assert (sixth.status_code, sixth.context["refusal"].code) == (409, "exclusions_full")
    client = signed_in(owner)
    client.cookies["django_language"] = language
    page = client.get(address("application_exclusions", drafted.pk)).content.decode()
    assert page.count("竞争关系") == 5
    entry = drafted.excluded_experts.earliest("pk")
    assert signed_in(owner).post(address("exclusion_remove", drafted.pk, entry.pk)).status_code == 302
    assert drafted.excluded_experts.count() == 4


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"name": " "}, "exclusion_incomplete"),
        ({"reason": ""}, "exclusion_incomplete"),
        ({"organisation": ""}, "exclusion_incomplete"),
        ({"code": "91350299MA0DEM005X"}, "credit_code_wrong"),
    ],
    ids=str,
)
def test_entry_that_is_not_complete_is_refused(drafted, owner, more, refusal) -> None:
    answer = name(owner, drafted, **more)

    assert (answer.status_code, answer.context["refusal"].code) == (422, refusal)
    assert drafted.excluded_experts.count() == 0


def test_whoever_is_named_is_kept_away_and_the_list_closes_with_the_panel(
    panel_call, employer, owner, clerk, experts
) -> None:
    ExpertPost.objects.create(expert=experts[0], organisation="某大学")
    case = before_panel(panel_call, employer, owner, clerk)
    assert name(owner, case).status_code == 302
    assert Conflict.objects.get().rule == "excluded"

    Assignment.objects.create(expert=experts[1], application=case, made_by=clerk)
    late = name(owner, case, name="别人")
    assert (late.status_code, late.context["refusal"].code) == (409, "exclusions_closed")


def test_list_of_another_applicant_is_not_known(drafted) -> None:
    stranger = person_with(Role.OWNER, Organisation.objects.create(kind="employer", name="别家"))

    assert signed_in(stranger).get(address("application_exclusions", drafted.pk)).status_code == 404


@pytest.mark.parametrize("rows", [1, 30])
def test_conflicts_page_asks_the_same_number_of_questions(
    case, clerk, association, rows, django_assert_num_queries
) -> None:
    for n in range(rows):
        tied = Expert.objects.create(
            code=f"F{n}", office=association, name=f"某{n}", email=f"f{n}@example.test"
        )
        Conflict.objects.create(expert=tied, application=case, rule="employer", source="found")
    client = signed_in(clerk)
    client.get(address("case_conflicts", case.pk))

    with django_assert_num_queries(12):
        assert client.get(address("case_conflicts", case.pk)).status_code == 200
