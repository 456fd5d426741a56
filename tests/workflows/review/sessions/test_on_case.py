"""Who sits on one case: too few of its field can neither hear nor conclude it, and what can be done then."""

from collections.abc import Sequence

import pytest

from accounts.models import User
from tests.workflows.conftest import fresh
from tests.workflows.review.seated import give, undertake
from tests.workflows.review.sessions.ways import again, all_accept, drawn, opened, reviewed
from workflows.engine.perform import perform
from workflows.models import Application, Assignment, Conflict, Expert, ReviewSession, Seat, SessionItem
from workflows.review.guards import least_on_case
from workflows.review.recusal.finding import find_conflicts
from workflows.review.sessions import holding, making, refusals, seating
from workflows.review.sessions.quorum import case_quorum
from workflows.web.sessions.board_rows import rows_of


@pytest.fixture
def held(session: ReviewSession, pool: list[Expert], clerk: User) -> list[Seat]:
    """A session that is held: four in the field, the third of the pool in another one."""
    seating.seat(session, pool[:5], by=clerk, reason="抽取记录见附件", outside=[pool[2]])
    seating.invite(session, by=clerk)
    seats = all_accept(session)
    opened(session, seats, clerk)
    return seats


def tied(case: Application, experts: Sequence[Expert], clerk: User) -> None:
    for one in experts:
        Conflict.objects.create(expert=one, application=case, rule="employer", evidence={"ties": []})
    find_conflicts([case.pk])


def first_of(session: ReviewSession) -> Application:
    return SessionItem.objects.select_related("application").get(session=session, position=1).application


def test_case_is_not_called_before_too_few_of_its_field(session, held, pool, clerk):
    case = first_of(session)
    tied(case, [pool[1], pool[3]], clerk)
    assert rows_of(session, held)[0].quorum.is_met
    tied(case, [pool[4]], clerk)
    assert [one.en for one in rows_of(session, held)[0].quorum.problems] == ["In the field are 1, needed 2."]
    with pytest.raises(refusals.CaseNoQuorum) as refused:
        holding.call(session, case.pk, by=clerk)
    assert f"{case.number} cannot be heard" in refused.value.sentence.en

    Conflict.objects.filter(expert=pool[4]).update(settled_as="waived", settled_reason="三年前短期借调")
    assert holding.call(session, case.pk, by=clerk)


def test_conclusion_is_refused_while_too_few_of_the_field_sit_and_the_case_can_be_taken_out(
    session, held, pool, clerk, client
):
    case = first_of(session)
    holding.call(session, case.pk, by=clerk)
    for one in (pool[1], pool[3], pool[4]):
        perform("declare_conflict", [case.pk], actor=one.user, key=f"d{one.pk}", reason="与申报单位有合作")
    for one in (pool[0], pool[2]):
        undertake(case, one)
        give(case, one, "50", "35")
    client.force_login(pool[0].user)
    page = client.get(f"/reviewer/{case.pk}/conclusion/")
    assert "本领域专家 1 人，需 2 人。" in page.content.decode()
    answer = client.post(
        f"/reviewer/{case.pk}/conclusion/", {"step": "pass_review", "opinion": "同意立项", "key": "c"}
    )
    assert (answer.status_code, "在席专家不符合要求" in answer.content.decode()) == (409, True)
    assert fresh(case).state == "reviewing"

    making.take_out(session, case.pk, by=clerk, reason="在席专家不足，另行安排专家组")
    assert not Assignment.objects.open().filter(application=case).exists()


def test_concluded_case_stays_in_its_session(session, held, pool, clerk):
    case = first_of(session)
    holding.call(session, case.pk, by=clerk)
    reviewed(case, pool[:5])
    with pytest.raises(refusals.ItemConcluded):
        making.take_out(session, case.pk, by=clerk, reason="撤项")


def test_who_follows_on_the_day_comes_and_reviews_what_is_still_open(
    session, pool, clerk, official, second_official
):
    seating_of = drawn(session, clerk, [official, second_official])
    seating.invite(seating_of, by=clerk)
    seats = all_accept(session)
    opened(session, seats, clerk)
    case = first_of(session)
    holding.call(session, case.pk, by=clerk)
    chair = next(one for one in seats if again_seat(one).is_chair)
    reviewed(case, [chair.expert, *(one.expert for one in seats if one.pk != chair.pk)])

    out = next(one for one in seats if one.pk != chair.pk)
    seating.drop(out, Seat.State.PREVENTED, by=clerk, reason="突发疾病")
    follower = Seat.objects.select_related("expert__user", "session").get(follows=out)
    seating.accept(follower, by=follower.expert.user)
    holding.sign_in(follower, by=clerk)
    theirs = Assignment.objects.open().filter(expert=follower.expert).values_list("application_id", flat=True)
    second = SessionItem.objects.get(session=session, position=2).application_id
    assert (list(theirs), again(session).stage) == ([second], "held")


def again_seat(seat: Seat) -> Seat:
    return Seat.objects.get(pk=seat.pk)


def test_quorum_of_a_case_is_that_of_its_programme_and_need_not_be_odd(panel_call):
    assert least_on_case(panel_call.declaration) == 2
    assert case_quorum([True, True, True, False], 4).is_met
    assert [one.zh for one in case_quorum([True, False], 4).problems] == [
        "本项目在席专家 2 人，至少需 4 人。", "本领域专家 1 人，需 2 人。",
    ]  # fmt: skip
