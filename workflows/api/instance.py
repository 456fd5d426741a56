"""The API itself: its operations gathered, its refusals as problems, its bodies without what no column takes."""

import json
from typing import Any

import structlog
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser

from config.errors import Refusal
from config.words import T
from workflows.api.errors import BadRequest
from workflows.api.problems import WrongOut, problem, refused
from workflows.models import Application

log = structlog.get_logger("api")

NOT_FOUND = T(
    en="There is nothing at this address that you may know of.",
    zh="该地址没有您可以查看的内容。",
)
INVALID = T(en="The request does not fit. See `errors`.", zh="请求内容不符合要求，见 errors。")
BROKEN = T(
    en="This is our fault, and it is logged under {request_id}. Nothing was changed.",
    zh="系统内部出错，已记录（{request_id}）。未作任何改动。",
)


class Bodies(Parser):
    """JSON whose texts the database can keep: without NUL and without halves of characters."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            text = request.body.decode()
            found = json.loads(text, parse_constant=_refuse_constant)
            json.dumps(found, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            raise BadRequest(what="JSON") from error
        if "\\u0000" in text:
            raise BadRequest(what="NUL")
        return found


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


class Api(NinjaAPI):
    """django-ninja, with the answer's headers as the operation put them."""

    def create_response(self, request: HttpRequest, data: Any, **more: Any) -> HttpResponse:
        response = super().create_response(request, data, **more)
        for name, value in getattr(request, "answer_headers", {}).items():
            response[name] = value
        return response


api = Api(
    title="Bailu",
    version="1",
    description="A second door to the same engine: what a page can do can be done here, with the same rights.",
    openapi_url=None,
    docs_url=None,
    urls_namespace="api",
    parser=Bodies(),
)


@api.exception_handler(Refusal)
def _refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    log.info("refused", code=refusal.code, status=refusal.status)
    return refused(request, refusal)


@api.exception_handler(Http404)
@api.exception_handler(Application.DoesNotExist)
def _nothing(request: HttpRequest, _error: Exception) -> HttpResponse:
    return problem(request, 404, "not_found", str(NOT_FOUND))


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(request, error.status_code, "bad_request", str(error))


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    wrong = [
        WrongOut(at=".".join(str(part) for part in found["loc"]), sentence=str(found["msg"]))
        for found in error.errors
    ]
    return problem(request, 422, "invalid", str(INVALID), errors=wrong)


@api.exception_handler(Exception)
def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    log.exception("api_broken", path=request.path, error=type(error).__name__)
    return problem(request, 500, "broken", str(BROKEN.format(request_id=request_id)))
