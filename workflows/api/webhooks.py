"""Webhooks through the API: made, looked at, paused, ended, tried out; their log."""

from typing import Annotated

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Schema
from pydantic import Field, StringConstraints

from accounts.models import Scope
from workflows import webhooks as verbs
from workflows.api.bearer import asker
from workflows.api.case_out import iso
from workflows.api.kinds import After, Id, Limit, Rows, Slug
from workflows.api.lists import page_of
from workflows.api.routes import Declare, Routes, put_header
from workflows.models import Webhook, WebhookDelivery

routes = Routes("Webhooks")


class WebhookOut(Schema):
    """A webhook. `events` empty: all. `state`: `on`, `paused` by its owner, `disabled` after lasting failure."""

    id: int
    url: str
    events: list[str]
    state: str
    created_at: str


class WebhookMade(WebhookOut):
    """A new webhook with its secret, which is shown here alone."""

    secret: str


class WebhookIn(Schema):
    """An https address, and the steps it wants to hear of (`GET /webhook-events` lists them); none: all."""

    url: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    events: Annotated[list[Slug], Field(max_length=100)] = []


class DeliveryOut(Schema):
    """One message: `waiting`, `delivered` or `given_up`; what the last try was answered, and how long it took."""

    id: int
    event: str
    key: str
    state: str
    created_at: str
    tries: int
    tried_at: str | None
    status: int | None
    error: str
    duration_ms: int | None
    due_at: str


def _facts(hook: Webhook) -> dict[str, object]:
    return {
        "id": hook.pk,
        "url": hook.url,
        "events": hook.events,
        "state": hook.state,
        "created_at": hook.created_at.isoformat(),
    }


def _out(hook: Webhook) -> WebhookOut:
    return WebhookOut.model_validate(_facts(hook))


def _delivery_out(row: WebhookDelivery) -> DeliveryOut:
    return DeliveryOut(
        id=row.pk,
        event=row.event,
        key=row.key,
        state=row.state,
        created_at=row.created_at.isoformat(),
        tries=row.tries,
        tried_at=iso(row.tried_at),
        status=row.status,
        error=row.error,
        duration_ms=row.duration_ms,
        due_at=row.due_at.isoformat(),
    )


def _mine(request: HttpRequest, pk: int) -> Webhook:
    return get_object_or_404(Webhook.objects.of(asker(request)), pk=pk)


def _act(name: str) -> Declare:
    return routes.change("POST", f"/webhooks/{{pk}}/{name}", WebhookOut, scope=Scope.WEBHOOKS)


@routes.get("/webhook-events", list[str], scope=Scope.WEBHOOKS)
def webhook_events(request: HttpRequest) -> list[str]:  # noqa: ARG001 - the same for everybody
    """The steps that a webhook can be told of."""
    return list(verbs.known_events())


@routes.get("/webhooks", Rows[WebhookOut], scope=Scope.WEBHOOKS)
def webhooks(request: HttpRequest, after: After = None, limit: Limit = 30) -> Rows[WebhookOut]:
    """One's own webhooks, newest first."""
    page, following = page_of(request, Webhook.objects.of(asker(request)), after=after, limit=limit)
    return Rows[WebhookOut](rows=[_out(hook) for hook in page], next=following)


@routes.change("POST", "/webhooks", WebhookMade, scope=Scope.WEBHOOKS, status=201)
def webhook_make(request: HttpRequest, asked: WebhookIn) -> WebhookMade:
    """Make a webhook: it is told of steps on the cases that one may read oneself, signed with its secret."""
    made = verbs.make_webhook(asker(request), url=asked.url, events=asked.events)
    put_header(request, "Location", f"/api/v1/webhooks/{made.pk}")
    return WebhookMade.model_validate({**_facts(made), "secret": made.secret})


@routes.get("/webhooks/{pk}", WebhookOut, scope=Scope.WEBHOOKS)
def webhook(request: HttpRequest, pk: Id) -> WebhookOut:
    """One webhook."""
    return _out(_mine(request, pk))


@_act("pause")
def webhook_pause(request: HttpRequest, pk: Id) -> WebhookOut:
    """Tell it nothing until it is resumed; what waits, waits."""
    verbs.pause(_mine(request, pk))
    return _out(_mine(request, pk))


@_act("resume")
def webhook_resume(request: HttpRequest, pk: Id) -> WebhookOut:
    """Let it go on, also after it was disabled; what waits is sent."""
    verbs.resume(_mine(request, pk))
    return _out(_mine(request, pk))


@routes.change("DELETE", "/webhooks/{pk}", WebhookOut, scope=Scope.WEBHOOKS)
def webhook_end(request: HttpRequest, pk: Id) -> WebhookOut:
    """End it: it is told nothing any more."""
    hook = _mine(request, pk)
    verbs.end(hook)
    return _out(hook)


@routes.change("POST", "/webhooks/{pk}/ping", DeliveryOut, scope=Scope.WEBHOOKS)
def webhook_ping(request: HttpRequest, pk: Id) -> DeliveryOut:
    """Send it a message to try it out."""
    return _delivery_out(verbs.ping(_mine(request, pk)))


@routes.get("/webhooks/{pk}/deliveries", Rows[DeliveryOut], scope=Scope.WEBHOOKS)
def webhook_deliveries(
    request: HttpRequest, pk: Id, after: After = None, limit: Limit = 30
) -> Rows[DeliveryOut]:
    """Its log, newest first."""
    rows = WebhookDelivery.objects.filter(webhook=_mine(request, pk))
    page, following = page_of(request, rows, after=after, limit=limit)
    return Rows[DeliveryOut](rows=[_delivery_out(row) for row in page], next=following)


@routes.change("POST", "/webhooks/{pk}/deliveries/{delivery}/redeliver", DeliveryOut, scope=Scope.WEBHOOKS)
def webhook_redeliver(request: HttpRequest, pk: Id, delivery: Id) -> DeliveryOut:
    """Send a message again."""
    found = get_object_or_404(WebhookDelivery, webhook=_mine(request, pk), pk=delivery)
    verbs.redeliver(found)
    return _delivery_out(WebhookDelivery.objects.get(pk=delivery))
