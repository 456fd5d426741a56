"""What a migration of cases would do: groups of cases that stand alike, each with its way or its reason."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q

from config.words import T
from workflows.engine.declare import Programme
from workflows.migrating.proof import Way, why_not
from workflows.migrating.refusals import SameVersion, UnknownState
from workflows.models import Application
from workflows.versions import declared_version, require_published

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Group:
    """Cases that stand alike: where, where to, and why not."""

    state: str
    resume: str
    target: str
    resume_target: str
    ids: tuple[int, ...]
    why: T | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "state": self.state, "resume": self.resume, "to": self.target, "resume_to": self.resume_target,
            "cases": len(self.ids), "blocked": {"en": self.why.en, "zh": self.why.zh} if self.why else None,
        }  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """What a migration would do: each group of cases with its way, or with the reason why it has none."""

    programme: Programme
    old: str
    new: str
    groups: tuple[Group, ...]
    finished: int
    numbers: Mapping[int, str] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(len(group.ids) for group in self.groups)

    @property
    def blocked(self) -> tuple[Group, ...]:
        return tuple(group for group in self.groups if group.why)

    def named(self, group: Group) -> list[str]:
        """The first cases of a group, as people name them."""
        return [self.numbers[pk] for pk in group.ids[:SHOWN]]

    def as_json(self) -> dict[str, Any]:
        return {
            "programme": self.programme.slug, "from": self.old, "to": self.new, "cases": self.total,
            "blocked": sum(len(group.ids) for group in self.blocked), "finished_stay": self.finished,
            "groups": [{**group.as_json(), "first": self.named(group)} for group in self.groups],
        }  # fmt: skip


def plan(
    slug: str, old: str, new: str, *, states: Mapping[str, str] | None = None, year: int | None = None,
    cases: Collection[int] | None = None,
) -> Plan:  # fmt: skip
    """What taking the running cases of version `old` to `new` would do. Two queries, nothing is written.

    Args:
        states: state under `old` → state under `new`, where they have not the same name.
        year: only the round of that year.
        cases: only these (application ids).

    Raises:
        UnknownProgramme, UnknownVersion, NotPublished, SameVersion, UnknownState: there is no such way.
    """
    programme = declared_version(slug, old)
    if old == new:
        raise SameVersion(policy=old)
    require_published(slug, new)
    mapping = dict(states or {})
    for policy, named in ((old, mapping), (new, mapping.values())):
        known = programme.states_in(policy)
        for state in named:
            if state not in known:
                raise UnknownState(policy=policy, state=state, known=", ".join(known))
    wanted = Q(programme=slug, policy=old)
    if year is not None:
        wanted &= Q(year=year)
    if cases is not None:
        wanted &= Q(pk__any=list(cases))
    return _planned(programme, old, new, mapping, wanted)


def _planned(programme: Programme, old: str, new: str, mapping: Mapping[str, str], wanted: Q) -> Plan:
    over = {str(state) for state in programme.states if state.outcome}
    standing: dict[tuple[str, str, bool], list[int]] = {}
    numbers: dict[int, str] = {}
    finished = 0
    verified = ExpressionWrapper(Q(batch__verified_at__isnull=False), output_field=BooleanField())
    rows = Application.objects.filter(wanted).order_by("pk").annotate(verified=verified)
    columns = rows.values_list("pk", "state", "resume_state", "number", "verified")
    for pk, state, resume, number, is_verified in columns.iterator():
        if state in over:
            finished += 1
            continue
        ids = standing.setdefault((state, resume, is_verified), [])
        ids.append(pk)
        if len(ids) <= SHOWN:
            numbers[pk] = number or f"#{pk}"
    order = [str(state) for state in programme.states]
    groups = []
    for (state, resume, is_verified), ids in sorted(
        standing.items(), key=lambda item: order.index(item[0][0])
    ):
        to, back = mapping.get(state, state), mapping.get(resume, resume)
        why = why_not(programme, Way(old, new, state, to, back, is_verified))
        groups.append(Group(state, resume, to, back, tuple(ids), why))
    return Plan(programme, old, new, tuple(groups), finished, numbers)
