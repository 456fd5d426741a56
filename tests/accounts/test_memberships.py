import re
import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from accounts.errors import (
    AlreadyMember,
    CodeTaken,
    InvitationForAnother,
    InvitationOver,
    LastManager,
    RoleNotHere,
)
from accounts.memberships import (
    accept_invitation,
    change_role,
    end_membership,
    invitation_token,
    invite,
    masked_email,
    register_organisation,
)
from accounts.models import Invitation, Membership, Organisation, OrganisationKind, Role, User
from accounts.rules import (
    may_manage_members,
    may_see_members,
    organisations_managed_by,
    organisations_seen_by,
)
from tests.accounts.conftest import PASSWORD, browser_of

pytestmark = pytest.mark.django_db

REGISTRATION = {
    "credit_code": "91350299 ma0dem005c",
    "name": "厦门示例软件有限公司",
    "legal_representative": "王示例",
    "industry": "software",
    "district": "siming",
    "address": "",
}


def offer(firm, owner, email="stranger@example.com", role=Role.AGENT) -> Invitation:
    return invite(firm, email=email, role=role, by=owner, site_url="https://bailu.example")


def test_who_registers_an_organisation_owns_it(stranger):
    browser = browser_of(stranger)

    answer = browser.post("/me/organisation/register/", REGISTRATION)

    firm = Organisation.objects.get()
    assert answer["Location"] == f"/me/organisation/{firm.pk}/"
    assert (firm.credit_code, firm.kind) == ("91350299MA0DEM005C", OrganisationKind.EMPLOYER)
    assert may_manage_members(stranger, firm)


def test_wrong_credit_code_is_explained_and_nothing_is_lost(stranger):
    page = browser_of(stranger).post(
        "/me/organisation/register/", {**REGISTRATION, "credit_code": "91350299MA0DEM006C"}
    )

    text = page.content.decode()
    assert "第 9 至 17 位校验不符" in text
    assert "厦门示例软件有限公司" in text
    assert "<title>有错误：" in text
    assert not Organisation.objects.exists()


def test_registered_code_offers_to_ask_its_owner_without_naming_them(firm, owner, stranger):
    browser = browser_of(stranger)

    text = browser.post("/me/organisation/register/", REGISTRATION).content.decode()
    assert "该单位已注册" in text
    assert owner.name not in text
    assert owner.email not in text

    for _ in range(2):
        browser.post("/me/organisation/ask/", {"credit_code": "91350299MA0DEM005C"})
    assert [(m.to, m.subject) for m in mail.outbox] == [
        ([owner.email], "张示例 申请加入 厦门示例软件有限公司")
    ]


def test_two_who_register_the_same_code_get_one_organisation(owner, stranger):
    fields = {"name": "厦门示例软件有限公司", "credit_code": "91350299MA0DEM005C"}
    register_organisation(owner, **fields)

    answer = browser_of(stranger).post("/me/organisation/ask/", {"credit_code": "x"})
    assert answer["Location"] == "/me/organisation/register/"
    with pytest.raises(CodeTaken):
        register_organisation(stranger, **fields)
    assert Organisation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_invitation_is_mailed_and_its_link_makes_a_member(firm, owner, stranger):
    browser_of(owner).post(f"/me/organisation/{firm.pk}/", {"email": "Stranger@example.com", "role": "agent"})
    (message,) = mail.outbox
    link = re.search(r"https?://[^/]+(/me/invitations/\S+)", message.body).group(1)

    page = browser_of(None).get(link).content.decode()
    assert firm.name in page
    assert "stranger@example.com" not in page
    answer = browser_of(stranger).post(link)

    assert answer.status_code == 302
    assert stranger.membership_set.get().role == Role.AGENT


def test_invitation_works_once(firm, owner, stranger):
    token = invitation_token(offer(firm, owner))
    accept_invitation(token, user=stranger)

    with pytest.raises(InvitationOver):
        accept_invitation(token, user=stranger)
    assert stranger.membership_set.count() == 1


