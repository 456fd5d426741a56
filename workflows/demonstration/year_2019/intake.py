"""Intake: drafts, submission, acceptance, correction, refusal, and the preliminary check."""

from collections import defaultdict
from datetime import date, datetime

from workflows.demonstration import cases
from workflows.demonstration.cases import Claim, ids
from workflows.demonstration.days import at
from workflows.demonstration.replay import act
from workflows.demonstration.year_2019.plan import Course
from workflows.demonstration.year_2019.year import Year
from workflows.lapses import lapse_due
from workflows.models import Application, Person

ASKED_FOR = (
    {
        "kind": "paper",
        "target": "tax_certificate",
        "words": "请上传汇算清缴后的完税证明，现有文件为预缴证明。",
    },
    {"kind": "field", "target": "bank_name", "words": "开户银行请写到支行。"},
)
TWICE = "名单末行人员同时出现在另一单位的申报中，请核对；非本单位人员请移出名单。"
BRANCH = "申报主体为分支机构，不具备独立法人资格，请由总部申报。"
INCOMPLETE = "名单有遗漏，重新申报。"


def begin(year: Year) -> None:
    """Every draft, as its employer filled it in before the day on which it is submitted, and what follows."""
    for course in year.plan.courses:
        year.claims[course.firm.ordinal] = year.new_claim(course, course.submitted_on)
    for course in year.plan.courses:
        _share(year, course)
    cases.prepare(year.round, list(year.claims.values()), year.press)
    for course in year.plan.courses:
        _submit(year, course)
    _accept_and_examine(year)


def _share(year: Year, course: Course) -> None:
    """Put the person whom two employers claim on the second roster too, as its last row."""
    if course.moved_from:
        left = dict(course.people[0].facts, still_employed=False)
        year.claim_of(course.moved_from).people.append(left)
    if course.twice_with:
        year.claim_of(course).people.append(dict(course.twice_with.people[0].facts))


def _submit(year: Year, course: Course) -> None:
    claim, random = year.claim_of(course), year.plan.random
    moment = at(course.submitted_on, random.choice((9, 10, 11, 14, 15, 16, 17)), 0, random)
    year.replay.step(moment, "submit", ids(claim), claim.by)
    match course.intake:
        case "refuse":
            refused = at(year.days.after(course.submitted_on, 3), 15, 20)
            year.replay.step(refused, "refuse", ids(claim), year.cast.clerk, reason=BRANCH)
        case "correct":
            _correct(year, course, claim)
        case "again":
            _hand_in_again(year, course, claim)


def _correct(year: Year, course: Course, claim: Claim) -> None:
    """Asked on the second day, answered two days later; the clock stands still between."""
    asked = at(year.days.after(course.submitted_on, 2), 14, 5, year.plan.random)
    answered = at(year.days.after(course.submitted_on, 4), 11, 0, year.plan.random)
    points = [{"kind": "roster", "words": TWICE}] if course.twice_with else list(ASKED_FOR)
    year.replay.step(asked, "ask_correction", ids(claim), year.cast.second_clerk, data={"points": points})

    def answer(now: datetime) -> None:
        if course.twice_with:
            last = Person.objects.filter(application=claim.id).order_by("-position")[:1]
            Person.objects.filter(pk__in=last.values("pk")).delete()
        else:
            cases.replace_paper(claim, "tax_certificate", now, year.press)
            case = Application.objects.get(pk=claim.id)
            branch = case.answers["bank_name"] + "营业部"
            Application.objects.filter(pk=claim.id).update(answers={**case.answers, "bank_name": branch})
        cases.answer_all(claim, "已按要求更正。", now)
        act("resubmit", [claim.id], claim.by, now)

    year.replay.on(answered, answer)


def _hand_in_again(year: Year, course: Course, claim: Claim) -> None:
    """Withdrawn on the next morning, handed in anew a day later."""
    withdrawn = at(year.days.after(course.submitted_on, 1), 9, 10)
    year.replay.step(withdrawn, "withdraw", ids(claim), claim.by, reason=INCOMPLETE)
    again_on = year.days.after(course.submitted_on, 2)

    def again(now: datetime) -> None:
        fresh = year.new_claim(course, again_on)
        fresh.answers = claim.answers
        cases.prepare(year.round, [fresh], year.press)
        year.claims[course.firm.ordinal] = fresh
        act("submit", [fresh.id], fresh.by, now)

    year.replay.on(at(again_on, 16, 25), again)


def _accept_and_examine(year: Year) -> None:
    accepted: dict[date, list[Course]] = defaultdict(list)
    examined: dict[date, list[Course]] = defaultdict(list)
    for course in year.plan.courses:
        if course.intake == "refuse":
            continue
        if course.intake != "lapse":
            accepted[course.accepted_on].append(course)
        late = course.is_late or course.moved_from or course.twice_with
        after = 9 if late else year.plan.random.choice((6, 7, 8, 9))
        examined[year.days.after(course.accepted_on, after)].append(course)
    for day, courses in accepted.items():
        year.step(at(day, 10, 15, year.plan.random), "accept", courses, year.clerk_on(day))
    for day, courses in examined.items():
        year.step(at(day, 9, 35, year.plan.random), "examine", courses, year.clerk_on(day))
    lapsed = next(c for c in year.plan.courses if c.intake == "lapse")
    # The night in which the fifth working day is over: the same sweep as every night.
    year.replay.on(at(lapsed.accepted_on, 0, 10), lapse_due)
