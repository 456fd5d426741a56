"""Tokens: shown once, kept as a hash, ended by time or by hand, never more than their person."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Role, Scope, Token
from accounts.tokens import MOST, TokenIncomplete, TooManyTokens, make_token, revoke_token, token_behind
from tests.workflows.api.conftest import Program, ok, problem
from workflows.api.bearer import WRONG_TOKENS

pytestmark = pytest.mark.django_db


def test_token_is_recognised_by_its_secret_and_the_secret_is_not_kept(owner):
    token, secret = make_token(owner, name="ERP", scopes=[Scope.CASES_READ], days=30)

    assert token_behind(secret) == token
    assert secret.encode() not in bytes(Token.objects.get().secret_sha256)
    assert secret not in str(Token.objects.values().get())
    assert token_behind(secret[:-1]) is None


@pytest.mark.parametrize(
    ("name", "scopes", "days"),
    [
        ("", ["cases:read"], 1),
        ("x", [], 1),
        ("x", ["all"], 1),
        ("x", ["cases:read"], 0),
        ("x", ["cases:read"], 366),
    ],
)
def test_token_without_name_scope_or_end_is_not_made(owner, name, scopes, days):
    with pytest.raises(TokenIncomplete):
        make_token(owner, name=name, scopes=scopes, days=days)


def test_tokens_of_one_person_are_limited(owner):
    for _ in range(MOST):
        make_token(owner, name="x", scopes=["cases:read"], days=1)

    with pytest.raises(TooManyTokens):
        make_token(owner, name="x", scopes=["cases:read"], days=1)


def test_ended_token_opens_nothing(owner):
    token, secret = make_token(owner, name="x", scopes=list(Scope), days=1)
    ok(Program(owner, secret=secret).get("/cases"))
    Token.objects.filter(pk=token.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    problem(Program(owner, secret=secret).get("/cases"), 401, "token_wrong")

    token, secret = make_token(owner, name="y", scopes=list(Scope), days=1)
    revoke_token(token)
    problem(Program(owner, secret=secret).get("/cases"), 401, "token_wrong")


def test_token_of_somebody_who_left_opens_nothing_of_theirs(owner, employer, open_round):
    program = Program(owner)
    ok(program.send("/cases", {"round": open_round.pk}), 201)
    Membership.objects.filter(user=owner).update(ended_at=timezone.now())

    problem(program.get("/cases"), 403, "role_needed")
    owner.is_active = False
    owner.save()
    problem(program.get("/cases"), 401, "token_wrong")


def test_last_use_is_noted_to_the_minute(owner, django_assert_num_queries):
    token, secret = make_token(owner, name="x", scopes=["cases:read"], days=1)
    token_behind(secret)
    first = Token.objects.get(pk=token.pk).last_used_at

    with django_assert_num_queries(1):
        token_behind(secret)
    assert first is not None
    assert Token.objects.get(pk=token.pk).last_used_at == first


def test_wrong_tokens_are_slowed_and_a_right_one_is_not(owner):
    wrong = Program(None, secret="bailu_" + "x" * 43)
    for _ in range(WRONG_TOKENS):
        problem(wrong.get("/cases"), 401, "token_wrong")

    response = wrong.get("/cases")

    problem(response, 429, "too_many_wrong_tokens")
    assert response["Retry-After"] == "600"
    ok(Program(owner).get("/cases"))


def _signed_in(user) -> Client:
    user.set_password("a long enough one")
    user.save()
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": "a long enough one"})
    client.post(reverse("account_reauthenticate"), {"password": "a long enough one"})
    return client


def test_token_is_made_on_a_page_and_shown_once(owner):
    client = _signed_in(owner)
    page = client.post(
        reverse("token_make"), {"name": "ERP 财务", "scopes": ["cases:read", "webhooks"], "days": "90"}
    )

    token = Token.objects.get()
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    secret = next(word for word in page.content.decode().replace("<", " ").replace(">", " ").split()
                  if word.startswith("bailu_"))  # fmt: skip
    assert token_behind(secret) == token
    listed = client.get(reverse("tokens")).content.decode()
    assert secret not in listed
    assert token.hint in listed


def test_wrong_input_is_shown_beside_its_field(owner):
    page = _signed_in(owner).post(reverse("token_make"), {"name": "", "days": "400"})

    assert page.status_code == 422
    assert Token.objects.count() == 0


def test_making_asks_for_the_password_again(owner):
    owner.set_password("a long enough one")
    owner.save()
    client = Client()
    client.force_login(owner)

    page = client.get(reverse("token_make"))

    assert page.status_code == 302
    assert page["Location"].startswith(reverse("account_reauthenticate"))


def test_token_is_revoked_by_its_owner_alone(owner, clerk):
    token, secret = make_token(owner, name="x", scopes=["cases:read"], days=1)
    assert _signed_in(clerk).post(reverse("token_revoke", args=[token.pk])).status_code == 404

    assert _signed_in(owner).post(reverse("token_revoke", args=[token.pk])).status_code == 302

    assert token_behind(secret) is None


def test_list_of_tokens_asks_the_same_for_1_and_30(owner, django_assert_num_queries):
    client = _signed_in(owner)
    make_token(owner, name="x", scopes=["cases:read"], days=1)
    client.get(reverse("tokens"))
    with django_assert_num_queries(6):
        client.get(reverse("tokens"))
    for _ in range(29):
        make_token(owner, name="x", scopes=["cases:read"], days=1)
    with django_assert_num_queries(6):
        client.get(reverse("tokens"))


def test_roles_of_a_token_are_those_of_its_person(owner):
    assert {m.role for m in owner.memberships} == {Role.OWNER}
    problem(Program(owner).get("/worklist"), 403, "role_needed")
    problem(Program(owner, "cases:read").send("/cases", {"round": 1}), 403, "scope_needed")
