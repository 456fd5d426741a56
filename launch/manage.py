"""`make manage ARGS="…"`: a management command over the demonstration's data, its servers up."""

import os
import time
from collections.abc import Sequence

from launch import packages
from launch.commands import deaf_to_signals, hand_over, stop_on_signals
from launch.faults import Halt, Stopped
from launch.lock import Lock
from launch.places import DEMONSTRATION, PYTHON
from launch.preparation import prepare
from launch.processes import Processes
from launch.say import Say
from launch.services import OURS, Services

PATIENCE_S = 300


def manage(say: Say, arguments: Sequence[str]) -> int:
    """Run `manage.py arguments` and return its exit status; its standard output is its own."""
    if not arguments:
        raise Halt("No command is named.", 'name one: make manage ARGS="verify_audit"')
    home = DEMONSTRATION
    home.prepare()
    lock = Lock(home)
    stop_on_signals()
    environment = _borrowed(say, lock)
    if environment is not None:
        return hand_over([PYTHON, "manage.py", *arguments], environment)
    services = None
    try:
        Processes(home).stop_left_over()
        with say.step("Python packages") as step:
            packages.ensure("base", step)
        services = Services(home, say)
        services.environment |= {"BAILU_DEMO": "1", "LOG_LEVEL": services.given.get("LOG_LEVEL", "WARNING")}
        services.start()
        prepare(say, services, always_load=False)
        return hand_over([PYTHON, "manage.py", *arguments], services.environment)
    except Stopped:
        return 130
    finally:
        deaf_to_signals()
        if services is not None:
            services.stop()
        lock.let_go()


def _borrowed(say: Say, lock: Lock) -> dict[str, str] | None:
    """The settings of a demonstration that runs; None when the lock is ours and so is the work.

    While another launcher starts or stops, this waits for it.
    """
    told = False
    until = time.monotonic() + PATIENCE_S
    while not lock.take("make manage"):
        holder = lock.holder()
        if "environment" in holder:
            ours = {name: value for name, value in os.environ.items() if name not in OURS}
            return ours | dict(holder["environment"])
        if not told:
            say.line(
                f"  … waiting for {holder.get('work', 'another launcher')} (process {holder.get('pid')})"
            )
            told = True
        if time.monotonic() > until:
            raise Halt(
                f"{holder.get('work')} (process {holder.get('pid')}) does not come to an end.", "stop it"
            )
        time.sleep(0.2)
    return None
