"""One sweep over everything that falls due: automatic steps, ended notices, reminders, escalations.

Any number of processes may sweep at once: each locks what it takes and passes over what another holds. What
is due is asked of the database's clock, never of the machine that sweeps.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from workflows import escalations, lapses, notices, reminders
from workflows.engine.clock import HERE, now

# People are written to while offices are open.
OPEN_HOURS = range(8, 19)
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Swept:
    """How many cases moved by themselves, and how many limits were told of."""

    lapsed: int = 0
    ended: int = 0
    reminded: int = 0
    escalated: int = 0


def sweep(at: datetime | None = None) -> Swept:
    """Everything that is due by `at` (the database's now). One part that fails does not keep the others back.

    Raises:
        Exception: the first fault of a part, after all parts have run.
    """
    parts: dict[str, Callable[[datetime | None], int]] = {
        "lapsed": lapses.lapse_due,
        "ended": notices.end_due,
    }
    if (at or now()).astimezone(HERE).hour in OPEN_HOURS:
        parts |= {"reminded": reminders.remind_due, "escalated": escalations.escalate_due}
    swept, faults = Swept(), []
    for name, part in parts.items():
        try:
            setattr(swept, name, part(at))
        except Exception as fault:
            log.exception("sweep_failed", part=name)
            faults.append(fault)
    if faults:
        raise faults[0]
    return swept
