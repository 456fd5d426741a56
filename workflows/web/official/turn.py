"""Whose turn a batch is: what a person can do with it now, and why not, said before anything is pressed."""

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Role, User
from config.templatetags.words import count
from config.words import T
from workflows.approvals import STAGE_TASK, task_behalf
from workflows.flows.approval_batch import TASKS, may_take
from workflows.models import Batch
from workflows.web.official.dry_run import DryRun
from workflows.web.official.sums import Sums
from workflows.web.pictures import colleagues

Stage = Batch.Stage
# Before the decision a case can still be taken out.
MAY_TAKE_OUT = frozenset({"prepare", "verify", "approve"})
LABELS = {
    "prepare": T("Hand in for verification", "提交核验"),
    "verify": T("Verified", "核验通过"),
    "approve": T("Sign and approve", "签署并通过"),
    "release_notice": T("Look at the notice and release it", "预览并发布公示"),
    "close": T("Close the batch", "办结本批"),
}
ACTIONS = {"prepare": "hand_in", "verify": "verify", "approve": "approve", "close": "close"}


@dataclass(frozen=True, slots=True)
class Turn:
    """The present task as it stands for one person.

    `mine` says whether their role may take it; `reasons` keep the button from being pressed; `colleagues`
    are those to whom the task can be handed over.
    """

    mine: bool = False
    action: str = ""
    label: T | str = ""
    reasons: list[dict[str, Any]] = field(default_factory=list)
    may_take_out: bool = False
    may_add: bool = False
    may_send_back: bool = False
    may_claim: bool = False
    colleagues: list[User] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.mine and not self.reasons


def turn_of(batch: Batch, user: User, waiting: Any, run: DryRun, sums: Sums) -> Turn:
    """What `user` can do with `batch` while the task `waiting` is open."""
    task = STAGE_TASK.get(Stage(batch.stage), "")
    if waiting is None or not task or not may_take(user, task, batch):
        return Turn()
    role = next(iter(TASKS[task][1]))
    office = batch.handler_id if role == Role.CLERK else batch.authority_id
    return Turn(
        mine=True,
        action=ACTIONS.get(task, ""),
        label=LABELS[task],
        reasons=reasons_for(task, batch, user, run, sums, behalf=task_behalf(waiting, user)),
        may_take_out=task in MAY_TAKE_OUT and sums.cases > 0,
        may_add=task == "prepare",
        may_send_back=task == "approve",
        may_claim=waiting.owner_id is None,
        colleagues=[c for c in colleagues(office, role) if c.pk not in (user.pk, waiting.owner_id)],
    )


def reasons_for(
    task: str, batch: Batch, user: User, run: DryRun, sums: Sums, *, behalf: int | None = None
) -> list[dict[str, Any]]:
    """Why `user` cannot finish `task` yet, each with where to mend it: four eyes first, then the cases."""
    found: list[dict[str, Any]] = [
        {"sentence": words} for words in _same_eyes(task, batch, {user.pk, behalf} - {None})
    ]
    if task in MAY_TAKE_OUT and not sums.cases:
        found.append({"sentence": _("The batch holds no cases yet.")})
    if task in ("approve", "release_notice"):
        found += [
            {
                "sentence": _obstacle_words(o.code, o.count),
                "url": f"#obstacle-{o.code}",
                "link": _("Show them"),
            }
            for o in run.obstacles
        ]
    if task == "close" and sums.unpaid:
        words = ngettext(
            "%(n)s case is not at its end yet.", "%(n)s cases are not at their end yet.", sums.unpaid
        )
        found.append(
            {
                "sentence": words % {"n": count(sums.unpaid)},
                "url": reverse("payments"),
                "link": _("To the payments"),
            }
        )
    return found


def _same_eyes(task: str, batch: Batch, persons: set[int | None]) -> list[T]:
    """Four eyes: who did an earlier task, or had it done, may not do this one, nor have it done."""
    prepared = {batch.prepared_by_id, batch.prepared_for_id}
    if task == "verify" and persons & prepared:
        return [
            T("You prepared this batch: another person must verify it.", "本批由您汇总，须由另一人核验。")
        ]
    if task == "approve" and persons & (prepared | {batch.verified_by_id, batch.verified_for_id}):
        return [
            T(
                "You prepared or verified this batch: another person must sign it. Hand the task over.",
                "本批由您汇总或核验，须由另一人签署。请移交。",
            )
        ]
    if task == "release_notice" and persons & {batch.approved_by_id, batch.approved_for_id}:
        return [
            T(
                "You approved this batch: another person must release its notice. Hand the task over.",
                "本批由您审批，公示须由另一人发布。请移交。",
            )
        ]
    return []


def _obstacle_words(code: str, n: int) -> str:
    words = {
        "held": ngettext("%(n)s case has people on hold.", "%(n)s cases have people on hold.", n),
        "dispute": ngettext(
            "%(n)s case has people who differ from the tax record.",
            "%(n)s cases have people who differ from the tax record.",
            n,
        ),
        "duplicates": ngettext(
            "%(n)s case has people who stand in another application.",
            "%(n)s cases have people who stand in another application.",
            n,
        ),
    }
    other = ngettext("%(n)s case cannot go along.", "%(n)s cases cannot go along.", n)
    return words.get(code, other) % {"n": count(n)}
