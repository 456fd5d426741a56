"""Staffing: in the rounds that run, every step has somebody, and four eyes are two people."""

from collections import defaultdict
from collections.abc import Iterator

from django.db.models.functions import Now

from accounts.models import Membership, Role
from workflows.engine.declare import Programme, Step
from workflows.engine.prove.findings import Finding, found
from workflows.engine.prove.people import TASK
from workflows.flows.approval_batch import TASKS
from workflows.models import Round
from workflows.rules import SCOPES

# The columns of a case that name its offices; whoever applies is not for us to staff.
OFFICES = {"handler_id", "authority_id"}


def prove_staffing(programme: Programme) -> Iterator[Finding]:
    """Findings about the open rounds: roles that nobody holds in their offices, four eyes of one person."""
    rounds = Round.objects.published().filter(programme=programme.slug, closes_at__gt=Now())
    for round_ in rounds.select_related("handler", "authority"):
        people: dict[str, set[int]] = defaultdict(set)
        members = Membership.objects.in_force().filter(
            user__is_active=True, organisation__in=[round_.handler_id, round_.authority_id]
        )
        for role, user, organisation in members.values_list("role", "user", "organisation"):
            if getattr(round_, SCOPES.get(Role(role), ""), None) == organisation:
                people[role].add(user)
        for step in programme.steps.values():
            yield from _of_step(programme, round_, step, people)


def _of_step(
    programme: Programme, round_: Round, step: Step, people: dict[str, set[int]]
) -> Iterator[Finding]:
    able = _able(step.by, people)
    if able is None:
        return
    if not able:
        yield found(
            programme, "role-unheld", step.where,
            f"In the open round {round_.year} nobody can take {step.name}: its roles are {', '.join(sorted(step.by))}.",
            "Give somebody of its offices the role: manage.py createstaff.",
        )  # fmt: skip
    for name in step.other_than:
        before = _able(_roles_of(programme, name), people)
        if before is not None and able and before and len(able | before) == 1:
            yield found(
                programme, "four-eyes-one-person", step.where,
                f"In the open round {round_.year} one person alone holds the roles of {name} and of {step.name}: "
                "there are no other eyes.",
                "Give a second person the role: manage.py createstaff.",
            )  # fmt: skip


def _able(roles: frozenset[str], people: dict[str, set[int]]) -> set[int] | None:
    """Who can take a step by these roles; None where applicants or the system can."""
    if any(SCOPES.get(Role(role)) not in OFFICES for role in roles):
        return None
    return set[int]().union(*(people.get(role, set()) for role in roles))


def _roles_of(programme: Programme, name: str) -> frozenset[str]:
    """The roles of a step, or of a task of a batch (`batch.verify`)."""
    return TASKS[name.removeprefix(TASK)][1] if name.startswith(TASK) else programme.steps[name].by
