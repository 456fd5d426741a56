"""`make bench`: every benchmark over private servers, one after the other; a table and JSON. Nothing is asserted."""

import argparse
import json
import os
import platform
import shlex
import textwrap
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from launch import packages
from launch.commands import deaf_to_signals, output, stop_on_signals
from launch.faults import Halt
from launch.lock import Lock
from launch.places import DATA, PYTHON, ROOT, Home
from launch.preparation import compile_words
from launch.processes import Processes
from launch.say import Say
from launch.servers.postgres import DURABLE
from launch.services import Services, clear

HOME = Home(DATA / "bench")
RESULT = HOME.folder / "result.json"
CASES = 100_000
# The worklist stands among so many times the cases of the largest batch.
ARCHIVE = 10
NEEDS_A_STORE = {"upload"}
MARKS = {True: "✓", False: "✗", None: "·"}


def names() -> list[str]:
    """The benchmarks: the modules of that folder that can be run."""
    found = (ROOT / "benchmarks").glob("*.py")
    return sorted(file.stem for file in found if "def main()" in file.read_text(encoding="utf-8"))


def bench(say: Say) -> int:
    """Run them; the exit status says whether all ran, not whether they were quick."""
    cases, wanted = asked(shlex.split(os.environ.get("ARGS", "")))
    HOME.prepare()
    lock = Lock(HOME)
    if not lock.take("make bench"):
        raise Halt(
            f"Benchmarks are already running here (process {lock.holder().get('pid')}).", "wait for them"
        )
    stop_on_signals()
    say.title("Bailu · benchmarks")
    try:
        Processes(HOME).stop_left_over()
        clear(HOME)
        with say.step("Python packages") as step:
            packages.ensure("dev", step)
        compile_words(say)
        results = _measured(say, cases, wanted)
    finally:
        deaf_to_signals()
        clear(HOME)
        lock.let_go()
    _tell(say, cases, results)
    return 0


def asked(arguments: Sequence[str]) -> tuple[int, list[str]]:
    """How many cases the largest batch has, and the benchmarks that are wanted (all).

    Raises: Halt where there is none of that name.
    """
    parser = argparse.ArgumentParser(prog="make bench", exit_on_error=False, add_help=False)
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("names", nargs="*")
    next_step = f'for example: make bench ARGS="--cases 10000 engine"; there are {", ".join(names())}'
    try:
        given, unknown = parser.parse_known_args(arguments)
    except argparse.ArgumentError as fault:
        raise Halt(f"{fault}.", next_step) from fault
    unknown += sorted(set(given.names) - set(names()))
    if unknown:
        raise Halt(f"There is no benchmark called {unknown[0]!r}.", next_step)
    if given.cases < 1000:
        raise Halt("Fewer than 1,000 cases say nothing.", next_step)
    return given.cases, given.names or names()


def arguments_of(name: str, cases: int) -> list[str]:
    """What a benchmark is told for a largest batch of so many cases."""
    if name == "engine":
        return ["--batch", str(cases)]
    if name == "worklist":
        return ["--large", str(ARCHIVE * cases), "--small", str(min(10_000, cases)), "--rounds", "100"]
    return []


def _measured(say: Say, cases: int, wanted: list[str]) -> dict[str, Any]:
    services = Services(HOME, say, database=DURABLE)
    # Pages without collected files.
    services.environment |= {"LOG_LEVEL": "WARNING", "DEBUG": "0", "BAILU_DEMO": "1"}
    try:
        services.start()
        return {name: _run(say, services, name, cases) for name in wanted}
    finally:
        deaf_to_signals()
        services.stop()


def _run(say: Say, services: Services, name: str, cases: int) -> list[dict[str, Any]]:
    if name in NEEDS_A_STORE and "S3_ENDPOINT" not in services.environment:
        say.line(f"  · Benchmark {name} left out: there is no S3 server here (make minio).")
        return []
    with say.step(f"Benchmark {name}") as step:
        told = output(
            [PYTHON, "-m", f"benchmarks.{name}", *arguments_of(name, cases)],
            log=HOME.log / f"bench-{name}.log",
            environment=services.environment,
            progress=step.note,
        )
        step.note("")
    return list(json.loads(told.strip().splitlines()[-1]))


def _tell(say: Say, cases: int, results: dict[str, list[dict[str, Any]]]) -> None:
    """Print the table and the JSON, and keep the JSON."""
    told: dict[str, Any] = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "cases": cases,
        "machine": machine(),
        "lines": [{"benchmark": name, **line} for name, lines in results.items() for line in lines],
    }
    text = json.dumps(told, ensure_ascii=False)
    RESULT.write_text(text, encoding="utf-8")
    say.line()
    say.table(table(told["lines"]))
    say.line()
    for line in told["lines"]:
        for part in goal_of(line):
            say.line(f"  {part}")
    say.line()
    say.line(f"  {told['machine']}; medians. floor: hand-written; peer: viewflow, or as the line says.")
    say.line(f"  The JSON below is also in {shown(str(RESULT))}.")
    say.line()
    say.line(text)


def table(lines: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    """The medians and ratios, a row for each line, the heading first."""
    rows: list[tuple[str, ...]] = [("", "", "ours", "floor", "peer", "ours/floor", "by cpu", "statements")]
    for one in lines:
        figures = (seconds(one["ours_s"]), seconds(one["floor_s"]), seconds(one["peer_s"]))
        ratios = tuple("" if one[key] is None else f"{one[key]:.2f}" for key in ("ratio", "ratio_cpu"))
        sent = "" if one["statements"] is None else str(one["statements"])
        rows.append((MARKS[one["holds"]], one["name"], *figures, *ratios, sent))
    return rows


def goal_of(line: dict[str, Any]) -> list[str]:
    """What the goal of a line is, whether it holds, and what else was measured, folded."""
    verdict = {True: "holds", False: "not met", None: ""}[line["holds"]]
    parts = [part for part in (line["goal"], verdict, line["also"]) if part]
    said = f"{MARKS[line['holds']]} {line['name']}: {' – '.join(parts)}" if parts else ""
    return textwrap.wrap(said, 112, subsequent_indent="    ")


def machine() -> str:
    """What kind of machine it is: enough to know what a figure is worth."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    load = ""
    with suppress(OSError):
        load = f", load {os.getloadavg()[0]:.1f}"
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}{load}"


def seconds(value: float | None) -> str:
    """A time in the unit that suits it."""
    if value is None:
        return ""
    if value < 0.1:
        return f"{value * 1000:.2f} ms"
    return f"{value:.2f} s" if value < 100 else f"{value / 60:.0f} min"


def shown(path: str) -> str:
    return path.removeprefix(f"{ROOT}/")
