"""The people of an organisation, and the invitations to it."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.doors import door, signed_in
from accounts.errors import MembersAreManagedByOwners
from accounts.forms import InvitationForm, role_choices
from accounts.memberships import (
    accept_invitation,
    change_role,
    end_membership,
    invitation_behind,
    invite,
    withdraw_invitation,
)
from accounts.models import Membership, Organisation, User
from accounts.rules import may_manage_members
from accounts.views.organisation import seen_organisation


@door()
def members(request: HttpRequest, pk: int) -> HttpResponse:
    """The organisation, its members, and for its managers the open invitations and a form to invite."""
    user = signed_in(request)
    organisation = seen_organisation(user, pk)
    manages = may_manage_members(user, organisation)
    form = InvitationForm(
        request.POST or None, organisation=organisation, initial={"email": request.GET.get("email", "")}
    )
    if request.method == "POST":
        _must_manage(user, organisation)
        if form.is_valid():
            offer = invite(organisation, by=user, site_url=settings.SITE_URL, **form.cleaned_data)
            messages.success(
                request,
                _("%(email)s has got an invitation. It is valid for 7 days.") % {"email": offer.email},
            )
            return HttpResponseRedirect(reverse("members", args=[pk]))
    in_force = organisation.membership_set.of_members().select_related("user").order_by("started_at", "pk")
    context = {
        "organisation": organisation,
        "memberships": in_force,
        "invitations": organisation.invitation_set.open().order_by("-created_at") if manages else [],
        "manages": manages,
        "form": form,
        "roles": role_choices(organisation),
    }
    return render(request, "accounts/members.html", context)


@door()
@require_POST
def change_member(request: HttpRequest, pk: int, membership_id: int) -> HttpResponse:
    """Give a member another role."""
    user = signed_in(request)
    organisation = seen_organisation(user, pk)
    _must_manage(user, organisation)
    change_role(_membership(organisation, membership_id), request.POST.get("role", ""))
    messages.success(request, _("The role is changed."))
    return HttpResponseRedirect(reverse("members", args=[pk]))


@door()
def end_member(request: HttpRequest, pk: int, membership_id: int) -> HttpResponse:
    """Ask, then end a membership: a manager anybody's, everybody their own."""
    user = signed_in(request)
    organisation = seen_organisation(user, pk)
    membership = _membership(organisation, membership_id)
    if membership.user_id != user.pk:
        _must_manage(user, organisation)
    if request.method != "POST":
        return render(
            request, "accounts/end_membership.html", {"organisation": organisation, "membership": membership}
        )
    end_membership(membership)
    messages.success(
        request,
        _("%(name)s no longer belongs to %(organisation)s in this role.")
        % {"name": membership.user.name, "organisation": organisation.name},
    )
    return HttpResponseRedirect(
        reverse("organisation") if membership.user_id == user.pk else reverse("members", args=[pk])
    )


@door()
@require_POST
def withdraw(request: HttpRequest, pk: int, invitation_id: int) -> HttpResponse:
    """Withdraw an open invitation."""
    user = signed_in(request)
    organisation = seen_organisation(user, pk)
    _must_manage(user, organisation)
    withdraw_invitation(organisation, invitation_id)
    messages.success(request, _("The invitation is withdrawn."))
    return HttpResponseRedirect(reverse("members", args=[pk]))


@door(public=True)
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """An invitation's link: what is offered; signed in, accept it."""
    offer = invitation_behind(token)
    if request.method == "POST" and isinstance(request.user, User):
        membership = accept_invitation(token, user=request.user)
        messages.success(request, _("You belong to %(name)s now.") % {"name": membership.organisation.name})
        return HttpResponseRedirect(reverse("home"))
    context = {"offer": offer, "is_mine": getattr(request.user, "email", "").lower() == offer.email.lower()}
    return render(request, "accounts/invitation.html", context)


def _must_manage(user: User, organisation: Organisation) -> None:
    if not may_manage_members(user, organisation):
        raise MembersAreManagedByOwners(organisation=organisation.name)


def _membership(organisation: Organisation, pk: int) -> Membership:
    return get_object_or_404(
        organisation.membership_set.of_members().select_related("user", "organisation"), pk=pk
    )
