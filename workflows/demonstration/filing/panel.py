"""A panel of three over some cases: seats, assignments, undertakings, scores and the chair's conclusion."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from workflows.demonstration.cast import Cast
from workflows.demonstration.replay import Replay, act
from workflows.engine.clock import day_of
from workflows.models import Assignment, Expert, ReviewSession, Round, Seat, SessionItem
from workflows.review import counting
from workflows.review.acts import review_sha256

PANEL = 3
SOUND = {"revenue": "18", "spend": "17", "proof": "18", "rights": "13", "people": "13", "means": "9"}
WEAK = {"revenue": "6", "spend": "7", "proof": "5", "rights": "6", "people": "9", "means": "6"}
PASSES = "材料齐全，数据有审计报告支持，自主开发属实，同意备案。"


@dataclass(frozen=True)
class Verdict:
    """What the panel finds of a case; `why` it fails, where it does."""

    case: Callable[[], int]
    why: str = ""


@dataclass
class Panel:
    """One session of a round, on the agenda of a replay."""

    replay: Replay
    round: Round
    cast: Cast
    ordinal: int
    # The first of the experts is the chair.
    first: int = 0

    def experts(self) -> list[Expert]:
        enrolled = Expert.objects.enrolled().filter(user__isnull=False).select_related("user")
        return list(enrolled.order_by("code")[self.first : self.first + PANEL])

    def seat(self, cases: Sequence[int], at: datetime, *, books: bool) -> ReviewSession:
        """The session with its running order, its panel, and an assignment for each expert and case.

        Args:
            books: whether it keeps the half-day of its experts free of other sessions; a past one needs not.
        """
        made = ReviewSession.objects.create(
            round=self.round, number=f"{self.round.declaration.code}{self.round.year}-S{self.ordinal:02d}",
            ordinal=self.ordinal, office=self.cast.association, secretary=self.cast.clerk,
            stage=ReviewSession.Stage.HELD,
            held_on=day_of(at), half=ReviewSession.Half.MORNING, starts_at=at, made_at=at - timedelta(days=7),
            opened_at=at, seats_wanted=PANEL,
        )  # fmt: skip
        SessionItem.objects.bulk_create(
            SessionItem(session=made, application_id=case, position=position)
            for position, case in enumerate(cases, start=1)
        )
        for place, expert in enumerate(self.experts()):
            seat = Seat.objects.create(
                session=made, expert=expert, is_chair=place == 0, state=Seat.State.CONFIRMED,
                held_on=made.held_on if books else None, half=made.half if books else "",
                invited_at=made.made_at, answered_at=made.made_at,
                signed_in_at=at,
            )  # fmt: skip
            Assignment.objects.bulk_create(
                Assignment(
                    expert=expert,
                    application_id=case,
                    seat=seat,
                    made_by=self.cast.clerk,
                    made_at=made.made_at,
                )
                for case in cases
            )
        counting.recount(list(cases))
        return made

    def hold(self, verdicts: Sequence[Verdict], at: datetime) -> None:
        """The panel meets: every expert scores every case, the chair concludes, all sign."""

        def meet(now: datetime) -> None:
            ids = [verdict.case() for verdict in verdicts]
            made = self.seat(ids, now, books=False)
            for n, (case, verdict) in enumerate(zip(ids, verdicts, strict=True)):
                self._conclude(case, verdict, now + timedelta(minutes=40 * n))
            over = now + timedelta(minutes=40 * len(ids))
            made.seats.update(signed_at=over)
            SessionItem.objects.filter(session=made).update(ended_at=over)
            ReviewSession.objects.filter(pk=made.pk).update(
                stage=ReviewSession.Stage.SIGNED, concluded_at=over, signed_at=over, ends_at=over
            )

        self.replay.on(at, meet)

    def _conclude(self, case: int, verdict: Verdict, at: datetime) -> None:
        experts = self.experts()
        for n, expert in enumerate(experts):
            undertake(case, expert, at + timedelta(minutes=n))
        for n, expert in enumerate(experts):
            score(case, expert, at + timedelta(minutes=12 + 3 * n), why=verdict.why, less=n)
        chair = experts[0].user
        assert chair is not None
        step = "fail_review" if verdict.why else "pass_review"
        act(step, [case], chair, at + timedelta(minutes=20), reason=verdict.why or PASSES)


def undertake(case: int, expert: Expert, at: datetime) -> None:
    """The expert gives the undertaking for a case."""
    assert expert.user is not None
    act("undertake", [case], expert.user, at)


def score(case: int, expert: Expert, at: datetime, *, why: str = "", less: int = 0) -> None:
    """The expert scores, `less` points under the others; `why` says which condition is not reached."""
    assert expert.user is not None
    scores = {**(WEAK if why else SOUND)}
    scores["proof"] = str(int(scores["proof"]) - less)
    said = (
        {"vetoes": ["condition"], "comments": {"condition": why}} if why else {"vetoes": [], "comments": {}}
    )
    content = {"scores": scores, "opinion": "", **said}
    act(
        "submit_review", [case], expert.user, at, data={"sha256": review_sha256(content)},
        kept={"review": content},
    )  # fmt: skip
