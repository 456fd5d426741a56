"""The description of the API: OpenAPI for machines, and a page made of it for people. Nothing from elsewhere."""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.doors import door
from workflows.api.instance import api
from workflows.api.problems import MEDIA_TYPE
from workflows.api.routes import OPERATIONS, Operation

# The way of a reader: what there is, one's own case, the office, money, the rest.
FIRST = ("Programmes and rounds", "Cases", "The application's form", "The roster", "Papers", "Corrections", "Files",
         "The worklist", "Tax records", "Batches", "Notices and objections", "Payments", "Reviews",
         "Review room", "Review sessions", "One’s seats",
         "Planning of reviews", "Expert database",
         "Inspections", "Calendar and absences")  # fmt: skip


@cache
def schema() -> dict[str, Any]:
    """The OpenAPI document. Refusals are problems, which have a media type of their own."""
    made: dict[str, Any] = dict(api.get_openapi_schema(path_prefix="/api/v1"))
    for methods in made["paths"].values():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400 and "content" in answer:
                    answer["content"] = {MEDIA_TYPE: next(iter(answer["content"].values()))}
    return made


@door(public=True)
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - the same for everybody
    """The document for machines."""
    return JsonResponse(schema(), json_dumps_params={"ensure_ascii": False})


@door(public=True)
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Every operation on one page: address, scope, roles, what goes in and what comes out."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for operation in sorted(OPERATIONS.values(), key=_place):
        described = schema()["paths"][f"/api/v1{operation.path}"][operation.method.lower()]
        groups.setdefault(operation.tag, []).append(
            {"operation": operation, "asks": _asks(described), "answers": _answers(described)}
        )
    return render(request, "api/docs.html", {"groups": groups, "schemas": _shapes()})


def _place(operation: Operation) -> int:
    return FIRST.index(operation.tag) if operation.tag in FIRST else len(FIRST)


def _asks(described: dict[str, Any]) -> str:
    body = described.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return _named(body)


def _answers(described: dict[str, Any]) -> str:
    good = next(answer for status, answer in described["responses"].items() if int(status) < 400)
    return _named(next(iter(good.get("content", {"": {}}).values())).get("schema", {}))


def _named(shape: dict[str, Any]) -> str:
    """A shape by its name: `CaseOut`, `[CaseLine]`, `string`."""
    if "$ref" in shape:
        return str(shape["$ref"]).rpartition("/")[2]
    if "anyOf" in shape:
        return " | ".join(_named(one) for one in shape["anyOf"])
    if shape.get("type") == "array":
        return f"[{_named(shape.get('items', {}))}]"
    return str(shape.get("type", ""))


@cache
def _shapes() -> list[dict[str, Any]]:
    """Every shape with its members, for the end of the page."""
    return [
        {
            "name": name,
            "words": shape.get("description", ""),
            "members": [
                {"name": member, "type": _named(of), "required": member in shape.get("required", ())}
                for member, of in shape.get("properties", {}).items()
            ],
        }
        for name, shape in sorted(schema()["components"]["schemas"].items())
    ]
