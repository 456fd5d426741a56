"""The expert database: in by four eyes, out with a reason, and who can be asked."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Membership, Organisation, Role, User
from notifications.models import Message
from tests.workflows.conftest import person_with
from tests.workflows.review import seated
from workflows.models import Competence, Expert, ExpertField, ExpertTitle, Unavailability
from workflows.review.experts import deciding, entering, field_seed, refusals, titles
from workflows.review.experts.eligible import eligible, judged, rules_against
from workflows.review.experts.expiring import tell_of_expiring

TODAY = date(2026, 11, 23)


@pytest.fixture
def director(association: Organisation) -> User:
    """The association's official."""
    return person_with(Role.OFFICIAL, association)


@pytest.fixture
def fields(db: Any) -> dict[str, ExpertField]:
    field_seed.load_fields()
    return {field.code: field for field in ExpertField.objects.all()}


def entered(association: Organisation, clerk: User, fields: dict[str, ExpertField], n: int = 1) -> Expert:
    made = entering.enter(
        association, by=clerk, name=f"专家{n}", email=f"Expert{n}@example.test", in_field_since=2000,
        id_number="350299199001150013" if n == 1 else "",
    )  # fmt: skip
    Competence.objects.create(expert=made, field=fields["IT01"])
    return made


def seniored(expert: Expert, clerk: User, **more: Any) -> Expert:
    made = titles.add(expert, name="教授", level="senior", by=clerk, **more)
    titles.confirm(made, by=clerk)
    return expert


def whats(expert: Expert) -> list[str]:
    return list(expert.changes.order_by("pk").values_list("what", flat=True))


def test_approval_makes_the_account_and_the_role(
    association: Organisation, clerk: User, director: User, fields: dict[str, ExpertField]
) -> None:
    made = deciding.approve(entered(association, clerk, fields), by=director)
    assert made.user is not None
    assert (made.code, made.status, made.user.email) == ("E0001", "enrolled", "expert1@example.test")
    assert made.user.organisations_as(Role.EXPERT) == {association.pk}
    assert whats(made) == ["enter", "approve"]


def test_approval_links_the_account_that_is_there(
    association: Organisation, clerk: User, director: User, owner: User, fields: dict[str, ExpertField]
) -> None:
    made = entering.enter(association, by=owner, user=owner, name="林", email="ignored@example.test")
    Competence.objects.create(expert=made, field=fields["IT01"])
    assert deciding.approve(made, by=director).user == owner


def test_nobody_approves_what_they_entered(
    association: Organisation, clerk: User, director: User, official: User, fields: dict[str, ExpertField]
) -> None:
    made = entered(association, director, fields)
    with pytest.raises(refusals.SamePerson):
        deciding.approve(made, by=director)
    with pytest.raises(refusals.NotOfOffice):
        deciding.approve(made, by=clerk)
    # An official of another office is none of this one.
    with pytest.raises(refusals.NotOfOffice):
        deciding.approve(made, by=official)


def test_approval_without_a_field_is_refused(association: Organisation, clerk: User, director: User) -> None:
    made = entering.enter(association, by=clerk, name="林", email="l@example.test")
    with pytest.raises(refusals.StillIncomplete):
        deciding.approve(made, by=director)


def test_same_address_or_number_is_refused(
    association: Organisation, clerk: User, fields: dict[str, ExpertField]
) -> None:
    entered(association, clerk, fields)
    with pytest.raises(refusals.AddressTaken):
        entering.enter(association, by=clerk, name="王", email="expert1@EXAMPLE.test")
    with pytest.raises(refusals.NumberTaken):
        entering.enter(
            association, by=clerk, name="王", email="w@example.test", id_number="350299 1990 0115 0013"
        )


