"""A private Ceph with its S3 gateway, in memory: the second S3 server of the tests."""

import base64
import json
import os
import secrets
import struct
import subprocess
import time
import uuid
from pathlib import Path
from string import Template

from launch.faults import Halt
from launch.places import program
from launch.ports import LOOPBACK, Ports, answers
from launch.processes import Processes, Record

PROGRAMS = ("ceph-mon", "ceph-osd", "radosgw", "radosgw-admin", "monmaptool", "ceph")
DEBIAN_PACKAGES = ("radosgw", "ceph-mon", "ceph-osd", "ceph-common")
USER = "bailu"
CONFIGURATION = Template("""\
[global]
fsid = $fsid
mon host = v2:$address:$mon_port/0
public addr = $address
cluster addr = $address
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
auth allow insecure global id reclaim = false
keyring = $folder/keyring
run dir = $folder/run
crash dir = $folder/run
admin socket =
pid file =
log file = $folder/$$name.log
log to stderr = false
mon cluster log file = $folder/cluster.log
mon data = $folder/mon
mon data avail warn = 1
mon data avail crit = 1
mon allow pool size one = true
mon warn on pool no redundancy = false
paxos propose interval = 0.05
osd data = $folder/osd
osd objectstore = memstore
memstore device bytes = 1073741824
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
rgw frontends = beast endpoint=$address:$port
rgw thread pool size = 16
rgw run sync thread = false
""")
CAPABILITIES = {
    "mon.": {"mon": "allow *"},
    "client.admin": {"mon": "allow *", "osd": "allow *", "mgr": "allow *"},
    "osd.0": {"mon": "allow profile osd", "osd": "allow *"},
    "client.rgw": {"mon": "allow rw", "osd": "allow rwx"},
}


def radosgw() -> bool:
    """Whether all of its programs are here."""
    return all(program(name) for name in PROGRAMS)


class Cluster:
    """One monitor, one store in memory, one gateway; gone when it stops."""

    def __init__(self, processes: Processes, ports: Ports, password: str) -> None:
        self.processes = processes
        self.password = password
        self.folder = processes.home.folder / "ceph"
        self.port = ports.of("documents-second")
        self.fsid = str(uuid.uuid4())
        for name in ("mon", "osd", "run"):
            (self.folder / name).mkdir(parents=True)
        mon_port = ports.of("documents-monitor")
        self.monitor = f"[v2:{LOOPBACK}:{mon_port}]"
        names = {
            "fsid": self.fsid,
            "address": LOOPBACK,
            "folder": self.folder,
            "mon_port": mon_port,
            "port": self.port,
        }
        (self.folder / "ceph.conf").write_text(CONFIGURATION.substitute(names))
        (self.folder / "keyring").touch(mode=0o600)
        (self.folder / "keyring").write_text(keyring())
        self.environment = os.environ | {"CEPH_CONF": str(self.folder / "ceph.conf")}

    def start(self) -> dict[str, str]:
        """Start it and return the settings that lead to it. Takes about two seconds."""
        monitors = self.folder / "monitors"
        self._do("monmaptool", "--create", "--fsid", self.fsid, "--addv", "a", self.monitor, monitors)
        self._do("ceph-mon", "-i", "a", "--mkfs", "--monmap", monitors, "--keyring", self.folder / "keyring")
        self._daemon("ceph-mon", "-i", "a")
        store = str(uuid.uuid4())
        self._do("ceph", "osd", "new", store, "0")
        self._do("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", store)
        self._daemon("ceph-osd", "-i", "0")
        gateway = self._daemon("radosgw", "-n", "client.rgw")
        self.processes.await_ready(gateway, lambda: answers(self.port), within_s=60)
        self._do("radosgw-admin", "user", "create", f"--uid={USER}", f"--display-name={USER}",
                 f"--access-key={USER}", f"--secret-key={self.password}")  # fmt: skip
        return {
            "S3_ENDPOINT": f"http://{LOOPBACK}:{self.port}",
            "S3_ACCESS_KEY": USER,
            "S3_SECRET_KEY": self.password,
        }

    def _daemon(self, name: str, *arguments: str) -> Record:
        return self.processes.start(
            name, [self._path(name), *arguments, "-f"], environment=self.environment, grace_s=1
        )

    def _do(self, name: str, *arguments: str | Path) -> None:
        command = [str(self._path(name)), *(str(argument) for argument in arguments)]
        try:
            done = subprocess.run(
                command, env=self.environment, capture_output=True, text=True, check=False, timeout=60
            )
        except subprocess.TimeoutExpired as error:
            raise Halt(f"{name} did not answer for a minute.", f"read the logs in {self.folder}") from error
        if done.returncode:
            raise Halt(
                f"{name} failed.", f"read the logs in {self.folder}", details=done.stderr.splitlines()[-8:]
            )

    @staticmethod
    def _path(name: str) -> Path:
        return program(name) or Path(name)


def keyring() -> str:
    """Fresh keys in Ceph's form: type 1 (AES), time of birth in seconds and nanoseconds, length, 16 bytes."""
    parts = []
    for entity, capabilities in CAPABILITIES.items():
        key = base64.b64encode(
            struct.pack("<hiih", 1, int(time.time()), 0, 16) + secrets.token_bytes(16)
        ).decode()
        caps = "".join(f"\tcaps {kind} = {json.dumps(words)}\n" for kind, words in capabilities.items())
        parts.append(f"[{entity}]\n\tkey = {key}\n{caps}")
    return "\n".join(parts)
