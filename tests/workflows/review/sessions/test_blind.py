"""A programme blind in all modes: nothing that an expert opens or is sent says who applies, or who else sits."""

import io
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from accounts.models import Membership, Organisation, Role, User
from notifications.models import Message
from notifications.outbox import deliver_due
from tests.workflows.declared import registered
from tests.workflows.review.seated import chaired_in, give, undertake
from tests.workflows.review.sessions.ways import again, all_accept, drawn, opened, reviewed, seated, signed
from tests.workflows.web.desks import address, signed_in
from workflows.engine.blind import Blind, Named
from workflows.models import Application, Assignment, Conflict, Expert, ReviewSession, Round, SessionItem
from workflows.review.counting import recount
from workflows.review.naming import APPLICANT_HIDDEN
from workflows.review.sessions import concluding, seating
from workflows.rules import may_read, may_review, readable_by, reviewable_by

pytestmark = pytest.mark.django_db
BLIND = 'Blind(applicants=True, fields=("trading",), panel=Named.CONCLUDED)'
PRESENTER = "林答辩"


@pytest.fixture
def panel_call(tmp_path: Path, storm_call: Round) -> Iterator[Round]:
    """As in the other tests of sessions, of a programme that hides everybody from everybody."""
    with registered(chaired_in(tmp_path, BLIND), tmp_path):
        Round.objects.filter(pk=storm_call.pk).update(programme="reviewed-aid")
        yield Round.objects.get(pk=storm_call.pk)


@pytest.fixture
def panel(session: ReviewSession, pool: list[Expert], clerk: User) -> list[Expert]:
    """Five experts in a session that has been opened; somebody presents, and the applicant named itself everywhere."""
    for item in SessionItem.objects.filter(session=session).select_related("application__applicant"):
        applicant = item.application.applicant
        Organisation.objects.filter(pk=applicant.pk).update(
            credit_code=f"91350299MA0DEM{item.position:03d}X",
            legal_representative="陈法人",
            address="示例路 77 号",
        )
        item.application.answers |= {"account_of_it": f"{applicant.name} 陈法人 屋顶漏水"}
        Application.objects.filter(pk=item.application_id).update(answers=item.application.answers)
    SessionItem.objects.filter(session=session).update(presenter=PRESENTER, presenter_email="who@firm.test")
    experts = [one for one in pool if one.code not in ("E0003", "E0006", "E0009")][:5]
    for n, one in enumerate(experts):
        User.objects.filter(pk=one.user_id).update(name=f"欧阳{n}")
        Expert.objects.filter(pk=one.pk).update(name=f"欧阳{n}")
    experts = [Expert.objects.select_related("user").get(pk=one.pk) for one in experts]
    opened(session, seated(session, experts, clerk), clerk)
    return experts


def cases_of(session: ReviewSession) -> list[Application]:
    return list(
        Application.objects.filter(session_items__session=session).select_related("applicant").order_by("pk")
    )


def known_by(case: Application) -> list[str]:
    """What the applicant is known by."""
    firm = case.applicant
    return [
        firm.name,
        str(firm.credit_code),
        firm.legal_representative,
        firm.address,
        PRESENTER,
        "who@firm.test",
    ]


def text_of(content: bytes) -> str:
    """What a page, a workbook, a calendar or a PDF says, its attachments too."""
    if content[:4] == b"PK\x03\x04":
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return repr([book.get_sheet_by_name(name).to_python() for name in book.sheet_names])
    if content[:4] == b"%PDF":
        file = pypdf.PdfReader(io.BytesIO(content))
        held = [data.decode() for some in file.attachments.values() for data in some]
        return "\n".join([*(page.extract_text() for page in file.pages), *held])
    return content.decode()


def opened_by(client: Client, case: Application, session: ReviewSession, seat: int) -> dict[str, str]:
    """Every page of the experts' door that answers, by its name."""
    named = {
        "reviews": (), "score_sheets": (), "score_sheets_export": (), "my_sessions": (),
        **dict.fromkeys(("review_case", "score_sheet", "score_sheet_check", "case_reviews", "conclusion"), (case.pk,)),
        **dict.fromkeys(("my_seat", "my_seat_calendar", "my_seat_minutes"), (seat,)),
    }  # fmt: skip
    answers = {name: client.get(address(name, *args)) for name, args in named.items()}
    if session.announced_sha256:
        answers["public_draw"] = client.get(address("public_draw", session.announced_sha256))
    return {name: text_of(answer.content) for name, answer in answers.items() if answer.status_code == 200}


def mails_of(user: User) -> str:
    deliver_due()
    told = Message.objects.filter(recipient=user)
    return repr(list(told.values_list("subject_zh", "subject_en", "body_zh", "body_en", "link")))


def test_nothing_that_an_expert_opens_or_is_sent_says_who_applies(session, panel, clerk):
    for case in cases_of(session):
        reviewed(case, panel)
    concluding.conclude(session, by=clerk)
    one = panel[1]
    assert one.user is not None
    case, seat = cases_of(session)[0], session.seats.get(expert=one).pk
    Assignment.objects.filter(expert=one).exclude(application=case).update(submitted_at=None)
    seen = opened_by(signed_in(one.user), case, again(session), seat)
    seen["mail"] = mails_of(one.user)

    told = [(page, word) for page, text in seen.items() for word in known_by(case) if word in text]
    assert told == []
    assert {"reviews", "review_case", "score_sheet", "score_sheets_export", "my_seat_calendar", "my_seat_minutes",
            "mail"} <= seen.keys()  # fmt: skip
    assert case.number in seen["my_seat_minutes"]


