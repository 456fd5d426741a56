"""`python -m launch WORK [arguments]`: what the Makefile calls."""

import os
import shlex
import sys

from launch.bench import bench
from launch.demo import demo
from launch.faults import Halt, Stopped
from launch.lint import lint, lock
from launch.manage import manage
from launch.places import DEMONSTRATION
from launch.say import Say
from launch.servers.minio import build
from launch.suite import test

WORKS = ("demo", "test", "test-fast", "manage", "lint", "lock", "minio", "bench", "faults")


def main(arguments: list[str]) -> int:
    """Do one work and return the exit status; what stops it is told in a sentence."""
    work, *rest = arguments or [""]
    # The command's own output has standard output to itself.
    say = Say(sys.stderr if work == "manage" else sys.stdout)
    try:
        return _do(work, rest, say)
    except Halt as fault:
        say.halt(fault)
        return 1
    except (Stopped, KeyboardInterrupt):
        say.line("  Stopped.")
        return 130


def _do(work: str, rest: list[str], say: Say) -> int:  # noqa: PLR0911 - one line for each work
    match work:
        case "demo":
            return demo(say)
        case "test":
            return test(say, browser=True)
        case "test-fast":
            return test(say, browser=False)
        case "faults":
            return test(say, browser=False, faults=True)
        case "bench":
            return bench(say)
        case "manage":
            return manage(say, rest or shlex.split(os.environ.get("ARGS", "")))
        case "lint":
            return lint(say)
        case "lock":
            return lock(say)
        case "minio":
            DEMONSTRATION.prepare()
            build(say)
            return 0
    raise Halt(f"There is no work called {work!r}.", f"choose one of {', '.join(WORKS)}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
