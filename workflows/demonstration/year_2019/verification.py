"""Joint verification: the tax record, holds that are released, and declarations that are corrected."""

from collections import defaultdict
from datetime import date, datetime

from workflows.demonstration import cases
from workflows.demonstration.days import at
from workflows.demonstration.replay import act
from workflows.demonstration.year_2019.plan import Course
from workflows.demonstration.year_2019.year import Year
from workflows.models import Person

MOVED = "该人员年内由另一单位转入，原单位名单中已按离职处理，由本单位申报，准予继续。"
EXPLAINED = "差额系汇算清缴退税，申报单位已提供退税凭证，按申报税额计算。"
DIFFERS = "申报税额与税务记录不符，请核对后按完税证明更正。"


def verify(year: Year, slot: int) -> None:
    """A slot is compared with the tax record, and finished within the four days before its batch."""
    mine = [c for c in year.plan.courses if c.slot == slot and c.intake != "refuse"]
    if not mine:
        return
    end, after = year.end_of(slot), year.days.after
    year.replay.on(at(after(end, 9), 15, 0), lambda now: _compare(year, mine, now))
    for course in mine:
        if course.moved_from:
            _release(year, course, 0, at(after(end, 10), 9, 50), MOVED)
        for who in sorted(course.differing):
            if who in course.released:
                _release(year, course, who, at(after(end, 10), 11, 20), EXPLAINED)
            else:
                _correct(year, course, who, end)
    finished: dict[date, list[Course]] = defaultdict(list)
    for course in mine:
        finished[after(end, 18 if course.is_late else 11 + course.firm.ordinal % 4)].append(course)
    for day, courses in finished.items():
        year.step(at(day, 10, 40, year.plan.random), "verify", courses, year.clerk_on(day))


def _compare(year: Year, mine: list[Course], now: datetime) -> None:
    records: dict[int, int] = {}
    for course in mine:
        people = year.people_of(course)
        records |= {people[who]: tax_fen for who, tax_fen in course.differing.items()}
    year.office.compare(now, year.ids(mine), records)


def _release(year: Year, course: Course, who: int, when: datetime, reason: str) -> None:
    def release(now: datetime) -> None:
        data = {"person": year.people_of(course)[who]}
        act("release_hold", year.ids([course]), year.cast.clerk, now, reason=reason, data=data)

    year.replay.on(when, release)


def _correct(year: Year, course: Course, who: int, end: date) -> None:
    """The employer is asked about one person, and puts the record's tax in place of what it had declared."""
    claim = year.claim_of(course)

    def ask(now: datetime) -> None:
        point = {"kind": "person", "person": year.people_of(course)[who], "words": DIFFERS}
        act("ask_correction", [claim.id], year.cast.clerk, now, data={"points": [point]})

    def answer(now: datetime) -> None:
        Person.objects.filter(pk=year.people_of(course)[who]).update(tax_fen=course.differing[who])
        cases.answer_all(claim, "已按完税证明更正税额。", now)
        act("resubmit", [claim.id], claim.by, now)

    answered_on = year.days.after(end, 12 + course.firm.ordinal % 3)
    year.replay.on(at(year.days.after(end, 10), 16, 5, year.plan.random), ask)
    year.replay.on(at(answered_on, 14, 30, year.plan.random), answer)
