"""People: every step has somebody who can take it, and four eyes are two people."""

from collections.abc import Iterator

from accounts.models import Organisation, OrganisationKind, Role
from workflows.engine.declare import Programme, Same, Step
from workflows.engine.prove.findings import Finding, found
from workflows.engine.prove.ways import reachable, ways
from workflows.rules import SCOPES

# Roles that an organisation gives and that count on a case, that of experts, and the one of what nobody presses.
HOLDABLE = frozenset(
    {role for kind in OrganisationKind for role in Organisation(kind=kind).roles if role in SCOPES}
    | {Role.SYSTEM, Role.EXPERT}
)
# How four eyes name a task of the case's batch.
TASK = "batch."


def prove_people(programme: Programme) -> Iterator[Finding]:
    """Findings about the roles of steps and about four eyes."""
    for step in programme.steps.values():
        if not step.by:
            yield found(
                programme, "role-missing", step.where, f"Nobody may take the step {step.name}.",
                "Name its roles in `by`; what happens by itself is by Role.SYSTEM.",
            )  # fmt: skip
        for role in sorted(set(map(str, step.by)) - HOLDABLE):
            yield found(
                programme, "role-nobody-holds", step.where,
                f"The step {step.name} is for “{role}”, which nobody can hold on a case.",
                f"Take one of {', '.join(sorted(HOLDABLE))}.",
            )  # fmt: skip
        yield from _four_eyes(programme, step)


def _four_eyes(programme: Programme, step: Step) -> Iterator[Finding]:
    if not step.other_than:
        return
    if step.by <= {Role.SYSTEM}:
        yield found(
            programme, "four-eyes-one-person", step.where,
            f"The step {step.name} asks for a second person and is taken by the system alone.",
            "Name a role of people in `by`, or take `other_than` away.",
        )  # fmt: skip
    for name in step.other_than:
        first = programme.steps.get(name)
        if name.startswith(TASK):
            continue
        if first is None:
            words = f"which is no step of {programme.slug}"
        elif first.by <= {Role.SYSTEM}:
            words = "which no person takes"
        elif not _can_come_before(programme, first, step):
            words = "which can never come before it"
        else:
            continue
        yield found(
            programme, "four-eyes-one-person", step.where,
            f"The step {step.name} asks for another person than {name}, {words}: there are no other eyes.",
            "Name in `other_than` the step that the first person takes before.",
        )  # fmt: skip


def _can_come_before(programme: Programme, first: Step, second: Step) -> bool:
    after = {str(source) for source in first.sources} if first.target is Same else set()
    after |= {way.target for way in ways(programme) if way.step is first}
    return bool(reachable(after, ways(programme)) & {str(source) for source in second.sources})
