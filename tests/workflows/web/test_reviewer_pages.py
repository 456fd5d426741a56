"""The experts' door: undertaking before papers, recusal, and nothing for whoever is kept away."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.models import Organisation, Role, User
from tests.workflows.conftest import NUMBERS, events_of, fresh, person_with
from tests.workflows.declared import registered
from tests.workflows.review.seated import before_panel, chaired_in, expert, give, seat, undertake
from tests.workflows.web.desks import address, signed_in
from tests.world import document
from workflows.engine.perform import perform
from workflows.models import Application, ApplicationPaper, Assignment, Conflict, Expert, Round
from workflows.review.recusal.undertaking import statement_sha256
from workflows.web.reviewer.mine import to_review_count

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
def paper(case, owner, employer) -> ApplicationPaper:
    slug = case.declaration.papers[0].slug
    held = document(owner, employer, "paper", "示例软件决算.pdf")
    return ApplicationPaper.objects.create(application=case, paper=slug, document=held, added_by=owner)


@pytest.fixture
def many_applicants():
    """Another employer with its owner, each time."""

    def make() -> tuple[Organisation, User]:
        n = next(NUMBERS)
        made = Organisation.objects.create(
            kind="employer", name=f"另一企业{n}", industry="software", district="siming"
        )
        return made, person_with(Role.OWNER, made)

    return make


def texts(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_undertaking_comes_before_answers_and_papers(case, paper, experts, language) -> None:
    client = signed_in(experts[0].user)
    client.cookies["django_language"] = language
    before = client.get(address("review_case", case.pk))
    assert before.status_code == 200
    assert paper.document.filename not in texts(before)
    assert "sections" not in before.context
    refused = client.get(address("review_paper", case.pk, paper.pk))
    assert (refused.status_code, refused.context["refusal"].code) == (409, "no_undertaking")

    signed = client.post(address("review_undertake", case.pk), {"agreed": "1", "key": "k"})

    assert signed.status_code == 302
    assert events_of(case)[-1] == "undertake"
    assert case.events.latest("seq").data["statement"] == statement_sha256()
    after = client.get(address("review_case", case.pk))
    assert paper.document.filename in texts(after)
    assert client.get(address("review_paper", case.pk, paper.pk)).status_code == 302


def test_undertaking_is_not_given_without_the_tick(case, experts) -> None:
    refused = signed_in(experts[0].user).post(address("review_undertake", case.pk), {"key": "k"})

    assert (refused.status_code, refused.context["refusal"].code) == (422, "not_agreed")
    assert Assignment.objects.exclude(undertaking_at=None).count() == 0


def test_contact_and_account_are_nobodys_business_who_judges(case, experts) -> None:
    undertake(case, experts[0])
    page = signed_in(experts[0].user).get(address("review_case", case.pk))

    assert {section.slug for section, _ in page.context["sections"]}.isdisjoint({"contact", "account"})
    assert "13800138000" not in texts(page)


def every_door(case, paper, client) -> set[int]:
    return {
        client.get(address("review_case", case.pk)).status_code,
        client.get(address("review_paper", case.pk, paper.pk)).status_code,
        client.post(address("review_undertake", case.pk), {"agreed": "1"}).status_code,
        client.post(address("review_recuse", case.pk), {"reason": "x"}).status_code,
    }


def test_recusing_oneself_closes_every_door(case, paper, experts) -> None:
    undertake(case, experts[0])
    client = signed_in(experts[0].user)
    empty = client.post(address("review_recuse", case.pk), {"reason": " ", "key": "a"})
    assert (empty.status_code, empty.context["refusal"].code) == (422, "reason_missing")

    done = client.post(address("review_recuse", case.pk), {"reason": "曾共同申报", "key": "b"}, follow=True)

    assert done.redirect_chain[-1][0] == address("reviews")
    assert case.number not in texts(done)
    assert every_door(case, paper, client) == {404}
    assert Conflict.objects.get().evidence == {"said": "曾共同申报"}


def test_found_conflict_removal_and_an_ended_assignment_close_every_door(case, paper, experts) -> None:
    for one in experts:
        undertake(case, one)
    Conflict.objects.create(expert=experts[0], application=case, rule="employer", source="found")
    Expert.objects.filter(pk=experts[1].pk).update(status="suspended")
    Assignment.objects.filter(expert=experts[2]).update(state="ended")

    for one in experts:
        assert every_door(case, paper, signed_in(one.user)) == {404}
        assert case.number not in texts(signed_in(one.user).get(address("reviews")))


def test_list_says_what_is_to_be_done_earliest_first(
    case, panel_call, experts, clerk, many_applicants
) -> None:
    others = [before_panel(panel_call, *many_applicants(), clerk) for _ in range(3)]
    now = timezone.now()
    for days, other in zip((5, 2, 9), others, strict=True):
        Assignment.objects.create(
            expert=experts[0], application=other, made_by=clerk, due_at=now + timedelta(days=days)
        )
    undertake(others[2], experts[0])
    undertake(case, experts[0])
    give(case, experts[0], "50", "30")

    page = signed_in(experts[0].user).get(address("reviews"))
    shown = [[row.case.number for row in rows] for _, rows in page.context["groups"]]
    assert shown == [[], [others[1].number, others[0].number], [others[2].number]]
    assert [row.case.number for row in page.context["done"]] == [case.number]


def test_chair_finds_what_waits_for_the_conclusion_and_for_the_revision(case, experts, owner) -> None:
    chair, member = signed_in(experts[0].user), signed_in(experts[1].user)
    chair.cookies["django_language"] = "en"
    for one in experts[1:]:
        undertake(case, one)
        give(case, one, "40", "30")
    assert [len(rows) for _, rows in chair.get(address("reviews")).context["groups"]] == [0, 1, 0]
    undertake(case, experts[0])
    give(case, experts[0], "40", "30")

    def waits() -> list[tuple[str, str]]:
        rows = chair.get(address("reviews")).context["groups"][0][1]
        assert to_review_count(experts[0].user) == len(rows)
        return [(row.url, row.words) for row in rows]

    url = address("conclusion", case.pk)
    assert waits() == [(url, "To conclude")]
    assert url not in member.get(address("reviews")).content.decode()
    assert to_review_count(experts[1].user) == 0
    perform("ask_revision", [case.pk], actor=experts[0].user, key="a", reason="细化预算")
    assert waits() == []
    perform("hand_in_revision", [case.pk], actor=owner, key="h")
    assert waits() == [(url, "Revision to confirm")]
    perform("confirm_revision", [case.pk], actor=experts[0].user, key="c")
    assert waits() == []


@pytest.mark.parametrize("rows", [1, 30])
def test_list_asks_the_same_number_of_questions(
    panel_call, experts, clerk, many_applicants, rows, django_assert_num_queries
) -> None:
    for _ in range(rows):
        case = before_panel(panel_call, *many_applicants(), clerk)
        Assignment.objects.create(expert=experts[0], application=case, made_by=clerk)
    client = signed_in(experts[0].user)
    client.get(address("reviews"))

    with django_assert_num_queries(9):
        assert client.get(address("reviews")).status_code == 200
