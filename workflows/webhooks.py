"""Webhooks: made, paused, ended; told of steps by the outbox; sent with patience; disabled after lasting failure."""

import json
import secrets
import time
from collections.abc import Collection
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import DateTimeField, ExpressionWrapper, Q, Value
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import Membership, User
from config.errors import Refusal
from config.nudge import nudge
from config.words import T
from notifications.messages import tell
from workflows.models import Application, Event, Webhook, WebhookDelivery
from workflows.programmes import registry
from workflows.rules import may_read
from workflows.webhook_sending import SIGNATURE, Answer, post, require_address, signature

MOST = 20
PING = "ping"
# After each failed try, how long until the next; after the last, the message is given up: about a day in all.
WAITS_SECONDS = (10, 60, 300, 1800, 7200, 21_600, 43_200)
MAX_TRIES = len(WAITS_SECONDS) + 1
RUN_SECONDS = 20
CLAIM_ROWS = 20
LEASE = timedelta(minutes=5)

log = structlog.get_logger(__name__)


class UnknownEvents(Refusal):
    code = "unknown_events"
    status = 422
    words = T(en="There are no such events: {names}.", zh="没有这些事件：{names}。")


class TooManyWebhooks(Refusal):
    code = "too_many_webhooks"
    status = 409
    words = T(
        en="You have {most} webhooks. End one that you no longer need.",
        zh="您已有 {most} 个回调。请先结束不再需要的。",
    )


def known_events() -> dict[str, T]:
    """The steps that webhooks can be told of, with their words: those that move a case or tell somebody."""
    steps = [s for p in registry().values() for s in p.steps.values() if s.moves or s.tells]
    return {step.name: step.label for step in sorted(steps, key=lambda step: step.name)}


def make_webhook(owner: User, *, url: str, events: Collection[str]) -> Webhook:
    """A webhook of `owner`; its secret is on it, to be shown once. No events: all of them.

    Raises:
        BadAddress, UnknownEvents, TooManyWebhooks: why not.
    """
    require_address(url)
    if unknown := sorted(set(events) - known_events().keys()):
        raise UnknownEvents(names=", ".join(unknown))
    with transaction.atomic():
        User.objects.select_for_update().get(pk=owner.pk)
        if Webhook.objects.of(owner).count() >= MOST:
            raise TooManyWebhooks(most=MOST)
        secret = f"whsec_{secrets.token_urlsafe(32)}"
        return Webhook.objects.create(owner=owner, url=url, events=sorted(set(events)), secret=secret)


def pause(webhook: Webhook) -> None:
    """Tell it nothing until it is resumed; what waits, waits."""
    Webhook.objects.filter(pk=webhook.pk, paused_at=None).update(paused_at=timezone.now())


def resume(webhook: Webhook) -> None:
    """Let it go on, also after it was disabled; what waits is sent."""
    Webhook.objects.filter(pk=webhook.pk).update(paused_at=None, disabled_at=None)
    transaction.on_commit(wake)


def end(webhook: Webhook) -> None:
    """It is told nothing any more; its log stays."""
    Webhook.objects.filter(pk=webhook.pk, ended_at=None).update(ended_at=timezone.now())


def ping(webhook: Webhook) -> WebhookDelivery:
    """A message to try it out."""
    payload = {"event": PING, "at": timezone.now().isoformat()}
    made = _delivery(webhook, f"{PING}:{secrets.token_hex(8)}", PING, payload)
    made.save()
    transaction.on_commit(wake)
    return WebhookDelivery.objects.get(pk=made.pk)


def redeliver(delivery: WebhookDelivery) -> None:
    """Send a message again, from the first try."""
    WebhookDelivery.objects.filter(pk=delivery.pk).update(
        due_at=Now(), claimed_until=None, tries=0, delivered_at=None, given_up_at=None
    )
    transaction.on_commit(wake)


def wake() -> None:
    """Call a worker; one that is away is made up for by the sweeper."""
    nudge("workflows.send_webhooks")


def offer(rows: list[tuple[str, dict[str, Any]]]) -> int:
    """Put the steps of outbox rows (key, payload) before every webhook that may hear of them; how many messages."""
    hooks = list(Webhook.objects.listening().select_related("owner"))
    wanted = {
        hook.pk for hook in hooks if any(not hook.events or row["step"] in hook.events for _, row in rows)
    }
    if not wanted:
        return 0
    hooks = [hook for hook in hooks if hook.pk in wanted]
    _with_memberships([hook.owner for hook in hooks])
    ids = [row["application"] for _, row in rows]
    cases = Application.objects.defer("answers", "sealed_answers").in_bulk(ids)
    events = {(e.application_id, e.seq): e for e in Event.objects.filter(application__in=ids)}
    made = [
        _delivery(hook, key, row["step"], _payload(key, cases[row["application"]], event))
        for key, row in rows
        if (event := events.get((row["application"], row["seq"]))) is not None
        for hook in hooks
        if (not hook.events or row["step"] in hook.events) and may_read(hook.owner, cases[row["application"]])
    ]
    WebhookDelivery.objects.bulk_create(made, batch_size=1000, ignore_conflicts=True)
    if made:
        transaction.on_commit(wake)
    return len(made)