def test_invitation_is_for_its_address_only(firm, owner, stranger):
    token = invitation_token(offer(firm, owner, email="somebody@example.com"))

    with pytest.raises(InvitationForAnother) as error:
        accept_invitation(token, user=stranger)
    assert "somebody@" not in str(error.value)
    answer = browser_of(stranger).post(f"/me/invitations/{token}/")
    assert answer.status_code == 403
    assert not stranger.membership_set.exists()


def test_old_withdrawn_or_altered_invitation_is_over(firm, owner, stranger):
    old, withdrawn = offer(firm, owner), offer(firm, owner, role=Role.OWNER)
    tokens = [invitation_token(old), invitation_token(withdrawn), "altered"]
    Invitation.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=7, minutes=1))
    browser_of(owner).post(f"/me/organisation/{firm.pk}/invitations/{withdrawn.pk}/withdraw/")

    for token in tokens:
        assert browser_of(stranger).get(f"/me/invitations/{token}/").status_code == 409


def test_new_invitation_replaces_the_earlier_one(firm, owner):
    first, second = offer(firm, owner), offer(firm, owner)

    assert list(firm.invitation_set.open()) == [second]
    first.refresh_from_db()
    assert first.withdrawn_at is not None


def test_invitation_to_a_holder_or_to_a_role_of_others_is_refused(firm, owner):
    with pytest.raises(AlreadyMember):
        offer(firm, owner, email="AGENT@example.com")
    with pytest.raises(RoleNotHere):
        offer(firm, owner, role=Role.OFFICIAL)


def test_agent_sees_the_members_and_changes_nothing(firm, owner, agent):
    browser = browser_of(agent, "en")
    owners = owner.membership_set.get()

    assert (
        "Only an owner or administrator changes the members."
        in browser.get(f"/me/organisation/{firm.pk}/").content.decode()
    )
    for path, data in [
        (f"/me/organisation/{firm.pk}/", {"email": "x@example.com", "role": "owner"}),
        (f"/me/organisation/{firm.pk}/members/{owners.pk}/role/", {"role": "agent"}),
        (f"/me/organisation/{firm.pk}/members/{owners.pk}/end/", {}),
        (f"/me/organisation/{firm.pk}/invitations/1/withdraw/", {}),
        (f"/me/organisation/{firm.pk}/edit/", {}),
    ]:
        assert browser.post(path, data).status_code == 403, path
    assert Invitation.objects.count() == 0
    assert firm.membership_set.in_force().count() == 2


def test_stranger_learns_nothing_of_an_organisation(firm, owner, stranger):
    browser = browser_of(stranger)
    pk = owner.membership_set.get().pk

    for path in ["", "edit/", f"members/{pk}/end/"]:
        assert browser.get(f"/me/organisation/{firm.pk}/{path}").status_code == 404
    assert browser.get("/me/organisation/999999/").status_code == 404


def test_membership_of_another_organisation_is_not_found(firm, owner, clerk):
    theirs = clerk.membership_set.get()

    answer = browser_of(owner).post(f"/me/organisation/{firm.pk}/members/{theirs.pk}/end/")

    assert answer.status_code == 404
    assert clerk.membership_set.in_force().count() == 1


def test_owner_ends_a_membership_after_being_asked(firm, owner, agent):
    membership = agent.membership_set.get()
    path = f"/me/organisation/{firm.pk}/members/{membership.pk}/end/"
    browser = browser_of(owner)

    assert "确定将 李示例 移出单位" in browser.get(path).content.decode()
    assert firm.membership_set.in_force().count() == 2
    browser.post(path)
    assert list(firm.membership_set.in_force().values_list("user", flat=True)) == [owner.pk]
    assert browser_of(agent).get(f"/me/organisation/{firm.pk}/").status_code == 404


def test_agent_may_leave(firm, agent):
    membership = agent.membership_set.get()

    browser_of(agent).post(f"/me/organisation/{firm.pk}/members/{membership.pk}/end/")

    assert not agent.membership_set.in_force().exists()


