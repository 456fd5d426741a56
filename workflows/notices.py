"""Public notice: publishing the frozen, masked list, and ending it when its days are over."""

import hashlib
from datetime import date, datetime, time

from django.db import connection, transaction
from django.db.models import QuerySet

from accounts.models import User
from config.errors import Refusal
from config.words import T
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


class NoticeNotWhole(Refusal):
    code = "notice_not_whole"
    status = 409
    words = T(
        en="The notice of batch {number} is withdrawn or shown again as a whole, on its own page.",
        zh="批次 {number} 的公示只能在公示页面整体撤回或重新发布。",
    )


def withdraw(move: Move) -> None:
    """Effect: the notice of these cases is taken down before its end; nothing goes on until it is shown again.

    Raises:
        NoticeNotWhole: some of its cases that are on notice are not among them.
    """
    notice = _whole(move)
    notice.withdrawn_at, notice.withdrawn_by, notice.withdrawn_reason = move.at, move.actor, move.reason[:500]
    notice.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    Application.objects.filter(pk__any=move.ids).update(notice_ends_on=None)
    move.found |= {"notice": notice.pk, "sha256": notice.sha256, "shown_from": notice.shown_from.isoformat()}


def show_again(move: Move) -> None:
    """Effect: the same frozen list is on show once more, for a whole period that begins anew.

    Raises:
        NoticeNotWhole: some of its cases that are on notice are not among them.
    """
    notice, rule = _whole(move), move.programme.notice
    assert rule is not None
    notice.starts_on, notice.ends_on = period(rule, move.on, notice.batch.authority_id)
    notice.shown_from, notice.shown_until = move.at, datetime.combine(notice.ends_on, time.max, tzinfo=HERE)
    notice.released_by, notice.released_at = move.actor, move.at
    notice.withdrawn_at, notice.withdrawn_by, notice.withdrawn_reason = None, None, ""
    notice.save()
    Application.objects.filter(pk__any=move.ids).update(notice_ends_on=notice.ends_on)
    move.found |= {"notice": notice.pk, "sha256": notice.sha256}


def _whole(move: Move) -> Notice:
    """The notice of these cases, locked, where they are all of its cases that are still on notice."""
    cases = Application.objects.filter(pk__any=move.ids)
    found = Notice.objects.select_for_update(of=("self",)).select_related("batch")
    notice = found.get(batch=cases.order_by().values("batch").distinct()[:1])
    of_batch = Application.objects.filter(
        batch=notice.batch_id, state__in=[str(s) for s in move.step.sources]
    )
    if of_batch.exclude(pk__in=cases.values("pk")).exists() or cases.exclude(batch=notice.batch_id).exists():
        raise NoticeNotWhole(number=notice.batch.number)
    return notice


def change(
    notice: Notice, step: str, *, by: User, key: str, reason: str = "", at: datetime | None = None
) -> None:
    """`withdraw_notice` with its reason, or `show_notice_again`, for every case that is on notice with it.

    Raises:
        NothingOnNotice: all of its cases have gone on.
        Blocked, ReasonMissing: it cannot be done.
    """
    declared = notice.batch.round.declaration
    sources = [str(state) for state in declared.steps["end_notice"].sources]
    cases = list(
        Application.objects.filter(batch=notice.batch_id, state__in=sources).values_list("pk", flat=True)
    )
    if not cases:
        raise NothingOnNotice(number=notice.batch.number)
    perform(step, cases, actor=by, key=key, reason=reason, at=at)


class NothingOnNotice(Refusal):
    code = "nothing_on_notice"
    status = 409
    words = T(
        en="The cases of batch {number} are no longer on notice.", zh="批次 {number} 的事项已不在公示中。"
    )


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