def _with_memberships(owners: list[User]) -> None:
    """Read the memberships of all owners at once: `User.memberships` asks for each."""
    found: dict[int, list[Membership]] = {owner.pk: [] for owner in owners}
    for membership in Membership.objects.in_force().filter(user__in=owners).select_related("organisation"):
        found[membership.user_id].append(membership)
    for owner in owners:
        owner.__dict__["memberships"] = found[owner.pk]


def _payload(key: str, case: Application, event: Event) -> dict[str, Any]:
    """What goes out: number, state, step and time, nothing of a person and nothing of money."""
    return {
        "event": event.step,
        "key": key,
        "case": case.pk,
        "number": case.number,
        "programme": case.programme,
        "state": event.target,
        "version": event.seq,
        "at": event.at.isoformat(),
    }


def _delivery(hook: Webhook, key: str, event: str, payload: dict[str, Any]) -> WebhookDelivery:
    return WebhookDelivery(webhook=hook, key=key, event=event, payload=payload)


def send_due(*, seconds: float = RUN_SECONDS) -> int:
    """Send what is due, for about `seconds`; how many messages were taken. Safe in any number of processes."""
    stop_at = time.monotonic() + seconds
    taken = 0
    failing: set[int] = set()
    while time.monotonic() < stop_at and (rows := _claim(failing)):
        for row in rows:
            if row.webhook_id in failing or time.monotonic() > stop_at:
                # Its address does not answer: its other messages wait their turn, untried.
                WebhookDelivery.objects.filter(pk=row.pk).update(claimed_until=None)
                continue
            answer = _send(row)
            _settle(row, answer)
            taken += answer.is_good
            if not answer.is_good:
                failing.add(row.webhook_id)
    return taken


def _claim(failing: set[int]) -> list[WebhookDelivery]:
    """Some messages that are due, leased: a worker that dies keeps none of them."""
    lease = ExpressionWrapper(Now() + Value(LEASE), output_field=DateTimeField())
    with transaction.atomic():
        due = (
            WebhookDelivery.objects.filter(
                Q(claimed_until=None) | Q(claimed_until__lte=Now()),
                delivered_at=None,
                given_up_at=None,
                due_at__lte=Now(),
                webhook__in=Webhook.objects.listening(),
            )
            .exclude(webhook__in=failing)
            .order_by("due_at", "pk")
            .select_for_update(skip_locked=True, of=("self",))
            .values_list("pk", flat=True)[:CLAIM_ROWS]
        )
        ids = list(due)
        WebhookDelivery.objects.filter(pk__in=ids).update(claimed_until=lease)
    rows = WebhookDelivery.objects.filter(pk__in=ids).select_related("webhook__owner")
    return list(rows.order_by("due_at", "pk"))


def _send(row: WebhookDelivery) -> Answer:
    body = json.dumps({"id": row.pk, **row.payload}, ensure_ascii=False).encode()
    at = int(time.time())
    return post(
        row.webhook.url,
        body,
        {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Bailu-Webhook/1",
            "Bailu-Event": row.event,
            "Bailu-Delivery": str(row.pk),
            SIGNATURE: signature(row.webhook.secret, body, at),
        },
    )


def _settle(row: WebhookDelivery, answer: Answer) -> None:
    """Note what became of a try: taken, to be tried later, or given up."""
    tries = row.tries + 1
    values: dict[str, Any] = {
        "tries": tries,
        "tried_at": Now(),
        "status": answer.status,
        "error": answer.error,
        "duration_ms": answer.duration_ms,
        "claimed_until": None,
    }
    if answer.is_good:
        values["delivered_at"] = Now()
    elif tries >= MAX_TRIES:
        values["given_up_at"] = Now()
    else:
        wait = timedelta(seconds=WAITS_SECONDS[tries - 1])
        values["due_at"] = ExpressionWrapper(Now() + Value(wait), output_field=DateTimeField())
    with transaction.atomic():
        WebhookDelivery.objects.filter(pk=row.pk).update(**values)
        if "given_up_at" in values:
            _perhaps_disable(row)
    log.info("webhook_tried", delivery=row.pk, webhook=row.webhook_id, tries=tries, status=answer.status,
             error=answer.error, duration_ms=answer.duration_ms)  # fmt: skip


def _perhaps_disable(row: WebhookDelivery) -> None:
    """Disable an address that has taken nothing since the message that is given up was made; tell its owner."""
    hook = row.webhook
    if WebhookDelivery.objects.filter(webhook=hook, delivered_at__gt=row.created_at).exists():
        return
    disabled = Webhook.objects.filter(pk=hook.pk, disabled_at=None).update(disabled_at=Now())
    if disabled:
        tell(
            [hook.owner],
            key=f"webhook:{hook.pk}:{row.pk}",
            subject=T(en="A webhook is switched off", zh="一个回调已停用"),
            body=T(
                en=f"{hook.url} has taken no message for about a day. Mend it, then switch it on again.",
                zh=f"{hook.url} 已约一天没有接收任何消息。请修复后重新启用。",
            ),
            link=f"/me/webhooks/{hook.pk}/",
            topic="webhook.disabled",
        )
