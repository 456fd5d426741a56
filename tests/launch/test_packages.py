"""No registry is asked when nothing has changed, and its silence is told in a sentence."""

from pathlib import Path

import pytest

from launch import packages
from launch.packages import REQUIREMENTS, digest, explained
from launch.places import search_path
from launch.say import Say, Step


@pytest.mark.parametrize(
    ("text", "sentence", "next_step"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full.", "free about 1 GB"),
        (
            "Temporary failure in name resolution",
            "The package registry does not answer.",
            "check the network",
        ),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "not the one that was pinned", "run it again"),
        (
            "The virtual environment was not created: ensurepip is not available",
            "lacks the module venv",
            "PYTHON=",
        ),
    ],
)
def test_failure_of_the_installer_becomes_a_sentence(text: str, sentence: str, next_step: str) -> None:
    fault = explained(text, "It could not be done.")
    assert sentence in fault.sentence
    assert next_step in fault.next_step


def test_failure_that_nobody_knows_shows_the_log() -> None:
    assert explained("Segmentation fault", "It could not be done.").sentence == "It could not be done."


def test_every_requirement_is_pinned_and_hashed_and_names_no_host() -> None:
    for file in sorted(REQUIREMENTS.glob("*.txt")):
        lines = [line for line in file.read_text().splitlines() if line[:1].isalnum()]
        assert lines
        assert [line for line in lines if "==" not in line or not line.endswith("\\")] == []
        assert "://" not in file.read_text()


def test_dev_contains_base_in_the_same_versions() -> None:
    def pinned(name: str) -> set[str]:
        text = (REQUIREMENTS / f"{name}.txt").read_text()
        return {line.split(" ")[0] for line in text.splitlines() if line[:1].isalnum()}

    assert pinned("base") <= pinned("dev")


def test_nothing_is_asked_when_the_stamp_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "VENV", tmp_path)
    monkeypatch.setattr(packages, "PYTHON", tmp_path / "there")
    monkeypatch.setattr(packages, "STAMP", tmp_path / "installed.json")
    # Would an installer be started, it could not be found.
    monkeypatch.setenv("BAILU_SEARCH_PATH", "")
    (tmp_path / "there").touch()
    packages.STAMP.write_text(f'["{digest(REQUIREMENTS / "base.txt")}"]')
    packages.ensure("base", Step(Say(), "Python packages"))


def test_search_path_can_be_emptied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAILU_SEARCH_PATH", "")
    assert search_path() == []
