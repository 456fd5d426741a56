"""Why not? Every unmet guard of a step, for one application or for a batch, from the guards themselves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, DateTimeField, ExpressionWrapper, Q, Value
from django.db.models.functions import Cast, Now

from accounts.models import Role, User
from config.words import T
from workflows.engine.chosen import Chosen, chosen
from workflows.engine.declare import Programme, Step
from workflows.engine.guards import Asking, Guard, Reason, filled
from workflows.models import Application
from workflows.programmes import programme as declared
from workflows.rules import holds_role, role_q

NOT_HERE = T(
    en="It stands at “{standing}”, where this step is not possible.",
    zh="目前处于“{standing}”，不能办理这一步。",
)
NOT_IN_VERSION = T(
    en="Policy version {policy}, under which this case runs, does not have this step.",
    zh="本件适用的政策版本（{policy}）没有这一步骤。",
)
NOT_YOURS = T(en="This step is for the {roles} of this case.", zh="这一步由本件的{roles}办理。")


def asking(actor: User, at: datetime | None = None, behalf: int | None = None) -> Asking:
    """Who asks and for whom, by the given time or by the database's clock."""
    return Asking(actor, Cast(Value(at), DateTimeField()) if at else Now(), behalf)


def conditions(step: Step, who: Asking) -> Q:
    """All that must hold for `step`: edge, role and guards. Also the filter of a worklist."""
    q = Q(state__in=[str(source) for source in step.sources]) & role_q(step.by, who.actor)
    if step.policies is not None:
        q &= Q(policy__in=step.policies)
    for guard in step.when:
        q &= guard.q(who)
    return q


def doable(programme: Programme, step: str, actor: User) -> Q:
    """Applications of `programme` on which `actor` can take `step` now."""
    return Q(programme=programme.slug) & conditions(programme.steps[step], asking(actor))


def blockers(
    step: Step,
    cases: Iterable[int] | Chosen,
    actor: User,
    at: datetime | None = None,
    behalf: int | None = None,
    *,
    most: int | None = None,
) -> dict[int, list[Reason]]:
    """Application id → every reason why `actor` cannot take `step` on it; ids without a reason are left out.

    With `most`, the first so many in id order.
    """
    who = asking(actor, at, behalf)
    # Only the rows with a reason leave the database: of ten thousand cases it is mostly a few.
    rows = (
        Application.objects.filter(pk__any=chosen(cases))
        .order_by("pk")
        .alias(_fine=_truth(conditions(step, who)))
        .filter(Q(_fine=False) | Q(_fine=None))
        .annotate(
            _role=_truth(role_q(step.by, actor)),
            **{f"_g{n}": _truth(g.q(who)) for n, g in enumerate(step.when)},
        )
    )
    columns = {"pk", "state", "programme", "policy", "_role"}.union(*(g.columns for g in step.when))
    found: dict[int, list[Reason]] = {}
    for row in rows.values(*sorted(columns), *(f"_g{n}" for n in range(len(step.when))))[:most]:
        reasons = _reasons(step, row)
        if reasons:
            found[row["pk"]] = reasons
    return found


def why(step: str, case: Application, actor: User) -> list[Reason]:
    """Every reason why `actor` cannot take `step` on `case`; empty when it can be done."""
    return blockers(case.declaration.steps[step], [case.pk], actor).get(case.pk, [])


@dataclass(frozen=True, slots=True)
class Offer:
    """A step that concerns `actor` on a case as it stands, and what still keeps it from being taken."""

    step: Step
    reasons: tuple[Reason, ...]

    @property
    def is_open(self) -> bool:
        return not self.reasons


def offers(case: Application, actor: User) -> list[Offer]:
    """The steps that `actor`'s roles may take from where `case` stands, each with its unmet guards; one query."""
    who = asking(actor)
    steps = [
        s
        for s in case.declaration.steps_in(case.policy).values()
        if case.state in s.sources and holds_role(s.by, actor, case)
    ]
    guards: list[Guard] = list(dict.fromkeys(g for s in steps for g in s.when))
    if not guards:
        return [Offer(s, ()) for s in steps]
    columns = set[str]().union(*(g.columns for g in guards))
    row = (
        Application.objects.filter(pk=case.pk)
        .annotate(**{f"_g{n}": _truth(g.q(who)) for n, g in enumerate(guards)})
        .values("pk", *sorted(columns), *(f"_g{n}" for n in range(len(guards))))
        .get()
    )
    unmet = {
        guard: Reason(guard.code, filled(guard.words_in(case.policy), row), guard.mend)
        for n, guard in enumerate(guards)
        if row[f"_g{n}"] is not True
    }
    return [Offer(s, tuple(unmet[g] for g in s.when if g in unmet)) for s in steps]


def _truth(q: Q) -> "ExpressionWrapper[Any]":
    return ExpressionWrapper(q, output_field=BooleanField())


def _reasons(step: Step, row: dict[str, Any]) -> list[Reason]:
    reasons = []
    if step.policies is not None and row["policy"] not in step.policies:
        reasons.append(Reason("version", NOT_IN_VERSION.format(policy=row["policy"])))
    if row["state"] not in step.sources:
        standing = declared(row["programme"]).state(row["state"]).label
        reasons.append(Reason("state", NOT_HERE.format(standing=standing)))
    if not row["_role"]:
        reasons.append(Reason("role", NOT_YOURS.format(roles=spoken_roles(step))))
    reasons += [
        Reason(guard.code, filled(guard.words_in(row["policy"]), row), guard.mend)
        for n, guard in enumerate(step.when)
        if row[f"_g{n}"] is not True
    ]
    return reasons


ROLE_WORDS = {
    Role.OWNER: T(en="owner", zh="负责人"),
    Role.AGENT: T(en="agent", zh="经办人"),
    Role.CLERK: T(en="clerk", zh="受理人员"),
    Role.OFFICIAL: T(en="official", zh="审批人员"),
    Role.CASHIER: T(en="cashier", zh="拨付人员"),
    Role.AUDITOR: T(en="auditor", zh="审计人员"),
    Role.EXPERT: T("reviewing expert", "评审专家"),
    Role.SYSTEM: T(en="system", zh="系统"),
}


def spoken_roles(step: Step) -> T:
    roles = [ROLE_WORDS[Role(r)] for r in sorted(step.by)]
    return T(en=" or ".join(r.en for r in roles), zh="或".join(r.zh for r in roles))
