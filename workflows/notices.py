"""Public notice: publishing the frozen, masked list, and ending it when its days are over."""

import hashlib
from datetime import date, datetime, time

from django.db import connection, transaction
from django.db.models import QuerySet

from accounts.models import User
from workflows.engine import clock
from workflows.engine.calendar_days import hold_the_calendar
from workflows.engine.chosen import are
from workflows.engine.clock import HERE
from workflows.engine.deadlines import region_of, working_days_after
from workflows.engine.declare import NoticeRule
from workflows.engine.perform import Move, perform
from workflows.models import Application, Notice, NoticeLine

_LINES = """
INSERT INTO workflows_noticeline
       (notice_id, position, application_id, person_id, employer_name, person_name, category, id_tail)
SELECT %(notice)s, row_number() OVER (ORDER BY o.name, p.application_id, p.position),
       p.application_id, p.id, o.name, p.name, p.post_level, ''
  FROM workflows_person p
  JOIN workflows_application a ON a.id = p.application_id
  JOIN accounts_organisation o ON o.id = a.applicant_id
 WHERE {are} AND p.result = 'granted' AND NOT p.revoked
"""
_CASES = """
INSERT INTO workflows_noticeline
       (notice_id, position, application_id, person_id, employer_name, person_name, category, id_tail)
SELECT %(notice)s, row_number() OVER (ORDER BY o.name, a.id), a.id, NULL, o.name, '', '', ''
  FROM workflows_application a JOIN accounts_organisation o ON o.id = a.applicant_id
 WHERE {are}
"""


def publish(move: Move) -> None:
    """Effect: one notice with one line per granted person: name, employer, category, nothing else.

    Without a roster it is one line per case, with the name of the applicant alone.

    The last four of a number stand only between namesakes of one employer. The lines are hashed as shown.
    """
    rule = move.programme.notice
    assert rule is not None
    ((batch_id, authority),) = (
        Application.objects.filter(pk__any=move.ids).values_list("batch", "authority").distinct().order_by()
    )
    starts_on, ends_on = period(rule, move.on, authority)
    notice = Notice.objects.create(
        batch_id=batch_id,
        starts_on=starts_on,
        ends_on=ends_on,
        shown_from=move.at,
        shown_until=datetime.combine(ends_on, time.max, tzinfo=HERE),
        released_by=move.actor,
        released_at=move.at,
        sha256="",
    )
    with connection.cursor() as cursor:
        lines = _LINES if move.programme.roster is not None else _CASES
        cursor.execute(lines.format(are=are("a.id", move.ids)), {"notice": notice.pk, **move.ids.parameters})
    if move.programme.roster is not None:
        _tell_namesakes_apart(notice)
    notice.sha256 = lines_sha256(notice)
    notice.save(update_fields=["sha256"])
    Application.objects.filter(pk__any=move.ids).update(notice_ends_on=ends_on)
    move.found["notice"] = notice.pk
    move.found["sha256"] = notice.sha256


def period(rule: NoticeRule, on: date, authority: int) -> tuple[date, date]:
    """First and last day of a notice released on that day, by the calendar of its authority."""
    region = region_of(authority)
    starts_on = on if rule.counts_first_day else working_days_after(on, 1, region=region)
    return starts_on, working_days_after(on, rule.days, counting_start=rule.counts_first_day, region=region)


def _tell_namesakes_apart(notice: Notice) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT l.id FROM workflows_noticeline l JOIN (
                 SELECT application_id, person_name FROM workflows_noticeline WHERE notice_id = %s
                 GROUP BY 1, 2 HAVING count(*) > 1) twice USING (application_id, person_name) WHERE l.notice_id = %s""",
            [notice.pk, notice.pk],
        )
        ids = [pk for (pk,) in cursor.fetchall()]
    lines = list(NoticeLine.objects.filter(pk__in=ids).select_related("person"))
    for line in lines:
        line.id_tail = line.person.id_number[-4:] if line.person else ""
    NoticeLine.objects.bulk_update(lines, ["id_tail"])


def lines_sha256(notice: Notice) -> str:
    """SHA-256 over the lines as the public reads them, tab-separated, in order."""
    rows = notice.lines.order_by("position").values_list(
        "position", "employer_name", "person_name", "category", "id_tail"
    )
    return hashlib.sha256("\n".join("\t".join(map(str, row)) for row in rows.iterator()).encode()).hexdigest()


def end_due(at: datetime | None = None) -> int:
    """End every notice whose last day is over by `at` (the database's now); returns the number of cases that
    went on. A case that somebody works on at this moment, or that another sweep takes, is passed over."""
    today = clock.day_of(at or clock.now())
    over = Application.objects.filter(state="noticed", notice_ends_on__lt=today)
    batches = list(over.values_list("batch", flat=True).distinct().order_by("batch"))
    return sum(_end(over.filter(batch=batch), batch, at) for batch in batches)


@transaction.atomic
def _end(over: QuerySet[Application], batch: int | None, at: datetime | None) -> int:
    hold_the_calendar()
    free = over.select_for_update(of=("self",), skip_locked=True).order_by("pk")
    ids = list(free.values_list("pk", flat=True))
    if ids:
        key = f"end-notice:{batch}:{ids[0]}-{len(ids)}"
        perform("end_notice", ids, actor=User.objects.system(), key=key, at=at)
    return len(ids)
