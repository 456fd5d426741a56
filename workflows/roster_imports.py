"""An uploaded roster: read into staging, compared with what is there, applied or dropped; all set-based.

Nothing of an upload touches the roster before the employer has seen what it would change. Wrong cells come
along with what was typed, sealed, and their problems, so that nothing is lost.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils import timezone
from psycopg.types.json import Jsonb

from accounts.models import User
from accounts.sealing import blind_index, seal
from config.errors import Refusal
from config.words import T
from forms.errors import CellProblem
from forms.roster import ReadRow, read_xlsx
from storage import uploads
from storage.models import Document
from workflows.corrections import recount_points
from workflows.drafts import unlocked
from workflows.errors import Locked
from workflows.models import Application, CorrectionPoint, RosterImport
from workflows.rosters import redecide

log = structlog.get_logger(__name__)
Stage = RosterImport.Stage
PEOPLE = T(en="Roster", zh="人员名单")

# Facts that are compared and copied; the number itself is compared by its index.
FACTS = ("name", "id_kind", "post_kind", "post_level", "hired_on", "tenure_months", "still_employed", "pay_fen",
         "tax_fen", "first_claimed_year", "shares", "other_award")  # fmt: skip
COPIED = ("position", "id_number", "id_index", *FACTS, "raw", "problems")


class ImportSettled(Refusal):
    code = "import_settled"
    status = 409
    words = T(
        en="This upload has already been applied or dropped. Reload the page.",
        zh="这次上传已经采用或放弃。请刷新页面。",
    )


def begin(case: Application, document: Document, *, by: User) -> RosterImport:
    """An import of `document` for a case whose roster may change.

    Raises:
        Locked: the roster cannot be changed now.
    """
    if not unlocked(case).roster():
        raise Locked(what=PEOPLE)
    return RosterImport.objects.create(application=case, document=document, started_by=by)


def read(import_id: int) -> RosterImport:
    """Read the file into staging and say what it would change. Safe to repeat: it starts over."""
    found = RosterImport.objects.select_related("application__round", "document").get(pk=import_id)
    if found.stage not in (Stage.WAITING, Stage.READING):
        return found
    _note(found, stage=Stage.READING, rows_done=0)
    found.rows.all().delete()
    try:
        _stage(found)
    except Refusal as refusal:
        words = refusal.sentence
        _note(found, stage=Stage.FAILED, failure_en=words.en, failure_zh=words.zh, finished_at=timezone.now())
        return found
    _compare(found)
    log.info("roster_read", roster_import=found.pk, rows=found.rows_total, wrong=found.rows_with_errors)
    return found


def _note(found: RosterImport, **values: Any) -> None:
    """Progress that others see at once."""
    for name, value in values.items():
        setattr(found, name, value)
    found.save(update_fields=list(values))


def _stage(found: RosterImport) -> None:
    roster = found.application.declaration.roster
    assert roster is not None
    source = BytesIO(uploads.read(found.document))
    until = timezone.localtime(found.application.round.closes_at).date()
    wrong = 0
    for chunk in read_xlsx(source, roster, file=found.document.filename):
        rows = [_row(found.pk, row, until) for row in chunk.rows]
        wrong += sum(any(not p.warning for p in row.problems) for row in chunk.rows)
        with transaction.atomic(), connection.cursor() as cursor:
            columns = ", ".join(("roster_import_id", "change", *COPIED))
            with cursor.copy(f"COPY workflows_stagedperson ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        _note(found, rows_done=chunk.read, rows_total=chunk.total, rows_with_errors=wrong)


def _row(import_id: int, row: ReadRow, until: date) -> tuple[Any, ...]:
    """A row in the order of the COPY; wrong cells are empty there and stand, sealed, in `raw`."""
    bad = {p.column for p in row.problems if not p.warning}
    facts = person_values({name: None if name in bad else value for name, value in row.values.items()}, until)
    raw = json.dumps({name: row.raw[name] for name in sorted(bad)}, ensure_ascii=False) if bad else ""
    problems = Jsonb([problem_json(p) for p in row.problems if not p.warning])
    number = facts["id_number"] or ""
    index = blind_index(number or row.raw.get("id_number", ""))
    return (
        import_id, "added", row.number, seal(number), index, *(facts[name] for name in FACTS), seal(raw), problems,
    )  # fmt: skip


def problem_json(problem: CellProblem) -> dict[str, Any]:
    """A problem as the row keeps it: no value, that stands sealed in `raw`."""
    return {"column": problem.column, "code": problem.code, "en": problem.words.en, "zh": problem.words.zh}


def person_values(values: dict[str, Any], until: date) -> dict[str, Any]:
    """Typed values of a roster row as the columns of a person; blank text where a choice is missing.

    `until` is the day to which the tenure is counted, in whole months.
    """
    hired_on = date.fromisoformat(values["hired_on"]) if values.get("hired_on") else None
    shares = values.get("shares")
    return {
        **{
            name: values.get(name) or ""
            for name in ("name", "id_kind", "id_number", "post_kind", "post_level")
        },
        **{
            name: values.get(name)
            for name in ("still_employed", "pay_fen", "tax_fen", "first_claimed_year", "other_award")
        },
        "hired_on": hired_on,
        "tenure_months": months_between(hired_on, until) if hired_on else None,
        "shares": Decimal(shares) / 100 if shares not in (None, "") else None,
    }


def months_between(start: date, end: date) -> int:
    """Whole months from `start` to `end`; negative where `end` is earlier.

    >>> months_between(date(2018, 3, 31), date(2019, 3, 30))
    11
    """
    return (end.year - start.year) * 12 + end.month - start.month - (1 if end.day < start.day else 0)


_SAME = " AND ".join(f"s.{name} IS NOT DISTINCT FROM p.{name}" for name in FACTS)


def _compare(found: RosterImport) -> None:
    """Match staged rows with people by number (by position where there is none) and count the difference."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE workflows_stagedperson s SET person_id = p.id,
                   change = CASE WHEN {_SAME} AND s.problems = p.problems AND s.id_index = p.id_index
                                 THEN 'same' ELSE 'changed' END
                 FROM workflows_person p
                WHERE s.roster_import_id = %s AND p.application_id = %s
                  AND CASE WHEN s.id_index <> ''::bytea THEN s.id_index = p.id_index
                           ELSE p.id_index = ''::bytea AND s.position = p.position END
                  AND NOT EXISTS (SELECT 1 FROM workflows_stagedperson twin
                        WHERE twin.roster_import_id = s.roster_import_id AND twin.id_index = s.id_index
                          AND s.id_index <> ''::bytea AND twin.position < s.position)""",  # noqa: S608
            [found.pk, found.application_id],
        )
        cursor.execute(
            """SELECT count(*) FILTER (WHERE change = 'added'), count(*) FILTER (WHERE change = 'changed'),
                      count(*) FILTER (WHERE change = 'same'),
                      (SELECT count(*) FROM workflows_person p WHERE p.application_id = %s AND NOT EXISTS (
                         SELECT 1 FROM workflows_stagedperson m WHERE m.person_id = p.id AND m.roster_import_id = %s))
                 FROM workflows_stagedperson WHERE roster_import_id = %s""",
            [found.application_id, found.pk, found.pk],
        )
        added, changed, same, removed = cursor.fetchone()
        _note(
            found, stage=Stage.READY, rows_added=added, rows_changed=changed, rows_same=same, rows_removed=removed,
            finished_at=timezone.now(),
        )  # fmt: skip


def removed_by(found: RosterImport) -> Any:
    """People who are on the roster now and not in the upload."""
    return found.application.people.exclude(pk__in=found.rows.exclude(person=None).values("person"))


def apply(found: RosterImport) -> RosterImport:
    """Make the roster equal to the upload, in one transaction: added, changed, removed; then decide and count.

    Raises:
        ImportSettled: it was applied or dropped before.
        Locked: the roster cannot be changed any more.
    """
    with transaction.atomic():
        case = Application.objects.select_for_update().get(pk=found.application_id)
        locked = RosterImport.objects.select_for_update().get(pk=found.pk)
        if locked.stage == Stage.APPLIED:
            return locked
        if locked.stage != Stage.READY:
            raise ImportSettled
        if not unlocked(case).roster():
            raise Locked(what=PEOPLE)
        # Others may have edited the roster since the upload was read.
        locked.rows.update(person=None, change="added")
        _compare(locked)
        _write(locked)
        locked.stage = Stage.APPLIED
        locked.save(update_fields=["stage"])
        _answer_points(case)
        redecide([case.pk])
    return locked


def _write(found: RosterImport) -> None:
    changed = ", ".join(f"{name} = s.{name}" for name in COPIED)
    columns = ", ".join(COPIED)
    values = ", ".join(f"s.{name}" for name in COPIED)
    removed = list(removed_by(found).values_list("pk", flat=True))
    _forget(removed)
    statements = (
        # Positions are unique: out of the way first.
        "UPDATE workflows_person SET position = position + 1000000 WHERE application_id = %(case)s",
        f"""UPDATE workflows_person p SET {changed} FROM workflows_stagedperson s
             WHERE s.person_id = p.id AND s.roster_import_id = %(import)s""",  # noqa: S608
        f"""INSERT INTO workflows_person (application_id, {columns}, result, rule, award_fen, released,
                    held_by_hand, frozen, revoked)
            SELECT %(case)s, {values}, '', '', 0, '{{}}', false, false, false FROM workflows_stagedperson s
             WHERE s.roster_import_id = %(import)s AND s.change = 'added'""",  # noqa: S608
    )
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql, {"case": found.application_id, "import": found.pk})


def _forget(people: list[int]) -> None:
    """Remove people from a roster; uploads and points that named them stay."""
    with connection.cursor() as cursor:
        for sql in (
            "UPDATE workflows_stagedperson SET person_id = NULL WHERE person_id = ANY(%s)",
            "UPDATE workflows_correctionpoint SET person_id = NULL WHERE person_id = ANY(%s)",
            "DELETE FROM workflows_person WHERE id = ANY(%s)",
        ):
            cursor.execute(sql, [people])


def drop(found: RosterImport) -> None:
    """Leave the roster as it is; the upload is kept as dropped."""
    RosterImport.objects.filter(pk=found.pk, stage__in=[Stage.WAITING, Stage.READING, Stage.READY]).update(
        stage=Stage.DROPPED, finished_at=timezone.now()
    )


def remove(case: Application, people: Iterable[int]) -> None:
    """Take people off a roster that may change.

    Raises:
        Locked: the roster cannot be changed now.
    """
    with transaction.atomic():
        locked = Application.objects.select_for_update().get(pk=case.pk)
        if not unlocked(locked).roster():
            raise Locked(what=PEOPLE)
        _forget(list(locked.people.filter(pk__in=list(people)).values_list("pk", flat=True)))
        redecide([case.pk])


def _answer_points(case: Application) -> None:
    """A new roster answers the points that asked for it."""
    if case.standing.stops_clock:
        CorrectionPoint.objects.filter(
            application=case, closed_at=None, kind=CorrectionPoint.Kind.ROSTER
        ).update(answered_at=timezone.now())
        recount_points(case.pk)


def all_problems(found: RosterImport) -> Iterator[tuple[int, dict[str, Any]]]:
    """(Excel row, problem) of every wrong cell, in order; streamed."""
    for position, problems in (
        found.rows.exclude(problems=[]).order_by("position").values_list("position", "problems")
    ):
        for problem in problems:
            yield position, problem
