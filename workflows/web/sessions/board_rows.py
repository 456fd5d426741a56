"""The cases of a board: who leaves, who has scored, what the panel concluded; no score before all are in."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from config.words import T
from workflows.models import Application, Assignment, Conclusion, ReviewSession, Seat, SessionItem
from workflows.review.guards import least_on_case
from workflows.review.naming import applicant_as, presenter_as
from workflows.review.sessions.quorum import Quorum, case_quorum

OUTCOMES = {
    "pass": T("pass", "通过"),
    "revise": T("pass after revision", "修改后通过"),
    "fail": T("fail", "不通过"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A member of the panel on one case."""

    seat: Seat
    # "left" (does not review it), "abstained", "in" (has scored), or "" (waited for).
    state: str


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One case of the running order."""

    item: SessionItem
    case: Application
    marks: list[Mark]
    conclusion: Conclusion | None
    quorum: Quorum

    @property
    def who(self) -> T | str:
        """Who applies. The board stands where the panel reads it."""
        return applicant_as(self.case, None)

    @property
    def presenter(self) -> str:
        """Who presents, where the panel may know it."""
        return presenter_as(self.case, self.item.presenter, None)

    @property
    def is_running(self) -> bool:
        return self.item.called_at is not None and self.item.ended_at is None

    @property
    def leaving(self) -> list[Seat]:
        """Who leaves the room for it."""
        return [mark.seat for mark in self.marks if mark.state == "left"]

    @property
    def given(self) -> int:
        """How many scores are in; never what they are."""
        return sum(mark.state in ("in", "abstained") for mark in self.marks)

    @property
    def wanted(self) -> int:
        return sum(mark.state != "left" for mark in self.marks)

    @property
    def score(self) -> Decimal | None:
        """What the scores come to, once all of them are in."""
        return self.case.review_score if self.wanted and self.given == self.wanted else None

    @property
    def outcome(self) -> str:
        """What they let the chair conclude, once all of them are in."""
        return self.case.review_outcome if self.score is not None else ""

    @property
    def comes_to(self) -> T | None:
        """The conclusion as it stands, in words; nothing before all scores are in."""
        return OUTCOMES.get(self.outcome)

    @property
    def until(self) -> datetime | None:
        """When the defence, or the questions, are over by the server's clock."""
        if not self.is_running or self.item.called_at is None:
            return None
        if self.item.questions_at is not None:
            return self.item.questions_at + timedelta(minutes=self.item.question_minutes)
        return self.item.called_at + timedelta(minutes=self.item.minutes)


def rows_of(session: ReviewSession, seats: Sequence[Seat]) -> list[BoardRow]:
    """The running order with its marks; four statements, whatever the number of cases."""
    items = list(
        SessionItem.objects.filter(session=session, removed_at=None)
        .select_related("application__applicant")
        .order_by("position")
    )
    cases = [item.application_id for item in items]
    given: dict[int, dict[int, Assignment]] = defaultdict(dict)
    for row in Assignment.objects.open().filter(application__in=cases):
        given[row.application_id][row.expert_id] = row
    kept = {
        one.application_id: one for one in Conclusion.objects.filter(application__in=cases, replaced_at=None)
    }
    found = []
    for item in items:
        marks = [Mark(seat, _state(given[item.application_id].get(seat.expert_id))) for seat in seats]
        stay = [mark.seat for mark in marks if mark.state != "left"]
        found.append(
            BoardRow(
                item, item.application, marks, kept.get(item.application_id),
                case_quorum((one.in_field for one in stay), least_on_case(item.application.declaration)),
            )
        )  # fmt: skip
    return found


def _state(row: Assignment | None) -> str:
    if row is None:
        return "left"
    if row.abstained_at is not None:
        return "abstained"
    return "in" if row.submitted_at is not None else ""
