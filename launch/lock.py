"""One launcher at a time in a home; the system lets go of the lock when its holder dies, however it dies."""

import fcntl
import json
import os
from pathlib import Path
from typing import Any

from launch.keys import write_private
from launch.places import Home


class Lock:
    """The lock of a home, and what its holder tells: its id, its work, its servers once they run."""

    def __init__(self, home: Home) -> None:
        self.file: Path = home.run / "lock"
        self.told: Path = home.run / "holder.json"
        self._held: int | None = None

    def take(self, work: str) -> bool:
        """Take it for `work`; False where somebody else holds it."""
        descriptor = os.open(self.file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._held = descriptor
        self.tell(work=work)
        return True

    def tell(self, **facts: Any) -> None:
        """Let others know; `environment` only when the servers answer."""
        write_private(self.told, json.dumps({"pid": os.getpid(), **facts}))

    def holder(self) -> dict[str, Any]:
        """What the holder told; empty where it has told nothing yet."""
        return dict(json.loads(self.told.read_text())) if self.told.exists() else {}

    def let_go(self) -> None:
        if self._held is not None:
            self.told.unlink(missing_ok=True)
            os.close(self._held)
            self._held = None
