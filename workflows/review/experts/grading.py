"""A grade from past service, 0 to 100, for everybody in one statement; how it is counted stands on the page."""

from django.db import connection

from accounts.models import Organisation
from config.words import T
from workflows.models import Expert

# What is looked at, over which time, and with how much weight; what there is no case of does not count.
MONTHS = 36
WEIGHTS = {"answered": 30, "came": 30, "in_time": 30, "near": 10}
WORDS = {
    "answered": T("Answered invitations in time", "按时答复邀请"),
    "came": T("Came to the sessions that were confirmed", "确认后到会"),
    "in_time": T("Reviewed in time", "按时提交评分"),
    "near": T(
        "Scores near those of the panel (each point of distance costs four)",
        "评分与专家组接近（每差一分扣四分）",
    ),
}

_PARTS = f"""
WITH since AS (SELECT now() - make_interval(months => {MONTHS}) AS at),
seats AS (
  SELECT s.expert_id,
         avg(CASE WHEN s.answered_at <= s.answer_by THEN 100.0 ELSE 0 END)
             FILTER (WHERE s.answer_by IS NOT NULL AND (s.answered_at IS NOT NULL OR s.answer_by < now())
                     AND s.state <> 'stood_down') AS answered,
         avg(CASE WHEN s.signed_in_at IS NOT NULL THEN 100.0 ELSE 0 END)
             FILTER (WHERE s.state = 'confirmed' AND r.stage IN ('concluded', 'signed')) AS came
    FROM workflows_seat s JOIN workflows_reviewsession r ON r.id = s.session_id, since
   WHERE s.invited_at > since.at GROUP BY 1),
tasks AS (
  SELECT a.expert_id,
         avg(CASE WHEN a.submitted_at <= a.due_at THEN 100.0 ELSE 0 END) AS in_time
    FROM workflows_assignment a, since
   WHERE a.made_at > since.at AND a.due_at IS NOT NULL AND a.abstained_at IS NULL
     AND (a.submitted_at IS NOT NULL OR (a.state = 'standing' AND a.due_at < now())) GROUP BY 1),
latest AS (
  SELECT DISTINCT ON (v.assignment_id) v.assignment_id, a.expert_id, a.application_id,
         (SELECT sum(points::numeric) FROM jsonb_each_text(v.scores) AS given(name, points)) AS total
    FROM workflows_review v JOIN workflows_assignment a ON a.id = v.assignment_id, since
   WHERE v.submitted_at > since.at AND a.state = 'standing'
   ORDER BY v.assignment_id, v.number DESC),
panels AS (
  SELECT expert_id, total, sum(total) OVER panel AS sum, count(total) OVER panel AS n
    FROM latest WHERE total IS NOT NULL WINDOW panel AS (PARTITION BY application_id)),
distances AS (
  SELECT expert_id, greatest(0, 100 - 4 * avg(abs(total - (sum - total) / (n - 1)))) AS near
    FROM panels WHERE n > 1 GROUP BY 1),
parts AS (
  SELECT e.id, s.answered, s.came, t.in_time, d.near
    FROM workflows_expert e LEFT JOIN seats s ON s.expert_id = e.id LEFT JOIN tasks t ON t.expert_id = e.id
         LEFT JOIN distances d ON d.expert_id = e.id)
"""  # noqa: S608 - constants

_SUM = " + ".join(f"coalesce({name} * {weight}, 0)" for name, weight in WEIGHTS.items())
_WEIGHT = " + ".join(f"CASE WHEN {name} IS NULL THEN 0 ELSE {weight} END" for name, weight in WEIGHTS.items())

_REGRADE = f"""{_PARTS}
UPDATE workflows_expert e SET grade = round(({_SUM}) / nullif({_WEIGHT}, 0), 2)
  FROM parts p WHERE p.id = e.id AND e.office_id = %s
   AND e.grade IS DISTINCT FROM round(({_SUM}) / nullif({_WEIGHT}, 0), 2)
"""  # noqa: S608


def regrade(office: Organisation) -> int:
    """Every file of the office has the grade of the last three years; how many changed.

    Raises nothing: who did not serve has none.
    """
    with connection.cursor() as cursor:
        cursor.execute(_REGRADE, [office.pk])
        return int(cursor.rowcount)


def regrade_all() -> int:
    """The same for every office that keeps experts; how many grades changed."""
    return sum(
        regrade(office) for office in Organisation.objects.filter(pk__in=Expert.objects.values("office"))
    )


def parts_of(expert_id: int) -> dict[str, float | None]:
    """What one grade is made of, each 0 to 100, None where there was no case of it."""
    names = list(WEIGHTS)
    with connection.cursor() as cursor:
        cursor.execute(f"{_PARTS} SELECT {', '.join(names)} FROM parts WHERE id = %s", [expert_id])  # noqa: S608
        row = cursor.fetchone()
    return {
        name: None if part is None else float(part)
        for name, part in zip(names, row or [None] * 4, strict=True)
    }
