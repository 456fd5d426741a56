"""Performing a step: on one application or on a hundred thousand, in one transaction, by the same statements."""

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected

from accounts.models import Role, User
from config.errors import Refusal
from notifications import outbox
from workflows.engine import clock
from workflows.engine.asking import asking, blockers
from workflows.engine.at_once import at_once_sql
from workflows.engine.chosen import Chosen, Frozen, One, chosen
from workflows.engine.clock import day_of
from workflows.engine.declare import Programme, Step
from workflows.engine.lock import engine_cursor, lock_sql
from workflows.engine.statement import dues, move_sql
from workflows.errors import (
    Blocked,
    CalendarUnknown,
    KeyReused,
    ManifestMoved,
    OneByOne,
    ReasonMissing,
    UnknownStep,
)
from workflows.models import Application, Command
from workflows.programmes import programme as declared

DEADLOCK_TRIES = 3
# The key of an event's data that names on whose behalf it was done.
FOR = "for"
# A refusal names the reasons of so many cases; all of them are in a manifest.
REASONS_NAMED = 1000
# How a request is written before it is hashed.
_REQUEST = json.JSONEncoder(sort_keys=True, default=str)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to a command, the same however often it is asked with one key."""

    step: str
    count: int
    at: str


@dataclass(slots=True)
class Move:
    """What an effect is told: the step, the locked applications, who, when, why."""

    step: Step
    programme: Programme
    ids: Chosen
    actor: User
    at: datetime
    reason: str
    data: dict[str, Any]
    # What the effect found out, kept in the event beside `data`; the same for all ids.
    found: dict[str, Any] = field(default_factory=dict)

    @property
    def on(self) -> date:
        """The day of `at` where the offices are."""
        return day_of(self.at)


def perform(
    step: str,
    cases: Iterable[int] | Chosen,
    *,
    actor: User,
    key: str,
    reason: str = "",
    data: Mapping[str, Any] | None = None,
    kept: Mapping[str, Any] | None = None,
    at: datetime | None = None,
    programme: str | None = None,
    behalf: int | None = None,
    tell: Callable[[str], None] | None = None,
) -> Outcome:
    """Take `step` on all of `cases` (applications of one programme), or on none.

    In one transaction: locks the rows in id order, checks role, edge and every guard, runs the step's
    effect, writes state, event with hash, outbox row, deadlines and the command.

    Args:
        cases: their ids, or those that a manifest holds (`Frozen`), whose ids never leave the database.
        key: the caller's idempotency key; a second call with it gives the first one's answer.
        data: facts of this command for the events, JSON; also what the effect reads.
        kept: facts for the effect alone, not written to the event (sealed or large things).
        at: when it happened, for a past that is being replayed; the database's clock otherwise.
        behalf: the absent person whose task the actor does. For a case that is assigned to somebody it is
            found out here. Kept in the event's data as `for`.
        tell: told each phase ("locking", "effect", "writing") as it begins.

    Raises:
        Blocked: some application does not meet a guard; names every reason. Nothing was changed.
        ManifestMoved: cases of a manifest have changed since it was frozen. Nothing was changed.
        KeyReused: the key was used before for another request.
        ReasonMissing, OneByOne, UnknownStep: the command itself is incomplete, or asks too much at once.
        Application.DoesNotExist: an id does not exist in this programme.
    """
    ids = chosen(cases)
    if not len(ids):
        raise Application.DoesNotExist("no application named")
    slug = programme or Application.objects.values_list("programme", flat=True).get(pk=next(iter(ids)))
    # For whom somebody acts is found out, never said by whoever asks.
    said = {name: value for name, value in (data or {}).items() if name != FOR}
    return _performed(
        _Command(
            declared(slug), step, ids, actor, key, reason.strip(), said, dict(kept or {}), at, behalf, tell
        )
    )


def perform_made(
    made: Step,
    cases: Iterable[int],
    programme: Programme,
    *,
    actor: User,
    key: str,
    reason: str,
    data: Mapping[str, Any],
) -> Outcome:
    """As `perform`, with a step that an operator's command makes and no declaration has."""
    ids = chosen(cases)
    return _performed(
        _Command(programme, made.name, ids, actor, key, reason.strip(), dict(data), {}, None, None, made=made)
    )