def test_last_owner_can_neither_leave_nor_become_agent(firm, owner):
    membership = owner.membership_set.get()

    for verb in (end_membership, lambda m: change_role(m, Role.AGENT)):
        with pytest.raises(LastManager) as refusal:
            verb(membership)
    assert "最后一位负责人" in refusal.value.sentence.zh
    assert "last Owner" in refusal.value.sentence.en
    answer = browser_of(owner).post(f"/me/organisation/{firm.pk}/members/{membership.pk}/end/")
    assert answer.status_code == 409


def test_owner_may_leave_when_there_is_a_second(firm, owner, agent):
    change_role(agent.membership_set.get(), Role.OWNER)

    end_membership(owner.membership_set.get())

    assert firm.membership_set.in_force().get().user == agent
    assert [(m.role, m.ended_at is None) for m in agent.membership_set.order_by("pk")] == [
        ("agent", False),
        ("owner", True),
    ]


def test_deactivated_owner_does_not_count_as_the_second(firm, owner, agent):
    change_role(agent.membership_set.get(), Role.OWNER)
    User.objects.filter(pk=agent.pk).update(is_active=False)

    with pytest.raises(LastManager):
        end_membership(owner.membership_set.get())


@pytest.mark.django_db(transaction=True)
def test_of_two_owners_who_leave_at_once_one_stays(firm, owner, agent):
    change_role(agent.membership_set.get(), Role.OWNER)
    gate = threading.Barrier(2)
    refused = []

    def leave(membership: Membership) -> None:
        gate.wait()
        try:
            end_membership(membership)
        except LastManager:
            refused.append(membership.pk)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=leave, args=[membership])
        for membership in Membership.objects.in_force().select_related("user", "organisation")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert firm.membership_set.in_force().count() == 1


def test_administrators_manage_a_service_organisation(clerk):
    association = clerk.membership_set.get().organisation
    assert not may_manage_members(clerk, association)

    Membership.objects.create(user=clerk, organisation=association, role=Role.ADMINISTRATOR)
    del clerk.memberships

    assert may_manage_members(clerk, association)
    assert offer(association, clerk, role=Role.OFFICIAL).role == Role.OFFICIAL


def test_rules_and_their_querysets_agree(firm, owner, agent, stranger, clerk):
    administrator = User.objects.create_user("admin@example.com", PASSWORD, name="赵示例")
    association = clerk.membership_set.get().organisation
    Membership.objects.create(user=administrator, organisation=association, role=Role.ADMINISTRATOR)
    former = User.objects.create_user("former@example.com", PASSWORD, name="钱示例")
    Membership.objects.create(user=former, organisation=firm, role=Role.OWNER, ended_at=timezone.now())
    # An employer has no administrators: such a row would give no power.
    Membership.objects.create(user=stranger, organisation=firm, role=Role.ADMINISTRATOR)

    for person in (owner, agent, stranger, clerk, administrator, former):
        for organisation in (firm, association):
            assert may_see_members(person, organisation) == (organisation in organisations_seen_by(person))
            assert may_manage_members(person, organisation) == (
                organisation in organisations_managed_by(person)
            )
    assert list(organisations_managed_by(owner)) == [firm]
    assert list(organisations_managed_by(stranger)) == []


@pytest.mark.parametrize("count", [1, 30])
def test_members_page_asks_the_same_questions_whatever_the_count(
    firm, owner, count, django_assert_num_queries
):
    for number in range(count):
        person = User.objects.create_user(f"p{number}@example.com", None, name=f"人{number}")
        Membership.objects.create(user=person, organisation=firm, role=Role.AGENT)
        offer(firm, owner, email=f"q{number}@example.com")
    browser = browser_of(owner)
    browser.get("/me/")

    # Session, person, memberships, organisation, members, invitations, unread messages.
    with django_assert_num_queries(7):
        browser.get(f"/me/organisation/{firm.pk}/")


def test_masked_email_shows_its_owner_enough():
    assert masked_email("wang.example@example.com") == "wa＊＊＊＊@example.com"
    assert masked_email("w@example.com") == "＊＊＊＊＊@example.com"
