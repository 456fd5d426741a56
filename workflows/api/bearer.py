"""Who asks: the person behind a token, if the token's scope and their own roles open this operation.

A session's cookie opens nothing here, so that no page of another site can use one; there is nothing that a
CSRF token would have to protect.
"""

from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from accounts.doors import RoleNeeded
from accounts.models import Role, Scope, Token, User
from accounts.tokens import token_behind
from config.words import T
from workflows.api.errors import ScopeNeeded, TokenNeeded, TokenWrong, TooManyWrongTokens
from workflows.engine.asking import ROLE_WORDS
from workflows.web.public.throttle import TooMany, address_of, count_try

# So many wrong tokens an address may send in a window. A right one is never slowed by its neighbours' mistakes:
# behind one address there may be a whole office, and nobody guesses 256 bits.
WRONG_TOKENS = 20
WINDOW_SECONDS = 600


class Bearer(HttpBearer):
    """The door of one operation."""

    def __init__(self, scope: Scope, roles: frozenset[Role]) -> None:
        super().__init__()
        self.scope, self.roles = scope, roles

    def __call__(self, request: HttpRequest) -> Token:
        """The token, with its person on the request.

        Raises:
            TokenNeeded, TokenWrong, TooManyWrongTokens: nobody is known by this request.
            ScopeNeeded, RoleNeeded: they are, but this is not for the token, or not for them.
        """
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            raise TokenNeeded
        token = token_behind(secret.strip())
        if token is None:
            self._count(request)
            raise TokenWrong
        request.user = token.user
        # For the line in the log, which looks at nobody whom the request did not.
        request._cached_user = token.user  # type: ignore[attr-defined]
        if self.scope not in token.scopes:
            raise ScopeNeeded(scope=self.scope.value)
        if self.roles and not token.user.has_role(*self.roles):
            words = [ROLE_WORDS.get(role, T(str(role), str(role))) for role in sorted(self.roles)]
            raise RoleNeeded(roles=T(", ".join(w.en for w in words), "、".join(w.zh for w in words)))
        return token

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        raise NotImplementedError("__call__ says whose the token is")

    @staticmethod
    def _count(request: HttpRequest) -> None:
        try:
            count_try("api-token", address_of(request), limit=WRONG_TOKENS, seconds=WINDOW_SECONDS)
        except TooMany as many:
            raise TooManyWrongTokens(minutes=WINDOW_SECONDS // 60) from many


def asker(request: HttpRequest) -> User:
    """The person behind the token."""
    user = request.user
    assert isinstance(user, User)
    return user
