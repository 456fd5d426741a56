"""Review sessions of the demonstration, played by the verbs of the office, the officials and the experts."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from random import Random
from typing import Any

from accounts.models import User
from workflows.demonstration.cases import Claim
from workflows.demonstration.cast import Cast
from workflows.demonstration.lots import Lottery
from workflows.engine.budget import budget_lines
from workflows.engine.perform import perform
from workflows.engine.rubric import Rubric
from workflows.models import Application, Assignment, Conclusion, Expert, ReviewSession, Room, Round, Seat
from workflows.review import concluding as conclusions
from workflows.review.acts import review_sha256
from workflows.review.counting import leaves
from workflows.review.recusal.finding import find_conflicts
from workflows.review.recusal.undertaking import statement_sha256
from workflows.review.sessions import concluding, drawing, holding, making, seating
from workflows.review.sessions.eligibility import fields_of_cases
from workflows.review.sessions.places import of_session

ROOMS = ("软件园二期 301 会议室", "行政服务中心 412 会议室", "创业大厦 208 会议室")
DECLINES = ("当天在外地出差。", "与授课时间冲突。")
KIN = "配偶在该单位任职，申请回避。"
VETOED = "与市级公共平台功能重复，专家组认为属重复建设。"
STEPS = {outcome: step for step, outcome in conclusions.CONCLUDING.items()}
OPINIONS = {
    "pass": "项目必要、方案可行，同意立项。",
    "revise": "方案基本可行，请细化数据共享和安全方案，压减偏高单价后再报组长确认。",
    "fail": "建设必要性论证不足，方案与现有系统衔接不清，专家组不予通过。",
}
MINUTES_A_CASE = 30
ON_PAPER = "按书面抽取记录安排，记录见纸质卷宗。"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a panel thinks of a project: points of a hundred, by how much its members differ, how many veto."""

    percent: int
    spread: int = 6
    vetoes: int = 0
    # One member scores far below, and revises after the discussion.
    discussed: bool = False
    # What is wrong, in the words of those who veto it and of the chair.
    why: str = VETOED


