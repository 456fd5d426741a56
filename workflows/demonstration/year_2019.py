"""The year 2019 as it went: every employer's way from draft to closed, played in the order of its days."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

from accounts.models import Organisation, User
from workflows import drafts, objections
from workflows.demonstration import cases
from workflows.demonstration.cases import Claim, ids
from workflows.demonstration.cast import Cast, ensure_employers
from workflows.demonstration.days import Days, at
from workflows.demonstration.office import BatchTimes, Office
from workflows.demonstration.papers import Press, Wanted
from workflows.demonstration.plan_2019 import CLOSES_ON, OPENS_ON, SLOT_DAYS, Course, Plan, plan
from workflows.demonstration.replay import Replay, act
from workflows.lapses import lapse_due
from workflows.models import Application, NoticeLine, Objection, Person, Round

YEAR = 2019
ASKED_FOR = (
    {
        "kind": "paper",
        "target": "tax_certificate",
        "words": "请上传汇算清缴后的完税证明，现有文件为预缴证明。",
    },
    {"kind": "field", "target": "bank_name", "words": "开户银行请写到支行。"},
)
TWICE = "名单末行人员同时出现在另一单位的申报中，请核对；非本单位人员请移出名单。"
MOVED = "该人员年内由另一单位转入，原单位名单中已按离职处理，由本单位申报，准予继续。"
EXPLAINED = "差额系汇算清缴退税，申报单位已提供退税凭证，按申报税额计算。"
DIFFERS = "申报税额与税务记录不符，请核对后按完税证明更正。"


@dataclass
class Year:
    """The acts of 2019, put on the agenda of a replay."""

    replay: Replay
    round: Round
    cast: Cast
    days: Days
    plan: Plan
    employers: dict[int, tuple[Organisation, User]]
    press: Press
    claims: dict[int, Claim] = field(default_factory=dict)
    paid: set[int] = field(default_factory=set)

    @property
    def office(self) -> Office:
        return Office(self.replay, self.round, self.cast)

    def ids(self, courses: list[Course]) -> list[int]:
        return sorted(self.claims[course.firm.ordinal].id for course in courses)

    # ── the employers

    def prepare(self) -> None:
        """Every draft, as its employer filled it in on the days before it was submitted."""
        for course in self.plan.courses:
            self.claims[course.firm.ordinal] = self._claim(course, course.submitted_on)
        for course in self.plan.courses:
            self._share(course)
        cases.prepare(self.round, list(self.claims.values()), self.press)

    def _claim(self, course: Course, day: date) -> Claim:
        firm, owner = self.employers[course.firm.ordinal]
        return Claim(
            firm=firm, by=owner, people=[person.facts for person in course.people],
            started_at=at(self.days.before(day, 1), 10, 0, self.plan.random),
            answers=cases.answers(firm, owner, self.plan.identities),
        )  # fmt: skip

    def _share(self, course: Course) -> None:
        """Put the person whom two employers claim on the second roster too, as its last row."""
        if course.moved_from:
            left = dict(course.people[0].facts, still_employed=False)
            self.claims[course.moved_from.firm.ordinal].people.append(left)
        if course.twice_with:
            self.claims[course.firm.ordinal].people.append(dict(course.twice_with.people[0].facts))

    # ── intake

    def submit(self, course: Course) -> None:
        claim, random = self.claims[course.firm.ordinal], self.plan.random
        moment = at(course.submitted_on, random.choice((9, 10, 11, 14, 15, 16, 17)), 0, random)
        self.replay.step(moment, "submit", ids(claim), claim.by)
        match course.intake:
            case "refuse":
                self.replay.step(
                    at(self.days.after(course.submitted_on, 3), 15, 20), "refuse", ids(claim), self.cast.clerk,
                    reason="申报主体为分支机构，不具备独立法人资格，请由总部申报。",
                )  # fmt: skip
            case "correct":
                self._correct_at_intake(course, claim)
            case "again":
                self._hand_in_again(course, claim)

    def _correct_at_intake(self, course: Course, claim: Claim) -> None:
        """Asked on the second day, answered two days later; the clock stands still between."""
        asked = at(self.days.after(course.submitted_on, 2), 14, 5, self.plan.random)
        answered = at(self.days.after(course.submitted_on, 4), 11, 0, self.plan.random)
        points = [{"kind": "roster", "words": TWICE}] if course.twice_with else list(ASKED_FOR)
        self.replay.step(asked, "ask_correction", ids(claim), self.cast.second_clerk, data={"points": points})

        def answer(now: datetime) -> None:
            if course.twice_with:
                last = Person.objects.filter(application=claim.id).order_by("-position")[:1]
                Person.objects.filter(pk__in=last.values("pk")).delete()
            else:
                cases.replace_paper(claim, "tax_certificate", now, self.press)
                case = Application.objects.get(pk=claim.id)
                branch = case.answers["bank_name"] + "营业部"
                Application.objects.filter(pk=claim.id).update(answers={**case.answers, "bank_name": branch})
            cases.answer_all(claim, "已按要求更正。", now)
            act("resubmit", [claim.id], claim.by, now)

        self.replay.on(answered, answer)

    def _hand_in_again(self, course: Course, claim: Claim) -> None:
        """Withdrawn on the next morning, handed in anew a day later."""
        withdrawn = at(self.days.after(course.submitted_on, 1), 9, 10)
        self.replay.step(withdrawn, "withdraw", ids(claim), claim.by, reason="名单有遗漏，重新申报。")
        again_on = self.days.after(course.submitted_on, 2)

        def again(now: datetime) -> None:
            fresh = self._claim(course, again_on)
            fresh.answers = claim.answers
            cases.prepare(self.round, [fresh], self.press)
            self.claims[course.firm.ordinal] = fresh
            act("submit", [fresh.id], fresh.by, now)

        self.replay.on(at(again_on, 16, 25), again)

    # ── the office

    def accept_and_examine(self) -> None:
        accepted: dict[date, list[Course]] = defaultdict(list)
        examined: dict[date, list[Course]] = defaultdict(list)
        for course in self.plan.courses:
            if course.intake == "refuse":
                continue
            if course.intake != "lapse":
                accepted[course.accepted_on].append(course)
            late = course.is_late or course.moved_from or course.twice_with
            examined[
                self.days.after(course.accepted_on, 9 if late else self.plan.random.choice((6, 7, 8, 9)))
            ].append(course)
        for day, courses in accepted.items():
            self._step(at(day, 10, 15, self.plan.random), "accept", courses, self._clerk(day))
        for day, courses in examined.items():
            self._step(at(day, 9, 35, self.plan.random), "examine", courses, self._clerk(day))
        lapsed = next(c for c in self.plan.courses if c.intake == "lapse")
        # The night in which the fifth working day is over: the same sweep as every night.
        self.replay.on(at(lapsed.accepted_on, 0, 10), lapse_due)

    def _clerk(self, day: date) -> User:
        return self.cast.clerk if day.toordinal() % 2 else self.cast.second_clerk

    def _step(self, when: datetime, step: str, courses: list[Course], actor: User, reason: str = "") -> None:
        self.replay.step(when, step, lambda: self.ids(courses), actor, reason=reason)

    def end_of(self, slot: int) -> date:
        """The last day on which a case of the slot was accepted."""
        return self.days.after(self.days.after(OPENS_ON, 2), SLOT_DAYS * (slot + 1) - 1)

    def verify(self, slot: int) -> None:
        """Joint verification of a slot: compare, ask or release, and finish within the four days before the batch."""
        mine = [c for c in self.plan.courses if c.slot == slot and c.intake != "refuse"]
        if not mine:
            return
        end = self.end_of(slot)
        self.replay.on(at(self.days.after(end, 9), 15, 0), lambda now: self._compare(now, mine))
        for course in mine:
            if course.moved_from:
                self._release(course, 0, at(self.days.after(end, 10), 9, 50), MOVED)
            for who in sorted(course.differing):
                if who in course.released:
                    self._release(course, who, at(self.days.after(end, 10), 11, 20), EXPLAINED)
                else:
                    self._correct_tax(course, who, end)
        finish: dict[date, list[Course]] = defaultdict(list)
        for course in mine:
            base = (
                self.days.after(end, 18)
                if course.is_late
                else self.days.after(end, 11 + course.firm.ordinal % 4)
            )
            finish[base].append(course)
        for day, courses in finish.items():
            self._step(at(day, 10, 40, self.plan.random), "verify", courses, self._clerk(day))

    def _compare(self, now: datetime, mine: list[Course]) -> None:
        records: dict[int, int] = {}
        for course in mine:
            people = self._people(course)
            records |= {people[who]: tax_fen for who, tax_fen in course.differing.items()}
        self.office.compare(now, self.ids(mine), records)

    def _people(self, course: Course) -> list[int]:
        claim = self.claims[course.firm.ordinal]
        return list(
            Person.objects.filter(application=claim.id).order_by("position").values_list("pk", flat=True)
        )

    def _release(self, course: Course, who: int, when: datetime, reason: str) -> None:
        def release(now: datetime) -> None:
            data = {"person": self._people(course)[who]}
            act("release_hold", self.ids([course]), self.cast.clerk, now, reason=reason, data=data)

        self.replay.on(when, release)

    def _correct_tax(self, course: Course, who: int, end: date) -> None:
        claim = self.claims[course.firm.ordinal]

        def ask(now: datetime) -> None:
            point = {"kind": "person", "person": self._people(course)[who], "words": DIFFERS}
            act("ask_correction", [claim.id], self.cast.clerk, now, data={"points": [point]})

        def answer(now: datetime) -> None:
            Person.objects.filter(pk=self._people(course)[who]).update(tax_fen=course.differing[who])
            cases.answer_all(claim, "已按完税证明更正税额。", now)
            act("resubmit", [claim.id], claim.by, now)

        self.replay.on(at(self.days.after(end, 10), 16, 5, self.plan.random), ask)
        self.replay.on(
            at(self.days.after(end, 12 + course.firm.ordinal % 3), 14, 30, self.plan.random), answer
        )

    # ── approval, notice, payment

    def approve(self, slot: int) -> None:
        day = self.days.after(self.end_of(slot), 15)
        eligible = [c for c in self.plan.courses if c.intake != "refuse" and not c.denied]
        mine = [c for c in eligible if c.batch_slot == slot]
        leaving = [c for c in eligible if c.taken_out and c.slot == slot]
        denied = [c for c in self.plan.courses if c.denied and c.slot == slot]
        for course in denied:
            self._step(
                at(self.days.after(day, 1), 15, 10), "deny", [course], self.cast.official, course.denied
            )
        if not mine:
            return
        self.replay.on(at(day, 15, 30), lambda _: self._open(day, mine + leaving))
        for course in leaving:
            self._step(
                at(self.days.after(day, 1), 9, 15), "take_out", [course], self.cast.official,
                "单位名称变更尚在办理，待变更完成后列入下一批。",
            )  # fmt: skip
        self.office.end_notices(at(self.days.after(self._released(day), 5) + timedelta(days=1), 0, 5))
        for course in mine:
            if course.objection:
                self._object(course, self._released(day))

    def _released(self, consolidated: date) -> date:
        return self.days.after(consolidated, 3)

    def _open(self, day: date, courses: list[Course]) -> None:
        after = self.days.after
        times = BatchTimes(
            at(day, 15, 31),
            at(day, 16, 45),
            at(after(day, 1), 10, 20),
            at(after(day, 2), 9, 40),
            at(after(day, 3), 9, 5),
        )
        self.office.batch(self.ids(courses), times)

    def _object(self, course: Course, released: date) -> None:
        claim = self.claims[course.firm.ordinal]

        def receive(now: datetime) -> None:
            line = NoticeLine.objects.filter(application=claim.id).order_by("person__position")[0]
            objections.object_to(
                line, name="周示例", contact="13800009999", key=f"demo:objection:{claim.id}", at=now,
                statement="据了解此人公示前已离开该单位，请予核实。",
            )  # fmt: skip

        def decide(now: datetime) -> None:
            upheld = course.objection == "upheld"
            answer = (
                "经核查社保记录，该人员已于公示前离职，异议成立，取消奖励。"
                if upheld
                else "经核查社保与考勤记录，该人员仍在岗，异议不成立。"
            )
            objections.decide_objection(
                Objection.objects.get(line__application=claim.id), verdict=course.objection, answer=answer,
                actor=self.cast.official, key=f"demo:answer:{claim.id}", at=now,
            )  # fmt: skip

        self.replay.on(at(self.days.after(released, 2), 15, 45), receive)
        self.replay.on(at(self.days.after(released, 8), 10, 30), decide)

    def pay(self) -> None:
        """A list after every second notice, one for what was left; receipts come in over the weeks after."""
        slots = self.plan.slots()
        failing = next(self.claims[c.firm.ordinal].id for c in self.plan.courses if c.bank_fails)
        for slot in slots[1::2]:
            self._pay_on(self.days.after(self.end_of(slot), 15 + 3 + 8), failing)
        last = self.days.after(self.end_of(slots[-1]), 15 + 3)
        self._pay_on(self.days.after(last, 8), failing)
        self._pay_on(self.days.after(last, 13), failing)

    def _pay_on(self, day: date, failing: int) -> None:
        returned = at(self.days.after(day, 3), 14, 20)
        self.office.pay(at(day, 10, 0), returned, failing=failing)
        self.replay.on(returned.replace(minute=40), self._received)

    def _received(self, now: datetime) -> None:
        """What was paid is paid on by each employer in its own time, and batches that are done are closed."""
        self.office.close_finished(now)
        by_case = {claim.id: claim for claim in self.claims.values()}
        receipts = []
        for case in Application.objects.filter(round=self.round, state="paid").exclude(pk__in=self.paid):
            self.paid.add(case.pk)
            claim, day = by_case[case.pk], self.days.after(now.date(), self.plan.random.randrange(3, 18))
            when = at(day, 14, 0, self.plan.random)
            receipts.append(Wanted(case, claim.firm, "onward_receipt", claim.by, when))
            self.replay.on(when, partial(_confirm, claim))
        self.press.hand_in(receipts)


def _confirm(claim: Claim, now: datetime) -> None:
    drafts.recount_papers(claim.id)
    act("confirm_onward", [claim.id], claim.by, now)


def play(replay: Replay, round_: Round, cast: Cast, days: Days, press: Press) -> Year:
    """Put the whole year on the agenda and play it; the claims as they ended."""
    planned = plan(days)
    names = [planned.identities.name() for _ in planned.courses]
    year = Year(
        replay, round_, cast, days, planned, ensure_employers([c.firm for c in planned.courses], names), press
    )
    year.prepare()
    for course in planned.courses:
        year.submit(course)
    year.accept_and_examine()
    for slot in planned.slots():
        year.verify(slot)
        year.approve(slot)
    year.pay()
    replay.run()
    return year


def open_round(cast: Cast) -> Round:
    """The call of 2019."""
    return Round.objects.create(
        programme="talent-tax-rebate", policy="2019", year=YEAR, handler=cast.association, authority=cast.authority,
        opens_at=at(OPENS_ON, 9), closes_at=at(CLOSES_ON, 18), budget_fen=1_200_000_000,
    )  # fmt: skip
