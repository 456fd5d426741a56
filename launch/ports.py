"""Free loopback ports, kept in a file so that a server is found where it was."""

import json
import socket
from pathlib import Path

from launch.faults import Halt
from launch.places import Home

LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    """Whether a server could listen on `port` of the loopback address."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def answers(port: int) -> bool:
    """Whether somebody listens on `port`."""
    with socket.socket() as trial:
        trial.settimeout(0.5)
        return trial.connect_ex((LOOPBACK, port)) == 0


class Ports:
    """One port for each name: the one it had, unless somebody else has taken it."""

    def __init__(self, home: Home) -> None:
        self.file: Path = home.folder / "ports.json"
        self.known: dict[str, int] = json.loads(self.file.read_text()) if self.file.exists() else {}

    def of(self, name: str) -> int:
        """The port of `name`, free at this moment."""
        port = self.known.get(name)
        if port is None or not is_free(port):
            port = self._another()
            self.known[name] = port
            self.file.write_text(json.dumps(self.known, indent=1))
        return port

    def _another(self) -> int:
        while True:
            with socket.socket() as trial:
                trial.bind((LOOPBACK, 0))
                port = int(trial.getsockname()[1])
            if port not in self.known.values():
                return port


def web_port(text: str) -> int:
    """The port that a person asked for with `PORT=`, 8000 where nobody did.

    Raises: Halt where it is no port, or is taken.
    """
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Halt(
            f"PORT={text} is not a port.", "choose a number between 1024 and 65535: make demo PORT=8001"
        )
    port = int(text)
    if not is_free(port):
        other = next((number for number in range(port + 1, port + 100) if is_free(number)), 8080)
        raise Halt(f"Port {port} is in use by another program.", f"choose another: make demo PORT={other}")
    return port
