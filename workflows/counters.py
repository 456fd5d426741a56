"""Counts of cases by state, kept by a trigger as sums of differences: read, folded, proven, mended.

Every statement that changes applications appends what it changed (`CaseCount`), so that two transactions
never wait for one another's counter; the sum over the rows is exact in every snapshot.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection

KEYS = "programme, round_id, handler_id, authority_id, state, numbered"
SUMS = ("cases", "people", "granted", "amount_fen", "paid_fen")

# What the counters must say, from the rows themselves.
COUNTED = """
SELECT programme, round_id, handler_id, authority_id, state, number IS NOT NULL AS numbered, count(*) AS cases,
       sum(rows_total) AS people, sum(rows_granted) AS granted, sum(amount_fen) AS amount_fen, sum(paid_fen) AS paid_fen
  FROM workflows_application GROUP BY 1, 2, 3, 4, 5, 6
"""

_SUMMED = ", ".join(f"sum({name})::bigint AS {name}" for name in SUMS)
_NOT_NOTHING = " OR ".join(f"sum({name}) <> 0" for name in SUMS)
_COLUMNS = f"{KEYS}, {', '.join(SUMS)}"

# Rows minus counters: nothing where they agree.
_DRIFT = f"""
SELECT {KEYS}, {_SUMMED} FROM (
    SELECT {_COLUMNS} FROM ({COUNTED}) counted
    UNION ALL SELECT {KEYS}, {", ".join(f"-{name}" for name in SUMS)} FROM workflows_casecount
) both_sides GROUP BY {KEYS} HAVING {_NOT_NOTHING}
"""  # noqa: S608 - constants

_MEND = f"INSERT INTO workflows_casecount ({_COLUMNS}) {_DRIFT} RETURNING {_COLUMNS}"

_FOLD = f"""
WITH crowded AS (SELECT {KEYS} FROM workflows_casecount GROUP BY {KEYS} HAVING count(*) > 1),
     taken AS (SELECT c.id FROM workflows_casecount c JOIN crowded USING ({KEYS}) FOR UPDATE OF c SKIP LOCKED),
     gone AS (DELETE FROM workflows_casecount WHERE id IN (SELECT id FROM taken) RETURNING *),
     kept AS (INSERT INTO workflows_casecount ({_COLUMNS})
              SELECT {KEYS}, {_SUMMED} FROM gone GROUP BY {KEYS} HAVING {_NOT_NOTHING})
SELECT count(*) FROM gone
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Drift:
    """One place where the counters differ from the rows: rows minus counters."""

    programme: str
    round: int
    handler: int
    authority: int
    state: str
    numbered: bool
    cases: int
    people: int
    granted: int
    amount_fen: int
    paid_fen: int


def fold() -> int:
    """Join the rows of one place into one, so that reading stays short; returns how many were joined.

    Rows that another fold is at are left to it; nobody who counts or reads ever waits.
    """
    return int(_rows(_FOLD)[0][0])


def drifts() -> list[Drift]:
    """Where the counters differ from GROUP BY over the applications, in one snapshot."""
    return [Drift(*row) for row in _rows(_DRIFT)]


def recount() -> list[Drift]:
    """Make the counters equal to the rows; returns what was added.

    Appends the difference of one snapshot, and so may run while others work: what they change meanwhile
    is in their own rows.
    """
    return [Drift(*row) for row in _rows(_MEND)]


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
