"""The production composition, played without containers: its commands, its settings and its checks of health.

Servers and program versions are those of this machine; what the composition says of ours is taken as it stands.
"""

import base64
import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from amqp.exceptions import PreconditionFailed
from kombu import Connection, Queue

from launch.places import PYTHON, ROOT, VENV, Home
from launch.ports import LOOPBACK, Ports
from launch.processes import Processes, Record
from launch.servers import broker
from tests.deploy.test_compose import SERVICES
from tests.templates import copy, drop, migrated, ours, url_of

# One composition, played once: two workers would each have theirs, over one database.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("played")]
HOST = "bailu.example"
QUEUE = "bailu"
TELL = """
from accounts.models import User
from django.db import transaction
from notifications.messages import tell
from notifications import topics
from config.words import T
with transaction.atomic():
    lin = User.objects.create_user("lin@example.com", name="林晓")
    tell([lin], key="played", subject=T("Here", "到"), body=T("It came.", "已送达。"), link="", topic="cases")
"""
DELIVERED = """
from notifications.models import OutboxRow
print(OutboxRow.objects.exclude(delivered_at=None).filter(key__startswith="played").count())
"""


@dataclass
class Composition:
    """What runs: the processes by the names of their services, each with the settings that it was given."""

    processes: Processes
    folder: Path
    port: int
    variables: dict[str, str]
    addresses: dict[str, str]

    def settings(self, service: str) -> dict[str, str]:
        """The environment of a service, its variables filled in and its servers put where ours are."""
        said = {name: self._filled(text) for name, text in SERVICES[service]["environment"].items()}
        return os.environ | said | self.addresses | {
            "PATH": f"{VENV / 'bin'}:{os.environ['PATH']}",
            "BAILU_DATA_DIR": str(self.folder),
            "HOSTNAME": os.uname().nodename,
            "DEBUG": "0",
            "BAILU_DEMO": "0",
        }  # fmt: skip

    def start(self, service: str, command: list[str]) -> Record:
        return self.processes.start(
            service, [self._here(part) for part in command], environment=self.settings(service),
            folder=ROOT, grace_s=10,
        )  # fmt: skip

    def healthy(self, service: str) -> bool:
        """What the service's own check of health says."""
        kind, *said = SERVICES[service]["healthcheck"]["test"]
        command = ["sh", "-c", said[0].replace("$$", "$")] if kind == "CMD-SHELL" else said
        return self.run(service, [self._here(part) for part in command]).returncode == 0

    def run(self, service: str, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=ROOT,
            env=self.settings(service),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def python(self, text: str) -> str:
        """What `text` prints in the web's surroundings."""
        done = self.run("web", [str(PYTHON), "manage.py", "shell", "-v", "0", "-c", text])
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def _filled(self, text: str) -> str:
        return re.sub(
            r"\$\{([A-Z0-9_]+)(?::-([^}]*))?[^}]*\}",
            lambda found: self.variables.get(found[1], found[2] or ""), text,
        )  # fmt: skip

    def _here(self, part: str) -> str:
        return (
            part.replace("8000", str(self.port))
            .replace("0.0.0.0", LOOPBACK)
            .replace("/data", str(self.folder))
        )


@pytest.fixture(scope="module")
def composition(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composition]:
    """The three servers, the migration, and our three lasting services, as the composition starts them."""
    server = broker.rabbitmq()
    if server is None:
        pytest.skip("production's broker is not here: install rabbitmq-server")
    home = Home(tmp_path_factory.mktemp("played"))
    home.prepare()
    processes, ports, database = Processes(home), Ports(home), f"{ours()}_played"
    secret = base64.b64encode(os.urandom(32)).decode()
    copy(database, migrated())
    try:
        played = Composition(
            processes, home.folder, ports.of("web"),
            {"SECRET_KEY": secret, "FIELD_KEYS": f"k1:{secret}", "BLIND_INDEX_KEY": secret,
             "SITE_URL": f"https://{HOST}", "ALLOWED_HOSTS": f"{HOST},{LOOPBACK}",
             "DEFAULT_FROM_EMAIL": "bailu@bailu.example", "EMAIL_URL": "filemail://"},
            {"DATABASE_URL": url_of(database), "CELERY_QUEUE": QUEUE,
             "CELERY_BROKER_URL": broker.start_rabbitmq(server, processes, ports, "secret"),
             **{name: os.environ[name] for name in ("S3_ENDPOINT", "S3_ACCESS_KEY", "S3_SECRET_KEY")}},
        )  # fmt: skip
        done = played.run("migrate", SERVICES["migrate"]["command"])
        assert done.returncode == 0, done.stderr
        image = (ROOT / "deploy" / "Dockerfile").read_text()
        played.start("web", json.loads(re.findall(r"^CMD (\[.*\])$", image, re.M)[0]))
        for service in ("worker", "beat"):
            played.start(service, SERVICES[service]["command"])
        yield played
    finally:
        processes.stop()
        drop(database)


def wait(answer: Any, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not answer():
        assert time.monotonic() < until
        time.sleep(0.3)


@pytest.mark.parametrize("service", ["web", "worker", "beat"])
def test_service_starts_by_its_command_and_says_that_it_is_well(
    composition: Composition, service: str
) -> None:
    wait(lambda: composition.healthy(service))
    assert composition.processes.ended() is None


def test_pages_are_for_their_host_behind_tls_with_every_server_there(composition: Composition) -> None:
    wait(lambda: composition.healthy("web"))
    asked = Request(
        f"http://{LOOPBACK}:{composition.port}/health/ready",
        headers={"Host": HOST, "X-Forwarded-Proto": "https"},
    )
    with urlopen(asked, timeout=10) as answer:
        assert json.load(answer) == {"status": "ok", "database": "ok", "broker": "ok", "object_store": "ok"}
        assert answer.headers["Strict-Transport-Security"]


def test_message_goes_through_a_quorum_queue_to_its_reader(composition: Composition) -> None:
    wait(lambda: composition.healthy("worker"))
    composition.python(TELL)
    wait(lambda: composition.python(DELIVERED) == "1")
    assert len(list((composition.folder / "mail").iterdir())) == 1
    with Connection(composition.addresses["CELERY_BROKER_URL"]) as connection:
        same = Queue(QUEUE, durable=True, queue_arguments={"x-queue-type": "quorum"})
        same.bind(connection.channel()).queue_declare()
        other = Queue(QUEUE, durable=True, queue_arguments={"x-queue-type": "classic"})
        with pytest.raises(PreconditionFailed):
            other.bind(connection.channel()).queue_declare()