@dataclass
class Hearing:
    """A session with its cases, and what becomes of each."""

    cast: Cast
    round: Round
    claims: Sequence[tuple[Claim, Verdict]]
    random: Random
    slot: making.Slot
    declining: int = 0
    recusing: bool = False
    opinions: Mapping[str, str] = field(default_factory=lambda: OPINIONS)
    # What is ticked by whoever vetoes a case.
    veto: str = "duplicate"
    # Public numbers seed the draw, instead of the secrets of two officials.
    by_lottery: bool = False
    _lottery: Lottery | None = None
    _made: list[ReviewSession] = field(default_factory=list)
    # Made cases have ids by the time that it is played.

    @property
    def session(self) -> ReviewSession:
        """As it was made: verbs read it under their own lock."""
        return self._made[0]

    @property
    def cases(self) -> list[int]:
        return [claim.id for claim, _ in self.claims]

    def make(self, at: datetime) -> None:
        """The secretary puts the cases into a session; who is tied to them is found."""
        self._made.append(making.make(self.round, self.cases, when=self.slot, by=self.cast.clerk, at=at))
        find_conflicts(self.cases, at=at)

    def announce(self, at: datetime) -> None:
        salt = self._secret("salt")[:32]
        self._lottery = Lottery.after(at) if self.by_lottery else None
        seed = self._lottery.seed() if self._lottery else self._officials
        drawing.announce(
            self.session,
            by=self.cast.clerk,
            in_field=fields_of_cases(self.session),
            seed=seed,
            salt=salt,
            at=at,
        )

    def draw(self, at: datetime) -> None:
        """The lottery is out, or two officials commit, then reveal; the panel is drawn and invited."""
        if self._lottery is None:
            self._commit_and_reveal(at)
        numbers = self._lottery.numbers() if self._lottery else None
        drawing.draw(self.session, by=self.cast.clerk, numbers=numbers, at=at + timedelta(minutes=20))
        seating.invite(self.session, by=self.cast.clerk, at=at + timedelta(minutes=30))

    def _commit_and_reveal(self, at: datetime) -> None:
        for n, official in enumerate(self._officials):
            drawing.commit(
                self.session, by=official, secret=self._secret(official.email), at=at + timedelta(minutes=n)
            )
        for n, official in enumerate(self._officials):
            shown = at + timedelta(minutes=10 + n)
            drawing.reveal(self.session, self._secret(official.email), by=official, at=shown)

    def seat(self, experts: Sequence[Expert], at: datetime, chair: Expert) -> None:
        """Seated without a draw, and invited."""
        seating.seat(self.session, experts, by=self.cast.clerk, reason=ON_PAPER, chair=chair, at=at)
        seating.invite(self.session, by=self.cast.clerk, at=at + timedelta(minutes=10))

    def answer(self, at: datetime, only: int | None = None) -> None:
        """Everybody who is asked answers (the first `only`; the last, below nought); of them the first `declining`
        decline, and who follows comes."""
        left = self.declining
        while asked := self._seats(Seat.State.INVITED):
            if only is not None:
                asked = asked[:only] if only > 0 else asked[only:]
            for n, one in enumerate(asked):
                when, user = at + timedelta(minutes=17 * n), self._user(one)
                if left and not one.is_chair:
                    left -= 1
                    seating.decline(one, by=user, reason=DECLINES[left % 2], at=when)
                else:
                    seating.accept(one, by=user, at=when)
            if only is not None:
                return
            at += timedelta(hours=20)

    def confirm(self, at: datetime) -> None:
        seating.confirm(self.session, by=self.cast.clerk, at=at)

    def open(self, at: datetime, *, leaving_out: Sequence[int] = ()) -> None:
        """Members sign in, give their undertakings (but the experts `leaving_out`), one may recuse themselves from a
        case; the session begins."""
        seats = self._seats(Seat.State.CONFIRMED)
        for n, one in enumerate(seats):
            holding.sign_in(one, by=self.cast.clerk, at=at - timedelta(minutes=12 - n))
            if one.expert_id in leaving_out:
                continue
            self._act(
                "undertake",
                self.cases,
                self._user(one),
                at - timedelta(minutes=6 - n),
                {"statement": statement_sha256()},
            )
        holding.open_session(self.session, by=self.cast.clerk, at=at)
        if self.recusing:
            out = next(one for one in seats if not one.is_chair)
            self._act(
                "declare_conflict", self.cases[-1:], self._user(out), at + timedelta(minutes=1), reason=KIN
            )

    def hear(self, at: datetime) -> None:
        """One case after the other, each to its conclusion."""
        for place in range(len(self.claims)):
            start = at + timedelta(minutes=MINUTES_A_CASE * place)
            self.hear_case(place, start)
            self.conclude_case(place, start + timedelta(minutes=28))

    def hear_case(self, place: int, at: datetime, *, leaving_out: Sequence[int] = ()) -> None:
        """Called, scored by everybody but the experts `leaving_out`, discussed where they are far apart."""
        claim, verdict = self.claims[place]
        holding.call(self.session, claim.id, by=self.cast.clerk, at=at + timedelta(minutes=1))
        self._score(claim, verdict, at + timedelta(minutes=20), leaving_out)

    def conclude_case(self, place: int, at: datetime) -> None:
        """The chair states what the scores come to, with the cut of what is above its benchmark."""
        claim, verdict = self.claims[place]
        case = Application.objects.get(pk=claim.id)
        step = STEPS[case.review_outcome]
        vetoed = case.review_outcome == "fail" and verdict.vetoes
        data: dict[str, Any] = {} if step == "fail_review" else {"cut_fen": _cut_of(case)}
        if step == "ask_revision":
            data["revise_by"] = str((at + timedelta(days=28)).date())
        opinion = verdict.why if vetoed else self.opinions[case.review_outcome]
        self._act(step, [claim.id], self.chair, at, data, opinion)

    def close(self, at: datetime) -> None:
        """The session is over, and everybody signs the minutes."""
        sha256 = concluding.conclude(self.session, by=self.cast.clerk, at=at)
        for n, one in enumerate(self._seats(Seat.State.CONFIRMED)):
            concluding.sign(one, sha256, by=self._user(one), at=at + timedelta(minutes=3 + n))

    @cached_property
    def chair(self) -> User:
        """Who chairs once it is held: nobody's seat falls then."""
        return next(self._user(one) for one in self._seats(Seat.State.CONFIRMED) if one.is_chair)

    def _score(self, claim: Claim, verdict: Verdict, at: datetime, leaving_out: Sequence[int]) -> None:
        rubric = claim.case.declaration.rubric if claim.case else None
        assert rubric is not None
        reviewing = (
            Assignment.objects.open()
            .filter(application=claim.id, submitted_at=None)
            .exclude(expert__in=leaving_out)
        )
        far_below: tuple[User, dict[str, str]] | None = None
        for n, mine in enumerate(reviewing.select_related("expert__user").order_by("pk")):
            user = self._user(mine)
            low = verdict.discussed and n == 1
            percent = verdict.percent + self.random.randrange(-verdict.spread, verdict.spread + 1) - 34 * low
            vetoes = [self.veto] if n < verdict.vetoes else []
            content = _content(rubric, percent, dict.fromkeys(vetoes, verdict.why), self.random)
            self._review("submit_review", claim, user, content, at + timedelta(seconds=40 * n))
            if low:
                far_below = user, content["comments"]
        if far_below:
            user, said = far_below
            content = _content(rubric, verdict.percent - 4, said, self.random)
            why = "经讨论，认可其数据共享方案，调整评分。"
            self._review("revise_review", claim, user, content, at + timedelta(minutes=6), why)

    def _review(
        self, step: str, claim: Claim, user: User, content: dict[str, Any], at: datetime, reason: str = ""
    ) -> None:
        perform(
            step, [claim.id], actor=user, key=f"demo:{step}:{claim.id}", reason=reason, at=at,
            data={"sha256": review_sha256(content)}, kept={"review": content}, programme=self.round.programme,
        )  # fmt: skip

    def _act(
        self, step: str, cases: Sequence[int], by: User, at: datetime, data: dict[str, Any] | None = None,
        reason: str = "",
    ) -> None:  # fmt: skip
        key = f"demo:{step}:{self._made[0].pk}:{cases[0]}"
        perform(
            step, cases, actor=by, key=key, reason=reason, data=data, at=at, programme=self.round.programme
        )

    def _seats(self, state: str) -> list[Seat]:
        found = Seat.objects.filter(session=self.session, state=state).select_related("expert__user")
        return [of_session(one, self.session) for one in found.order_by("pk")]

    def _user(self, one: Seat | Assignment) -> User:
        user = one.expert.user
        assert user is not None
        return self.cast.experts.setdefault(user.pk, user)

    @property
    def _officials(self) -> list[User]:
        return [self.cast.official, self.cast.second_official]

    def _secret(self, whose: str) -> str:
        """What an official of the demonstration thinks of: the same at every loading."""
        return hashlib.sha256(f"demo:{self._made[0].number}:{whose}".encode()).hexdigest()


