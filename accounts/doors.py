"""Every view says who may come in. A view that says nothing lets nobody in (`accounts.middleware`)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from accounts.models import STAFF_ROLES, Role, User
from config.errors import Refusal
from config.words import T

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Door:
    """Who may use a view: everybody, anybody signed in, or a holder of one of `roles`."""

    public: bool = False
    roles: frozenset[str] = frozenset()

    def opens_for(self, user: User | AnonymousUser) -> bool:
        """Whether `user` may come in. Which rows they then see is the queryset's matter."""
        if self.public:
            return True
        if not isinstance(user, User) or not user.is_active:
            return False
        return not self.roles or user.has_role(*self.roles)


class RoleNeeded(Refusal):
    """Signed in, but without a role that this page is for."""

    code = "role_needed"
    status = 403
    words = T(
        en="This page is for: {roles}. "
        "Ask an administrator of your organisation for the role, or sign in with another account.",
        zh="本页面仅供以下角色使用：{roles}。请联系本单位管理员授予角色，或换一个账号登录。",
    )


class NoDoor(Refusal):
    """A view that nobody declared a door for: closed to all."""

    code = "no_door"
    status = 403
    words = T(
        en="This page is closed. Please go back to the start page.",
        zh="本页面未开放，请返回首页。",
    )


def door(*roles: Role, public: bool = False) -> Callable[[View], View]:
    """Declare who may use a view (function or class): `door(public=True)`, `door()`, `door(Role.CLERK)`."""
    if public and roles:
        raise ValueError("a public door has no roles")
    declared = Door(public=public, roles=frozenset(roles))

    def declare(view: View) -> View:
        view.door = declared  # type: ignore[attr-defined]
        return view

    return declare


def signed_in(request: HttpRequest) -> User:
    """The person behind a door that only signed-in people pass."""
    user = request.user
    if not isinstance(user, User):
        raise TypeError("asked for the person on a public page")
    return user


PUBLIC = Door(public=True)
SIGNED_IN = Door()
STAFF = Door(roles=STAFF_ROLES)

# Views of packages, and of config (which may not import this room), have their rows here: by module, and
# where it matters by URL name.
PACKAGE_DOORS: dict[str, Door] = {
    "allauth.account.views": SIGNED_IN,
    "allauth.mfa.base.views": SIGNED_IN,
    "allauth.mfa.totp.views": SIGNED_IN,
    "allauth.mfa.recovery_codes.views": SIGNED_IN,
    "viewflow.workflow": STAFF,
    "config.health": PUBLIC,
}
PACKAGE_DOORS_BY_NAME: dict[str, Door] = {
    "account_login": PUBLIC,
    "account_signup": PUBLIC,
    "account_inactive": PUBLIC,
    "account_email_verification_sent": PUBLIC,
    "account_confirm_email": PUBLIC,
    "account_reset_password": PUBLIC,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
    # The second step of sign-in: the person is not signed in yet, allauth holds the pending login.
    "mfa_authenticate": PUBLIC,
}


def door_of(view: Callable[..., Any], url_name: str | None = None) -> Door | None:
    """The door of `view`, declared on it or on its class, or a package's from the table; None for none."""
    owner = getattr(view, "view_class", view)
    declared = getattr(view, "door", None) or getattr(owner, "door", None)
    if isinstance(declared, Door):
        return declared
    module = owner.__module__
    for package, package_door in PACKAGE_DOORS.items():
        if module == package or module.startswith(package + "."):
            return PACKAGE_DOORS_BY_NAME.get(url_name or "", package_door)
    return None
