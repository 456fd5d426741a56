"""`may_read` and `readable_by`, `holds_role` and `role_q` agree for everybody, in every state."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from accounts.models import Membership, Organisation, Role, User
from tests.workflows.conftest import person_with
from tests.workflows.web.desks import brought_to
from tests.workflows.web.journeys import approved, ended, noticed, submitted
from workflows.engine.perform import perform
from workflows.models import Application, Round
from workflows.rules import SCOPES, holds_role, may_read, readable_by, role_q

pytestmark = pytest.mark.django_db
Drafts = Callable[[int], list[Application]]


@pytest.fixture
def cases(
    open_round: Round, many_drafts: Drafts, clerk: User, official: User, second_official: User
) -> dict[str, Application]:
    """One case in each state that a way leads to."""
    (draft, submits, accepts, examines, verifies, refuses, withdraws, corrects, approves, notices, clears) = (
        many_drafts(11)
    )
    submitted(submits)
    brought_to("accept", [accepts], clerk)
    brought_to("examine", [examines], clerk)
    brought_to("verify", [verifies], clerk)
    submitted(refuses)
    perform("refuse", [refuses.pk], actor=clerk, key="refuse", reason="分支机构")
    submitted(withdraws)
    perform("withdraw", [withdraws.pk], actor=withdraws.created_by, key="withdraw")
    submitted(corrects)
    points = [{"kind": "field", "target": "bank_name", "words": "请写到支行。"}]
    perform("ask_correction", [corrects.pk], actor=clerk, key="ask", data={"points": points})
    staff = {"clerk": clerk, "verifier": second_official, "official": official}
    ended(noticed([clears], open_round, **staff))
    noticed([notices], open_round, **staff)
    approved([approves], open_round, **staff)
    pks = [case.pk for case in (draft, submits, accepts, examines, verifies, refuses, withdraws, corrects)]
    found = Application.objects.filter(pk__in=[*pks, approves.pk, notices.pk, clears.pk])
    return {case.state: case for case in found}


@pytest.fixture
def everybody(
    cases: dict[str, Application], association: Organisation, authority: Organisation, clerk: User
) -> dict[str, User]:
    """Each role here, each role elsewhere, one who has left, and those who have no role on a case."""
    elsewhere = {
        "employer": Organisation.objects.create(kind="employer", name="别家企业"),
        "association": Organisation.objects.create(kind="association", name="别家协会"),
        "authority": Organisation.objects.create(kind="authority", name="别家机关"),
    }
    applicant = cases["draft"].applicant
    here = {
        Role.OWNER: applicant, Role.AGENT: applicant, Role.CLERK: association, Role.OFFICIAL: authority,
        Role.CASHIER: authority, Role.AUDITOR: authority, Role.ADMINISTRATOR: association,
    }  # fmt: skip
    people = {f"{role} here": person_with(role, place) for role, place in here.items()}
    people |= {f"{role} elsewhere": person_with(role, elsewhere[place.kind]) for role, place in here.items()}
    people["left"] = person_with(Role.CLERK, association)
    Membership.objects.filter(user=people["left"]).update(ended_at=timezone.now())
    people["both"] = person_with(Role.OWNER, applicant)
    Membership.objects.create(user=people["both"], organisation=elsewhere["authority"], role=Role.OFFICIAL)
    return people | {
        "system": User.objects.system(),
        "nobody": User.objects.create_user("nobody@example.test"),
    }


def test_may_read_agrees_with_readable_by_in_every_state(
    cases: dict[str, Application], everybody: dict[str, User]
) -> None:
    assert set(cases) == {
        "draft", "submitted", "accepted", "checked", "verified", "refused", "withdrawn", "correcting", "approved",
        "noticed", "cleared",
    }  # fmt: skip
    differing = []
    for who, user in everybody.items():
        readable = set(readable_by(user).values_list("pk", flat=True))
        differing += [
            (who, state) for state, case in cases.items() if may_read(user, case) is not (case.pk in readable)
        ]

    assert differing == []


def test_staff_know_of_a_case_once_it_is_submitted(
    cases: dict[str, Application], everybody: dict[str, User]
) -> None:
    def known(who: str) -> set[str]:
        return {state for state, case in cases.items() if may_read(everybody[who], case)}

    for role in (Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR):
        assert known(f"{role} here") == set(cases) - {"draft"}
    for who in (
        "left",
        "nobody",
        "system",
        f"{Role.ADMINISTRATOR} here",
        *(f"{r} elsewhere" for r in SCOPES),
    ):
        assert known(who) == set()


def test_own_people_know_of_their_draft_and_of_no_other_employers_case(
    cases: dict[str, Application], everybody: dict[str, User]
) -> None:
    for who in (f"{Role.OWNER} here", f"{Role.AGENT} here", "both"):
        assert [state for state, case in cases.items() if may_read(everybody[who], case)] == ["draft"]


def test_holds_role_agrees_with_role_q(cases: dict[str, Application], everybody: dict[str, User]) -> None:
    differing = []
    for role in (*SCOPES, Role.SYSTEM, Role.ADMINISTRATOR):
        for who, user in everybody.items():
            found = set(Application.objects.filter(role_q([role], user)).values_list("pk", flat=True))
            differing += [
                (role, who, state)
                for state, case in cases.items()
                if holds_role([role], user, case) is not (case.pk in found)
            ]

    assert differing == []
