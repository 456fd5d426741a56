"""Decision: batches with four eyes, public notices, objections, and those to whom nothing is awarded."""

from datetime import date, datetime, timedelta

from workflows import objections
from workflows.demonstration.days import at
from workflows.demonstration.office import BatchTimes
from workflows.demonstration.year_2019.plan import Course
from workflows.demonstration.year_2019.year import Year
from workflows.models import NoticeLine, Objection

RENAMED = "单位名称变更尚在办理，待变更完成后列入下一批。"
STATEMENT = "据了解此人公示前已离开该单位，请予核实。"
ANSWERS = {
    "upheld": "经核查社保记录，该人员已于公示前离职，异议成立，取消奖励。",
    "dismissed": "经核查社保与考勤记录，该人员仍在岗，异议不成立。",
}


def decide(year: Year, slot: int) -> None:
    """The batch of a slot, from consolidation to the end of its notice."""
    day, next_day = year.consolidated_on(slot), year.days.after(year.consolidated_on(slot), 1)
    for course in year.plan.courses:
        if course.denied and course.slot == slot:
            year.step(at(next_day, 15, 10), "deny", [course], year.cast.official, course.denied)
    eligible = [c for c in year.plan.courses if c.intake != "refuse" and not c.denied]
    mine = [c for c in eligible if c.batch_slot == slot]
    if not mine:
        return
    leaving = [c for c in eligible if c.taken_out and c.slot == slot]
    year.replay.on(at(day, 15, 30), lambda _: _open(year, day, mine + leaving))
    for course in leaving:
        year.step(at(next_day, 9, 15), "take_out", [course], year.cast.official, RENAMED)
    released = year.released_on(slot)
    year.office.end_notices(at(year.days.after(released, 5) + timedelta(days=1), 0, 5))
    for course in mine:
        if course.objection:
            _object(year, course, released)


def _open(year: Year, day: date, courses: list[Course]) -> None:
    verified, approved, released = (year.days.after(day, n) for n in (1, 2, 3))
    times = BatchTimes(
        at(day, 15, 31), at(day, 16, 45), at(verified, 10, 20), at(approved, 9, 40), at(released, 9, 5)
    )
    year.office.batch(year.ids(courses), times)


def _object(year: Year, course: Course, released: date) -> None:
    """Received on the second day of the notice, answered six working days later."""
    claim = year.claim_of(course)

    def receive(now: datetime) -> None:
        objections.object_to(
            NoticeLine.objects.filter(application=claim.id).order_by("person__position")[0],
            name="周示例", contact="13800009999", statement=STATEMENT, key=f"demo:objection:{claim.id}", at=now,
        )  # fmt: skip

    def answer(now: datetime) -> None:
        objections.decide_objection(
            Objection.objects.get(line__application=claim.id), verdict=course.objection,
            answer=ANSWERS[course.objection], actor=year.cast.official, key=f"demo:answer:{claim.id}", at=now,
        )  # fmt: skip

    year.replay.on(at(year.days.after(released, 2), 15, 45), receive)
    year.replay.on(at(year.days.after(released, 8), 10, 30), answer)