def test_answers_that_would_tell_are_masked_or_left_out(session, panel):
    case, one = cases_of(session)[0], panel[0]
    undertake(case, one)
    page = signed_in(one.user).get(address("review_case", case.pk))

    lines = {line.field.name: line.text for _section, lines in page.context["sections"] for line in lines}
    assert lines["account_of_it"] == "■■■ ■■■ 屋顶漏水"
    assert "trading" not in lines
    assert str(APPLICANT_HIDDEN) in page.content.decode()


def test_experts_learn_nothing_of_each_other_before_their_own_review_is_in(session, panel):
    case, mine = cases_of(session)[0], panel[3]
    for one in panel:
        undertake(case, one)
    for one in panel[:3]:
        give(case, one, "41", "33", opinion="此处为他人意见")
    assert mine.user is not None
    client, seat = signed_in(mine.user), session.seats.get(expert=mine).pk
    others = [one.name for one in panel if one != mine]

    before = opened_by(client, case, session, seat)
    told = [
        (page, word)
        for page, text in before.items()
        for word in (*others, "此处为他人意见", "74")
        if word in text
    ]
    assert [one for one in told if one[1] != "74"] == []
    assert "3/5" in before["conclusion"] or "3 人" in before["conclusion"] or "3 of 5" in before["conclusion"]

    give(case, mine, "50", "30")
    after = opened_by(client, case, session, seat)
    assert all(name in after["case_reviews"] for name in others[:3])
    assert others[3] in after["conclusion"]


def test_board_in_the_room_names_no_applicant_and_the_office_reads_the_name(session, panel, clerk):
    case = cases_of(session)[0]
    client = signed_in(clerk)
    board, page = (
        client.get(address(name, session.pk)).content.decode() for name in ("session_board", "session")
    )

    assert [word for word in known_by(case) if word in board] == []
    assert case.number in board
    assert case.applicant.name in page
    assert PRESENTER in page


def test_clerk_who_is_an_expert_reads_the_session_as_an_expert(session, panel, clerk, association):
    case = cases_of(session)[0]
    Membership.objects.create(user=clerk, organisation=association, role=Role.EXPERT)
    page = signed_in(User.objects.get(pk=clerk.pk)).get(address("session", session.pk)).content.decode()

    assert [word for word in known_by(case) if word in page] == []
    assert case.number in page


def test_reviewer_who_works_in_the_office_knows_a_blind_case_from_the_reviewers_door_alone(
    session, panel, association
):
    case, user = cases_of(session)[0], panel[0].user
    assert user is not None
    Membership.objects.create(user=user, organisation=association, role=Role.CLERK)
    user = User.objects.get(pk=user.pk)

    assert (may_read(user, case), may_review(user, case)) == (False, True)
    assert (case in readable_by(user), case in reviewable_by(user)) == (False, True)
    assert signed_in(user).get(address("case", case.pk)).status_code == 404
    assert case.number not in signed_in(user).get(address("worklist") + "?tab=all").content.decode()
    Assignment.objects.filter(expert=panel[0]).update(state="ended")
    assert may_read(user, case)
    assert case in readable_by(user)


def test_minutes_withhold_a_case_from_the_member_whom_a_conflict_keeps_away(session, panel, clerk):
    first, second = cases_of(session)
    away = panel[4]
    Conflict.objects.create(
        expert=away, application=first, rule="employer", source="found", evidence={"ties": []}
    )
    recount([first.pk])
    reviewed(first, panel[:4], points="57")
    reviewed(second, panel)
    concluding.conclude(session, by=clerk)
    seats = {one.expert_id: one.pk for one in session.seats.all()}

    def minutes(one: Expert) -> tuple[str, str]:
        assert one.user is not None
        client, seat = signed_in(one.user), seats[one.pk]
        return tuple(
            text_of(client.get(address(name, seat)).content) for name in ("my_seat", "my_seat_minutes")
        )

    for text in minutes(away):
        assert first.number in text
        assert "92.00" not in text
    assert all("92.00" in text for text in minutes(panel[0]))
    signed(session)
    assert again(session).stage == "signed"


def test_public_page_names_who_sits_only_when_the_programme_says_so(
    session, pool, clerk, official, second_official
):
    made = drawn(session, clerk, [official, second_official])
    seating.invite(session, by=clerk)
    seats = all_accept(session)
    opened(session, seats, clerk)

    def page() -> str:
        return Client().get(address("public_draw", made.announced_sha256)).content.decode()

    before = page()
    chair = next(one for one in seats if again(session).seats.get(pk=one.pk).is_chair)
    experts = [chair.expert, *(one.expert for one in seats if one != chair)]
    for case in cases_of(session):
        reviewed(case, experts)
    concluding.conclude(session, by=clerk)
    after = page()

    sitting, out = (
        {one.expert.name for one in seats},
        {one.name for one in pool} - {one.expert.name for one in seats},
    )
    assert [name for name in sitting | out if name in before] == []
    assert all(name in after for name in sitting)
    assert [name for name in out if name in after] == []


def test_blind_that_contradicts_itself_is_no_declaration():
    with pytest.raises(ValueError, match="experts_until_submitted=False"):
        Blind(panel=Named.DRAWN)
    with pytest.raises(ValueError, match="applicants=True"):
        Blind(fields=("trading",))
