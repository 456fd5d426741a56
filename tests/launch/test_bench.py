"""What `make bench` can be asked, and how it tells what was measured."""

import pytest

from benchmarks.lines import Line
from launch.bench import arguments_of, asked, goal_of, names, seconds, table
from launch.faults import Halt

MEASURED = {
    "benchmark": "engine", "name": "batch of 100,000", "ours_s": 9.5, "floor_s": 8.1, "peer_s": 1290.0, "ratio": 1.17,
    "ratio_cpu": 1.1, "statements": 10, "goal": "at most 1.3 ×", "holds": True, "also": "10,500 cases a second",
}  # fmt: skip


def test_all_benchmarks_are_wanted_where_none_is_named() -> None:
    assert asked([]) == (
        100_000,
        ["assignment", "conflicts", "engine", "planning", "roster_read", "upload", "worklist"],
    )
    assert asked(["--cases", "5000", "engine"]) == (5000, ["engine"])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["fly"], "There is no benchmark called 'fly'."),
        (["--fast"], "There is no benchmark called '--fast'."),
        (["--cases", "many"], "argument --cases: invalid int value: 'many'."),
        (["--cases", "3"], "Fewer than 1,000 cases say nothing."),
    ],
)
def test_what_cannot_be_measured_is_refused_with_an_example(arguments: list[str], sentence: str) -> None:
    with pytest.raises(Halt) as caught:
        asked(arguments)
    assert caught.value.sentence == sentence
    assert 'make bench ARGS="--cases 10000 engine"' in caught.value.next_step


def test_archive_is_ten_times_the_batch() -> None:
    assert arguments_of("engine", 5000) == ["--batch", "5000"]
    assert arguments_of("worklist", 5000) == ["--large", "50000", "--small", "5000", "--rounds", "100"]
    assert arguments_of("upload", 5000) == []


def test_table_and_goal_say_what_was_measured() -> None:
    heading, row = table([MEASURED])
    assert len(heading) == len(row)
    assert row == ("✓", "batch of 100,000", "9.50 s", "8.10 s", "22 min", "1.17", "1.10", "10")
    assert goal_of(MEASURED) == ["✓ batch of 100,000: at most 1.3 × – holds – 10,500 cases a second"]
    assert goal_of(MEASURED | {"goal": "", "holds": None, "also": ""}) == []
    assert [seconds(s) for s in (None, 0.00123, 0.5)] == ["", "1.23 ms", "0.50 s"]


def test_goal_that_is_not_said_cannot_hold() -> None:
    with pytest.raises(ValueError, match="not said"):
        Line("a step", 1.0, holds=True)


def test_every_benchmark_is_a_module_that_can_be_run() -> None:
    assert names() == ["assignment", "conflicts", "engine", "planning", "roster_read", "upload", "worklist"]
