"""How an operation is declared: its address, its scope, its roles, its answer. What declares none has no door."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Protocol, TypeVar

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel

from accounts.models import APPLICANT_ROLES, Role, Scope
from workflows.api.bearer import Bearer
from workflows.api.keeping import JSON, once
from workflows.api.problems import Problem
from workflows.queries import OFFICE_ROLES

EMPLOYER = frozenset(Role(r) for r in APPLICANT_ROLES)
DESK = frozenset(Role(r) for r in OFFICE_ROLES)
CLERK, OFFICIAL, CASHIER = (frozenset({r}) for r in (Role.CLERK, Role.OFFICIAL, Role.CASHIER))
ON_CASES = EMPLOYER | DESK
ANYBODY: frozenset[Role] = frozenset()

READ_REFUSALS = frozenset({400, 401, 403, 404, 405, 409, 410, 422, 429, 500, 503})
CHANGE_REFUSALS = READ_REFUSALS | {412, 413, 415, 428}
KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "A new one for each change; the same one again gives the same answer and changes nothing.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,60}$"},
}
MATCH_PARAMETER = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag under which it was read.",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as it was declared; tests hold the table of permissions against it."""

    name: str
    method: str
    path: str
    tag: str
    scope: Scope
    roles: frozenset[Role]
    changes: bool
    summary: str


OPERATIONS: dict[str, Operation] = {}
View = TypeVar("View", bound=Callable[..., Any])


class Declare(Protocol):
    """A decorator that declares an operation and leaves its function as it is."""

    def __call__(self, view: View, /) -> View: ...


# One router for all: an address whose methods are declared in two modules is one address.
ROUTER = Router()


class Routes:
    """The operations on one noun."""

    def __init__(self, tag: str) -> None:
        self.tag = tag

    def get(self, path: str, out: Any, *, scope: Scope, by: frozenset[Role] = ANYBODY) -> Declare:
        """Declare a reading operation."""
        return self._declare("GET", path, out, scope, by, 200)

    def ask(self, path: str, out: Any, *, scope: Scope, by: frozenset[Role] = ANYBODY) -> Declare:
        """Declare a POST that changes nothing: a question too long for an address."""
        return self._declare("POST", path, out, scope, by, 200)

    def change(
        self,
        method: str,
        path: str,
        out: Any,
        *,
        scope: Scope,
        by: frozenset[Role] = ANYBODY,
        status: int = 200,
        kept: bool = True,
        matches: bool = False,
    ) -> Declare:
        """Declare a changing operation: it has a key, one transaction, and is done once."""
        return self._declare(method, path, out, scope, by, status, changes=True, kept=kept, matches=matches)

    def _declare(
        self,
        method: str,
        path: str,
        out: Any,
        scope: Scope,
        by: frozenset[Role],
        status: int,
        *,
        changes: bool = False,
        kept: bool = True,
        matches: bool = False,
    ) -> Declare:
        refusals = CHANGE_REFUSALS if changes else READ_REFUSALS
        parameters = [KEY_PARAMETER] * changes + [MATCH_PARAMETER] * matches

        def declare(view: View) -> View:
            words = (view.__doc__ or "").strip()
            assert words, f"{view.__name__} does not say what it does"
            name = view.__name__
            assert name not in OPERATIONS, f"two operations are called {name}"
            summary = words.split("\n\n")[0].replace("\n", " ").rstrip(".")
            OPERATIONS[name] = Operation(name, method, path, self.tag, scope, by, changes, summary)
            ROUTER.add_api_operation(
                path,
                [method],
                _kept(view, out, status, kept=kept) if changes else view,
                auth=Bearer(scope, by),
                response={status: out, refusals: Problem},
                operation_id=name,
                tags=[self.tag],
                url_name=f"{method.lower()}_{name}",
                summary=summary,
                description=f"{words}\n\nScope: `{scope.value}`. For: {_spoken(by)}.",
                openapi_extra={"parameters": parameters} if parameters else None,
            )
            return view

        return declare


def _spoken(roles: frozenset[Role]) -> str:
    return ", ".join(sorted(roles)) or "anybody with the scope"


def _kept(view: Callable[..., Any], out: Any, status: int, *, kept: bool) -> Callable[..., Any]:
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        def change() -> HttpResponse:
            result = view(request, *args, **kwargs)
            response = HttpResponse(_rendered(result, out), status=status, content_type=JSON)
            for name, value in getattr(request, "answer_headers", {}).items():
                response[name] = value
            return response

        return once(request, change, kept=kept)

    return answered


def _rendered(result: Any, out: type[BaseModel]) -> str:
    assert isinstance(result, out), f"{type(result)} is not the declared answer"
    return json.dumps(result.model_dump(mode="json"), ensure_ascii=False)


def put_header(request: HttpRequest, name: str, value: str) -> None:
    """Let the answer to `request` carry a header."""
    headers: dict[str, str] = getattr(request, "answer_headers", {})
    headers[name] = value
    request.answer_headers = headers  # type: ignore[attr-defined]