def room(cast: Cast, n: int = 0) -> Room:
    """A room of the association."""
    return Room.objects.get_or_create(
        office=cast.association, name=ROOMS[n], defaults={"place": "厦门市示例路"}
    )[0]


def confirm_revision(claim: Claim, at: datetime) -> None:
    """The chair who asked for the revision confirms it."""
    asked = Conclusion.objects.select_related("concluded_by").get(application=claim.id, replaced_at=None)
    perform("confirm_revision", [claim.id], actor=asked.concluded_by, key=f"demo:confirm:{claim.id}", at=at)


def _content(rubric: Rubric, percent: int, vetoes: Mapping[str, str], random: Random) -> dict[str, Any]:
    """A review of about so many points: half points, each within its criterion; `vetoes` with what is said of them."""
    scores = {}
    for leaf in leaves(rubric):
        points = Decimal(round(leaf.points * percent / 50) + random.choice((-1, 0, 0, 1))) / 2
        scores[leaf.name] = str(min(max(points, Decimal(0)), Decimal(leaf.points)))
    return {"scores": scores, "comments": dict(vetoes), "vetoes": list(vetoes), "opinion": ""}


def _cut_of(case: Application) -> int:
    """What the marked lines cost above their benchmarks, in whole yuan."""
    above = (
        (line.price_fen - (line.benchmark_fen or 0)) * Decimal(line.quantity)
        for line in budget_lines(case.declaration, case.policy, case.facts)
        if line.is_marked
    )
    return int(sum(above, Decimal(0)) // 100) * 100
