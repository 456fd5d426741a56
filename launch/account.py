"""The ordinary user for servers that refuse to run as root, and folders that this user can reach."""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from launch.faults import Halt

# Only root gets here, and what lies in /var/tmp would be cleared away after a month.
OUTSIDE = Path("/var/lib/bailu")


@dataclass(frozen=True)
class Account:
    """An ordinary user of this machine."""

    name: str
    uid: int
    gid: int

    def may_enter(self, folder: Path) -> bool:
        """Whether this user reaches `folder` through all of its parents."""
        try:
            entered = subprocess.run(
                ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)],
                user=self.uid, group=self.gid, extra_groups=[], cwd="/", capture_output=True, check=False,
            )  # fmt: skip
        except PermissionError as error:
            raise Halt(
                f"This root account may not start a program as {self.name}.",
                "run the command as an ordinary user, or set DATABASE_URL to a running PostgreSQL",
            ) from error
        return entered.returncode == 0


def ordinary() -> Account | None:
    """`postgres` where there is such a user, else `nobody`; None when we are not root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise Halt("PostgreSQL does not run as root, and there is no user `nobody`.", "run as an ordinary user")


def owned_folder(folder: Path, account: Account | None) -> Path:
    """Make `folder`, private to `account`, and return where it really is.

    Below a folder that `account` may not enter (a clone in /root), it is made in /var/lib/bailu, and `folder`
    becomes a link to it.
    """
    if folder.is_symlink() and not folder.exists():
        folder.unlink()
    if not folder.exists():
        real = folder
        if account is not None and not account.may_enter(folder.parent):
            real = outside(folder)
        real.mkdir(mode=0o700, parents=True)
        if account is not None:
            os.chown(real, account.uid, account.gid)
        if real != folder:
            folder.symlink_to(real)
    return folder.resolve()


def remove_folder(folder: Path) -> None:
    """Remove `folder`, and what it links to."""
    if folder.is_symlink():
        shutil.rmtree(folder.resolve(), ignore_errors=True)
        folder.unlink()
    else:
        shutil.rmtree(folder, ignore_errors=True)


def outside(folder: Path) -> Path:
    """A place for `folder` that every user can enter: in /var/lib/bailu, under a name of its own."""
    OUTSIDE.mkdir(mode=0o711, exist_ok=True)
    OUTSIDE.chmod(0o711)
    return (
        OUTSIDE
        / f"{folder.name.lstrip('.')}-{hashlib.sha256(str(folder.absolute()).encode()).hexdigest()[:12]}"
    )
