"""Roster 人员名单: what staff do with the roster of a case: compare, look for duplicates, hold, release."""

from collections.abc import Iterable

from accounts.models import Role
from config.words import T
from workflows import rosters
from workflows.engine.composite import Vary, stage
from workflows.engine.declare import Same, State, step


def roster(
    sources: Iterable[State],
    *,
    compared_in: Iterable[State],
    rechecked_in: Iterable[State],
    compare: Vary | None = None,
    recheck: Vary | None = None,
    hold_person: Vary | None = None,
    release_hold: Vary | None = None,
) -> object:
    """`hold_person` and `release_hold` in `sources`; `compare` with the tax record; `recheck` for duplicates."""
    held_in = tuple(sources)
    return stage(
        "roster",
        (
            "compare",
            step(
                compared_in, Same, label=T("Compare with the tax record", "与税务记录比对"),
                done=T("Compared with the tax record", "与税务记录比对"), by=Role.CLERK, effect=rosters.compare_people,
                records=("rows_in_dispute", "rows_uncompared"), place="tax_record",
            ),
            compare,
        ),
        (
            "recheck",
            step(
                rechecked_in, Same, label=T("Check for duplicates again", "重新查重"),
                done=T("Checked for duplicates", "重新查重"), by=Role.SYSTEM, effect=rosters.decide_people,
                records=("rows_held",),
            ),
            recheck,
        ),
        (
            "hold_person",
            step(
                held_in, Same, label=T("Put a person on hold", "暂缓某人"), done=T("A person put on hold", "暂缓一人"),
                by=Role.CLERK, needs_reason=True, effect=rosters.hold, in_batch=False, place="people",
            ),
            hold_person,
        ),
        (
            "release_hold",
            step(
                held_in, Same, label=T("Release a hold", "解除暂缓"), done=T("Hold released", "解除暂缓"),
                by=Role.CLERK, needs_reason=True, effect=rosters.release, in_batch=False, place="people",
            ),
            release_hold,
        ),
    )  # fmt: skip
