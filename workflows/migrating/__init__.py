"""Taking cases from one policy version to another: planned, proven, applied in one transaction, taken back."""

from workflows.migrating.planning import Group, Plan, plan
from workflows.migrating.refusals import (
    NoSuchMigration,
    NothingToMove,
    NotMigratable,
    SameVersion,
    UnknownState,
)
from workflows.migrating.taking import TakenBack, migrate, take_back

__all__ = [
    "Group", "NoSuchMigration", "NotMigratable", "NothingToMove", "Plan", "SameVersion", "TakenBack", "UnknownState",
    "migrate", "plan", "take_back",
]  # fmt: skip
