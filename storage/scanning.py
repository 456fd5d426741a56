"""The seam for malware: ClamAV where its daemon's address is set; the EICAR test file is refused always."""

import socket
import struct
from typing import BinaryIO, NamedTuple

import structlog
from django.conf import settings

from storage.errors import ScannerAway
from storage.interface import CHUNK_BYTES

log = structlog.get_logger(__name__)

# In two halves, or scanners would refuse this file.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
CONNECT_SECONDS = 2.0
SCAN_SECONDS = 60.0


class Scan(NamedTuple):
    """The malware found, empty for none, and whether a scanner looked at all."""

    malware: str
    scanned: bool


def scan(file: BinaryIO) -> Scan:
    """Look for malware in the whole of `file`.

    Raises:
        ScannerAway: a scanner is configured and does not answer; the document then waits.
    """
    if _holds_eicar(file):
        return Scan("EICAR", scanned=bool(settings.CLAMD))
    if not settings.CLAMD:
        return Scan("", scanned=False)
    return Scan(_ask_clamd(file, settings.CLAMD), scanned=True)


def _holds_eicar(file: BinaryIO) -> bool:
    file.seek(0)
    tail = b""
    while chunk := file.read(CHUNK_BYTES):
        if EICAR in tail + chunk:
            return True
        tail = chunk[-len(EICAR) :]
    return False


def _connect(address: str) -> socket.socket:
    """`address` is `host:port`, or the path of a Unix socket."""
    if address.startswith("/"):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(CONNECT_SECONDS)
        connection.connect(address)
        return connection
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS)


def _ask_clamd(file: BinaryIO, address: str) -> str:
    """The name of what ClamAV finds by its INSTREAM command, empty for nothing.

    Raises:
        ScannerAway: no connection, or no verdict (such as a stream over the daemon's own limit).
    """
    file.seek(0)
    try:
        with _connect(address) as connection:
            connection.settimeout(SCAN_SECONDS)
            connection.sendall(b"zINSTREAM\0")
            while chunk := file.read(CHUNK_BYTES):
                connection.sendall(struct.pack("!L", len(chunk)) + chunk)
            connection.sendall(struct.pack("!L", 0))
            answer = b""
            while not answer.endswith(b"\0") and (received := connection.recv(4096)):
                answer += received
    except OSError as error:
        log.error("scanner_away", error=repr(error))
        raise ScannerAway from error
    verdict = answer.rstrip(b"\0\n").decode(errors="replace").removeprefix("stream: ")
    if verdict == "OK":
        return ""
    if verdict.endswith(" FOUND"):
        return verdict.removesuffix(" FOUND")
    log.error("scanner_gave_no_verdict", answer=verdict)
    raise ScannerAway
