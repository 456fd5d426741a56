"""A private MinIO, and how to build one."""

import os
import re
import signal
import subprocess
from pathlib import Path

from launch.commands import run
from launch.faults import Halt, tail
from launch.places import DATA, cache, program
from launch.ports import LOOPBACK, Ports, answers
from launch.processes import Processes
from launch.say import Say

# The last commit of the community edition before its archive was closed, 2026-02-12.
MODULE = "github.com/minio/minio"
VERSION = "v0.0.0-20260212201848-7aac2a2c5b7c"
OLDEST_GO = (1, 24)
USER = "bailu"


def minio() -> Path | None:
    """A MinIO server: on the PATH, in the data folder, or built before by `make minio`."""
    found = program("minio")
    built = (DATA / "bin" / "minio", cached())
    return found or next(
        (path for path in built if "BAILU_SEARCH_PATH" not in os.environ and path.exists()), None
    )


def cached() -> Path:
    """Where `make minio` keeps it for all clones of this user."""
    return cache() / "bin" / VERSION / "minio"


def start_minio(server: Path, processes: Processes, ports: Ports, password: str) -> dict[str, str]:
    """Start MinIO and return the settings that lead to it."""
    folder = processes.home.folder / "minio"
    folder.mkdir(exist_ok=True)
    port = ports.of("documents")
    record = processes.start(
        "documents",
        [
            server,
            "server",
            "--quiet",
            "--address",
            f"{LOOPBACK}:{port}",
            "--certs-dir",
            folder / ".certs",
            folder,
        ],
        environment=os.environ
        | {
            "MINIO_ROOT_USER": USER,
            "MINIO_ROOT_PASSWORD": password,
            "MINIO_BROWSER": "off",
            "MINIO_UPDATE": "off",
        },
        stop_signal=signal.SIGTERM,
        grace_s=5,
    )
    processes.await_ready(record, lambda: answers(port), within_s=30)
    return {"S3_ENDPOINT": f"http://{LOOPBACK}:{port}", "S3_ACCESS_KEY": USER, "S3_SECRET_KEY": password}


def build(say: Say) -> Path:
    """Build MinIO with `go install` into the user's cache; return it at once where it is there.

    Raises: Halt where Go is missing or too old, or the build fails.
    """
    target = cached()
    if target.exists():
        say.line(f"  ✓ MinIO is built: {target}")
        return target
    go = program("go")
    if go is None:
        raise Halt(
            "MinIO is built with Go, and Go is not here.", "install Go 1.24 or newer (https://go.dev/dl)"
        )
    told = subprocess.run([go, "version"], capture_output=True, text=True, check=False, cwd="/").stdout
    found = re.search(r"go(\d+)\.(\d+)", told)
    if found and (int(found.group(1)), int(found.group(2))) < OLDEST_GO:
        raise Halt(f"Go {found.group(1)}.{found.group(2)} is too old for MinIO.", "install Go 1.24 or newer")
    fresh = target.parent.with_name(f"{VERSION}.{os.getpid()}")
    log = DATA / "log" / "minio-build.log"
    with say.step("MinIO") as step:
        step.note(f"go install {MODULE}@{VERSION[:20]}…, some minutes")
        environment = os.environ | {"GOBIN": str(fresh), "CGO_ENABLED": "0"}
        if run([go, "install", f"{MODULE}@{VERSION}"], log=log, environment=environment) != 0:
            raise Halt("MinIO could not be built.", f"read {log}", details=tail(log))
        target.parent.parent.mkdir(parents=True, exist_ok=True)
        fresh.rename(target.parent)
        step.note(str(target))
    return target
