"""The facts that guards need, kept on the application in the transaction of their cause."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db import connection

from workflows.engine.chosen import Chosen, are, chosen
from workflows.programmes import registry

_ROSTER = """
UPDATE workflows_application a SET
    rows_total = f.total, rows_with_errors = f.wrong, rows_granted = f.granted, rows_refused = f.refused,
    rows_held = f.held, rows_in_dispute = f.dispute, rows_uncompared = f.uncompared, rows_frozen = f.frozen,
    amount_fen = f.amount, paid_fen = COALESCE(paid.amount, 0)
  FROM (
    SELECT chosen.id,
        count(p.id) AS total,
        count(p.id) FILTER (WHERE p.problems <> '[]'::jsonb) AS wrong,
        count(p.id) FILTER (WHERE p.result = 'granted' AND NOT p.revoked) AS granted,
        count(p.id) FILTER (WHERE p.result = 'refused' OR p.revoked) AS refused,
        count(p.id) FILTER (WHERE p.result = 'held') AS held,
        count(p.id) FILTER (WHERE p.compared_at IS NOT NULL AND p.tax_fen IS DISTINCT FROM p.record_tax_fen
                              AND NOT 'H02' = ANY(p.released)) AS dispute,
        count(p.id) FILTER (WHERE p.compared_at IS NULL AND p.result <> 'refused') AS uncompared,
        count(p.id) FILTER (WHERE p.frozen) AS frozen,
        COALESCE(sum(p.award_fen) FILTER (WHERE p.result = 'granted' AND NOT p.revoked), 0) AS amount
      FROM workflows_application chosen LEFT JOIN workflows_person p ON p.application_id = chosen.id
     WHERE {are}
     GROUP BY chosen.id
  ) f
  LEFT JOIN LATERAL (SELECT sum(l.amount_fen) AS amount FROM workflows_paymentline l
      WHERE l.application_id = f.id AND l.state = 'paid') paid ON true
 WHERE a.id = f.id AND NOT a.programme = ANY(%(alone)s)
"""
# Without a roster the case itself is granted, refused by an objection that was upheld, or frozen by an open one.
_ALONE = """
UPDATE workflows_application a SET
    rows_granted = (objected.upheld = 0 AND (a.amount_fen > 0 OR NOT a.programme = ANY(%(amounts)s)))::int,
    rows_refused = (objected.upheld > 0)::int, rows_frozen = (objected.open > 0)::int,
    paid_fen = COALESCE(paid.amount, 0)
  FROM workflows_application chosen
  LEFT JOIN LATERAL (SELECT sum(l.amount_fen) AS amount FROM workflows_paymentline l
      WHERE l.application_id = chosen.id AND l.state = 'paid') paid ON true
  LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE o.state = 'upheld') AS upheld,
                            count(*) FILTER (WHERE o.state = 'received') AS open
      FROM workflows_objection o JOIN workflows_noticeline n ON n.id = o.line_id
     WHERE n.application_id = chosen.id) objected ON true
 WHERE a.id = chosen.id AND {are} AND a.programme = ANY(%(alone)s)
"""


def recount_people(cases: Iterable[int] | Chosen, *, of: Collection[str] | None = None) -> None:
    """Bring the roster's and the payments' facts of `cases` up to date; one statement for any number.

    Args:
        of: the programmes that they are of, where that is known: it saves a statement.
    """
    alone = [slug for slug, programme in registry().items() if programme.roster is None]
    amounts = [slug for slug in alone if registry()[slug].amount is not None]
    ids = chosen(cases)
    params: dict[str, Any] = {**ids.parameters, "alone": alone, "amounts": amounts}
    with connection.cursor() as cursor:
        if of is None or not set(of) <= set(alone):
            cursor.execute(_ROSTER.format(are=are("chosen.id", ids)), params)
        if alone if of is None else set(of) & set(alone):
            cursor.execute(_ALONE.format(are=are("chosen.id", ids)), params)
