"""What finding every conflict of interest costs: 6,000 experts × 2,800 cases in one statement.

    python -m benchmarks.conflicts [--experts 6000] [--cases 2800]

Each expert has three posts (one in three within a group), a relative, an identity; each case its firm, with a group for
each ten, a person on its roster, and an exclusion for every fourth. A year of reviews lies behind them. The bare floor
is the insert of as many ready rows, by INSERT … SELECT. Prints JSON.
"""

import argparse
import os
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connection  # noqa: E402

from accounts.sealing import blind_index  # noqa: E402
from benchmarks import world  # noqa: E402
from benchmarks.lines import Line, at, over, told  # noqa: E402
from benchmarks.scratch import scratch, statements  # noqa: E402
from workflows.models import Conflict, Expert  # noqa: E402
from workflows.review.recusal.finding import find_conflicts  # noqa: E402

PEER_S = 2 * 3600.0

_POSTS = """
INSERT INTO workflows_expertpost (expert_id, kind, organisation, credit_code, group_code, from_on, until_on)
SELECT e.id, (ARRAY['employed', 'director', 'shareholder'])[n], '单位' || (e.id * 7 + n * 131) %% %(firms)s,
       'C' || (e.id * 7 + n * 131) %% %(firms)s,
       CASE WHEN n = 1 THEN 'G' || ((e.id * 7 + n * 131) %% %(firms)s) / 10 ELSE '' END, '2015-01-01',
       CASE WHEN n = 2 THEN current_date - (e.id %% 3000)::int END
  FROM workflows_expert e CROSS JOIN generate_series(1, 3) n"""
_STATEMENTS = (
    _POSTS,
    """INSERT INTO workflows_expertrelation (expert_id, kin, relative, relative_index, organisation,
              credit_code, position)
       SELECT id, 'spouse', ''::bytea, ''::bytea, '单位', 'C' || (id * 13) %% %(firms)s, '' FROM workflows_expert""",
    """UPDATE accounts_organisation o SET credit_code = 'C' || a.n, group_code = 'G' || a.n / 10
         FROM (SELECT applicant_id, row_number() OVER (ORDER BY id) - 1 AS n FROM workflows_application) a
        WHERE o.id = a.applicant_id""",
    """INSERT INTO workflows_excludedexpert (application_id, name, organisation, credit_code, reason,
              added_by_id, added_at)
       SELECT a.id, '专家' || a.id, '', 'C' || (a.id * 3) %% %(firms)s, '竞争', a.created_by_id, now()
         FROM workflows_application a WHERE a.id %% 4 = 0""",
    """INSERT INTO workflows_assignment (expert_id, application_id, state, made_by_id, made_at,
              submitted_at, ended_reason)
       SELECT e.id, a.id, 'ended', a.created_by_id, now(), now() - interval '200 days', ''
         FROM workflows_application a JOIN workflows_expert e ON e.id %% 700 = a.id %% 700 WHERE a.id %% 40 = 0""",
    "ANALYZE",
)


def measure(experts: int, cases: int) -> Line:
    """The statement, at first and when everything is found already."""
    with scratch("conflicts"):
        at(f"{experts:,} experts and {cases:,} cases")
        made = world.make(cases, people=True, trail=False)
        Expert.objects.bulk_create(
            Expert(
                code=f"E{n}", office_id=made.round.handler_id, name=f"专家{n}", email=f"e{n}@example.test",
                status=Expert.Status.ENROLLED, id_index=blind_index(f"E{n}"),
            )
            for n in range(1, experts + 1)
        )  # fmt: skip
        with connection.cursor() as cursor:
            for sql in _STATEMENTS:
                cursor.execute(sql, {"firms": cases})
        ids = made.ids()
        at("finding")
        began = time.perf_counter()
        sent = statements(lambda: find_conflicts(ids))
        ours = time.perf_counter() - began
        found = Conflict.objects.count()
        by_rule = sorted(set(Conflict.objects.values_list("rule", flat=True)))
        began = time.perf_counter()
        if find_conflicts(ids):
            raise SystemExit("what was found once was found again")
        again = time.perf_counter() - began
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE ready AS SELECT * FROM workflows_conflict")
            cursor.execute("DELETE FROM workflows_conflict")
            began = time.perf_counter()
            cursor.execute("INSERT INTO workflows_conflict SELECT * FROM ready")
            floor = time.perf_counter() - began
    return Line(
        f"conflicts {experts:,} × {cases:,}", ours, floor, PEER_S, over(ours, floor), None, sent,
        "seconds, one statement", ours < 10 and found > 0,
        f"{found:,} found by {', '.join(by_rule)}; again, with nothing new: {again:.2f} s",
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--experts", type=int, default=6000)
    parser.add_argument("--cases", type=int, default=2800)
    given = parser.parse_args()
    told([measure(given.experts, given.cases)])


if __name__ == "__main__":
    main()
