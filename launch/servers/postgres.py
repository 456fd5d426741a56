"""A private PostgreSQL: a cluster in the data folder, on a loopback port, with a password."""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from launch.account import ordinary, owned_folder
from launch.faults import Halt, tail
from launch.ports import LOOPBACK, Ports
from launch.processes import Processes, Record, birth
from launch.servers.binaries import Binaries

NAME = "bailu"
SMALL = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    "log_timezone": "UTC",
}
# A crash of the machine may lose the last half second of a demonstration, and everything of a test.
DEMONSTRATION = {"synchronous_commit": "off"}
TESTS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_wal_size": "2GB"}

# What is measured survives a crash of the machine, as in operation.
DURABLE = {"shared_buffers": "512MB", "max_wal_size": "4GB", "work_mem": "16MB"}


class Postgres:
    """The server of one home. The cluster lies in `postgres/cluster`, owned by the user as whom it runs."""

    def __init__(self, processes: Processes, password: str) -> None:
        self.processes = processes
        self.home = processes.home
        self.password = password
        self.account = ordinary()
        self.folder = owned_folder(self.home.folder / "postgres", self.account)
        self.cluster = self.folder / "cluster"

    def major(self) -> int | None:
        """The version that made the cluster; None where there is none yet."""
        version = self.cluster / "PG_VERSION"
        return int(version.read_text()) if version.exists() else None

    def start(self, binaries: Binaries, ports: Ports, settings: Mapping[str, str]) -> str:
        """Make the cluster where there is none, start the server, return what `DATABASE_URL` says."""
        if self.major() is None:
            self._make(binaries)
        self._stop_orphan()
        port = ports.of("postgres")
        options = [
            part for name, value in {**SMALL, **settings}.items() for part in ("-c", f"{name}={value}")
        ]
        record = self.processes.start(
            "postgres",
            [binaries.folder / "postgres", "-D", self.cluster, "-p", str(port), *options],
            account=self.account,
            stop_signal=signal.SIGINT,  # "fast": ends the sessions, keeps the data whole
            grace_s=20,
        )
        asked = [str(binaries.folder / "pg_isready"), "-h", LOOPBACK, "-p", str(port), "-q"]
        self.processes.await_ready(
            record, lambda: subprocess.run(asked, check=False).returncode == 0, within_s=60
        )
        return f"postgres://{NAME}:{self.password}@{LOOPBACK}:{port}/{NAME}"

    def _make(self, binaries: Binaries) -> None:
        """Make a cluster with an empty database, in one move: there is none, or a whole one."""
        fresh, word = self.folder / "fresh", self.folder / "password"
        shutil.rmtree(fresh, ignore_errors=True)
        word.unlink(missing_ok=True)
        with os.fdopen(os.open(word, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(self.password)
        if self.account:
            os.chown(word, self.account.uid, self.account.gid)
        self._as_account(
            [binaries.folder / "initdb", "-D", fresh, "-U", NAME, "--encoding=UTF8", "--locale=C",
             "--auth=scram-sha-256", f"--pwfile={word}", "--no-sync"]
        )  # fmt: skip
        word.unlink()
        create = f"CREATE DATABASE {NAME}\n"
        self._as_account([binaries.folder / "postgres", "--single", "-D", fresh, "-F", "postgres"], create)
        fresh.rename(self.cluster)

    def _as_account(self, command: list[str | Path], text: str = "") -> None:
        done = subprocess.run(
            command,
            input=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            cwd="/",
            user=self.account.uid if self.account else None,
            group=self.account.gid if self.account else None,
            extra_groups=[] if self.account else None,
        )
        log = self.home.log / "postgres-setup.log"
        log.write_text(done.stdout)
        if done.returncode:
            raise Halt("PostgreSQL could not make its data folder.", f"read {log}", details=tail(log))

    def _stop_orphan(self) -> None:
        """End a server on this very cluster that has no record: its launcher was killed too early."""
        lock = self.cluster / "postmaster.pid"
        if not lock.exists():
            return
        pid = int(lock.read_text().split("\n", 1)[0])
        shown = subprocess.run(
            ["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        if str(self.cluster) in shown.stdout:
            Record("postgres", pid, birth(pid) or "", signal.SIGINT, 20).stop()
