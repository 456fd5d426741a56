"""`make demo`: everything from an empty clone to an address in the browser, and to the end of it."""

import os
import time
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from launch import packages
from launch.commands import deaf_to_signals, stop_on_signals
from launch.faults import Halt, Stopped, tail
from launch.lock import Lock
from launch.places import DATA, DEMONSTRATION, ROOT, VENV
from launch.ports import LOOPBACK, web_port
from launch.preparation import prepare
from launch.processes import Processes
from launch.say import Say
from launch.services import Services, clear


def demo(say: Say) -> int:
    """Run the demonstration until a person stops it; return the exit status."""
    home = DEMONSTRATION
    home.prepare()
    lock = Lock(home)
    if not lock.take("make demo"):
        holder = lock.holder()
        where = f" at {holder['address']}" if "address" in holder else ""
        raise Halt(
            f"{holder.get('work', 'It')} is already running here{where} (process {holder.get('pid')}).",
            "use that one, or stop it with Ctrl-C where it runs",
        )
    stop_on_signals()
    services = None
    try:
        say.title("Bailu · demonstration")
        port = _cleared(say, os.environ.get("PORT") or "8000")
        services = _served(say, port)
        accounts = prepare(say, services, always_load=True)
        _web_and_worker(say, services, port)
        lock.tell(work="make demo", address=services.environment["SITE_URL"], environment=_told(services))
        _welcome(say, services, accounts)
        return _watch(say, services.processes)
    except Stopped:
        return 0
    finally:
        deaf_to_signals()
        if services is not None and services.processes.running:
            say.line()
            with say.step("Stopping"):
                # These still need the broker and the database to end well.
                services.processes.stop("web", "worker")
                services.stop()
        lock.let_go()


def _cleared(say: Say, wanted_port: str) -> int:
    """Stop what an earlier launcher left, look at the port, and start over where that is asked for."""
    left = Processes(DEMONSTRATION).stop_left_over()
    if left:
        say.line(f"  ✓ Stopped what an interrupted run had left: {', '.join(left)}")
    port = web_port(wanted_port)
    if os.environ.get("RESET") in {"1", "yes", "true"}:
        with say.step("Starting over"):
            clear(DEMONSTRATION)
    return port


def _served(say: Say, port: int) -> Services:
    with say.step("Python packages") as step:
        step.note("as before")
        packages.ensure("base", step)
    services = Services(DEMONSTRATION, say)
    services.environment |= {
        "BAILU_DEMO": "1",
        "SITE_URL": f"http://{LOOPBACK}:{port}",
        "LOG_LEVEL": services.given.get("LOG_LEVEL", "WARNING"),
        "PYTHONUNBUFFERED": "1",
    }
    try:
        services.start()
    except BaseException:
        services.stop()
        raise
    return services


def _web_and_worker(say: Say, services: Services, port: int) -> None:
    processes, environment = services.processes, services.environment
    with say.step("Worker and web server"):
        processes.start(
            "worker",
            [VENV / "bin" / "celery", "-A", "config", "worker", "-B", "-c", "2",
             "--without-gossip", "--without-mingle", "--loglevel", "WARNING"],
            environment=environment, folder=ROOT, grace_s=8,
        )  # fmt: skip
        web = processes.start(
            "web",
            [VENV / "bin" / "granian", "--interface", "wsgi", "--host", LOOPBACK, "--port", str(port),
             "--workers", "1", "--blocking-threads", "4", "--no-ws", "--log-level", "warning",
             "config.wsgi:application"],
            environment=environment, folder=ROOT, grace_s=8,
        )  # fmt: skip
        address = f"http://{LOOPBACK}:{port}/health/ready"
        processes.await_ready(web, lambda: _answers(address), within_s=60)


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=5) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except HTTPError as error:
        raise Halt(f"{address} answers {error.code}.", f"read {DEMONSTRATION.log / 'web.log'}") from error
    except (URLError, OSError):
        return False


def _told(services: Services) -> dict[str, str]:
    """What `make manage` needs to reach the same servers; readable by the owner only."""
    return {name: value for name, value in services.environment.items() if services.given.get(name) != value}


def _welcome(say: Say, services: Services, accounts: list[dict[str, str]]) -> None:
    say.line()
    say.line(f"  Ready after {say.elapsed_s():.0f} s:  {say.strong(services.environment['SITE_URL'])}")
    say.line()
    if accounts:
        say.table(
            [("role", "sign in as", "password"), *((a["role"], a["email"], a["password"]) for a in accounts)]
        )
        say.line()
    say.line(f"  Data: {DATA}   Start over: make demo RESET=1   Stop: Ctrl-C")


def _watch(say: Say, processes: Processes) -> int:
    """Wait until somebody stops us, or a process ends by itself."""
    while True:
        time.sleep(0.5)
        if say.live and not say.out.isatty():
            raise Stopped  # the terminal has gone, and make does not pass its signal on
        ended = processes.ended()
        if ended is not None:
            log: Path = DEMONSTRATION.log / f"{ended.name}.log"
            say.halt(Halt(f"{ended.name} has ended by itself.", f"read {log}", details=tail(log)))
            return 1
