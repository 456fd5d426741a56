"""Taking the cases of a plan to the other policy version, and taking them back: in one transaction each."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.models import User
from config.words import T
from workflows.engine.declare import Programme, Same, State
from workflows.engine.operated import MIGRATE, MIGRATE_BACK, version_step
from workflows.engine.perform import Move, perform_made
from workflows.errors import ReasonMissing
from workflows.migrating.planning import Group, Plan
from workflows.migrating.proof import still_decided
from workflows.migrating.refusals import NoSuchMigration, NothingToMove, NotMigratable
from workflows.models import CaseMigration, Deadline, Event
from workflows.rosters import redecide
from workflows.versions import declared_version


@transaction.atomic
def migrate(made: Plan, *, reason: str, by: User | None = None) -> CaseMigration:
    """Take every case of a plan to the other version, each with one event, or none.

    Cases keep their deadline where the other version gives their state as many days; else it is set anew.
    Cases that are still being decided are decided again, by the rules of the other version. Nobody is told.

    Raises:
        NotMigratable: some case could not finish. Nothing was changed.
        Blocked: a case has moved since the plan was made. Nothing was changed.
        NothingToMove, ReasonMissing: the command is incomplete.
    """
    if not reason.strip():
        raise ReasonMissing(step=T("migrate_cases", "migrate_cases"))
    if not made.groups:
        raise NothingToMove(policy=made.old)
    if made.blocked:
        why = T(
            " ".join(g.why.en for g in made.blocked if g.why),
            "".join(g.why.zh for g in made.blocked if g.why),
        )
        count = sum(len(group.ids) for group in made.blocked)
        raise NotMigratable(plan=made, blocked=count, total=made.total, policy=made.new, why=why)
    mapping = {state: to for group in made.groups for state, to in ((group.state, group.target),)}
    kept = CaseMigration.objects.create(
        programme=made.programme.slug, source=made.old, target=made.new, mapping=mapping, reason=reason.strip(),
        operator=by, cases=made.total,
    )  # fmt: skip
    _take(MIGRATE, kept, made.programme, made.groups, old=made.old, new=made.new, reason=reason, by=by)
    return kept


@dataclass(frozen=True)
class TakenBack:
    """How many cases went back, and those that stayed: they have moved since."""

    migration: CaseMigration
    cases: int
    stayed: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {"migration": self.migration.pk, "taken_back": self.cases, "stayed": list(self.stayed)}


@transaction.atomic
def take_back(slug: str, pk: int, *, reason: str, by: User | None = None) -> TakenBack:
    """Take the cases of a migration that have not moved since back to where they were, each with one event.

    Raises:
        NoSuchMigration: there is none of that number. ReasonMissing: why is not said.
    """
    if not reason.strip():
        raise ReasonMissing(step=T("migrate_cases --take-back", "migrate_cases --take-back"))
    kept = CaseMigration.objects.select_for_update().filter(pk=pk, programme=slug).first()
    if kept is None:
        raise NoSuchMigration(pk=pk)
    programme = declared_version(slug, kept.source)
    moved = Event.objects.filter(step=MIGRATE, data__migration=kept.pk)
    found: dict[tuple[str, ...], list[int]] = {}
    rows = (
        moved.filter(seq=F("application__seq"))
        .order_by("application")
        .values_list("application", "target", "source", "application__resume_state", "data__resume")
    )
    for case, state, back, resume, resumed in rows.iterator():
        found.setdefault((state, resume, back, resumed or resume), []).append(case)
    groups = [
        Group(state, resume, back, resume_back, tuple(ids))
        for (state, resume, back, resume_back), ids in found.items()
    ]
    stayed = moved.exclude(seq=F("application__seq")).exclude(application__policy=kept.source)
    names = tuple(
        number or f"#{pk}" for pk, number in stayed.values_list("application", "application__number")
    )
    _take(MIGRATE_BACK, kept, programme, groups, old=kept.target, new=kept.source, reason=reason, by=by)
    count = sum(len(group.ids) for group in groups)
    CaseMigration.objects.filter(pk=kept.pk).update(taken_back_at=Now(), taken_back=F("taken_back") + count)
    return TakenBack(kept, count, names)


@dataclass(frozen=True)
class _Way:
    """What is done alike to several groups: one command each."""

    target: "State | type[Same]"
    resume: tuple[str, str]
    decides: bool
    renamed: tuple[str, str]


def _take(
    name: str, kept: CaseMigration, programme: Programme, groups: Iterable[Group], *, old: str, new: str,
    reason: str, by: User | None,
) -> None:  # fmt: skip
    ways: dict[_Way, list[Group]] = {}
    for group in groups:
        ways.setdefault(_way(programme, group, old, new), []).append(group)
    system = User.objects.system()
    for n, (way, alike) in enumerate(ways.items()):
        where, resume = way.resume
        step = version_step(
            name, tuple(programme.state(g.state) for g in alike), way.target, old=old, new=new,
            also=Q(resume_state=where) if where else Q(),
        )  # fmt: skip
        step.sets = {"resume_state": resume} if resume != where else {}
        step.effect = _effect(way, new)
        data = {"migration": kept.pk, "from_version": old, "to_version": new}
        if by is not None:
            data["operator"] = by.pk
        perform_made(
            step, [pk for group in alike for pk in group.ids], programme, actor=system,
            key=f"{name}:{kept.pk}:{n}:{kept.taken_back}", reason=reason,
            data={**data, **({"resume": where} if resume != where else {})},
        )  # fmt: skip


def _way(programme: Programme, group: Group, old: str, new: str) -> _Way:
    """Whether a group stays in its state with its deadline, or enters another one with a new deadline."""
    stands = programme.state(group.target)
    runs_in = group.resume_target if stands.stops_clock and group.resume_target else group.target
    before, after = programme.due_step(group.resume or group.state, old), programme.due_step(runs_in, new)
    days = [step.due.n if step and step.due else 0 for step in (before, after)]
    stays = group.state == group.target and (days[0] == days[1] or stands.stops_clock)
    renamed = (before.name, after.name) if stays and before and after and before is not after else ("", "")
    resume = (group.resume, group.resume_target) if stands.stops_clock else ("", "")
    return _Way(Same if stays else stands, resume, still_decided(programme, group.target, new), renamed)


def _effect(way: _Way, new: str) -> Any:
    def effect(move: Move) -> None:
        """Decide again under the other version; the deadline that runs on is that version's step."""
        if way.decides:
            redecide(move.ids, by=new)
        if way.renamed[0]:
            Deadline.objects.filter(
                application_id__any=move.ids, step=way.renamed[0], met_at=None, lapsed_at=None
            ).update(step=way.renamed[1])

    return effect if way.decides or way.renamed[0] else None
