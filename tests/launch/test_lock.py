"""One launcher at a time, and no lock outlives its holder."""

import signal
import stat
import subprocess
import sys

from launch.lock import Lock
from launch.places import Home

HOLD = """
import sys, time
from pathlib import Path
from launch.lock import Lock
from launch.places import Home
lock = Lock(Home(Path(sys.argv[1])))
assert lock.take("make demo")
print("held", flush=True)
time.sleep(60)
"""


def test_second_launcher_is_told_who_holds_it_and_a_kill_lets_go(home: Home) -> None:
    command = [sys.executable, "-c", HOLD, str(home.folder)]
    holder = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    lock = Lock(home)
    assert not lock.take("make demo")
    assert lock.holder() == {"pid": holder.pid, "work": "make demo"}

    holder.send_signal(signal.SIGKILL)
    holder.wait()

    assert lock.take("make manage")
    lock.let_go()
    assert lock.holder() == {}


def test_what_the_holder_tells_is_for_the_owner_only(home: Home) -> None:
    lock = Lock(home)
    assert lock.take("make demo")
    lock.tell(work="make demo", environment={"DATABASE_URL": "postgres://bailu:secret@127.0.0.1/bailu"})
    assert stat.S_IMODE(lock.told.stat().st_mode) == 0o600
    lock.let_go()
