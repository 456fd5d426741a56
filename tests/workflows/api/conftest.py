"""A program that bears a person's token."""

import json
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.models import Scope, User
from accounts.tokens import make_token
from workflows.api import urls  # noqa: F401 - the operations declare themselves by being imported

KEYS = count(1)


class Program:
    """What a program sees of the API: `get` and `send`, each with the token, a new key and English words."""

    def __init__(self, user: User | None, *scopes: str, secret: str = "", language: str = "en") -> None:
        self.user = user
        if user is not None and not secret:
            _, secret = make_token(user, name="test", scopes=scopes or list(Scope), days=1)
        self.secret, self.language = secret, language
        self.client = Client(raise_request_exception=False)

    def headers(self, more: dict[str, str] | None = None) -> dict[str, str]:
        found = {"Accept-Language": self.language, **(more or {})}
        if self.secret:
            found["Authorization"] = f"Bearer {self.secret}"
        return found

    def get(self, path: str, **query: Any) -> HttpResponse:
        return self.client.get(f"/api/v1{path}", query, headers=self.headers())

    def send(
        self,
        path: str,
        body: Any = None,
        *,
        method: str = "POST",
        key: str | None = None,
        match: str | None = None,
    ) -> HttpResponse:
        headers = self.headers({"Idempotency-Key": key if key is not None else f"k{next(KEYS)}"})
        if match is not None:
            headers["If-Match"] = match
        if key == "":
            del headers["Idempotency-Key"]
        return self.client.generic(
            method, f"/api/v1{path}", json.dumps(body if body is not None else {}), "application/json",
            headers=headers,
        )  # fmt: skip

    def step(self, case: int, name: str, **body: Any) -> HttpResponse:
        """Take a step on the case as it stands."""
        return self.send(f"/cases/{case}/steps/{name}", body, match=self.get(f"/cases/{case}")["ETag"])


@pytest.fixture
def program() -> Callable[..., Program]:
    return Program


def ok(response: HttpResponse, status: int = 200) -> Any:
    """The body of an answer that is what it should be."""
    assert response.status_code == status, response.content.decode()
    return json.loads(response.content)


def problem(response: HttpResponse, status: int, code: str) -> Any:
    """The body of a refusal that is what it should be."""
    found = json.loads(response.content)
    assert (response.status_code, found["code"]) == (status, code), found
    assert response["Content-Type"] == "application/problem+json"
    return found
