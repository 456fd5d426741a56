"""Appeals as pages show them: what is appealed against, why, and the answer."""

from dataclasses import dataclass

from config.words import T
from workflows.models import Appeal, Application

State = Appeal.State
TONES = {State.RECEIVED: "due", State.UPHELD: "ok", State.DISMISSED: "no"}
STEPS = frozenset({"file_appeal", "file_appeal_for_person"})


@dataclass(frozen=True, slots=True)
class AppealRow:
    """One appeal; `decision` is the step, or the rule of the table, that it is against."""

    appeal: Appeal
    decision: T | str

    @property
    def tone(self) -> str:
        return TONES[State(self.appeal.state)]

    @property
    def is_open(self) -> bool:
        return self.appeal.state == State.RECEIVED

    @property
    def reason(self) -> str:
        """The reason that the decision was given then; a rule of the table has none of its own."""
        return str(self.appeal.original.get("reason", ""))


def appeals_of(case: Application) -> list[AppealRow]:
    """The appeals of a case, newest first; no query where the programme has no appeal."""
    if not STEPS & case.declaration.steps.keys():
        return []
    found = Appeal.objects.filter(application=case).order_by("-filed_at", "-pk")
    named = found.select_related("person", "decided_by", "filed_by", "answered_by")
    return [AppealRow(appeal, _decision(case, appeal)) for appeal in named]


def _decision(case: Application, appeal: Appeal) -> T | str:
    if appeal.person_id is None:
        step = case.declaration.steps.get(appeal.original["step"])
        return step.done if step else str(appeal.original["step"])
    rule = case.declaration.rule(appeal.original["rule"])
    return rule.title if rule else str(appeal.original["rule"])


def open_for_people(rows: list[AppealRow]) -> dict[int, AppealRow]:
    """Person → the appeal for them that waits for an answer."""
    return {row.appeal.person_id: row for row in rows if row.is_open and row.appeal.person_id}
