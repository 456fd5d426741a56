"""States of a case, and who holds it there."""

from typing import Any

from config.words import T
from workflows.engine.where import declared_here


class Holder:
    """Who holds a case while it stands in a state; the words of the path strip and the timeline."""

    APPLICANT = T(en="Applicant", zh="申报单位")
    OFFICE = T(en="Service office", zh="受理单位")
    AUTHORITY = T(en="Competent authority", zh="主管部门")
    PUBLIC = T(en="Public notice", zh="社会公示")
    NOBODY = T(en="Nobody", zh="—")


class State(str):
    """A state: the string kept in the database, with its words, its holder and its place on the path.

    Args:
        slug: what the database keeps.
        label: what people read.
        holder: who has to act.
        on_path: whether the path strip shows it; side states (correction, refusal) stand off the path.
        stops_clock: whether the promised limit stands still here, and every other limit with it.
        excluded: whether the time here (experts' review) is not counted into the promised limit, and shown apart.
        outcome: `""` while running, else `good`, `bad` or `gone` (withdrawn).
        near: for a side state, the path state beside which it is drawn.
    """

    __slots__ = ("excluded", "holder", "label", "near", "on_path", "outcome", "stops_clock", "where")

    def __new__(cls, slug: str, *_: Any, **__: Any) -> "State":
        return super().__new__(cls, slug)

    def __init__(
        self,
        _slug: str,
        label: T,
        holder: T,
        *,
        on_path: bool = True,
        stops_clock: bool = False,
        excluded: bool = False,
        outcome: str = "",
        near: str = "",
    ) -> None:
        self.label, self.holder, self.on_path = label, holder, on_path
        self.stops_clock, self.outcome, self.near = stops_clock, outcome, near
        self.excluded = excluded
        self.where = declared_here()

    def worded(self, label: T) -> "State":
        """The same state in the words of a programme."""
        return State(
            str(self), label, self.holder, on_path=self.on_path, stops_clock=self.stops_clock,
            outcome=self.outcome, near=self.near, excluded=self.excluded,
        )  # fmt: skip

    @property
    def tag(self) -> str:
        """The colour word of its tag in the design: `ok`, `no`, `wait`, `due` or empty."""
        if self.outcome:
            return {"good": "ok", "bad": "no"}.get(self.outcome, "")
        return "due" if self.holder is Holder.APPLICANT else "wait"
