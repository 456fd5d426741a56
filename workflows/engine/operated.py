"""Steps of an operator's commands: they stand in no declaration, and every programme can read their events."""

from dataclasses import replace

from django.db.models import Q

from accounts.models import Role
from config.words import T
from workflows.engine.declare import Programme, Same, State, Step
from workflows.engine.guards import Guard

MIGRATE, MIGRATE_BACK = "migrate", "migrate_back"
LABELS = {
    MIGRATE: T("Move to another policy version", "迁移到另一政策版本"),
    MIGRATE_BACK: T("Move back to the former policy version", "迁回原政策版本"),
}
DONE = {
    MIGRATE: T("Moved to another policy version", "已迁移到另一政策版本"),
    MIGRATE_BACK: T("Moved back to the former policy version", "已迁回原政策版本"),
}
OTHER_VERSION = T(
    en="It does not run under policy version {policy} any more.", zh="本件适用的已不是政策版本 {policy}。"
)


def _step(name: str) -> Step:
    return Step(
        sources=(), target=Same, label=LABELS[name], done=DONE[name], by=frozenset({Role.SYSTEM}),
        needs_reason=True, name=name,
    )  # fmt: skip


OPERATED = {name: _step(name) for name in LABELS}


def spoken(programme: Programme, name: str) -> Step | None:
    """The step that an event is about: one of the programme's, or an operator's."""
    return programme.steps.get(name) or OPERATED.get(name)


def version_step(
    name: str, sources: tuple[State, ...], target: "State | type[Same]", *, old: str, new: str, also: Q
) -> Step:
    """The step that takes cases of version `old` from `sources` to `target` under version `new`, where `also` holds."""
    guard = Guard(Q(policy=old) & also, OTHER_VERSION.format(policy=old), code="version")
    return replace(OPERATED[name], sources=sources, target=target, when=(guard,), to_policy=new)
