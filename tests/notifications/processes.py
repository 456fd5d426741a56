"""What tests run in a process of its own, because it dies there or meets a broker of its own.

python -m tests.notifications.processes VERB ARGUMENT
"""

import os
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.mail.backends.filebased import EmailBackend  # noqa: E402
from django.db import transaction  # noqa: E402

from accounts.models import User  # noqa: E402
from config.words import T  # noqa: E402
from notifications.messages import tell  # noqa: E402
from notifications.outbox import deliver_due, put  # noqa: E402
from notifications.topics import topic  # noqa: E402


class DyingBackend(EmailBackend):
    """Writes the mails as Django's own backend does; then the power goes."""

    def send_messages(self, messages: Any) -> int:
        super().send_messages(messages)
        os._exit(9)


def append_and_die(path: str) -> None:
    """Deliver topic `test.append`, and die between the effect and the mark."""

    @topic("test.append")
    def append(payload: dict[str, Any], key: str) -> None:
        with Path(path).open("a") as file:
            file.write(f"{key}\n")
        os._exit(9)

    deliver_due()


def write_and_die(_: str) -> None:
    """Deliver topic `test.write`, whose effect is a message, and die before the commit."""

    @topic("test.write")
    def write(payload: dict[str, Any], key: str) -> None:
        words = T(en="Told", zh="告知")
        tell(User.objects.all(), key=key, subject=words, body=words, link="", topic="test.write")
        os._exit(9)

    deliver_due()


def mail_and_die(path: str) -> None:
    """Send what is due into the folder `path`, and die between the sending and the mark."""
    settings.EMAIL_BACKEND = f"{__name__}.DyingBackend"
    settings.EMAIL_FILE_PATH = path
    deliver_due()


def put_rows(count: str) -> None:
    """Put `count` rows of topic `test.append`, each in its transaction; print the slowest one's seconds."""
    slowest = 0.0
    for number in range(int(count)):
        began = time.monotonic()
        with transaction.atomic():
            put("test.append", f"put:{number}", {})
        slowest = max(slowest, time.monotonic() - began)
    print(f"{slowest:.3f}")  # noqa: T201


def tell_everybody(key: str) -> None:
    """Tell all people something, on the queue that the environment names, as a web process would."""
    import_module("tests.notifications.worker")
    words = T(en="Told", zh="告知")
    tell(User.objects.all(), key=key, subject=words, body=words, link="", topic="test.write")


if __name__ == "__main__":
    verb, argument = sys.argv[1:]
    globals()[verb](argument)
