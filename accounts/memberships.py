"""The verbs of organisations and their people: register, invite, accept, end, change a role.

Each locks the organisation's row first, so that of two owners who leave at once one stays.
"""

from django.core import signing
from django.core.cache import cache
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from accounts.errors import (
    AlreadyMember,
    CodeTaken,
    InvitationForAnother,
    InvitationOver,
    LastManager,
    RoleNotHere,
)
from accounts.models import Invitation, Membership, Organisation, OrganisationKind, Role, User
from accounts.sealing import mask
from config.words import T

INVITATION_SALT = "accounts.invitation"
ASKED_SECONDS = 24 * 3600


def role_words(role: Role) -> T:
    """The name of a role in both languages."""

    def in_language(code: str) -> str:
        with translation.override(code):
            return str(role.label)

    return T(en=in_language("en"), zh=in_language("zh-hans"))


def register_organisation(user: User, **fields: str) -> Organisation:
    """A new employer with `user` as its owner.

    Raises:
        CodeTaken: another one with this credit code exists.
    """
    try:
        with transaction.atomic():
            organisation = Organisation.objects.create(kind=OrganisationKind.EMPLOYER, **fields)
            Membership.objects.create(user=user, organisation=organisation, role=Role.OWNER)
    except IntegrityError as error:
        raise CodeTaken(credit_code=fields.get("credit_code", "")) from error
    _memberships_changed(user)
    return organisation


@transaction.atomic
def invite(organisation: Organisation, *, email: str, role: str, by: User, site_url: str) -> Invitation:
    """An open invitation for `email`, mailed after commit; an earlier one for the same role is withdrawn.

    Raises:
        RoleNotHere: the organisation has no such role.
        AlreadyMember: the holder of that address has the role.
    """
    organisation = _locked(organisation)
    email = email.strip().lower()
    if role not in organisation.roles:
        raise RoleNotHere(organisation=organisation.name)
    held = Membership.objects.in_force().filter(
        organisation=organisation, role=role, user__email__iexact=email
    )
    if held.exists():
        raise AlreadyMember(email=email)
    earlier = organisation.invitation_set.open().filter(email=email, role=role)
    earlier.update(withdrawn_at=timezone.now())
    invitation = Invitation.objects.create(organisation=organisation, email=email, role=role, invited_by=by)
    transaction.on_commit(lambda: _mail_invitation(invitation, site_url))
    return invitation


def withdraw_invitation(organisation: Organisation, invitation_id: int) -> None:
    """Close an open invitation: its link is refused from now on."""
    organisation.invitation_set.open().filter(pk=invitation_id).update(withdrawn_at=timezone.now())


def invitation_token(invitation: Invitation) -> str:
    """The signed part of the link, good for seven days."""
    return signing.dumps(invitation.pk, salt=INVITATION_SALT)


def invitation_behind(token: str) -> Invitation:
    """The open invitation of a link.

    Raises:
        InvitationOver: altered, too old, used or withdrawn.
    """
    try:
        pk = signing.loads(token, salt=INVITATION_SALT, max_age=Invitation.VALID_DAYS * 24 * 3600)
    except signing.BadSignature as error:
        raise InvitationOver from error
    invitation = Invitation.objects.open().select_related("organisation", "invited_by").filter(pk=pk).first()
    if invitation is None:
        raise InvitationOver
    return invitation


@transaction.atomic
def accept_invitation(token: str, *, user: User) -> Membership:
    """`user` holds the offered role from now on, and the invitation is used up.

    Raises:
        InvitationOver: see `invitation_behind`.
        InvitationForAnother: `user` signed in with another address.
    """
    invitation = invitation_behind(token)
    if invitation.email.lower() != user.email.lower():
        raise InvitationForAnother(email=masked_email(invitation.email))
    used = Invitation.objects.open().filter(pk=invitation.pk).update(accepted_at=timezone.now())
    if not used:
        raise InvitationOver
    membership, _made = Membership.objects.get_or_create(
        user=user, organisation=invitation.organisation, role=invitation.role, ended_at=None
    )
    _memberships_changed(user)
    return membership


@transaction.atomic
def end_membership(membership: Membership) -> None:
    """The person no longer holds this role; what they did keeps their name.

    Raises:
        LastManager: nobody else could manage the members.
    """
    organisation = _locked(membership.organisation)
    _keep_one_manager(organisation, membership)
    Membership.objects.in_force().filter(pk=membership.pk).update(ended_at=timezone.now())


@transaction.atomic
def change_role(membership: Membership, role: str) -> None:
    """The person holds `role` instead: the old membership ends, a new one begins.

    Raises:
        RoleNotHere: the organisation has no such role.
        LastManager: nobody else could manage the members.
    """
    organisation = _locked(membership.organisation)
    if role not in organisation.roles:
        raise RoleNotHere(organisation=organisation.name)
    if role == membership.role:
        return
    _keep_one_manager(organisation, membership)
    Membership.objects.in_force().filter(pk=membership.pk).update(ended_at=timezone.now())
    Membership.objects.get_or_create(
        user=membership.user, organisation=organisation, role=role, ended_at=None
    )


def ask_to_join(organisation: Organisation, *, user: User, site_url: str) -> None:
    """Ask the owners by e-mail to invite `user`, at most once a day; who they are is not told."""
    if not cache.add(f"asked-to-join:{organisation.pk}:{user.pk}", True, ASKED_SECONDS):
        return
    managers = User.objects.filter(
        membership__in=organisation.membership_set.in_force().filter(role=organisation.manager_role)
    )
    address = reverse("members", args=[organisation.pk])
    for manager in managers.distinct():
        context = {
            "user": user,
            "organisation": organisation,
            "url": f"{site_url}{address}?email={user.email}",
        }
        _mail("accounts/email/asked_to_join", manager.email, manager.language, context)


def masked_email(email: str) -> str:
    """An address that its owner recognises and nobody else can use: wa＊＊＊＊@example.com."""
    name, _at, domain = email.partition("@")
    return f"{mask(name + '    ', head=2, tail=4).rstrip()}@{domain}"


def _locked(organisation: Organisation) -> Organisation:
    return Organisation.objects.select_for_update().get(pk=organisation.pk)


def _keep_one_manager(organisation: Organisation, leaving: Membership) -> None:
    role = organisation.manager_role
    if leaving.role != role:
        return
    others = (
        organisation.membership_set.in_force().filter(role=role, user__is_active=True).exclude(pk=leaving.pk)
    )
    if not others.exists():
        raise LastManager(name=leaving.user.name, role=role_words(role), organisation=organisation.name)


def _memberships_changed(user: User) -> None:
    user.__dict__.pop("memberships", None)


def _mail_invitation(invitation: Invitation, site_url: str) -> None:
    known = User.objects.filter(email__iexact=invitation.email).first()
    context = {
        "invitation": invitation,
        "url": f"{site_url}{reverse('invitation', args=[invitation_token(invitation)])}",
    }
    language = known.language if known else invitation.invited_by.language
    _mail("accounts/email/invitation", invitation.email, language, context)


def _mail(template: str, address: str, language: str, context: dict[str, object]) -> None:
    with translation.override(language):
        subject = " ".join(render_to_string(f"{template}_subject.txt", context).split())
        send_mail(subject, render_to_string(f"{template}_message.txt", context), None, [address])
