"""One message to one address: signed, to the address that was looked at, and never into a network of our own.

The name is resolved once, every address it stands for is checked, and the connection goes to the checked one:
a name that answers differently the second time gains nothing. Redirects are not followed.
"""

import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from config.errors import Refusal
from config.words import T

SIGNATURE = "Bailu-Signature"
TIMEOUT_SECONDS = 5
# From the first byte to the last: a server that drips its answer does not hold a worker.
DEADLINE_SECONDS = 10
READ_BYTES = 1024
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class BadAddress(Refusal):
    code = "bad_webhook_address"
    status = 422
    words = T(
        en="“{url}” cannot be used: give an https address on the public internet, without a user name.",
        zh="“{url}”不能使用：请填写公网的 https 地址，且不含用户名。",
    )


class ForbiddenNetwork(Exception):  # noqa: N818 - named for its cause
    """The name stands for an address inside a network that webhooks may not reach."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address said: an HTTP status, or the class of the error that kept it from saying anything."""

    status: int | None
    error: str
    duration_ms: int

    @property
    def is_good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def signature(secret: str, body: bytes, at: int) -> str:
    """`t=…,v1=…`: HMAC-SHA256 over the time, a full stop and the body, so that an old message cannot be sent again.

    >>> signature("whsec_x", b"{}", 1_700_000_000)[:15]
    't=1700000000,v1'
    """
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def require_address(url: str) -> None:
    """Nothing, where `url` is one that messages may be sent to: https, or with DEBUG http to this machine.

    Raises:
        BadAddress: it is not.
    """
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or 0 < parts.port < 65536
        host = parts.hostname or ""
    except ValueError:
        raise BadAddress(url=url[:200]) from None
    here = settings.DEBUG and host in LOOPBACK_NAMES
    plain = parts.scheme == "https" or (parts.scheme == "http" and here)
    if not (plain and host and port_is_fine and not parts.username and not parts.password and url.isprintable()
            and url.isascii() and " " not in url and not parts.fragment):  # fmt: skip
        raise BadAddress(url=url[:200])
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        return
    if not may_reach(literal):
        raise BadAddress(url=url[:200])


def may_reach(address: Address) -> bool:
    """Whether messages may go there: the public internet, or a network that the settings name."""
    address = _embedded(address)
    if any(address in ipaddress.ip_network(network) for network in settings.WEBHOOK_NETWORKS):
        return True
    if settings.DEBUG and address.is_loopback:
        return True
    return address.is_global and not address.is_multicast


def _embedded(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, if it stands for one."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if inner:
            return inner
        if address in NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send `body`; whatever happens is the answer."""
    began = time.perf_counter()
    status, error = None, ""
    try:
        require_address(url)
        status = _posted(urlsplit(url), body, headers)
    except (OSError, http.client.HTTPException, ForbiddenNetwork, BadAddress, UnicodeError) as cause:
        error = type(cause).__name__
    return Answer(status, error, round((time.perf_counter() - began) * 1000))


def _posted(parts: SplitResult, body: bytes, headers: Mapping[str, str]) -> int:
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    raw = socket.create_connection((_checked(host, port), port), timeout=TIMEOUT_SECONDS)
    timer = threading.Timer(DEADLINE_SECONDS, _cut, [raw])
    timer.start()
    try:
        connection: http.client.HTTPConnection
        if parts.scheme == "https":
            connection = http.client.HTTPSConnection(host, port)
            connection.sock = ssl.create_default_context().wrap_socket(raw, server_hostname=host)
        else:
            connection = http.client.HTTPConnection(host, port)
            connection.sock = raw
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body=body, headers=dict(headers))
        response = connection.getresponse()
        response.read(READ_BYTES)
        return response.status
    finally:
        timer.cancel()
        _cut(raw)


def _cut(raw: socket.socket) -> None:
    try:
        raw.shutdown(socket.SHUT_RDWR)
    except OSError:
        # Closed by the other side, or by the deadline.
        raw.close()
        return
    raw.close()


def _checked(host: str, port: int) -> str:
    """An address of `host`, when all of its addresses may be reached."""
    found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not found or not all(may_reach(ipaddress.ip_address(one.partition("%")[0])) for one in found):
        raise ForbiddenNetwork(host)
    return found[0]