def _performed(command: "_Command") -> Outcome:
    for left in range(DEADLOCK_TRIES, 0, -1):
        try:
            return command.perform()
        except OperationalError as error:
            retryable = isinstance(error.__cause__, DeadlockDetected) and not connection.in_atomic_block
            if left == 1 or not retryable:
                raise
    raise AssertionError("unreachable")


@dataclass(slots=True)
class _Command:
    programme: Programme
    name: str
    ids: Chosen
    actor: User
    key: str
    reason: str
    data: dict[str, Any]
    kept: dict[str, Any]
    at: datetime | None
    behalf: int | None
    tell: Callable[[str], None] | None = None
    # Case → the absent person to whom it is assigned and for whom the actor stands in, as JSON.
    stands_in: str | None = None
    # A step that stands in no declaration.
    made: Step | None = None

    @property
    def step(self) -> Step:
        if self.made is not None:
            return self.made
        try:
            return self.programme.steps[self.name]
        except KeyError:
            raise UnknownStep(step=self.name) from None

    def request_hash(self) -> bytes:
        body = [self.programme.slug, self.name, self.ids.identity, self.reason, self.data]
        return hashlib.sha256(_REQUEST.encode(body).encode()).digest()

    def perform(self) -> Outcome:
        step = self.step
        if step.needs_reason and not self.reason:
            raise ReasonMissing(step=step.label)
        if len(self.ids) > 1 and not step.in_batch:
            raise OneByOne(step=step.label, count=len(self.ids))
        try:
            if isinstance(self.ids, One) and self._is_plain:
                moved = self._at_once(self.ids)
                if moved is not None:
                    return moved
            with transaction.atomic(), engine_cursor(len(self.ids)) as cursor:
                self._tell("locking")
                now = self._lock_and_check(cursor)
                move = Move(
                    step,
                    self.programme,
                    self.ids,
                    self.actor,
                    self.at or now,
                    self.reason,
                    {**self.data, **self.kept},
                )
                if step.sets or step.effect:
                    self._tell("effect")
                if step.sets:
                    Application.objects.filter(pk__any=self.ids).update(**_resolved(step.sets, move))
                if step.effect:
                    step.effect(move)
                if Role.EXPERT in step.by:
                    # Applicants read the hash of the event; without this its actor could be found by trying them all.
                    move.found["salt"] = secrets.token_hex(16)
                self._tell("writing")
                outcome = Outcome(step.name, len(self.ids), move.at.isoformat())
                self._write(move, outcome, cursor)
                outbox.nudge()
                return outcome
        except (Refusal, IntegrityError) as error:
            answered = self._answered()
            if answered is None:
                _explain(error, self.at)
                raise
            return answered

    def _tell(self, phase: str) -> None:
        if self.tell is not None:
            self.tell(phase)

    @property
    def _is_plain(self) -> bool:
        """Whether nothing but the statements takes part: no effect, no clock but the database's, nobody to tell."""
        step = self.step
        others = step.sets or step.effect or Role.EXPERT in step.by
        return self.at is None and self.made is None and self.tell is None and not others

    def _at_once(self, case: One) -> Outcome | None:
        """Lock, check and write in one statement, which is its own transaction; None where it did not move the case.

        Why it did not, and whether it can after all, is then found out under the lock.
        """
        step = self.step
        sql, params = at_once_sql(step, self.programme, asking(self.actor, None, self.behalf), case)
        params |= self._written({})
        in_transaction = connection.in_atomic_block
        with transaction.atomic() if in_transaction else nullcontext(), engine_cursor(1) as cursor:
            cursor.execute(sql, params)
            row = cursor.fetchone()
        if row is None:
            return None
        outbox.nudge()
        return Outcome(step.name, 1, row[0])

    def _lock_and_check(self, cursor: Any) -> datetime:
        """Lock the rows in id order and count those on which the step is not possible, in one statement."""
        who = asking(self.actor, self.at, self.behalf)
        sql, params = lock_sql(self.step, self.programme, who, self.ids, self.at)
        cursor.execute(sql, params)
        found, fit, now, self.stands_in = cursor.fetchone()
        if isinstance(self.ids, Frozen):
            _as_frozen(self.ids)
        if found != len(self.ids):
            raise Application.DoesNotExist(
                f"{len(self.ids) - found} of {len(self.ids)} applications do not exist"
            )
        if fit != found:
            reasons = blockers(self.step, self.ids, self.actor, self.at, self.behalf, most=REASONS_NAMED)
            raise Blocked(step=self.step.label, count=found - fit, total=found, reasons=reasons)
        return now  # type: ignore[no-any-return]

    def _write(self, move: Move, outcome: Outcome, cursor: Any) -> None:
        sql = move_sql(self.step, self.programme, self.ids.ARE)
        params: dict[str, Any] = {
            **self.ids.parameters,
            **self._written(move.found),
            "actor": self.actor.pk,
            "at": move.at,
            "on": move.on,
            "stands_in": self.stands_in,
            "answer": json.dumps({"step": outcome.step, "count": outcome.count, "at": outcome.at}),
        }
        cursor.execute(sql, params)
        (written,) = cursor.fetchone()
        if written != len(self.ids):
            raise AssertionError(f"{written} of {len(self.ids)} applications written")

    def _written(self, found: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters that are the same for one case and for many."""
        due = dues(self.programme, self.step)
        return {
            "reason": self.reason,
            "data": json.dumps({**self.data, **found, **({FOR: self.behalf} if self.behalf else {})}),
            "key": self.key,
            "request_hash": self.request_hash(),
            "due_policies": list(due.policies),
            "due_steps": list(due.steps),
            "due_days": list(due.days),
            "to_policy": self.step.to_policy,
            "promised_days": self.programme.guide.promised_days,
        }

    def _answered(self) -> Outcome | None:
        """The answer kept for this key, if it was used before.

        Raises:
            KeyReused: it was used for another request.
        """
        kept = (
            Command.objects.filter(actor=self.actor, key=self.key)
            .values_list("request_hash", "answer")
            .first()
        )
        if kept is None:
            return None
        if bytes(kept[0]) != self.request_hash():
            raise KeyReused
        return Outcome(**kept[1])


def _as_frozen(cases: Frozen) -> None:
    """That the locked cases of a manifest are at the versions that were signed.

    Raises:
        ManifestMoved: with how many are not, and some of them.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*), (array_agg(a.number ORDER BY a.id))[:20]
                 FROM workflows_manifestpart part,
                      unnest(part.ids, part.versions, part.unmet, part.rounds) AS held(id, version, unmet, round)
                 LEFT JOIN workflows_application a ON a.id = held.id
                WHERE part.manifest_id = %(manifest)s AND held.unmet = 0 AND %(round)s IN (0, held.round)
                  AND a.version IS DISTINCT FROM held.version""",
            cases.parameters,
        )
        moved, numbers = cursor.fetchone()
    if moved:
        raise ManifestMoved(count=moved, total=len(cases), numbers=numbers)


def _resolved(sets: Mapping[str, Any], move: Move) -> dict[str, Any]:
    return {column: value(move) if callable(value) else value for column, value in sets.items()}


def _explain(error: Refusal | IntegrityError, at: datetime | None) -> None:
    """Turn the database's own refusals into sentences."""
    if isinstance(error, IntegrityError) and "due_on" in str(error):
        raise CalendarUnknown(day=day_of(at or clock.now())) from error