def test_removal_ends_the_role_and_one_may_apply_again(
    association: Organisation, clerk: User, director: User, fields: dict[str, ExpertField]
) -> None:
    made = deciding.approve(entered(association, clerk, fields), by=director)
    with pytest.raises(refusals.ReasonNeeded):
        deciding.remove(made, by=director, reason="  ")
    gone = deciding.remove(made, by=director, reason="本人申请")
    assert (gone.status, gone.reason, gone.removed_by) == ("removed", "本人申请", director)
    assert not Membership.objects.in_force().filter(user=gone.user, role=Role.EXPERT).exists()

    assert gone.user is not None
    again = entering.enter(association, by=gone.user, user=gone.user, name="专家1", email="")
    assert (again.pk, again.status, again.reason) == (made.pk, "applied", "")
    assert whats(again) == ["enter", "approve", "remove", "apply_again"]


def test_suspended_ones_are_resumed(
    association: Organisation, clerk: User, director: User, fields: dict[str, ExpertField]
) -> None:
    made = deciding.approve(entered(association, clerk, fields), by=director)
    deciding.suspend(made, by=director, reason="两次未到会")
    with pytest.raises(refusals.WrongStatus):
        deciding.suspend(made, by=director, reason="再次")
    assert deciding.resume(made, by=director).status == "enrolled"


def test_eligible_is_who_has_years_title_field_and_room(
    association: Organisation, clerk: User, director: User, fields: dict[str, ExpertField]
) -> None:
    one = deciding.approve(entered(association, clerk, fields), by=director)
    asked = {"at": TODAY, "fields": [fields["IT"]], "half": "am"}
    assert rules_against(judged(Expert.objects.all(), **asked).get()) == ["no_senior_title"]
    seniored(one, clerk)
    assert [row.load for row in eligible(**asked)] == [0]
    assert not eligible(at=TODAY, fields=[fields["FN"]]).exists()
    assert not eligible(at=date(2007, 1, 1)).exists()

    Unavailability.objects.create(expert=one, from_on=TODAY, until_on=TODAY, half="pm")
    assert eligible(**asked).exists()
    assert not eligible(**{**asked, "half": ""}).exists()
    Expert.objects.update(load_limit=0)
    assert rules_against(judged(Expert.objects.all(), at=TODAY).get()) == ["full"]


def test_title_that_expired_or_is_not_confirmed_does_not_count(
    association: Organisation, clerk: User, director: User, fields: dict[str, ExpertField]
) -> None:
    one = deciding.approve(entered(association, clerk, fields), by=director)
    assert one.user is not None
    own = titles.add(one, name="研究员", level="senior", by=one.user)
    assert not eligible(at=TODAY).exists()
    with pytest.raises(refusals.NotOfOffice):
        titles.confirm(own, by=one.user)
    titles.confirm(own, by=clerk)
    assert eligible(at=TODAY).exists()
    ExpertTitle.objects.update(valid_until=TODAY - timedelta(days=1))
    assert not eligible(at=TODAY).exists()
    assert eligible(at=TODAY - timedelta(days=1)).exists()


def test_codes_go_on_after_the_last(association: Organisation) -> None:
    Expert.objects.create(
        code="E0041", office=association, name="甲", email="a@example.test", applied_at=timezone.now()
    )
    assert entering.next_codes(2) == ["E0042", "E0043"]


def test_expert_hears_once_before_the_title_expires_that_makes_them_senior(association):
    today = timezone.localdate()
    people = [seated.expert(association, number) for number in range(1, 6)]
    soon, later = today + timedelta(days=40), today + timedelta(days=400)
    for one, until, verified in zip(
        people,
        (soon, later, soon, today - timedelta(days=1), soon),
        (True, True, False, True, True),
        strict=True,
    ):
        ExpertTitle.objects.create(
            expert=one, name="高级工程师", level="senior", valid_until=until,
            verified_at=timezone.now() if verified else None,
        )  # fmt: skip
    # Another title of theirs holds on.
    ExpertTitle.objects.create(expert=people[4], name="教授", level="senior", verified_at=timezone.now())

    assert [tell_of_expiring(today), tell_of_expiring(today + timedelta(days=1))] == [1, 1]
    (message,) = Message.objects.filter(topic="expert.title")
    assert (message.recipient, "高级工程师" in message.subject_zh) == (people[0].user, True)
    assert tell_of_expiring(today + timedelta(days=41)) == 0
