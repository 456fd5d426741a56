"""A data folder of its own for each test of the launcher, and nothing left running after it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from launch.account import remove_folder
from launch.places import Home
from launch.processes import Processes


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path / "data")
    home.prepare()
    yield home
    remove_folder(home.folder / "postgres")


@pytest.fixture
def processes(home: Home) -> Iterator[Processes]:
    processes = Processes(home)
    yield processes
    processes.stop()
