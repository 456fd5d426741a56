"""Webhooks: told of what their owner may read, signed, tried with patience, kept out of our own networks."""

import hashlib
import hmac
import ipaddress
import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications import outbox
from notifications.models import Message
from tests.workflows.web.journeys import submitted
from workflows import webhooks
from workflows.models import Webhook, WebhookDelivery
from workflows.webhook_sending import BadAddress, ForbiddenNetwork, _checked, may_reach, require_address
from workflows.webhooks import MAX_TRIES, UnknownEvents, make_webhook, send_due

pytestmark = pytest.mark.django_db


class Receiver:
    """A program that listens on this machine; `status` is what it answers, `pause` how long it thinks."""

    def __init__(self) -> None:
        self.status, self.pause, self.location = 204, 0.0, ""
        self.got: list[tuple[dict[str, str], bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((dict(self.headers), body))
                time.sleep(outer.pause)
                self.send_response(outer.status)
                if outer.location:
                    self.send_header("Location", outer.location)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Nothing on the terminal."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?a=1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.DEBUG = True
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def hook(receiver, owner) -> Webhook:
    return make_webhook(owner, url=receiver.url, events=[])


def due_now(**of: Any) -> None:
    """As if the wait were over."""
    WebhookDelivery.objects.filter(**of).update(due_at=F("created_at"))


def test_step_is_told_once_signed_and_without_personal_data(hook, receiver, draft):
    case = submitted(draft)

    outbox.deliver_due()
    assert send_due() == 1
    assert send_due() == 0

    headers, body = receiver.got[0]
    stamp, digest = (part.partition("=")[2] for part in headers["Bailu-Signature"].split(","))
    expected = hmac.new(hook.secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    told = json.loads(body)
    assert digest == expected
    assert abs(int(stamp) - time.time()) < 60
    assert headers["Bailu-Event"] == "submit"
    assert told.keys() == {"id", "event", "key", "case", "number", "programme", "state", "version", "at"}
    assert (told["number"], told["state"], told["version"]) == (case.number, "submitted", 1)
    row = WebhookDelivery.objects.get()
    assert (row.state, row.status, row.tries) == ("delivered", 204, 1)
    assert row.duration_ms is not None


def test_outbox_that_delivers_twice_tells_once(hook, draft):
    case = submitted(draft)
    rows = [(f"case:{case.pk}:1", {"application": case.pk, "seq": 1, "step": "submit"})]

    webhooks.offer(rows)
    webhooks.offer(rows)

    assert WebhookDelivery.objects.count() == 1


def test_only_what_the_owner_may_read_is_told(receiver, draft, owner, clerk, cashier, employer):
    stranger = make_webhook(_somebody_else(), url=receiver.url, events=[])
    theirs = make_webhook(owner, url=receiver.url, events=[])
    office = make_webhook(clerk, url=receiver.url, events=["accept"])
    submitted(draft)

    outbox.deliver_due()

    assert list(WebhookDelivery.objects.values_list("webhook", flat=True)) == [theirs.pk]
    assert not stranger.deliveries.exists()
    assert not office.deliveries.exists()


def _somebody_else() -> Any:
    from accounts.models import Organisation, Role
    from tests.workflows.conftest import person_with

    return person_with(Role.OWNER, Organisation.objects.create(kind="employer", name="别家"))


def test_rights_are_those_of_the_time_of_the_step(hook, draft, owner):
    submitted(draft)
    owner.membership_set.update(ended_at=timezone.now())

    outbox.deliver_due()

    assert WebhookDelivery.objects.count() == 0


@pytest.mark.parametrize("status", [500, 404, 301])
def test_refused_message_is_tried_again_later(hook, receiver, draft, status):
    receiver.status, receiver.location = status, "http://127.0.0.1:1/"
    submitted(draft)
    outbox.deliver_due()

    assert send_due() == 0
    row = WebhookDelivery.objects.get()
    assert (row.state, row.status, row.tries) == ("waiting", status, 1)
    assert row.due_at > timezone.now() + timedelta(seconds=5)

    receiver.status, receiver.location = 200, ""
    due_now()
    assert send_due() == 1
    assert WebhookDelivery.objects.get().tries == 2
    assert receiver.got[0][1] == receiver.got[1][1]


def test_address_that_never_answers_is_given_up_disabled_and_its_owner_told(hook, receiver, draft, owner):
    receiver.status = 503
    submitted(draft)
    outbox.deliver_due()

    for _ in range(MAX_TRIES):
        send_due()
        due_now()

    row, now = WebhookDelivery.objects.get(), Webhook.objects.get()
    assert (row.state, row.tries, now.state) == ("given_up", MAX_TRIES, "disabled")
    assert Message.objects.filter(recipient=owner, topic="webhook.disabled").count() == 1
    # Switched on again, and the message sent again.
    receiver.status = 200
    webhooks.resume(now)
    webhooks.redeliver(row)
    assert send_due() == 1


def test_address_that_takes_others_is_not_disabled_for_one_message(hook, receiver, draft):
    submitted(draft)
    outbox.deliver_due()
    WebhookDelivery.objects.update(tries=MAX_TRIES - 1)
    WebhookDelivery.objects.create(
        webhook=hook,
        key="later",
        event="ping",
        payload={},
        delivered_at=timezone.now() + timedelta(seconds=1),
    )
    receiver.status = 500

    send_due()

    assert Webhook.objects.get().state == "on"


def test_closed_port_is_an_error_in_the_log(owner, draft, settings):
    settings.DEBUG = True
    make_webhook(owner, url="http://127.0.0.1:9/", events=[])
    submitted(draft)
    outbox.deliver_due()

    send_due()

    row = WebhookDelivery.objects.get()
    assert (row.status, row.error) == (None, "ConnectionRefusedError")


def test_paused_webhook_waits_and_ended_one_hears_nothing(hook, receiver, draft):
    submitted(draft)
    outbox.deliver_due()
    webhooks.pause(hook)
    assert send_due() == 0
    webhooks.resume(hook)
    assert send_due() == 1
    webhooks.end(hook)
    webhooks.ping(hook)
    assert send_due() == 0


def test_failing_address_holds_up_no_other(receiver, draft, owner, settings):
    bad = make_webhook(owner, url="http://127.0.0.1:9/", events=[])
    for _ in range(30):
        webhooks.ping(bad)
    good = make_webhook(owner, url=receiver.url, events=[])
    webhooks.ping(good)

    assert send_due() == 1
    # One try was enough to know; the others wait untried.
    assert sorted(set(bad.deliveries.values_list("tries", flat=True))) == [0, 1]
    assert bad.deliveries.filter(tries=1).count() == 1


PRIVATE = ["10.0.0.1", "127.0.0.1", "169.254.169.254", "192.168.1.1", "172.16.0.1", "0.0.0.0", "100.64.0.1", "::1",
           "fe80::1", "fc00::1", "::ffff:10.0.0.1", "2002:a00:1::", "64:ff9b::a00:1", "224.0.0.1"]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_networks_of_our_own_are_not_reached(address, settings):
    settings.DEBUG = False

    assert not may_reach(ipaddress.ip_address(address))
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(BadAddress):
        require_address(f"https://{host}/")


def test_network_that_the_settings_name_is_reached(settings):
    settings.DEBUG, settings.WEBHOOK_NETWORKS = False, ["10.1.0.0/16"]

    assert may_reach(ipaddress.ip_address("10.1.2.3"))
    assert not may_reach(ipaddress.ip_address("10.2.2.3"))


def test_name_that_stands_for_this_machine_is_not_reached(owner, settings, draft):
    """`localhost` is no literal address: it is found out when it is resolved, at the time of sending."""
    settings.DEBUG = False
    with pytest.raises(ForbiddenNetwork):
        _checked("localhost", 443)
    Webhook.objects.create(owner=owner, url="https://localhost/", secret="x")
    submitted(draft)
    outbox.deliver_due()

    send_due()

    assert WebhookDelivery.objects.get().error == "ForbiddenNetwork"


@pytest.mark.parametrize(
    "url",
    ["http://example.com/", "ftp://example.com/", "https://user:pw@example.com/", "https://", "example.com",
     "https://example.com:99999/", "https://exa mple.com/", "https://example.com/#x", "https://例子.com/",
     "javascript:x"],
)  # fmt: skip
def test_other_addresses_are_refused(owner, url, settings):
    settings.DEBUG = True

    with pytest.raises(BadAddress):
        make_webhook(owner, url=url, events=[])


def test_unknown_events_are_refused(owner):
    with pytest.raises(UnknownEvents):
        make_webhook(owner, url="https://example.com/", events=["no_such"])


def test_webhook_is_made_on_a_page_tried_out_and_read(
    receiver, owner, client: Client, django_assert_num_queries
):
    client.force_login(owner)
    page = client.post(reverse("webhook_list"), {"url": receiver.url, "events": ["accept"]})
    hook = Webhook.objects.get()
    assert hook.secret in page.content.decode()
    assert hook.secret not in client.get(reverse("webhook_list")).content.decode()

    client.post(reverse("webhook_act", args=[hook.pk, "ping"]))
    send_due()
    log = client.get(reverse("webhook_log", args=[hook.pk])).content.decode()
    assert "204" in log
    with django_assert_num_queries(7):
        client.get(reverse("webhook_log", args=[hook.pk]))
    for _ in range(29):
        webhooks.ping(hook)
    with django_assert_num_queries(7):
        client.get(reverse("webhook_log", args=[hook.pk]))

    client.post(reverse("webhook_again", args=[hook.pk, hook.deliveries.earliest("pk").pk]))
    assert hook.deliveries.earliest("pk").state == "waiting"


def test_bad_address_is_shown_beside_its_field(owner, client: Client):
    client.force_login(owner)

    page = client.post(reverse("webhook_list"), {"url": "https://10.0.0.1/"})

    assert (page.status_code, Webhook.objects.count()) == (422, 0)
