import hashlib
import shutil
import socket
import subprocess
import tempfile
import time

import pytest

from storage.errors import ScannerAway
from storage.scanning import EICAR, scan

CLAMD = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")
VIRUS = b"a harmless stand-in for malware"

needs_clamd = pytest.mark.skipif(CLAMD is None, reason="install clamav-daemon to test the scanner itself")


@pytest.fixture(scope="module", params=["tcp", "unix"])
def clamd(request, tmp_path_factory):
    """A real ClamAV daemon that knows one signature, ours."""
    folder = tmp_path_factory.mktemp("clamd")
    folder.chmod(0o755)
    signatures = folder / "signatures"
    signatures.mkdir()
    digest = hashlib.sha256(VIRUS).hexdigest()
    (signatures / "ours.hsb").write_text(f"{digest}:{len(VIRUS)}:Bailu.Test\n")
    lines = ["Foreground yes", f"DatabaseDirectory {signatures}", "StreamMaxLength 1M"]
    if request.param == "tcp":
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        lines += [f"TCPSocket {port}", "TCPAddr 127.0.0.1"]
        address = f"127.0.0.1:{port}"
    else:
        address = tempfile.mkdtemp(prefix="clamd-") + "/s"
        lines.append(f"LocalSocket {address}")
    (folder / "clamd.conf").write_text("\n".join(lines) + "\n")
    with (folder / "out").open("w") as out:
        daemon = subprocess.Popen([CLAMD, "-c", folder / "clamd.conf"], stdout=out, stderr=out)
    try:
        wait_for(address)
        yield address
    finally:
        daemon.terminate()
        daemon.wait(10)


def wait_for(address: str) -> None:
    for _ in range(100):
        try:
            if address.startswith("/"):
                with socket.socket(socket.AF_UNIX) as connection:
                    connection.connect(address)
            else:
                host, _, port = address.rpartition(":")
                socket.create_connection((host, int(port)), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail("clamd did not come up")


def scanned(data: bytes):
    with tempfile.TemporaryFile() as file:
        file.write(data)
        return scan(file)


@needs_clamd
def test_scanner_finds_what_it_knows(clamd, settings):
    settings.CLAMD = clamd

    found = scanned(VIRUS)

    assert found.malware.startswith("Bailu.Test")
    assert found.scanned


@needs_clamd
def test_scanner_passes_what_is_clean(clamd, settings):
    settings.CLAMD = clamd

    assert scanned(b"clean" * 100_000) == ("", True)


@needs_clamd
def test_stream_over_the_scanners_own_limit_has_no_verdict(clamd, settings):
    settings.CLAMD = clamd

    with pytest.raises(ScannerAway):
        scanned(b"x" * 3 * 1024 * 1024)


def test_without_a_scanner_a_file_counts_as_not_scanned(settings):
    settings.CLAMD = ""

    assert scanned(VIRUS) == ("", False)


def test_eicar_is_found_without_a_scanner_and_between_chunks(settings):
    settings.CLAMD = ""

    assert scanned(b"x" * (256 * 1024 - 20) + EICAR + b"y" * 100).malware == "EICAR"


def test_scanner_that_is_away_is_told(settings):
    settings.CLAMD = "127.0.0.1:1"

    with pytest.raises(ScannerAway):
        scanned(b"clean")
