"""Secrets are made once and are their owner's alone."""

import base64
import stat
from pathlib import Path

from launch.keys import MAKERS, keys


def test_keys_are_made_once_and_kept(tmp_path: Path) -> None:
    made = keys(tmp_path / "secrets.json")
    assert set(made) == set(MAKERS)
    assert keys(tmp_path / "secrets.json") == made


def test_file_of_keys_is_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    keys(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_file_that_was_opened_to_others_is_closed_again(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    keys(file)
    file.chmod(0o644)
    keys(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_key_that_is_missing_is_added_and_the_others_stay(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    file.write_text('{"SECRET_KEY": "kept"}')
    assert keys(file)["SECRET_KEY"] == "kept"
    assert set(keys(file)) == set(MAKERS)


def test_field_key_is_32_bytes_with_its_id(tmp_path: Path) -> None:
    name, _, key = keys(tmp_path / "secrets.json")["FIELD_KEYS"].partition(":")
    assert name == "k1"
    assert len(base64.b64decode(key)) == 32
