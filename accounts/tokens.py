"""Tokens for the API: made, shown once, revoked, and recognised when a request bears one."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import timedelta

from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import Scope, Token, User
from config.errors import Refusal
from config.words import T

PREFIX = "bailu_"
HINT_CHARACTERS = 12
# How many tokens one person can have in force: more is a sign that none is ever revoked.
MOST = 50
# The time of last use is kept to the minute, which spares a write a request.
USE_NOTED_EVERY = timedelta(minutes=1)


class TokenIncomplete(Refusal):
    code = "token_incomplete"
    status = 422
    words = T(
        en="A token needs a name, at least one scope, and an end within {days} days.",
        zh="令牌须有名称、至少一项权限，有效期不超过 {days} 天。",
    )


class TooManyTokens(Refusal):
    code = "too_many_tokens"
    status = 409
    words = T(
        en="You have {most} tokens in force. Revoke one that you no longer use.",
        zh="您已有 {most} 个有效令牌。请先撤销不再使用的令牌。",
    )


def make_token(user: User, *, name: str, scopes: Collection[str], days: int) -> tuple[Token, str]:
    """A new token of `user` that ends after `days`; gives it with its secret, which nothing can show again.

    Raises:
        TokenIncomplete: no name, no scope or an unknown one, or an end that is past or too far.
        TooManyTokens: one more would be too many.
    """
    wanted = [scope.value for scope in Scope if scope in scopes]
    if (
        not name.strip()
        or not wanted
        or len(wanted) != len(set(scopes))
        or not 1 <= days <= Token.LONGEST_DAYS
    ):
        raise TokenIncomplete(days=Token.LONGEST_DAYS)
    if Token.objects.in_force().filter(user=user).count() >= MOST:
        raise TooManyTokens(most=MOST)
    secret = PREFIX + secrets.token_urlsafe(32)
    made = Token.objects.create(
        user=user,
        name=name.strip()[:60],
        secret_sha256=_digest(secret),
        hint=secret[:HINT_CHARACTERS],
        scopes=wanted,
        expires_at=timezone.now() + timedelta(days=days),
    )
    return made, secret


def revoke_token(token: Token) -> None:
    """The token opens nothing any more, from the next request on; revoking again changes nothing."""
    Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=Now())


def token_behind(secret: str) -> Token | None:
    """The token in force whose secret this is, with its person; its use is noted. None for any other text."""
    if not secret.startswith(PREFIX) or not secret.isascii():
        return None
    found = Token.objects.in_force().select_related("user").filter(secret_sha256=_digest(secret)).first()
    if found is not None:
        now = timezone.now()
        if found.last_used_at is None or now - found.last_used_at >= USE_NOTED_EVERY:
            Token.objects.filter(pk=found.pk).update(last_used_at=now)
    return found


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
