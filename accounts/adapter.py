"""How allauth signs people in here: the lock, the language, the words, and where one lands."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.lockout import forgive, reserve_try, tries_left
from accounts.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's hooks, in the order in which a person meets them."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": gettext_lazy("The e-mail or the password is wrong."),
        "incorrect_password": gettext_lazy("The password is wrong."),
        "incorrect_code": gettext_lazy("The code is wrong, or its time is over."),
        "rate_limited": gettext_lazy("Too many tries. Please wait a few minutes."),
        "too_many_login_attempts": gettext_lazy("Too many tries. Please wait a few minutes."),
        "email_taken": gettext_lazy("This e-mail cannot be used here."),
    }

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ARG002
        locked_until = reserve_try(credentials.get("email", ""))
        if locked_until is not None:
            minutes = max(1, -int(-(locked_until - timezone.now()).total_seconds() // 60))
            raise ValidationError(
                ngettext(
                    "Too many failed tries: locked for 30 minutes. Try again in %(minutes)s minute.",
                    "Too many failed tries: locked for 30 minutes. Try again in %(minutes)s minutes.",
                    minutes,
                )
                % {"minutes": minutes},
                code="locked",
            )

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user is not None:
            forgive(credentials.get("email", ""))
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ARG002
        left = tries_left(credentials.get("email", ""))
        words = (
            ngettext(
                "The e-mail or the password is wrong. %(left)s try is left before a lock of 30 minutes.",
                "The e-mail or the password is wrong. %(left)s tries are left before a lock of 30 minutes.",
                left,
            )
            % {"left": left}
            if left
            else _("The e-mail or the password is wrong. It is locked for 30 minutes now.")
        )
        raise ValidationError(words, code="email_password_mismatch")

    def reauthenticate(self, user: AbstractBaseUser, password: str) -> bool:
        try:
            return bool(super().reauthenticate(user, password))
        except ValidationError as error:
            if error.code == "email_password_mismatch":
                return False
            raise

    def _rollback_login_failed_rl_usage(self) -> None:
        """Nothing: `forgive` is the counterpart of `reserve_try`."""

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.name = form.cleaned_data.get("name", "")
        user.language = translation.get_language() or settings.LANGUAGE_CODE
        saved: User = super().save_user(request, user, form, commit)
        return saved

    def generate_email_verification_code(self) -> str:
        return get_random_string(6, "0123456789")

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        # Who was entered in bulk has no address row, and somebody vouches for them; who signs up has one.
        if not EmailAddress.objects.filter(user=user).exists():
            EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
        answer: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return answer

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            remember_language(response, user.language)
        return response

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        # Whoever has just signed in or out sees it; a message for it would only push the page down.
        if message_template not in {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}:
            super().add_message(request, level, message_template, *args, **kwargs)

    def get_signup_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002
        return reverse("organisation")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002
        return reverse("account_login")


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The words of the second factor."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("The code is wrong, or its time is over."),
        "unverified_email": gettext_lazy("Confirm your e-mail first, then set up the second factor."),
        "add_email_blocked": gettext_lazy("To change the e-mail, stop using the second factor first."),
    }


def remember_language(response: HttpResponse, code: str) -> None:
    """Let this browser's next pages be in `code`, for a year."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=365 * 24 * 3600,
        samesite="Lax",
        secure=settings.BEHIND_TLS,
        httponly=True,
    )
