"""A signed manifest of consolidation: the cases of each round enter the batch that was chosen for it."""

from collections.abc import Callable
from typing import Any

from accounts.models import Role, User
from config.errors import Refusal
from config.words import T
from workflows import manifests
from workflows.approvals import consolidate, open_batch
from workflows.models import Batch, Manifest, Round


class NoSuchBatch(Refusal):
    code = "no_such_batch"
    status = 404
    words = T(
        en="The batch that was chosen is not one of your office for this round. Choose another.",
        zh="所选批次不是本单位在本轮的批次。请另选。",
    )


@manifests.carried_by("consolidate")
def _consolidate_rounds(manifest: Manifest, tell: Callable[[str], None]) -> dict[str, Any]:
    """The cases of each round enter the batch that was chosen for it (`batches` in data), or a new one."""
    by, chosen = manifest.actor, manifest.data.get("batches", {})
    batches, outcomes = [], []
    for round_id, count in manifests.rounds_in(manifest):
        round_ = Round.objects.get(pk=round_id)
        batch = _chosen_batch(str(chosen.get(str(round_id), "")), round_, by)
        cases = manifests.frozen(manifest, round_id=round_id, count=count)
        outcomes.append(consolidate(batch, cases, by=by, key=f"{manifest.key}:{round_id}", tell=tell))
        batches.append(batch.pk)
    total = sum(outcome.count for outcome in outcomes)
    return {"step": "consolidate", "count": total, "at": outcomes[-1].at, "batches": batches}


def _chosen_batch(chosen: str, round_: Round, by: User) -> Batch:
    """The batch that was chosen, or a new one of the round."""
    if not chosen.isdecimal():
        return open_batch(round_, by=by)
    mine = Batch.objects.filter(round=round_, handler__in=by.organisations_as(Role.CLERK))
    found = mine.filter(pk=int(chosen)).first() if len(chosen) < 18 else None
    if found is None:
        raise NoSuchBatch
    return found
