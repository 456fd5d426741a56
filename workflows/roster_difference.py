"""What an upload would change of a roster, and the change itself; set-based, for a hundred thousand rows.

Rows are matched by number, the nth of a number with its nth; where there is no number, by position.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef

from workflows.models import Person, RosterImport
from workflows.roster_rows import COPIED, FACTS

# Positions are unique: rows that move go out of the way first, beyond Excel's last row.
OUT_OF_THE_WAY = 10_000_000
# From so many rows on the tables' statistics are worth their time (a second at most).
MANY = 5_000

_SAME = " AND ".join(f"s.{name} IS NOT DISTINCT FROM p.{name}" for name in FACTS)
_NTH = """SELECT id, id_index, CASE WHEN id_index = ''::bytea THEN position::bigint
            ELSE row_number() OVER (PARTITION BY id_index ORDER BY position) END AS nth"""
# The first roster of a case is added as it was copied; nothing of it has to be looked at.
_COMPARED = """(EXISTS (SELECT FROM workflows_person WHERE application_id = %(case)s)
    OR EXISTS (SELECT FROM workflows_stagedperson WHERE roster_import_id = %(import)s AND change <> 'added'))"""
_MATCH = f"""
WITH mine AS MATERIALIZED ({_NTH} FROM workflows_stagedperson WHERE roster_import_id = %(import)s AND {_COMPARED}),
     theirs AS MATERIALIZED ({_NTH} FROM workflows_person WHERE application_id = %(case)s),
     found AS (
       SELECT s.id, p.id AS person_id,
              CASE WHEN p.id IS NULL THEN 'added' WHEN {_SAME} AND s.problems = p.problems THEN 'same'
                   ELSE 'changed' END AS change
         FROM mine JOIN workflows_stagedperson s ON s.id = mine.id
         LEFT JOIN theirs ON theirs.id_index = mine.id_index AND theirs.nth = mine.nth
         LEFT JOIN workflows_person p ON p.id = theirs.id)
UPDATE workflows_stagedperson s SET person_id = f.person_id, change = f.change
  FROM found f WHERE f.id = s.id AND (s.person_id, s.change) IS DISTINCT FROM (f.person_id, f.change)
"""  # noqa: S608 - names of columns only
_COUNT = """
SELECT count(*) FILTER (WHERE change = 'added'), count(*) FILTER (WHERE change = 'changed'),
       count(*) FILTER (WHERE change = 'same'),
       (SELECT count(*) FROM workflows_person p WHERE p.application_id = %(case)s AND NOT EXISTS (
          SELECT 1 FROM workflows_stagedperson m WHERE m.person_id = p.id AND m.roster_import_id = %(import)s))
  FROM workflows_stagedperson WHERE roster_import_id = %(import)s
"""

_CHANGES = ", ".join(f"{name} = s.{name}" for name in COPIED)
_COLUMNS = ", ".join(COPIED)
_VALUES = ", ".join(f"s.{name}" for name in COPIED)
_WRITE = (
    f"""UPDATE workflows_person p SET position = p.position + {OUT_OF_THE_WAY} FROM workflows_stagedperson s
         WHERE s.person_id = p.id AND p.application_id = %(case)s AND s.roster_import_id = %(import)s
           AND s.position <> p.position""",  # noqa: S608
    # Facts that differ from those a hold was released for have to be looked at again.
    f"""UPDATE workflows_person p SET {_CHANGES},
               released = CASE WHEN s.change = 'changed' THEN '{{}}' ELSE p.released END
          FROM workflows_stagedperson s
         WHERE s.person_id = p.id AND p.application_id = %(case)s AND s.roster_import_id = %(import)s
           AND (s.change = 'changed' OR s.position <> p.position)""",  # noqa: S608
    f"""INSERT INTO workflows_person (application_id, {_COLUMNS}, result, rule, award_fen, released,
                held_by_hand, frozen, revoked)
        SELECT %(case)s, {_VALUES}, '', '', 0, '{{}}', false, false, false FROM workflows_stagedperson s
         WHERE s.roster_import_id = %(import)s AND s.change = 'added' ORDER BY s.position""",  # noqa: S608
)


def match(found: RosterImport) -> tuple[int, int, int, int]:
    """Match staged rows with the people of now; how many are added, changed, the same, removed."""
    params = {"import": found.pk, "case": found.application_id}
    with connection.cursor() as cursor:
        if found.rows_total >= MANY and _compared(cursor, params):
            # Right after so many new rows the planner knows nothing of them.
            cursor.execute(
                "ANALYZE workflows_stagedperson (roster_import_id, id_index, position, person_id, change)"
            )
        cursor.execute(_MATCH, params)
        cursor.execute(_COUNT, params)
        added, changed, same, removed = cursor.fetchone()
    return added, changed, same, removed


def _compared(cursor: Any, params: dict[str, int]) -> bool:
    cursor.execute(f"SELECT {_COMPARED}", params)
    return bool(cursor.fetchone()[0])


def removed_by(found: RosterImport) -> Any:
    """People who are on the roster now and not in the upload."""
    return found.application.people.filter(~Exists(found.rows.filter(person=OuterRef("pk"))))


def write(found: RosterImport) -> None:
    """Make the roster equal to the staged rows, which were matched in this transaction."""
    if found.rows_removed:
        forget(list(removed_by(found).values_list("pk", flat=True)))
    with connection.cursor() as cursor:
        for sql in _WRITE:
            cursor.execute(sql, {"case": found.application_id, "import": found.pk})
        if found.rows_total >= MANY:
            cursor.execute("ANALYZE workflows_person (application_id, id_index, position)")


def forget(people: Sequence[int]) -> None:
    """Take people away from their roster; uploads and points that named them stay."""
    with connection.cursor() as cursor:
        for sql in (
            "UPDATE workflows_stagedperson SET person_id = NULL WHERE person_id = ANY(%s)",
            "UPDATE workflows_correctionpoint SET person_id = NULL WHERE person_id = ANY(%s)",
            "DELETE FROM workflows_person WHERE id = ANY(%s)",
        ):
            cursor.execute(sql, [list(people)])


def next_position(case: int) -> int:
    """The place of a person who is typed in: after the last."""
    last = Person.objects.filter(application=case).order_by("-position").values_list("position", flat=True)
    return (last.first() or 0) + 1
