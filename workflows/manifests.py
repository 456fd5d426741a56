"""A step over everything that a search finds: prepared as a manifest, signed, carried out all or nothing."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from accounts.models import User
from config.errors import Refusal
from config.nudge import nudge
from workflows.alone import alone
from workflows.engine.chosen import Frozen
from workflows.engine.declare import Programme, Step
from workflows.engine.freeze import freeze
from workflows.engine.perform import Outcome, perform
from workflows.engine.phases import telling
from workflows.errors import KeyReused, ManifestBlocked, ManifestSettled, SignatureWrong, UnknownStep
from workflows.models import Application, Manifest
from workflows.programmes import programme as declared

log = structlog.get_logger(__name__)
Stage, Mode = Manifest.Stage, Manifest.Mode
LOCK_CLASS = 7103
# Over so many cases a worker carries it out, and a page shows how far it is.
AT_ONCE = 5000
# What nobody signed is forgotten after this; what was signed is kept with the events.
KEPT_UNSIGNED = timedelta(days=7)
# A signed one of which no worker heard.
WAITED = timedelta(seconds=20)
SIGNATURE = ("key", "mode", "data", "reason", "stage", "signed_at")

Carrier = Callable[[Manifest, Callable[[str], None]], dict[str, Any]]
# Steps whose batch is more than the step (entering a batch, finishing a task): who carries them out.
CARRIERS: dict[str, Carrier] = {}


def carried_by(*steps: str) -> Callable[[Carrier], Carrier]:
    """Declare the function that carries out a signed manifest of `steps`, in its transaction.

    It gives what is kept as the answer: `step`, `count`, `at`, and what else its page needs.
    """

    def declare(carrier: Carrier) -> Carrier:
        CARRIERS.update(dict.fromkeys(steps, carrier))
        return carrier

    return declare


def prepare(
    step: str,
    cases: QuerySet[Application],
    *,
    actor: User,
    programme: str,
    search: Mapping[str, Any] | None = None,
) -> Manifest:
    """Freeze those of `cases` that are of `programme`, with versions and with every reason that blocks `step`.

    `cases` must be such that `actor` may know of each. No id leaves the database; nothing is changed but the manifest.

    Raises:
        UnknownStep: the programme has no such step.
    """
    _step(programme, step)
    with transaction.atomic():
        made = Manifest.objects.create(programme=programme, step=step, actor=actor, search=dict(search or {}))
        freeze(made, _step(programme, step), cases)
        made.save(update_fields=["count", "blocked", "sha256", "groups", "totals"])
    return made


def take(manifest: Manifest, **signature: Any) -> Outcome | None:
    """Sign `manifest`, and carry it out now where its cases are few; None where a worker does it (see `AT_ONCE`).

    Args and raises: as `commit`.
    """
    if manifest.possible <= AT_ONCE:
        return commit(manifest, **signature)
    sign(manifest, **signature)
    transaction.on_commit(partial(nudge, "workflows.carry_out", str(manifest.pk)))
    return None


def commit(
    manifest: Manifest,
    *,
    signature: str,
    key: str,
    mode: str = Mode.ALL,
    data: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Outcome:
    """Sign `manifest` and carry it out now: every case, or with mode `possible` those that nothing blocked; else none.

    Raises:
        SignatureWrong: `signature` is not the manifest's SHA-256.
        ManifestBlocked: something blocks cases of it, and the mode is `all`.
        ManifestMoved: cases have changed since it was frozen.
        ManifestSettled: it was carried out, or refused, under another key.
    """
    with transaction.atomic():
        locked = _locked(manifest.pk)
        if _signed(locked, signature, key, mode, data, reason) and locked.stage == Stage.DONE:
            return outcome_of(locked)
        return _carry_out(locked, lambda _phase: None)


def sign(
    manifest: Manifest,
    *,
    signature: str,
    key: str,
    mode: str = Mode.ALL,
    data: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Manifest:
    """Sign `manifest` so that a worker carries it out; signing again with the same key changes nothing.

    Raises: as `commit`, but for what is only known when it is carried out.
    """
    with transaction.atomic():
        locked = _locked(manifest.pk)
        if not _signed(locked, signature, key, mode, data, reason):
            locked.save(update_fields=SIGNATURE)
    return locked


def _locked(pk: int) -> Manifest:
    return Manifest.objects.select_for_update(of=("self",)).select_related("actor").get(pk=pk)


def _signed(
    locked: Manifest, signature: str, key: str, mode: str, data: Mapping[str, Any] | None, reason: str
) -> bool:
    """Whether it was signed so before; else the signature is put on it, to be saved."""
    asked = (key, mode, dict(data or {}), reason)
    if locked.stage != Stage.READY:
        if locked.key != key:
            raise ManifestSettled
        if (locked.key, locked.mode, locked.data, locked.reason) != asked:
            raise KeyReused
        return True
    if signature != locked.sha256:
        raise SignatureWrong
    if not locked.possible or (mode == Mode.ALL and locked.blocked):
        label = _step(locked.programme, locked.step).label
        raise ManifestBlocked(step=label, count=locked.blocked, total=locked.count)
    locked.key, locked.mode, locked.data, locked.reason = asked
    locked.stage, locked.signed_at = Stage.SIGNED, Now()
    return False


def carry_out(manifest_id: int) -> Manifest | None:
    """Carry out a signed manifest in one transaction, telling its phases; a refusal is kept with its sentence.

    Safe to repeat and to run in several processes; None where another process is at it.
    """
    with alone(LOCK_CLASS, manifest_id) as mine:
        if not mine:
            return None
        found = Manifest.objects.get(pk=manifest_id)
        if found.stage != Stage.SIGNED:
            return found
        try:
            with telling(work_of(found)) as tell, transaction.atomic():
                _carry_out(_locked(found.pk), tell)
        except Refusal as refusal:
            _refused(found, refusal)
        return Manifest.objects.get(pk=manifest_id)


def work_of(manifest: Manifest) -> str:
    """The name under which the phases of a manifest are told."""
    return f"bailu manifest {manifest.pk}:"


def unfinished() -> list[int]:
    """Signed manifests that no worker heard of, or whose worker died."""
    waiting = Manifest.objects.filter(stage=Stage.SIGNED, signed_at__lt=Now() - WAITED)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def forget() -> int:
    """Delete what nobody signed in a week; returns how many."""
    stale = Manifest.objects.filter(stage=Stage.READY, made_at__lt=Now() - KEPT_UNSIGNED)
    return stale.delete()[1].get("workflows.Manifest", 0)


def rounds_in(manifest: Manifest) -> list[tuple[int, int]]:
    """(round, how many of its cases can go) of a manifest, in the order of rounds."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT held.round, count(*)
                 FROM workflows_manifestpart part, unnest(part.unmet, part.rounds) AS held(unmet, round)
                WHERE part.manifest_id = %s AND held.unmet = 0 GROUP BY 1 ORDER BY 1""",
            [manifest.pk],
        )
        return list(cursor.fetchall())


def frozen(manifest: Manifest, *, round_id: int = 0, count: int | None = None) -> Frozen:
    """The cases of `manifest` that nothing blocked, of one round where it is given, with how many they are."""
    return Frozen(manifest.pk, manifest.possible if count is None else count, manifest.sha256, round_id)


def _carry_out(locked: Manifest, tell: Callable[[str], None]) -> Outcome:
    locked.outcome = CARRIERS.get(locked.step, _step_itself)(locked, tell)
    locked.stage, locked.settled_at = Stage.DONE, Now()
    locked.save(update_fields=[*SIGNATURE, "outcome", "settled_at"])
    log.info("manifest_done", manifest=locked.pk, step=locked.step, cases=locked.outcome["count"])
    return outcome_of(locked)


def outcome_of(settled: Manifest) -> Outcome:
    """The answer that a manifest was settled with."""
    return Outcome(*(settled.outcome[name] for name in ("step", "count", "at")))


def _step_itself(manifest: Manifest, tell: Callable[[str], None]) -> dict[str, Any]:
    done = perform(
        manifest.step,
        frozen(manifest),
        actor=manifest.actor,
        key=manifest.key,
        reason=manifest.reason,
        data=manifest.data,
        programme=manifest.programme,
        tell=tell,
    )
    return asdict(done)


def _refused(manifest: Manifest, refusal: Refusal) -> None:
    sentence = refusal.sentence
    told = {"code": refusal.code, "en": sentence.en, "zh": sentence.zh}
    Manifest.objects.filter(pk=manifest.pk, stage=Stage.SIGNED).update(
        stage=Stage.REFUSED, outcome=told, settled_at=Now()
    )
    log.warning("manifest_refused", manifest=manifest.pk, step=manifest.step, code=refusal.code)


def _step(programme: str, name: str) -> Step:
    found: Programme = declared(programme)
    if name not in found.steps:
        raise UnknownStep(step=name)
    return found.steps[name]
