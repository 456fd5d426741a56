"""Secrets of this clone: made once, kept in a file that only its owner reads."""

import base64
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


MAKERS: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "FIELD_KEYS": lambda: f"k1:{_new_key()}",
    "BLIND_INDEX_KEY": _new_key,
    "database": lambda: secrets.token_hex(16),
    "broker": lambda: secrets.token_hex(16),
    "documents": lambda: secrets.token_hex(16),
}


def keys(file: Path) -> dict[str, str]:
    """The secrets in `file`; those that are missing are made and added. The file's mode is 600."""
    known: dict[str, str] = {}
    if file.exists():
        file.chmod(0o600)
        known = json.loads(file.read_text())
    missing = [name for name in MAKERS if name not in known]
    if missing:
        known |= {name: MAKERS[name]() for name in missing}
        write_private(file, json.dumps(known, indent=1))
    return known


def write_private(file: Path, text: str) -> None:
    """Replace `file` by `text` in one move; nobody else can read it at any moment."""
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    fresh.replace(file)
